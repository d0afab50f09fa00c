"""What programs may ask of the page through Gradio's own client: `ask`, `retrieve`, `check`, `documents`.

Each gives the JSON of the command of that name and stands behind the same login and the same line of questions as the
page. Nothing is taken in, changed or removed through them.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import gradio as gr
from gradio.events import api
from pydantic import BaseModel, ValidationError

from lsqa.answers import Answer
from lsqa.api.bodies import AskBody, CheckBody, RetrieveBody
from lsqa.api.documents import record_to_dict
from lsqa.assistant import PASSAGES
from lsqa.errors import LsqaError
from lsqa.search_results import hits_to_dict
from lsqa.stopwatch import Stopwatch
from lsqa.ui.desk import Asked, Desk, Failed
from lsqa.ui.problems import told
from lsqa.ui.texts import text

Body = TypeVar("Body", bound=BaseModel)
_AT_A_TIME: Final = 2  # searches and checks, as of the page's own
_ERRORS_NAMED: Final = 3


def offer_endpoints(desk: Desk) -> None:
    """Add the endpoints to the page that is being built. A fault is a `gr.Error` in words that name no path."""
    endpoints = _Endpoints(desk)
    api(endpoints.ask, concurrency_limit=None)  # the desk keeps the line
    for endpoint in (endpoints.retrieve, endpoints.check, endpoints.documents):
        api(endpoint, concurrency_limit=_AT_A_TIME)


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """Names, types and docstrings of the methods are what clients are told."""

    desk: Desk

    async def ask(
        self, question: str, history: list[dict[str, str]] | None = None, k: int = PASSAGES, document: str = ""
    ) -> dict[str, Any]:
        """Answer a question by quotes that were checked, or refuse: the JSON of `lsqa ask --json`.

        Parameters:
            question: In Japanese or English, at most 8,000 characters.
            history: What was asked before: objects of `question` and `answer`.
            k: How many passages are read.
            document: The id of the only document to ask; empty for all.
        """
        body = _taken(AskBody, question=question, history=history or [], k=k, where=_where(document))
        asked = Asked(body.question, body.turns(), body.where.to_filter(), k=body.k)
        # A session of its own: a client may ask several questions at once, and none calls another off.
        async for event in self.desk.ask(secrets.token_hex(8), asked):
            if isinstance(event, Answer):
                return event.to_dict()
            if isinstance(event, Failed):
                raise _error(told(event.error, "en"))
        raise _error(text("stopped", "en"))

    def retrieve(self, query: str, k: int = 10, document: str = "") -> dict[str, Any]:
        """The passages that fit a query best: the JSON of `lsqa retrieve --json`.

        Parameters:
            query: In Japanese or English, at most 8,000 characters.
            k: How many passages.
            document: The id of the only document to search; empty for all.
        """
        body = _taken(RetrieveBody, query=query, k=k, where=_where(document))
        watch = Stopwatch()
        with _told():
            where, assistant = body.where.to_filter(), self.desk.assistant()
            hits = watch.time("retrieve", lambda: assistant.retrieve(body.query, body.k, where=where))
            return hits_to_dict(body.query, hits, watch.milliseconds())

    def check(self, text: str) -> dict[str, Any]:
        """Check each sentence of a text: supported by the documents, contradicted by them, or not found in them; the
        JSON of `lsqa check --json`.

        Parameters:
            text: At most 200,000 characters.
        """
        body = _taken(CheckBody, text=text)
        with _told():
            return self.desk.checker().check(body.text).to_dict()

    def documents(self) -> dict[str, Any]:
        """List what is known of every document, by id: the JSON of `GET /v1/documents`."""
        with _told():
            catalogue = self.desk.catalogue
            records = catalogue.documents() if catalogue is not None else ()
            return {"documents": [record_to_dict(record) for record in records]}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except LsqaError as error:
        raise _error(told(error, "en")) from None


def _where(document: str) -> Mapping[str, object]:
    return {"documents": [document]} if document else {}


def _taken(kind: type[Body], **given: object) -> Body:
    """What was given, held to the same limits as a body of REST; what was sent is not repeated."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:_ERRORS_NAMED]]
        raise _error("; ".join(wrong)) from None


def _error(said: str) -> gr.Error:
    return gr.Error(said, print_exception=False)
