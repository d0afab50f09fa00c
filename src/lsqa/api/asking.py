"""POST /v1/retrieve, /v1/ask, /v1/check."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from lsqa.answers import Answer, claim_to_dict
from lsqa.api.access import allow
from lsqa.api.bodies import AnswerShown, AskBody, CheckBody, CheckedShown, Hits, Problem, RetrieveBody
from lsqa.api.capacity import Capacity
from lsqa.api.examples import problem_example
from lsqa.api.problems import MEDIA_TYPE, in_few_words, told_of
from lsqa.api.server_sent import event_response, leave
from lsqa.api.state import Server, server_of
from lsqa.api.wrapping import note_question, note_stages
from lsqa.checking import CheckedText
from lsqa.integrations import Event
from lsqa.search_results import hits_to_dict
from lsqa.stopwatch import Stopwatch


def described(status: int, kind: str, said: str) -> dict[str, Any]:
    """A response that is a problem, as the description of the interface has it."""
    example = problem_example(status, kind, said, said)
    return {"description": said, "content": {MEDIA_TYPE: {"schema": _SCHEMA, "example": example}}}


_SCHEMA: Final = Problem.model_json_schema()
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: described(status, kind, said)
    for status, kind, said in (
        (400, "json", "The body is no JSON"),
        (401, "token", "No token that is known"),
        (403, "scope", "The token does not allow this"),
        (404, "unknown-document", "No such document"),
        (408, "slow-body", "The body was not there in time"),
        (413, "too-large", "The body is too large"),
        (415, "content-type", "The body is said to be something else than JSON, or packed"),
        (422, "invalid", "The body does not fit"),
        (429, "rate", "Too many requests"),
        (502, "model", "A model cannot serve"),
        (503, "busy", "At capacity: try again after Retry-After"),
        (504, "timeout", "Not there in time"),
    )
}
PROBLEMS: Final = _PROBLEMS
Result = TypeVar("Result")
router = APIRouter(prefix="/v1", tags=["ask"])
_log = logging.getLogger("lsqa.api")


@router.post("/retrieve", response_model=Hits, responses=_PROBLEMS, dependencies=[Depends(allow("read"))])
async def retrieve(body: RetrieveBody, request: Request) -> Response:
    """The passages that fit a query best."""
    server = server_of(request)
    note_question(request, body.query)

    def search() -> dict[str, Any]:
        watch = Stopwatch()
        assistant = server.service.assistant()
        where = body.where.to_filter()
        hits = watch.time("retrieve", lambda: assistant.retrieve(body.query, body.k, where=where, read=body.read))
        return hits_to_dict(body.query, hits, watch.milliseconds())

    found = await server.asking.run(search, server.seconds)
    note_stages(request, found["timings_ms"])
    return JSONResponse(found)


@router.post(
    "/ask",
    response_model=AnswerShown,
    responses={
        **_PROBLEMS,
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "event: claim\ndata: {…}\n\n"}},
            "description": (
                "The answer; or, where `stream` is true or the Accept header asks for it, events: where a language "
                "model drafts it, `claim` for each claim that passed the check, then `answer`, or `error` with a "
                "problem. Quotes and calculations come with `answer` alone."
            ),
        },
    },
    dependencies=[Depends(allow("ask"))],
)
async def ask(body: AskBody, request: Request) -> Response:
    """The answer, every quote of it checked, or a refusal that helps."""
    server = server_of(request)
    note_question(request, body.question)

    def begin(left: threading.Event) -> Iterator[Event]:
        assistant = server.service.assistant()
        where = body.where.to_filter()
        return assistant.stream(body.question, body.turns(), k=body.k, where=where, cancelled=left)

    events = answer_events(server, request, begin)
    if not body.stream and "text/event-stream" not in request.headers.get("accept", ""):
        return JSONResponse((await last_answer(events)).to_dict())
    return await event_response(events, lambda more: _as_server_sent(more, request), server.quiet_seconds)


@router.post("/check", response_model=CheckedShown, responses=_PROBLEMS, dependencies=[Depends(allow("ask"))])
async def check(body: CheckBody, request: Request) -> Response:
    """Each sentence of a text: supported by the documents, contradicted by them, or not found in them."""
    server = server_of(request)

    def begin(left: threading.Event) -> Iterator[CheckedText]:
        def stop_when_left(done: int, count: int) -> None:
            if left.is_set():
                raise TimeoutError

        yield server.service.checker().check(body.text, stop_when_left)

    (checked,) = [result async for result in while_there(server, gone(request), begin)]
    note_stages(request, checked.timings_ms)
    return JSONResponse(checked.to_dict())


async def answer_events(
    server: Server, request: Request, begin: Callable[[threading.Event], Iterator[Event]]
) -> AsyncGenerator[Event]:
    """The events of an answer; called off when whoever asked has gone."""
    events = while_there(server, gone(request), begin)
    try:
        async for event in events:
            if isinstance(event, Answer):
                server.measures.answer(event)
                note_stages(request, event.trace.timings_ms)
                yield discreet(server, event, request.scope.get("lsqa.request_id", ""))
            else:
                yield event
    finally:
        await events.aclose()


async def while_there(
    server: Server,
    gone: Coroutine[Any, Any, object],
    begin: Callable[[threading.Event], Iterator[Result]],
    line: Capacity | None = None,
) -> AsyncGenerator[Result]:
    """What `begin` gives, as `Capacity.stream`, in a line: that of questions unless told otherwise. It is told to stop
    when `gone` ends: whoever asked has hung up."""
    events = (line or server.asking).stream(begin, server.seconds)
    leaving = asyncio.ensure_future(gone)
    following = asyncio.ensure_future(anext(events))
    try:
        while True:
            await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                raise ConnectionAbortedError("nobody waits for the answer any more")
            try:
                event = following.result()
            except StopAsyncIteration:
                return
            yield event
            following = asyncio.ensure_future(anext(events))
    finally:
        leaving.cancel()
        await leave(following, events)


def discreet(server: Server, answer: Answer, request_id: str) -> Answer:
    """An answer without what only whoever runs the server may know: why its language model fails, which is logged."""
    if (kind := answer.trace.fallback_kind) is None:
        return answer
    why = answer.trace.fallback if server.service.settings.log_questions else kind.__name__
    _log.warning("%s: by quotes, as the language model failed: %s", request_id, why)
    return replace(answer, trace=replace(answer.trace, fallback=in_few_words(kind)))


async def last_answer(events: AsyncIterator[Event]) -> Answer:
    """The answer at the end of its events."""
    answer: Event | None = None
    async for event in events:
        answer = event
    assert isinstance(answer, Answer)
    return answer


async def gone(request: Request) -> None:
    """Ends when the client has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _as_server_sent(events: AsyncIterator[Event], request: Request) -> AsyncGenerator[str]:
    try:
        async for event in events:
            yield _event(event)
    except Exception as error:  # noqa: BLE001 — the status has been sent; what remains is to tell
        members, _ = told_of(request, error)
        yield server_sent("error", members)


def _event(event: Event) -> str:
    if isinstance(event, Answer):
        return server_sent("answer", event.to_dict())
    return server_sent("claim", claim_to_dict(event))


def server_sent(name: str, data: Any) -> str:
    """One server-sent event: JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
