"""What stands in the rows of one table: 東京大学 of one row is not シナジー拠点, where that stands in another.

A quoted row is read under its head, so that 9 under 順位 is a 9th place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import japanese_terms
from lsqa.statements.clauses import clauses
from lsqa.statements.names import holds, names, plain
from lsqa.statements.predicates import content_tokens
from lsqa.text import detect_language, fold

_LONG: Final = 3  # words from which on a cell may be told in other words
_SHARE: Final = 0.6  # of the words of a cell that are enough then


@lru_cache(maxsize=2048)
def rows_joined(quotes: tuple[str, ...]) -> tuple[str, ...]:
    """`quotes`, with the rows of a table and its head before them, a line without a figure, in one text."""
    joined: list[str] = []
    for quote in quotes:
        over = joined[-1] if joined else ""
        if "\t" in quote and "\t" in over and not find_figures(over.split("\n")[0]):
            joined[-1] = f"{over}\n{quote}"
        else:
            joined.append(quote)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A text of a table, the rows and the columns it stands in, by number."""

    text: str
    forms: frozenset[str]
    rows: frozenset[int]
    columns: frozenset[int]


@dataclass(frozen=True, slots=True)
class Crossed:
    """`claimed` is the cell that the claim has beside `quoted`, which stands in another row."""

    claimed: str
    quoted: str


@lru_cache(maxsize=1024)
def _cells(tables: tuple[str, ...]) -> tuple[_Cell, ...]:
    """The cells that say something in words; the first line of a table is its head, one alone a row."""
    lines = [table.split("\n") for table in tables]
    rows = [row for table in lines for row in (table[1:] if len(table) > 1 else table)]
    found: dict[str, _Cell] = {}
    for number, row in enumerate(rows):
        for column, text in enumerate(row.split("\t")):
            written = text.strip()
            key = plain(written).replace(" ", "")
            forms = frozenset(t.form for t in content_tokens(written))
            if len(key) < 2 or not forms or find_figures(written):
                continue
            old = found.get(key)
            before = (old.rows, old.columns) if old else (frozenset(), frozenset())
            found[key] = _Cell(written, forms, before[0] | {number}, before[1] | {column})
    return tuple(found.values())


def crossed_rows(claim: str, quotes: Sequence[str]) -> Crossed | None:
    """The first two cells of quoted rows that a clause of `claim` joins and no row does; lists, each with its own in
    the same order (AとBはXとY), join none."""
    cells = _cells(tuple(quote for quote in quotes if "\t" in quote))
    if len(cells) < 2:
        return None
    for start, end in clauses(claim):
        told = sorted(_told(claim[start:end], cells), key=lambda found: found[0])
        for (_, a), (_, b) in combinations(told, 2):
            if a.rows.isdisjoint(b.rows) and a.columns.isdisjoint(b.columns) and not _are_listed(a, b, told):
                return Crossed(a.text, b.text)
    return None


def _told(clause: str, cells: Sequence[_Cell]) -> Iterator[tuple[int, _Cell]]:
    """The cells that a clause speaks of, each with where; not a part of another one."""
    said = plain(clause)
    spoken = [said, *(plain(term) for t in japanese_terms(clause) for term in t.japanese)]
    spoken += [spelling for name in names(clause) for spelling in name.spellings]
    forms = {t.form for t in content_tokens(clause)}
    found: list[tuple[int, _Cell]] = []
    for cell in cells:
        written = plain(cell.text)
        at = said.replace(" ", "").find(written.replace(" ", ""))
        if any(holds(text, written) for text in spoken) or (at >= 0 and detect_language(clause) == "ja"):
            found.append((max(at, 0), cell))
        elif len(cell.forms) >= _LONG and len(cell.forms & forms) >= _SHARE * len(cell.forms):
            found.append((len(said), cell))
    whole = [fold(cell.text) for _, cell in found]
    return (f for f in found if not any(fold(f[1].text) in w and fold(f[1].text) != w for w in whole))


def _are_listed(a: _Cell, b: _Cell, told: Sequence[tuple[int, _Cell]]) -> bool:
    """Whether a clause has beside `a` what stands in its row and in the column of `b`, and the reverse, in order."""
    for i, (_, mine) in enumerate(told):
        for j, (_, other) in enumerate(told):
            beside_a = not mine.rows.isdisjoint(a.rows) and not mine.columns.isdisjoint(b.columns)
            beside_b = not other.rows.isdisjoint(b.rows) and not other.columns.isdisjoint(a.columns)
            if beside_a and beside_b:
                at = {id(cell): n for n, (_, cell) in enumerate(told)}
                return (at[id(a)] < j) == (i < at[id(b)])
    return False
