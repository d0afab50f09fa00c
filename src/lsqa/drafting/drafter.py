"""Question and labelled evidence in, claims out, one by one as the model writes them."""

import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableBinding, RunnableSequence

from lsqa.citations import Claim
from lsqa.drafting.prompt import messages
from lsqa.drafting.reading import SCHEMA, MalformedReplyError, ReplyReader
from lsqa.errors import MalformedDraftError, ModelUnavailableError
from lsqa.evidence import Evidence
from lsqa.models.chat_models import secrets_of
from lsqa.models.replies import Call, RefusedRequestError, stream_reply
from lsqa.questions import Question

_CHARACTERS_A_TOKEN: Final = 8  # of a reply, at the most; what is longer comes from a server that knows no limit
_REPEATED: Final = 800  # characters of a malformed reply that the model is shown again
_AGAIN: Final = (
    "Your reply could not be used: {complaint}. "
    "Reply again to the same question, with the JSON object alone, by the same rules."
)

_Model = Runnable[Any, Any]


@dataclass(slots=True)
class Drafter:
    """Asks `model`, which errors call `name`. The limits are those of `Settings`.

    `form` counts the forms of `reply_forms` that the model's server turned down, which are not tried again.
    """

    name: str
    model: BaseChatModel
    seconds: float = 60.0
    retries: int = 2
    reply_tokens: int = 1500
    form: int = 0

    def draft(
        self, question: Question, evidence: Sequence[Evidence], cancelled: threading.Event | None = None
    ) -> Iterator[Claim]:
        """The claims that the model drafts from `evidence`, each once, when it is whole. Untrusted.

        Setting `cancelled`, or closing the iterator, ends it at once.

        Raises:
            MalformedDraftError: the reply is not in the form asked for, even after the complaint was told.
            ModelUnavailableError, ModelTimeoutError, CalledOffError: as in `models.replies.stream_reply`.
        """
        call = Call(
            self.name,
            time.monotonic() + self.seconds,
            self.retries,
            self.reply_tokens * _CHARACTERS_A_TOKEN,
            secrets_of(self.model),
            cancelled or threading.Event(),
        )
        passed_on: set[Claim] = set()
        for claim in self._claims(messages(question, evidence), call):
            if claim not in passed_on:
                passed_on.add(claim)
                yield claim

    def _claims(self, prompt: list[BaseMessage], call: Call) -> Iterator[Claim]:
        """As `draft`, but a claim may come again after a reply that broke off."""
        reader = ReplyReader()
        try:
            yield from self._read_reply(prompt, call, reader)
        except MalformedReplyError as complaint:
            again = HumanMessage(_AGAIN.format(complaint=complaint))
            # An empty turn of the model's own is refused by some servers.
            shown = [AIMessage(reader.text[:_REPEATED])] if reader.text.strip() else []
            try:
                yield from self._read_reply([*prompt, *shown, again], call, ReplyReader())
            except MalformedReplyError as error:
                raise MalformedDraftError(
                    f"the language model {self.name} does not keep to the form that is asked for: {error}",
                    hint="use a larger model, raise LSQA_LLM_REPLY_TOKENS, or use --fallback quote",
                ) from error

    def _read_reply(self, prompt: list[BaseMessage], call: Call, reader: ReplyReader) -> Iterator[Claim]:
        for piece in self._pieces(prompt, call):
            if piece is None:
                reader.begin_anew()
            else:
                yield from reader.feed(piece)
        reader.finish()

    def _pieces(self, prompt: list[BaseMessage], call: Call) -> Iterator[str | None]:
        """The pieces of a reply in the strictest form that the model's server takes."""
        forms = reply_forms(self.model)
        for form in range(self.form, len(forms)):
            try:
                yield from stream_reply(_opener(forms[form], prompt), call)
                self.form = form  # only now: a server that is down has not turned the stricter forms down
                return
            except RefusedRequestError as error:
                if form == len(forms) - 1:
                    raise ModelUnavailableError(
                        f"the language model {self.name} does not take the request: {error}",
                        hint="check the model's name, and LSQA_LLM_INPUT_TOKENS against its context",
                    ) from error
            yield None


def reply_forms(model: BaseChatModel) -> tuple[_Model, ...]:
    """The ways to ask `model` for a draft, the strictest first, each giving text: held to the schema by its provider;
    held to JSON, with the schema as an extension that several servers of OpenAI's protocol take; in plain words.
    """
    native = native_structure(model)
    if native is None:
        return (model,)
    if "response_format" not in native.kwargs:
        return native, model
    return native, model.bind(response_format={"type": "json_object", "schema": SCHEMA}), model


def native_structure(model: BaseChatModel) -> RunnableBinding[Any, Any] | None:
    """`model` held to the schema by its provider, its reply being text; None where the provider has no such thing."""
    if (model.profile or {}).get("structured_output") is False:
        return None
    if type(model).with_structured_output is BaseChatModel.with_structured_output:
        return None  # the base knows tool calls alone, which smaller models use badly
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that an older model has none is told by a warning
            structured = model.with_structured_output(SCHEMA, method="json_schema")
    except (NotImplementedError, TypeError, ValueError):
        return None
    bound = structured.first if isinstance(structured, RunnableSequence) else None
    if not isinstance(bound, RunnableBinding) or "tool_choice" in bound.kwargs:
        return None
    return bound


def _opener(model: _Model, prompt: list[BaseMessage]) -> Callable[[], Iterator[str]]:
    def pieces() -> Iterator[str]:
        for chunk in model.stream(prompt):
            yield str(chunk.text)

    return pieces
