"""The program: its commands, and what becomes of an error."""

import io
import logging
import os
import sqlite3
import sys
from collections.abc import Sequence

import typer

from lsqa.cli import asking, checking, doctor, evaluation_tools, ingesting, library, network, serving
from lsqa.errors import LsqaError

_INTERRUPTED = 130  # as shells count: 128 and the signal's number
_LONGEST_REASON = 300

app = typer.Typer(
    name="lsqa",
    help="Ask policy documents; every sentence of the answer is a quote that was checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("ingest")(ingesting.ingest)
app.add_typer(library.documents_app, name="documents")
app.command("ask")(asking.ask)
app.command("retrieve")(asking.retrieve)
app.command("check")(checking.check)
app.add_typer(evaluation_tools.eval_app, name="eval")
app.command("ui")(serving.ui)
app.command("serve")(network.serve)
app.command("mcp")(network.mcp)
app.command("settings")(library.settings)
app.command("doctor")(doctor.doctor)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program with `arguments`, or those of the process; it ends in `SystemExit`.

    An error is one line on stderr that says what to do, never a traceback.
    """
    _prepare_streams()
    try:
        try:
            app(args=None if arguments is None else list(arguments))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except LsqaError as error:
        sys.exit(_complain(str(error), error.exit_code))
    except BrokenPipeError:
        # The reader of our output has gone (`lsqa … | head`); nothing is left to say, not even at the flush on exit.
        _discard_output()
        sys.exit(1)
    except OSError as error:
        _discard_output()
        sys.exit(_complain(f"{error} — check the disk's free space and the permissions, then try again"))
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _complain("interrupted; what was finished is kept — run the same command again to go on")
        raise
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except sqlite3.DatabaseError as error:
        sys.exit(_complain(f"the catalogue is damaged: {error} — move the data folder away and ingest again"))
    except Exception as error:
        if _comes_from_interrupt(error):
            sys.exit(_INTERRUPTED)
        if sys.flags.dev_mode:
            raise
        reason = f"unexpected {type(error).__name__}: {error}"[:_LONGEST_REASON]
        sys.exit(_complain(f"{reason} — please report it, with what `python -X dev -m lsqa …` prints"))


def _prepare_streams() -> None:
    logging.basicConfig(level=logging.ERROR, format="lsqa: %(message)s", stream=sys.stderr)
    logging.getLogger("lsqa").setLevel(logging.WARNING)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe gets UTF-8 whatever the locale; nothing is unprintable
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")


def _complain(message: str, exit_code: int = 1) -> int:
    typer.echo("lsqa: " + " ".join(message.split()), err=True)
    return exit_code


def _comes_from_interrupt(error: BaseException) -> bool:
    """Whether Ctrl-C is behind `error`: compiled modules that it meets while they load answer with an `ImportError`."""
    behind = error.__cause__ or error.__context__
    return isinstance(behind, KeyboardInterrupt) or (behind is not None and _comes_from_interrupt(behind))


def _discard_output() -> None:
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
