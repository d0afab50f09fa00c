"""/mcp: the tools for agents over streamable HTTP, one request at a time and without sessions.

So any number of processes may serve them, and no session can be taken over.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsqa.agent_tools import AgentTools
from lsqa.api.access import Access
from lsqa.api.capacity import BusyError
from lsqa.api.problems import MEDIA_TYPE, ProblemError, problem_of
from lsqa.api.state import Server
from lsqa.errors import LockedError

PATH: Final = "/mcp"


def agent_tools(server: Server) -> AgentTools:
    """The tools, which share the line of questions with REST."""

    async def run(work: Callable[[], Any]) -> Any:
        try:
            return await server.asking.run(work, server.seconds)
        except BusyError as error:
            raise LockedError("the server is at capacity", hint=f"try again in {error.retry_after} s") from error
        except TimeoutError as error:
            raise LockedError("it took too long", hint="ask for less") from error

    return AgentTools(server.service.assistant, server.service.checker, run)


class _Guarded:
    """Agents may use every tool, so they need the scopes of all."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        try:
            self._access.admit(Headers(scope=scope), client[0] if client else "", "read", "ask")
            # Read here: the SDK's application would tell of a body that breaks a limit in words of its own.
            receive = await _read_whole(receive)
        except ProblemError as error:
            members, headers = problem_of(error, scope.get("lsqa.request_id", ""))
            await JSONResponse(members, members["status"], headers, MEDIA_TYPE)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def _read_whole(receive: Receive) -> Receive:
    """The same messages, once all of the body is there. Raises `ProblemError` where it breaks a limit."""
    messages = deque([await receive()])
    while messages[-1].get("more_body", False):
        messages.append(await receive())

    async def again() -> Message:
        return messages.popleft() if messages else await receive()

    return again


def route(tools: AgentTools, access: Access) -> Route:
    """Where agents call. Hosts and origins are looked at before, as for every request."""
    app = tools.streamable_http_app(streamable_http_path=PATH, json_response=True, stateless_http=True, host="")
    return Route(PATH, _Guarded(app, access))
