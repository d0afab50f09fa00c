"""What a server says before the application is asked: that there are too many connections, that something is no HTTP.

Both are problems as everything else is; uvicorn's own are plain text without a word of when to come back.
"""

import json
from typing import Any, Final

import h11
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from lsqa.api.access import new_request_id
from lsqa.api.problems import MEDIA_TYPE, problem

MOST: Final = 800  # a process may usually have 1,024 files open, and the library needs some of them
_RETRY_SECONDS: Final = 1


class Connection(H11Protocol):
    """One connection to a server that holds `MOST` of them."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._served = self.app

    def handle_events(self) -> None:
        self.app = self._served if len(self.connections) < MOST else _beyond
        super().handle_events()

    def send_400_response(self, msg: str) -> None:
        members = problem(400, "http", msg, request_id=new_request_id())
        body = json.dumps(members).encode()
        headers = [
            ("content-type", MEDIA_TYPE),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


async def _beyond(scope: Scope, receive: Receive, send: Send) -> None:
    request_id = new_request_id()
    members = problem(503, "busy", f"try again in {_RETRY_SECONDS} s", request_id=request_id)
    headers = {"Retry-After": str(_RETRY_SECONDS), "Connection": "close", "X-Request-ID": request_id}
    await JSONResponse(members, 503, headers, MEDIA_TYPE)(scope, receive, send)
