"""A server on this machine that speaks OpenAI's protocol, and misbehaves as a test tells it to."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_LONGEST_WAIT = 20.0


@dataclass(frozen=True, slots=True)
class Says:
    """A reply, streamed in pieces. `pause` seconds before each piece, `before` ahead of the first byte; cut off after
    `cut` pieces; repeated without end where it is `endless`; all but its first piece waits for `held`.
    """

    text: str
    piece: int = 16
    pause: float = 0.0
    before: float = 0.0
    cut: int | None = None
    endless: bool = False
    finish: str = "stop"
    held: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Fails:
    """An HTTP error."""

    status: int
    message: str = "no"
    retry_after: str | None = None


@dataclass(slots=True)
class ModelServer:
    """Answers each request by the next of `script`, the last one for ever; `requests` are bodies, `keys` what came with
    them, `gone` is set when a client left in the middle of a reply.
    """

    script: list[Says | Fails]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault; anything else is shown, and fails the test that reads stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(*script: Says | Fails) -> Iterator[ModelServer]:
    """The server, up while the context lasts."""
    model = ModelServer(list(script))
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": model}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        model.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    model: ModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what happened is in `ModelServer`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.model.requests.append(json.loads(body))
        self.model.keys.append(self.headers["authorization"])
        step = self.model.script[min(len(self.model.requests), len(self.model.script)) - 1]
        try:
            if isinstance(step, Fails):
                self._fail(step)
            else:
                self._say(step)
        except OSError:
            self.model.gone.set()
            self.close_connection = True

    def _fail(self, step: Fails) -> None:
        body = json.dumps({"error": {"message": step.message, "type": "error", "code": None}}).encode()
        self.send_response(step.status)
        if step.retry_after:
            self.send_header("Retry-After", step.retry_after)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _say(self, step: Says) -> None:
        self._wait(step.before)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [step.text[at : at + step.piece] for at in range(0, len(step.text), step.piece)]
        sent = 0
        while sent < len(pieces) or (step.endless and not self.model.closing.is_set()):
            if sent == step.cut:
                self.close_connection = True  # without the chunk that ends the body
                return
            self._wait(step.pause)
            while sent and step.held and not (step.held.wait(0.01) or self.model.closing.is_set()):
                pass
            self._event({"delta": {"role": "assistant", "content": pieces[sent % len(pieces)]}, "finish_reason": None})
            sent += 1
        self._event({"delta": {}, "finish_reason": step.finish})
        self._chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + min(seconds, _LONGEST_WAIT)
        while time.monotonic() < end and not self.model.closing.is_set():
            time.sleep(0.01)

    def _event(self, choice: dict[str, Any]) -> None:
        event = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "test",
            "choices": [{"index": 0, "logprobs": None, **choice}],
        }
        self._chunk(f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
