"""The page on a server: guarded by login, host name and headers, closed to everything but itself."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers

from lsqa.api.binding import is_loopback, server_configuration
from lsqa.api.body_limits import BodyLimits, body_limits
from lsqa.api.problems import ProblemError
from lsqa.settings import Settings
from lsqa.ui.access import Login, require_login
from lsqa.ui.attempts import asked_from, limited
from lsqa.ui.desk import Desk
from lsqa.ui.escaping import escaped
from lsqa.ui.fonts import serve_font
from lsqa.ui.page import build_page, page_options
from lsqa.ui.sessions import bound_sessions
from lsqa.ui.slide_view import IMAGES
from lsqa.ui.texts import text

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

PORT: Final = 7860
_MIB: Final = 1024**2
_WARM_UP_SECONDS: Final = 30.0

# Gradio's own page runs scripts and styles in the document; nothing may come from, or go to, anywhere else.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)

# After every event Gradio sums up the last 10,000, which takes 4 to 11 ms of processor time and nobody asks for. At the
# first it asks matplotlib for its backend, which imports a second's worth of code, unless one is set.
_UNASKED: Final = {
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
    "GRADIO_ANALYTICS_MAX_EVENTS": "100",
    "MPLBACKEND": "agg",
}

_IMAGE: Final = re.compile(rf"(.*/){re.escape(IMAGES)}([0-9a-f]+[.]png)")

# Gradio's own page of the login says nothing where it is told to wait.
_LOGGING_IN: Final = "<br>".join(escaped(text("log-in", language)) for language in ("ja", "en"))

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Guard:
    """Before everything: headers that shut the page in; no name of this machine but its own, so that no other site can
    reach the page through a name of its own; no uploads where these are off. Paths that begin with one of `others`
    are not the page's: what is there has its own rules."""

    def __init__(
        self, app: Application, *, hosts: frozenset[str] | None, takes_uploads: bool, others: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._takes_uploads = takes_uploads
        self._others = others

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        asked_from.set(scope["client"][0] if scope.get("client") else "")
        if scope["path"].startswith(self._others):
            await self._app(scope, receive, guarded)
        elif self._hosts is not None and _host(scope) not in self._hosts:
            await _refuse(guarded, 421, b"not a name of this server")
        elif not self._takes_uploads and scope["path"].rstrip("/").endswith("/upload"):
            await _refuse(guarded, 403, b"uploads are switched off")
        else:
            await self._app(scope, receive, guarded)


class NamedImages:
    """Page images by their names: Gradio hands files out by their whole paths, which are nobody's business. It is still
    Gradio that decides who may have which."""

    def __init__(self, app: Application, *, folder: Path) -> None:
        self._app = app
        self._folder = folder

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := _IMAGE.fullmatch(scope["path"])):
            scope = {**scope, "path": f"{found[1]}gradio_api/file={self._folder / found[2]}"}
        await self._app(scope, receive, send)


class Bounded:
    """Bodies of the page as long, and in the time, that the API allows them."""

    def __init__(self, app: Application, *, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        limit = self._limits.of(scope["path"])
        try:
            limit.check(Headers(scope=scope))
            await self._app(scope, limit.limited(receive), sending)
        except ProblemError as error:
            if has_begun:
                raise
            await _refuse(send, error.status_code, error.detail.encode(), (b"connection", b"close"))


def _host(scope: Message) -> str:
    """The name that the request was sent to, without its port."""
    written = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return written.rsplit(":", 1)[0].strip("[]").lower() if not written.endswith("]") else written.strip("[]").lower()


async def _refuse(send: Send, status: int, reason: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason})


def mount_page(app: FastAPI, desk: Desk, *, path: str = "/", admits: Login | None = None) -> FastAPI:
    """Put the page on an application. The only files that it hands out are the page images of `desk` and a font."""
    desk.images.folder.mkdir(parents=True, exist_ok=True)
    app.add_middleware(NamedImages, folder=desk.images.folder)
    serve_font(app, path)
    for name, value in _UNASKED.items():
        os.environ.setdefault(name, value)

    async def mounted() -> FastAPI:
        page = build_page(desk)
        on_app: FastAPI = gr.mount_gradio_app(
            app,
            page,
            path=path,
            auth=limited(admits) if admits else None,
            auth_message=_LOGGING_IN if admits else None,
            allowed_paths=[str(desk.images.folder)],
            max_file_size=desk.settings.max_upload_mb * _MIB,
            show_error=False,
            **page_options(),
        )
        bound_sessions(on_app, page)
        return on_app

    # Where no event loop runs, Gradio makes some and leaves them open: one is run, in a thread that has none.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, mounted()).result()


def page_app(desk: Desk, host: str = "127.0.0.1", limits: BodyLimits | None = None) -> FastAPI:
    """An application with nothing but the page, for a server that is bound to `host`.

    `limits` are those of what is sent to it, by default as the settings and the API have them.

    Raises `UsageError` where anybody could use it, `SettingsError` where the users are malformed.
    """
    admits = require_login(host, desk.settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    hosts = frozenset({"127.0.0.1", "localhost", "::1", host}) if is_loopback(host) else None
    app.add_middleware(Bounded, limits=limits or body_limits(desk.settings))
    app.add_middleware(Guard, hosts=hosts, takes_uploads=desk.settings.ui_uploads)
    return mount_page(app, desk, admits=admits)


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, answers: Callable[[], object]) -> None:
        super().__init__(config)
        self._answers = answers

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._answers()


def serve_page(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    embeddings: "Embeddings | None" = None,
    chat_model: "BaseChatModel | None" = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until interrupted. `started` is told its address once it answers.

    Raises `UsageError`, `SettingsError`; `OSError` where the port is taken.
    """
    require_login(host, settings)  # before anything is opened
    desk = Desk(settings, embeddings=embeddings, chat_model=chat_model)
    warming = Thread(target=desk.warm_up, daemon=True)
    try:
        config = server_configuration(page_app(desk, host), host=host, port=port, log_level="warning")
        listening = config.bind_socket()
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}/"
        warming.start()
        _Server(config, lambda: started and started(address)).run(sockets=[listening])
    finally:
        if warming.ident is not None:
            warming.join(_WARM_UP_SECONDS)  # the process would be aborted in the middle of it
        desk.close()
