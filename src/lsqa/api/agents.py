"""/mcp: the tools for agents over streamable HTTP, one request at a time and without sessions.

So any number of processes may serve them, and no session can be taken over.
"""

from collections.abc import Callable
from typing import Any, Final

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lsqa.agent_tools import AgentTools
from lsqa.api.access import Access, require
from lsqa.api.capacity import BusyError
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
        require(scope, self._access, "read", "ask")
        await self._app(scope, receive, send)


def route(tools: AgentTools, access: Access) -> Route:
    """Where agents call. Hosts and origins are looked at before, as for every request."""
    app = tools.streamable_http_app(streamable_http_path=PATH, json_response=True, stateless_http=True, host="")
    return Route(PATH, _Guarded(app, access))
