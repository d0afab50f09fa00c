"""/mcp: the tools for agents over streamable HTTP, one request at a time and without sessions.

So any number of processes may serve them, and no session can be taken over.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any, Final

from mcp.server.mcpserver.exceptions import ToolError
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsqa.agent_tools import AgentTools, Work
from lsqa.answers import Answer
from lsqa.api.access import Access, new_request_id, require
from lsqa.api.asking import discreet, while_there
from lsqa.api.capacity import BusyError, Capacity
from lsqa.api.problems import ProblemError, problem_of
from lsqa.api.state import Server

PATH: Final = "/mcp"
_hung_up: ContextVar[asyncio.Event] = ContextVar("hung_up")
"""Set when whoever sent the request that is being answered has gone: the SDK does not look."""


def agent_tools(server: Server) -> AgentTools:
    """The tools, which share the lines of questions and of page images with REST."""

    async def in_line(line: Capacity, work: Work) -> Any:
        def begin(left: threading.Event) -> Iterator[Any]:
            yield work(left)

        try:
            (result,) = [one async for one in while_there(server, _hung_up.get().wait(), begin, line)]
        except (BusyError, TimeoutError, ConnectionAbortedError) as error:
            raise ToolError(told(error)) from error
        return result

    def told(error: Exception) -> str:
        request_id = new_request_id()
        members, _ = problem_of(error, request_id, in_full=server.service.settings.log_questions)
        return f"{members['title']}: {members['detail']} (request {request_id})"

    def shown(answer: Answer) -> Answer:
        return discreet(server, answer, new_request_id())

    service = server.service
    run, draw = partial(in_line, server.asking), partial(in_line, server.drawing)
    return AgentTools(service.assistant, service.checker, service.images, run, draw=draw, told=told, shown=shown)


class _Guarded:
    """Agents may use every tool, so they need the scopes of all."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        require(scope, self._access, "read", "ask")
        if scope["method"] != "POST":
            # Without sessions nothing ever comes on a stream of its own, which would hold a connection for good.
            raise ProblemError(405, "http", "Method Not Allowed", {"Allow": "POST"})
        heard = [message := await receive()]
        while message.get("more_body"):
            heard.append(message := await receive())
        hung_up = asyncio.Event()

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            hung_up.set()

        async def again() -> Message:
            if heard:
                return heard.pop(0)
            await hung_up.wait()
            return {"type": "http.disconnect"}

        token = _hung_up.set(hung_up)  # the SDK carries the tool out in a context that is copied from this one
        listening = asyncio.ensure_future(listen())
        try:
            await self._app(scope, again, send)
        finally:
            listening.cancel()
            _hung_up.reset(token)


def route(tools: AgentTools, access: Access) -> Route:
    """Where agents call. Hosts and origins are looked at before, as for every request."""
    app = tools.streamable_http_app(streamable_http_path=PATH, json_response=True, stateless_http=True, host="")
    return Route(PATH, _Guarded(app, access))
