"""The claims of drafted/*.toml, each with its quotes cited as a language model would cite them."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lsqa.chunks import Chunk, make_chunk
from lsqa.citations import CheckedClaim, Citation, Claim, check, place_in_sections
from lsqa.documents import Page
from lsqa.evidence import Evidence
from lsqa.guarding import guarded
from lsqa.readers.markup import read_markup
from lsqa.text import locate

TABLES = tuple(Path(__file__).with_name("drafted") / f"{name}.toml" for name in ("first", "second", "third"))
CORPUS = Path(__file__).parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, how it came about, the quotes it cites, and whether they say it."""

    kind: str
    claim: str
    quotes: tuple[str, ...]
    is_true: bool


def cases(table: Path) -> tuple[Case, ...]:
    loaded: dict[str, Any] = tomllib.loads(table.read_text(encoding="utf-8"))
    quotes = loaded["quotes"]
    return tuple(
        Case(kind, claim, tuple(quotes[name] for name in names), heading == "true")
        for heading in ("false", "true")
        for kind, rows in loaded[heading].items()
        for claim, *names in rows
    )


def shown(case: Case) -> CheckedClaim:
    """What becomes of the claim of a draft that cites the passages its quotes stand in."""
    passages = tuple(dict.fromkeys(_passage(quote) for quote in case.quotes))
    evidence = [Evidence(i, chunk, page.title, 0.5, "2025-06-26") for i, (chunk, page) in enumerate(passages, 1)]
    citations = tuple(Citation(passages.index(_passage(quote)) + 1, quote) for quote in case.quotes)
    checked = check([Claim(case.claim, citations)], evidence)
    placed = place_in_sections(checked, {(chunk.doc_id, chunk.page): page for chunk, page in passages})
    return guarded(placed[0])


@cache
def _passage(quote: str) -> tuple[Chunk, Page]:
    return next((chunk, page) for chunk, page in _passages() if locate(quote, chunk.text))


@cache
def _passages() -> Sequence[tuple[Chunk, Page]]:
    return tuple(_read())


def _read() -> Iterator[tuple[Chunk, Page]]:
    for page in read_markup((CORPUS / "briefing.md").read_text(encoding="utf-8")):
        yield make_chunk("briefing", (), page.number, 0, len(page.text), page.text), page
