"""`lsqa check`: a text, sentence by sentence."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home, Json
from lsqa.errors import UsageError

if TYPE_CHECKING:
    from lsqa.checking import CheckedSentence

_HINT = "give a text or Markdown file in UTF-8, or - for stdin"
_MARKS = {"supported": "✓", "contradicted": "✗", "not_found": "?"}
_MOST_BYTES = 4_000_000  # far beyond what is checked; a file is not read whole to be refused
_SHOWN = 160
_STEPS = 25


def check(
    file: Annotated[str, typer.Argument(help="A text or Markdown file; - reads stdin.")],
    *,
    llm: Annotated[
        str | None, typer.Option("--llm", metavar="SPEC", help="A second opinion: none, or PROVIDER:MODEL.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check each sentence of a text: supported by the documents, contradicted by them, or not found in them."""
    from lsqa.checking import Checker, sentences
    from lsqa.cli.output import echo_json

    text = _read(file)
    sentences(text)  # an empty or oversized text is refused before anything is opened
    with Checker.open(home=home, llm=llm) as checker:
        checked = checker.check(text, _tell)
    if as_json:
        echo_json(checked.to_dict())
        return
    for sentence in checked.sentences:
        _echo(sentence)
    counts = Counter[str](sentence.verdict for sentence in checked.sentences)
    typer.echo(", ".join(f"{counts[verdict]} {verdict.replace('_', ' ')}" for verdict in _MARKS))


def _read(file: str) -> str:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}", hint=_HINT) from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{file} has more than {_MOST_BYTES:,} bytes", hint="divide it and check the parts")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no UTF-8 text", hint=_HINT) from error


def _tell(done: int, count: int) -> None:
    """Progress of a long text, on stderr."""
    if count > _STEPS and done % _STEPS == 0:
        typer.echo(f"{done} of {count} sentences", err=True)


def _echo(checked: "CheckedSentence") -> None:
    typer.echo(f"{_MARKS[checked.verdict]} {checked.sentence.text}")
    if checked.why:
        typer.echo(f"    {checked.why}")
    for place in dict.fromkeys(
        (c.evidence.title, c.evidence.chunk.page, " > ".join(c.section)) for c in checked.citations if c.evidence
    ):
        typer.echo(f"    {place[0]}, p. {place[1]}: {place[2]}")
    for citation in checked.citations:
        flat = " ".join(citation.citation.quote.replace("\t", " | ").split())
        typer.echo(f"      「{flat if len(flat) <= _SHOWN else flat[:_SHOWN] + '…'}」")
