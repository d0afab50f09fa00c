"""`lsqa serve`: the REST server, with the chat page on it. `lsqa mcp`: the tools for agents on stdio."""

import logging
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home
from lsqa.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from lsqa.api import Service


def serve(
    *,
    host: Annotated[str, typer.Option("--host", help="Beyond this machine only with LSQA_API_TOKENS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8000,
    no_page: Annotated[bool, typer.Option("--no-page", help="Without the chat page.")] = False,
    home: Home = None,
) -> None:
    """Serve the library over HTTP: REST at /v1, its description at /openapi.json, and the chat page at /."""
    from lsqa.api import Service, create_app, require_tokens
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    require_tokens(host, settings)
    end_traces = _traced()
    _log_requests()
    service = Service(settings)
    try:
        app = create_app(service)
        if not no_page:
            app = _with_page(app, service, host)
        _warm_up(service)
        _run(app, host, port)
    finally:
        service.close()
        end_traces()


def _traced() -> "Callable[[], None]":
    """Trace, where OpenTelemetry's variables say so; what ends it."""
    from lsqa.settings import trace_exporter

    exporter = trace_exporter()
    if not exporter:
        return lambda: None
    from importlib.metadata import version

    from lsqa.tracing import start

    return start(exporter, version("lsqa"))


def _log_requests() -> None:
    """A line of JSON on stderr for each request."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("lsqa.access")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(lines)


def mcp(*, home: Home = None) -> None:
    """Serve the library to an agent as tools, by the Model Context Protocol on stdin and stdout."""
    from lsqa.agent_tools import AgentTools
    from lsqa.api import Service
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    end_traces = _traced()
    service = Service(settings)
    try:
        AgentTools(service.assistant, service.checker).run("stdio")
    finally:
        service.close()
        end_traces()


def _warm_up(service: "Service") -> None:
    """Load what the first question would wait for, and fail now where the library cannot be used."""
    from lsqa.errors import EmptyLibraryError

    try:
        service.assistant().retrieve("lsqa", 1)
    except EmptyLibraryError:
        typer.echo("lsqa: there are no documents yet; ingest some, or send them to /v1/documents", err=True)


def _run(app: "FastAPI", host: str, port: int) -> None:
    import uvicorn

    from lsqa.api import server_configuration

    listening = _bound(host, port)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"lsqa: serving on http://{shown}:{listening.getsockname()[1]}/ ; Ctrl-C ends it", err=True)
    uvicorn.Server(server_configuration(app)).run([listening])


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


def _with_page(app: "FastAPI", service: "Service", host: str) -> "FastAPI":
    """The application with the chat page at /, for whoever has a user's password or a token that allows everything."""
    from lsqa.ui.access import login
    from lsqa.ui.desk import Desk
    from lsqa.ui.serving import Guard, mount_page

    settings = service.settings
    desk = Desk(settings, service=service)
    hosts = frozenset({"127.0.0.1", "localhost", "::1", host}) if not service.settings.api_tokens else None
    app.add_middleware(Guard, hosts=hosts, takes_uploads=settings.ui_uploads)
    return mount_page(app, desk, admits=login(settings))
