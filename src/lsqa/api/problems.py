"""What goes wrong, as RFC 9457 tells it: `application/problem+json` with a type, a title, a status, a detail.

The routes of OpenAI's protocol get its `error` member beside it. What concerns this machine (its folders, its models'
servers) is logged and not told.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as PlainHTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from lsqa.api.capacity import BusyError
from lsqa.api.state import server_of
from lsqa.errors import (
    CalledOffError,
    EmptyLibraryError,
    IndexUnavailableError,
    LibraryError,
    LockedError,
    LsqaError,
    MalformedDraftError,
    ModelError,
    ModelTimeoutError,
    QuestionError,
    UnknownDocumentError,
    UsageError,
    trace_for_log,
)

MEDIA_TYPE: Final = "application/problem+json"
_OPENAI: Final = ("/v1/chat/", "/v1/models")
_LOCKED_SECONDS: Final = 2
_log = logging.getLogger("lsqa.api")

# The first that fits. What is told of an error that is not the client's names no folder and no server.
_KINDS: Final[tuple[tuple[type[LsqaError], int, str, str, str], ...]] = (
    (QuestionError, 422, "question", "The question cannot be asked", ""),
    (UnknownDocumentError, 404, "unknown-document", "There is no such document", ""),
    (UsageError, 422, "usage", "The request cannot be carried out", ""),
    (EmptyLibraryError, 503, "empty-library", "There are no documents yet", "nothing has been ingested"),
    (LockedError, 503, "locked", "The library is being written", "another process is writing to the library"),
    (IndexUnavailableError, 503, "index-unavailable", "The vector index does not answer", "try again later"),
    (LibraryError, 503, "library", "The library cannot serve", "the server's log says why"),
    (CalledOffError, 503, "called-off", "The answer was called off", ""),
    (ModelTimeoutError, 504, "model-timeout", "The language model took too long", "it gave no whole reply in time"),
    (
        MalformedDraftError,
        502,
        "model-reply",
        "The language model's reply is malformed",
        "it does not keep to the form",
    ),
    (ModelError, 502, "model", "A model cannot serve", "the server's log says why"),
)
_TITLES: Final = {
    400: "The request is malformed",
    401: "A token is needed",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This method is not allowed here",
    408: "The request came too slowly",
    413: "The request is too large",
    415: "The content has another type than can be read",
    422: "The request does not fit the description",
    429: "Too many requests",
    503: "The server is at capacity",
    504: "It took too long",
}


class ProblemError(HTTPException):
    """A request that ends with a problem. FastAPI lets its own errors pass from wherever they are raised."""

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.kind = kind


def problem(status: int, kind: str, detail: str, *, request_id: str, title: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem. `kind` is a word of this interface, named in its documentation."""
    shown = title or _TITLES.get(status, "The server failed")
    return {
        "type": f"urn:lsqa:problem:{kind}",
        "title": shown,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        **more,
    }


def problem_of(error: Exception, request_id: str, *, in_full: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
    """A problem and the headers that go with it, for whatever was raised. What is the server's fault is logged,
    `in_full` with the messages of others, which may repeat the question."""
    if isinstance(error, ProblemError):
        return problem(error.status_code, error.kind, error.detail, request_id=request_id), dict(error.headers or {})
    if isinstance(error, BusyError):
        after = {"Retry-After": str(error.retry_after)}
        return problem(503, "busy", f"try again in {error.retry_after} s", request_id=request_id), after
    if isinstance(error, ConnectionAbortedError):
        return problem(499, "gone", str(error), request_id=request_id), {}
    if isinstance(error, TimeoutError):
        return problem(504, "timeout", "the answer was not there in time", request_id=request_id), {}
    if (row := _row(type(error))) is not None:
        _, status, word, title, told = row
        if status >= 500 and isinstance(error, LsqaError):
            _log.warning("%s: %d, %s", request_id, status, f"{error}" if in_full else error.for_log)
        headers = {"Retry-After": str(_LOCKED_SECONDS)} if status == 503 else {}
        return problem(status, word, told or str(error), request_id=request_id, title=title), headers
    if in_full:
        _log.error("request %s failed", request_id, exc_info=error)
    else:
        _log.error("request %s failed\n%s", request_id, trace_for_log(error))
    return problem(500, "internal", "the server's log says why, under the request's id", request_id=request_id), {}


def _row(kind: type[BaseException]) -> tuple[type[LsqaError], int, str, str, str] | None:
    return next((row for row in _KINDS if issubclass(kind, row[0])), None)


def in_few_words(kind: type[LsqaError]) -> str:
    """What a client is told of an error of this kind that is not theirs; it names no folder and no server."""
    row = _row(kind)
    return f"{row[3]}: {row[4]}".removesuffix(": ") if row else "The server failed: the server's log says why"


def told_of(request: Request, error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """A problem and the headers that go with it, logged as the server's settings say."""
    request_id = request.scope.get("lsqa.request_id", "")
    return problem_of(error, request_id, in_full=server_of(request).service.settings.log_questions)


def respond(request: Request, error: Exception) -> JSONResponse:
    """The response that tells of `error`."""
    members, headers = told_of(request, error)
    return _response(request.url.path, members, headers)


def _response(path: str, members: dict[str, Any], headers: Mapping[str, str]) -> JSONResponse:
    if path.startswith(_OPENAI):
        kind = "invalid_request_error" if members["status"] < 500 else "server_error"
        said = f"{members['title']}: {members['detail']}"
        code = members["type"].rpartition(":")[2]
        members = {**members, "error": {"message": said, "type": kind, "param": None, "code": code}}
    return JSONResponse(members, members["status"], dict(headers), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of `app` end as a problem."""

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        if (unread := _unread(error)) is not None:
            return respond(request, unread)
        # Without what was sent: it may be long, secret, or no text.
        errors = [
            {"pointer": "/" + "/".join(map(str, e["loc"][1:])), "in": str(e["loc"][0]), "detail": str(e["msg"])}
            for e in error.errors()[:20]
        ]
        detail = "; ".join(f"{e['pointer']}: {e['detail']}" for e in errors[:3])
        members = problem(422, "invalid", detail, request_id=request.scope.get("lsqa.request_id", ""), errors=errors)
        return _response(request.url.path, _printable(members), {})

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, PlainHTTPException)
        if error.status_code == 400 and isinstance(error.__cause__, (ValueError, RecursionError)):
            return respond(
                request,
                ProblemError(
                    400, "json", "the body is no JSON in UTF-8, is nested too deeply, or has too long a number"
                ),
            )
        members = problem(
            error.status_code,
            "http",
            str(error.detail),
            request_id=request.scope.get("lsqa.request_id", ""),
        )
        return _response(request.url.path, members, error.headers or {})

    async def failed(request: Request, error: Exception) -> JSONResponse:
        return respond(request, error)

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(PlainHTTPException, refused)
    for kind in (ProblemError, BusyError, TimeoutError, ConnectionAbortedError, LsqaError):
        app.add_exception_handler(kind, failed)


def _unread(error: RequestValidationError) -> ProblemError | None:
    """Why a body could not even be held against the description; None where it was."""
    errors = error.errors()
    if broken := next((e for e in errors if e["type"] == "json_invalid"), None):
        said = broken.get("ctx", {}).get("error", "it cannot be read")
        return ProblemError(400, "json", f"the body is no JSON: at character {broken['loc'][-1]}: {said}")
    if isinstance(error.body, bytes):
        return ProblemError(415, "content-type", "send the body as application/json, and say so in Content-Type")
    return None


class _NothingThere:
    """An ASGI application for paths that none of `routes` takes."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        others = [r for r in self._routes if r.matches(scope)[0] is Match.PARTIAL]
        methods = sorted({method for route in others for method in getattr(route, "methods", None) or ()})
        if methods:
            raise ProblemError(405, "http", "Method Not Allowed", {"Allow": ", ".join(methods)})
        raise ProblemError(404, "http", "Not Found")


def nothing_there(path: str, routes: Sequence[BaseRoute]) -> Route:
    """The last route, whatever is mounted beside: what `routes` do not have under `path` is a problem, too."""
    return Route(path, _NothingThere(routes), include_in_schema=False)


def _printable(value: Any) -> Any:
    """`value` without halves of characters, which no UTF-8 holds."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_printable(k): _printable(v) for k, v in value.items()}
    return [_printable(v) for v in value] if isinstance(value, list) else value


def seconds_to_wait(seconds: float) -> dict[str, str]:
    """The header that says when to try again."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
