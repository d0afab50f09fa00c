"""Figures whose unit stands in the head of their column: 10 under 順位 is a 10th place, 43 under 予算（億円） money.

A table is a run of lines of cells parted by tabs, as the readers write it. Its first line is its head, as are those
after it that hold no figure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from lsqa.figures.numerals import japanese_value
from lsqa.figures.units import Unit, unit_after
from lsqa.figures.values import Figure
from lsqa.text import Span, fold

_BARE = re.compile(r"\s*[△▲-]?[0-9][0-9,]*(?:\.[0-9]+)?\s*")
_RANK_HEAD = re.compile(r"順位|ランキング|(?:^|[()（）・/])位$|\branks?\b|\branking\b", re.IGNORECASE)
_HEAD_UNIT = re.compile(r"[(\[](?:単位:?)?(?P<scale>[千百十]*[兆億万千百]?)(?P<unit>[^()\[\]0-9]{1,6})[)\]]$")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the head of its table: the spans of its cells, in characters of the text, and what stands over each
    (empty where the head has no such column).
    """

    cells: tuple[Span, ...]
    heads: tuple[str, ...]


def _cells(line: str, start: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    for cell in line.split("\t"):
        spans.append((start, start + len(cell)))
        start += len(cell) + 1
    return tuple(spans)


def _tables(text: str) -> Iterator[list[tuple[Span, ...]]]:
    table: list[tuple[Span, ...]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        if "\t" in bare:
            table.append(_cells(bare, start))
        elif table:
            yield table
            table = []
        start += len(line)
    if table:
        yield table


def _head_count(table: list[tuple[Span, ...]], text: str) -> int:
    """The lines of a table's head: the first, and those after it without a digit, as long as a row is left."""
    count = 1
    while count < len(table) - 1 and not any(c.isdigit() for c in text[table[count][0][0] : table[count][-1][1]]):
        count += 1
    return count if len(table) > 1 else 0


@lru_cache(maxsize=1024)
def table_rows(text: str) -> tuple[TableRow, ...]:
    """The rows of every table in `text`, in order, without their heads."""
    if "\t" not in text:
        return ()
    rows: list[TableRow] = []
    for table in _tables(text):
        count = _head_count(table, text)
        head, body = table[:count], table[count:]
        for cells in body:
            over = [[text[line[i][0] : line[i][1]] for line in head if i < len(line)] for i in range(len(cells))]
            rows.append(TableRow(cells, tuple(" ".join(lines) for lines in over)))
    return tuple(rows)


def _head_unit(head: str) -> Unit | None:
    """What the bare numbers under `head` count; None where it does not say."""
    folded = fold(head)
    if _RANK_HEAD.search(folded):
        return Unit("rank", "位")
    match = _HEAD_UNIT.search(folded)
    if match is None:
        return None
    found = unit_after(match["unit"], 0)
    if found is None or found[1] != len(match["unit"]):
        return None
    scale = japanese_value(match["scale"]) if match["scale"] else Decimal(1)
    return Unit(found[0].kind, found[0].name, found[0].factor * scale)


@lru_cache(maxsize=1024)
def column_figures(text: str) -> tuple[Figure, ...]:
    """The bare numbers of the tables in `text` whose column says what they are, read with that unit, in order."""
    figures: list[Figure] = []
    for row in table_rows(text):
        for (start, end), head in zip(row.cells, row.heads, strict=True):
            cell = fold(text[start:end])
            if _BARE.fullmatch(cell) and (unit := _head_unit(head)):
                value = Decimal(cell.replace(",", "").lstrip("△▲-"))
                signed = -value if cell[0] in "△▲-" else value
                figures.append(Figure(unit.kind, signed * unit.factor, unit.name, False, start, end))
    return tuple(figures)
