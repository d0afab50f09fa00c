"""JSON and text on stdout."""

import json
from collections.abc import Iterator
from typing import Any

import typer

from lsqa.answers import Answer
from lsqa.citations import CheckedClaim
from lsqa.retrieval import Hit
from lsqa.wording import one_line, stated

_SHOWN = 160


def echo_json(value: Any, *, indent: int | None = 2) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent))


def echo_hits(hits: tuple[Hit, ...]) -> None:
    for rank, hit in enumerate(hits, 1):
        place = f"{hit.title}, p. {hit.chunk.page}"
        section = " > ".join(hit.chunk.heading_path)
        flat = " ".join(hit.chunk.text.split())
        shown = flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"
        typer.echo(f"{rank:2d}. {hit.score:.3f}  {place}  {section}\n    {shown}")


def echo_answer(answer: Answer) -> None:
    """The answer, then what its labels stand for."""
    typer.echo(answer.text)
    _echo_sources(answer)


def echo_stream(events: Iterator[CheckedClaim | Answer]) -> None:
    """The statements of a language model as they come, then what their labels stand for; quotes come all at once."""
    shown: dict[str, None] = {}
    for event in events:
        if isinstance(event, CheckedClaim):
            line = stated(event)
            if line not in shown and event.text:
                shown[line] = None
                typer.echo(line)
        elif event.status == "refused" or event.mode == "quote":
            typer.echo(event.text)
            _echo_sources(event)
        else:
            _echo_sources(event)


def _echo_sources(answer: Answer) -> None:
    if answer.trace.fallback:
        so_far = "answered by quotes" if answer.mode == "quote" else "answered in part"
        typer.echo(f"lsqa: {so_far}, as {answer.trace.fallback}", err=True)
    if not answer.claims:
        return
    typer.echo()
    sections: dict[int, str] = {}
    quotes: dict[int, dict[str, None]] = {}
    for claim in answer.claims:
        for checked in claim.citations:
            sections.setdefault(checked.citation.label, " > ".join(checked.section))
            quotes.setdefault(checked.citation.label, {})[one_line(checked.citation.quote)] = None
    for item in answer.evidence:
        if item.label in sections:
            typer.echo(f"[{item.label}] {item.title}, p. {item.chunk.page}: {sections[item.label]}")
            if answer.mode == "llm":  # where the text is the quotes, they need not be said again
                for quote in quotes[item.label]:
                    typer.echo(f"    「{quote}」" if answer.language == "ja" else f'    "{quote}"')
    if answer.refusal:
        typer.echo(f"\n{answer.refusal.reason}")
