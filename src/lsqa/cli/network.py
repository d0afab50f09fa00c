"""`lsqa serve`: the REST server, with the chat page on it. `lsqa mcp`: the tools for agents on stdio."""

import signal
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home
from lsqa.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from lsqa.api import Service
    from lsqa.settings import Settings


def serve(
    *,
    host: Annotated[str, typer.Option("--host", help="Beyond this machine only with LSQA_API_TOKENS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8000,
    no_page: Annotated[bool, typer.Option("--no-page", help="Without the chat page.")] = False,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, help="Processes; more only with --no-page.")
    ] = 1,
    home: Home = None,
) -> None:
    """Serve the library over HTTP: REST at /v1, its description at /openapi.json, and the chat page at /."""
    from lsqa.api import require_tokens
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    require_tokens(host, settings)
    with told_to_end():
        if workers > 1:
            _serve_by_workers(settings, host, port, workers, no_page=no_page)
        else:
            _serve_alone(settings, host, port, no_page=no_page)


def _serve_alone(settings: "Settings", host: str, port: int, *, no_page: bool) -> None:
    from lsqa.api import Service, create_app, log_in_lines

    end_traces = traced()
    log_in_lines()
    service = Service(settings)
    try:
        app = create_app(service)
        if not no_page:
            app = with_page(app, service, host)
        warm_up(service)
        _run(app, host, port)
    finally:
        service.close()
        end_traces()


def traced() -> "Callable[[], None]":
    """Trace, where OpenTelemetry's variables say so; what ends it."""
    from lsqa.settings import trace_exporter

    exporter = trace_exporter()
    if not exporter:
        return lambda: None
    from importlib.metadata import version

    from lsqa.tracing import start

    return start(exporter, version("lsqa"))


def _serve_by_workers(settings: "Settings", host: str, port: int, workers: int, *, no_page: bool) -> None:
    from lsqa.api import log_in_lines
    from lsqa.cli.workers import run_workers
    from lsqa.errors import EmptyLibraryError, IndexUnavailableError, LibraryError
    from lsqa.library import Library
    from lsqa.models import embedder_fingerprint

    if not no_page:  # a visit to the page belongs to one process from its first request to its last
        raise UsageError(
            "the chat page is served by one process", hint="add --no-page; `lsqa ui` serves the page beside it"
        )
    log_in_lines()
    encoder = embedder_fingerprint(settings.embedder)
    with (
        suppress(EmptyLibraryError, IndexUnavailableError),  # else fail now, and not in every worker
        Library.open(settings.home, encoder, chroma=settings.chroma) as library,
    ):
        library.vectors.load()
    if not run_workers(settings, _listening(host, port), workers):
        raise LibraryError("the workers could not be started", hint="what they said stands above")


def mcp(*, home: Home = None) -> None:
    """Serve the library to an agent as tools, by the Model Context Protocol on stdin and stdout."""
    from lsqa.agent_tools import AgentTools
    from lsqa.api import Service
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    end_traces = traced()
    service = Service(settings)
    try:
        AgentTools(service.assistant, service.checker, service.images).run("stdio")
    finally:
        service.close()
        end_traces()


def warm_up(service: "Service") -> None:
    """Load what the first question would wait for, and fail now where the library cannot be used."""
    from lsqa.errors import EmptyLibraryError

    try:
        service.assistant().retrieve("lsqa", 1)
    except EmptyLibraryError:
        typer.echo("lsqa: there are no documents yet; ingest some, or send them to /v1/documents", err=True)


def _run(app: "FastAPI", host: str, port: int) -> None:
    import uvicorn

    from lsqa.api import server_configuration

    with suppress(KeyboardInterrupt):  # uvicorn hands a signal on once it has shut down
        uvicorn.Server(server_configuration(app)).run([_listening(host, port)])


@contextmanager
def told_to_end() -> "Iterator[None]":
    """SIGTERM ends what is within, which is no failure. As an exception it lets what is open be closed, and traces be
    sent; on its way it may become another one: of an import that it comes into, an ImportError."""
    is_told = False

    def end(_number: int, _frame: object) -> None:
        nonlocal is_told
        is_told = True
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    except Exception:
        if not is_told:
            raise
        raise SystemExit(0) from None


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, told on stderr."""
    listening = _bound(host, port)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"lsqa: serving on http://{shown}:{listening.getsockname()[1]}/ ; Ctrl-C ends it", err=True)
    return listening


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen()  # whoever reads that it serves may call at once
    except OSError as error:
        listening.close()
        raise UsageError(f"cannot listen on {host}:{port}: {error}", hint="choose another --port") from error
    return listening


def with_page(app: "FastAPI", service: "Service", host: str) -> "FastAPI":
    """The application with the chat page at /, for whoever has a user's password or a token that allows everything."""
    from lsqa.api.access import API_PATHS
    from lsqa.api.tokens import Tokens
    from lsqa.ui.access import login
    from lsqa.ui.desk import Desk
    from lsqa.ui.serving import Guard, mount_page

    settings = service.settings
    desk = Desk(settings, service=service)
    hosts = None if Tokens(settings.api_tokens).are_set else frozenset({"127.0.0.1", "localhost", "::1", host})
    app.add_middleware(Guard, hosts=hosts, takes_uploads=settings.ui_uploads, others=API_PATHS)
    return mount_page(app, desk, admits=login(settings))
