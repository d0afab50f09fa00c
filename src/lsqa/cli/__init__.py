"""The command line. Results go to stdout; progress, logs and errors to stderr.

Exit codes: 0 done (a refusal is done), 1 something failed, 2 wrong usage. Commands import what they need when they run.
"""

import logging
import os
import sys

import typer

from lsqa.cli import asking, library
from lsqa.errors import LsqaError

app = typer.Typer(
    name="lsqa",
    help="Ask policy documents; every sentence of the answer is a quote that was checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("ingest")(library.ingest)
app.add_typer(library.documents_app, name="documents")
app.command("ask")(asking.ask)
app.command("retrieve")(asking.retrieve)
app.command("settings")(library.settings)


def main() -> None:
    """Run the program; an error is one line on stderr that says what to do."""
    logging.basicConfig(level=logging.WARNING, format="lsqa: %(message)s", stream=sys.stderr)
    try:
        app()
    except LsqaError as error:
        typer.echo(f"lsqa: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`lsqa … | head`); nothing is left to say, not even at the flush on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("lsqa: interrupted", err=True)
        sys.exit(130)
