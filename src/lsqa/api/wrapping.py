"""Around every request: an id, limits of its body, safe headers, a line in the log, measures, no bare error."""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsqa.api.access import API_PATHS, Access, is_guarded, new_request_id, require
from lsqa.api.body_limits import BodyLimits
from lsqa.api.log_lines import ACCESS, request_id_of_task
from lsqa.api.measures import Measures
from lsqa.api.problems import MEDIA_TYPE, ProblemError, told_of
from lsqa.api.state import server_of
from lsqa.tracing import RequestSpan, request_span

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUESTION_KEY: Final = "lsqa.question"
_STAGES_KEY: Final = "lsqa.stages"
_access_log = logging.getLogger(ACCESS)


class Wrapping:
    """ASGI middleware.

    The log tells how a request ended, and nothing of what was asked unless a setting says so.
    """

    def __init__(self, app: ASGIApp, *, access: Access, measures: Measures, limits: BodyLimits) -> None:
        self._app = app
        self._access = access
        self._measures = measures
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = scope["lsqa.request_id"] = given if _ID.fullmatch(given) else new_request_id()
        request_id_of_task.set(request_id)
        started = time.perf_counter()
        status = 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-ID"] = request_id
                out["X-Content-Type-Options"] = "nosniff"
                if scope["path"].startswith(API_PATHS):
                    out.setdefault("Cache-Control", "no-store")
            await send(message)

        with request_span(headers, request_id) as traced:
            try:
                if scope["path"].startswith(API_PATHS):
                    self._access.check_site(headers)
                await self._app(scope, self._limited(scope, headers, receive), tell)
            except Exception as error:  # noqa: BLE001 — whoever asked is owed an end, whatever it met
                members, more = told_of(Request(scope), error)
                if not status:
                    await JSONResponse(members, members["status"], more, MEDIA_TYPE)(scope, receive, tell)
            finally:
                self._note(scope, request_id, status, time.perf_counter() - started, traced)

    def _limited(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        limit = self._limits.of(scope["path"])
        try:
            limit.check(headers)
        except ProblemError:
            if is_guarded(scope):
                require(scope, self._access)  # who is not let in is told so, whatever comes along, and is counted
            raise
        return limit.limited(receive)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float, traced: RequestSpan | None) -> None:
        found: Any = scope.get("route")
        route = getattr(found, "path", "") or ("/mcp" if scope["path"].startswith("/mcp") else "other")
        method = scope["method"] if scope["method"] in ("GET", "POST", "DELETE", "HEAD", "OPTIONS") else "other"
        self._measures.request(route, method, status, seconds)
        line: dict[str, Any] = {
            "id": request_id,
            "route": route,
            "method": method,
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        asked = {"question": scope[QUESTION_KEY]} if QUESTION_KEY in scope else {}
        if traced is not None:
            line["trace"] = traced.trace_id
            told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            told |= {f"lsqa.{name}": value for name, value in asked.items()}
            traced.describe(f"{method} {route}", told, failed=status >= 500)
        if _STAGES_KEY in scope:
            line["stages_ms"] = scope[_STAGES_KEY]
        _access_log.info("request", extra={"fields": line | asked})


def note_question(request: Request, question: str) -> None:
    """Let log and trace tell what was asked, where a setting says so."""
    if server_of(request).service.settings.log_questions:
        request.scope[QUESTION_KEY] = question


def note_stages(request: Request, milliseconds: Mapping[str, float]) -> None:
    """Let the log tell how long each stage of an answer took."""
    request.scope[_STAGES_KEY] = dict(milliseconds)
