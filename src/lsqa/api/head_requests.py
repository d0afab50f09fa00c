"""HEAD, wherever GET is answered (RFC 9110, 9.1): probes and proxies ask so whether something is there."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lsqa.api.access import API_PATHS, HEALTH_PATHS

_ANSWERED = (*API_PATHS, *HEALTH_PATHS)


class HeadRequests:
    """ASGI middleware: what comes as HEAD is answered as GET, and the server leaves out the body. FastAPI's own routes
    know GET alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_ANSWERED):
            await self._app(scope, receive, send)
            return

        async def allowing(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                _add_head(MutableHeaders(scope=message))
            await send(message)

        # A copy, as the server goes by the method of its own.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(asked, receive, allowing)
        finally:
            scope.update({name: value for name, value in asked.items() if name != "method"})


def _add_head(headers: MutableHeaders) -> None:
    methods = {method.strip() for method in headers.get("allow", "").split(",")}
    if "GET" in methods:
        headers["Allow"] = ", ".join(sorted(methods | {"HEAD"}))
