"""`lsqa ui`: the chat page."""

from typing import Annotated

import typer

from lsqa.cli.options import Home
from lsqa.errors import UsageError

Host = Annotated[str, typer.Option("--host", metavar="NAME", help="What to bind to; other than this machine: a login.")]
Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes one that is free.")]


def ui(
    *,
    host: Host = "127.0.0.1",
    port: Port = 7860,
    llm: Annotated[str | None, typer.Option("--llm", metavar="SPEC", help="none, or PROVIDER:MODEL.")] = None,
    home: Home = None,
) -> None:
    """Serve the chat page, for this machine alone unless told otherwise."""
    from lsqa.cli.network import traced
    from lsqa.settings import load_settings
    from lsqa.ui.serving import serve_page

    settings, _ = load_settings(home=home, llm=llm)
    end_traces = traced()
    try:
        serve_page(
            settings, host, port, started=lambda address: typer.echo(f"lsqa: {address} (Ctrl-C ends it)", err=True)
        )
    except OSError as error:
        reason = f"cannot serve on {host}, port {port}: {error.strerror or error}"
        raise UsageError(reason, hint="choose another with --port or --host") from error
    finally:
        end_traces()
