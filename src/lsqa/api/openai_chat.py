"""POST /v1/chat/completions and GET /v1/models: chat programs use lsqa as a model.

The text of a completion is the answer with its labels, then the places that they stand for; each label in the text has
an annotation, too. Markup of documents is escaped in it.
"""

import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from lsqa.answers import Answer
from lsqa.api.access import allow
from lsqa.api.asking import PROBLEMS, answer_events, last_answer
from lsqa.api.markdown_text import MarkdownText, markdown_text
from lsqa.api.openai_bodies import LONGEST_NAME, MODEL, Completion, CompletionBody, Model, Models
from lsqa.api.problems import ProblemError, told_of
from lsqa.api.server_sent import event_response
from lsqa.api.state import server_of
from lsqa.api.wrapping import note_question
from lsqa.citations import CheckedClaim
from lsqa.integrations import Event
from lsqa.sources import cited_places, labels_behind, labels_in, text_with_sources
from lsqa.wording import stated

_CREATED: Final = 1767225600  # of the model: the year that lsqa is of
_MODEL: Final = {"id": MODEL, "object": "model", "created": _CREATED, "owned_by": "lsqa"}
ModelName = Annotated[str, Path(max_length=LONGEST_NAME)]
router = APIRouter(prefix="/v1", tags=["OpenAI"], responses=PROBLEMS)


@router.get("/models", response_model=Models, dependencies=[Depends(allow("read"))])
async def models() -> dict[str, Any]:
    """The one model."""
    return {"object": "list", "data": [_MODEL]}


@router.get("/models/{model}", response_model=Model, dependencies=[Depends(allow("read"))])
async def model_of_name(model: ModelName) -> dict[str, Any]:
    """The model, by its name."""
    _require_model(model)
    return _MODEL


@router.post("/chat/completions", response_model=Completion, dependencies=[Depends(allow("ask"))])
async def complete(body: CompletionBody, request: Request) -> Response:
    """The answer to the last message, as a chat completion; in chunks where `stream` is true."""
    _require_model(body.model)
    server = server_of(request)
    question, history = body.asked()
    note_question(request, question)

    def begin(left: threading.Event) -> Iterator[Event]:
        return server.service.assistant().stream(question, history, cancelled=left)

    events = answer_events(server, request, begin)
    request_id = request.scope["lsqa.request_id"]
    head = {"id": f"chatcmpl-{request_id}", "created": int(time.time()), "model": MODEL}
    if body.stream:
        return await event_response(events, lambda more: _chunks(head, more, request), server.quiet_seconds)
    answer = await last_answer(events)
    text = _shown(answer).text
    message = {"role": "assistant", "content": text, "refusal": None, "annotations": annotations(answer)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "lsqa": answer.to_dict()})


def _require_model(name: str) -> None:
    if name != MODEL:
        raise ProblemError(404, "model", f"there is no such model; the one here is {MODEL}")


def _shown(answer: Answer) -> MarkdownText:
    return markdown_text(text_with_sources(answer), labels_in(answer))


def _line(claim: CheckedClaim) -> str:
    return markdown_text(stated(claim), labels_behind(stated(claim))).text


def annotations(answer: Answer, later: int = 0) -> list[dict[str, Any]]:
    """A citation for each label in the text of a completion; offsets count characters, from `later` on."""
    places = {place.label: place for place in cited_places(answer)}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": at.start + later,
                "end_index": at.end + later,
                "title": f"{place.title}, p. {place.page}",
                "url": f"lsqa://documents/{quote(place.doc_id, safe='')}/pages/{place.page}",
            },
        }
        for at in _shown(answer).labels
        if (place := places.get(at.label))
    ]


async def _chunks(head: dict[str, Any], events: AsyncIterator[Event], request: Request) -> AsyncGenerator[str]:
    """A language model's claims as they come; then whatever of the whole text has not been said."""
    said, is_draft = "", None

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**head, "object": "chat.completion.chunk", "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    try:
        async for event in events:
            if isinstance(event, Answer):
                whole = _shown(event).text
                rest = whole.removeprefix(said) if whole.startswith(said) else f"\n\n{whole}"
                yield chunk({"content": rest})
                # Where the text was begun in other words, the whole comes once more, and its labels later by as much.
                later = len(said) + len(rest) - len(whole)
                yield chunk({"annotations": annotations(event, later)}, "stop", lsqa=event.to_dict())
                continue
            is_draft = _is_drafted(event) if is_draft is None else is_draft
            if is_draft and (line := _line(event)) not in said.split("\n"):
                piece = f"\n{line}" if said else line
                said += piece
                yield chunk({"content": piece})
    except Exception as error:  # noqa: BLE001 — the status has been sent; what remains is to tell
        members, _ = told_of(request, error)
        yield _data({"error": {"message": members["detail"], "type": "server_error", "code": members["status"]}})
        return
    yield "data: [DONE]\n\n"


def _is_drafted(claim: CheckedClaim) -> bool:
    """Whether a claim is in words of its own: quotes are put together at the end, under the names of their slides."""
    quoted = "\n".join(c.citation.quote for c in claim.citations)
    return not all(line.strip() in quoted for line in claim.text.split("\n"))


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
