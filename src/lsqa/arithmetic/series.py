"""Columns of tables as sets of figures: which there are, how they are called, whether they put rows in one order."""

from collections.abc import Sequence
from dataclasses import replace

from lsqa.arithmetic.conditions import interval_of
from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.telling_apart import names_of, own_heading
from lsqa.ledger import LedgerLine


def order_alike(columns: Sequence[Sequence[LedgerLine]]) -> bool:
    """Whether they are columns of the same rows and put these in the same order: numbers and their shares."""
    orders = [[x.entry.quote for x in sorted(rows, key=lambda x: -x.entry.value)] for rows in columns]
    values = [[x.entry.value for x in rows] for rows in columns]
    places = {(x.doc_id, x.entry.page) for rows in columns for x in rows}
    is_clear = all(len(set(v)) == len(v) for v in values)
    return len(columns) > 1 and len(places) == 1 and is_clear and all(order == orders[0] for order in orders)


def names_of_columns(columns: Sequence[Sequence[LedgerLine]]) -> tuple[str, ...]:
    """By what stands over each alone; by their first rows where nothing does."""
    # Without the row's own name and that of its column.
    first = [replace(rows[0], entry=replace(rows[0].entry, names=rows[0].entry.names[:-2])) for rows in columns]
    headings = tuple(dict.fromkeys(own_heading(line, first) for line in first))
    return headings if len(headings) == len(columns) > 1 else names_of([rows[0] for rows in columns])


def series(lines: Sequence[LedgerLine], request: Request) -> list[list[LedgerLine]]:
    """The columns of tables whose rows the question does not name, without totals; of equal ones the first. Where the
    rows of some are ranges that the question's limits can be held against (週1～10時間), only these.
    """
    columns: dict[tuple[str, int, str], list[LedgerLine]] = {}
    for line in lines:
        if line.entry.series and "total" not in line.entry.marks and not line.entry.series.endswith("()"):
            columns.setdefault((line.doc_id, line.entry.page, line.entry.series), []).append(line)
    found: dict[tuple[object, ...], list[LedgerLine]] = {}
    for rows in columns.values():
        if len(rows) > 1:
            found.setdefault(tuple((r.entry.programme, r.entry.value, r.entry.unit) for r in rows), rows)
    units = {c.unit for c in request.conditions if not c.is_plain}
    ranged = [r for r in found.values() if any(all(interval_of(x.entry.programme, u) for x in r) for u in units)]
    return ranged or list(found.values())
