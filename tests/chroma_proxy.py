"""A Chroma server as it is hosted: one that answers only to those who send its token, in front of a real one."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from lsqa.settings import ChromaServer

_HOP: Final = frozenset({"connection", "transfer-encoding", "keep-alive", "host", "content-length"})


@dataclass(slots=True)
class TokenProxy:
    """`url` is where it listens; `let_in` and `sent_away` are the paths of requests, in order."""

    url: str
    let_in: list[str] = field(default_factory=list)
    sent_away: list[str] = field(default_factory=list)


@contextmanager
def token_proxy(server: ChromaServer, token: str, *, header: str = "X-Chroma-Token") -> Iterator[TokenProxy]:
    """Demands the token in `header`, as Chroma's CloudClient sends it, or in Authorization as a bearer's."""
    behind = urlsplit(server.url)
    wanted = f"Bearer {token}" if header == "Authorization" else token

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get(header) != wanted:
                proxy.sent_away.append(self.path)
                self.answer(401, b'{"error":"Unauthorized","message":"no such token"}', [])
                return
            proxy.let_in.append(self.path)
            fields = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            connection = http.client.HTTPConnection(behind.hostname or "", behind.port, timeout=60)
            try:
                connection.request(self.command, self.path, body, fields)
                answer = connection.getresponse()
                self.answer(answer.status, answer.read(), answer.getheaders())
            finally:
                connection.close()

        def answer(self, status: int, body: bytes, fields: list[tuple[str, str]]) -> None:
            self.send_response(status)
            for name, value in fields or [("Content-Type", "application/json")]:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.forward()

        def do_POST(self) -> None:
            self.forward()

        def do_PUT(self) -> None:
            self.forward()

        def do_DELETE(self) -> None:
            self.forward()

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    proxy = TokenProxy(f"http://127.0.0.1:{listening.server_port}")
    try:
        yield proxy
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
