"""The server for tests: the real application in a real server on this machine."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from fastapi import FastAPI

from lsqa.api import Service, create_app, server_configuration
from lsqa.api.body_limits import BODY_SECONDS, UPLOAD_SECONDS
from lsqa.cli.network import with_page
from lsqa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ALL = "a-token-that-may-do-everything"
READ = "a-token-that-may-only-read"
ASK = "a-token-that-may-read-and-ask"
HASHED = "a-token-that-nobody-here-knows"
TOKENS = f"{ALL}, read:{READ}, read+ask:{ASK}, read+ask:sha256:{hashlib.sha256(HASHED.encode()).hexdigest()}"
ORIGIN = "https://front.example"
PLAIN = Settings(Path("."), embedder="bundled", reranker="none", llm="none", api_rate=0)


class Running(uvicorn.Server):
    """A server in a thread of this process."""

    def __init__(self, app: Any) -> None:
        super().__init__(server_configuration(app, port=0))
        self.ready = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"


@contextmanager
def serving(
    home: Path,
    chat_model: "BaseChatModel | None" = None,
    *,
    quiet_seconds: float = 15.0,
    body_seconds: float = BODY_SECONDS,
    upload_seconds: float = UPLOAD_SECONDS,
    **settings: Any,
) -> Iterator[httpx.Client]:
    """A client of a server over the library in `home`; its `base_url` is the server's."""
    service = Service(replace(PLAIN, home=home, **settings), chat_model=chat_model)
    app = create_app(service, quiet_seconds=quiet_seconds, body_seconds=body_seconds, upload_seconds=upload_seconds)
    with _running(service, app) as client:
        yield client


@contextmanager
def paged(home: Path, **settings: Any) -> Iterator[httpx.Client]:
    """A client of a server with the chat page at /, as `lsqa serve` makes it."""
    service = Service(replace(PLAIN, home=home, **settings))
    with _running(service, with_page(create_app(service), service, "127.0.0.1")) as client:
        yield client


@contextmanager
def _running(service: Service, app: FastAPI) -> Iterator[httpx.Client]:
    server = Running(app)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.ready.wait(20)
        with httpx.Client(base_url=server.url, timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(30)
        service.close()
    assert not thread.is_alive()
