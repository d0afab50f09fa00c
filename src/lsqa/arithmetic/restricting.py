"""The rows of a selection that meet the conditions of a question; where one is uncertain, none.

A row meets a range where its own range (週1～10時間), its figure or its rank lies wholly within. One that lies partly
within makes the whole uncertain, as does a condition that nothing here understands.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from lsqa.arithmetic.conditions import Condition, Interval, interval_of
from lsqa.arithmetic.names import Ledger
from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.selecting import PageText, Selection, Unsettled
from lsqa.figures import find_figures
from lsqa.ledger import LedgerLine

_RANKING: Final = re.compile(r"順位|ランク|rank", re.IGNORECASE)
_APPLIES: Final = frozenset({"sum", "mean", "count", "extreme"})
_Rows = Sequence[LedgerLine]
_Places = Sequence[Interval]


def restricted(selection: Selection, request: Request, ledger: Ledger, page_text: PageText) -> Selection | Unsettled:
    """`selection` with the rows that meet the conditions of `request`, all of which are then accounted for."""
    plain = [c for c in request.conditions if c.is_said_of_all]
    if strange := [c for c in plain if not _is_said_of(c, selection, page_text)]:
        return _uncertain(strange, selection.lines)
    limits = [c for c in request.conditions if not c.is_said_of_all]
    if not limits:
        return selection
    if any(c.interval is None for c in limits) or request.operation not in _APPLIES:
        return _uncertain(limits, selection.lines)
    if selection.is_series and not _is_whole_column(selection.lines, ledger):
        return _uncertain(limits, selection.lines)
    for sort in dict.fromkeys((c.kind, c.unit) for c in limits):
        found = _meeting(selection, [c for c in limits if (c.kind, c.unit) == sort], ledger, page_text)
        if isinstance(found, Unsettled):
            return found
        selection = found
    return selection


def _meeting(
    selection: Selection, limits: Sequence[Condition], ledger: Ledger, page_text: PageText
) -> Selection | Unsettled:
    """The rows within limits of one unit."""
    places = _places(selection.lines, limits, ledger, page_text)
    if places is None:
        return _uncertain(limits, selection.lines)
    ranges = _allowed(limits)
    inside = [all(any(r.holds(p) for r in either) for either in ranges) for p in places]
    outside = [any(all(r.is_apart_from(p) for r in either) for either in ranges) for p in places]
    if len(limits) == 1 and places.count(limits[0].interval) == 1:  # 週40時間以上 is the row that is called so
        inside = [place == limits[0].interval for place in places]
        outside = [not is_in for is_in in inside]
    undecided = [i for i, (a, b) in enumerate(zip(inside, outside, strict=True)) if not a and not b]
    if undecided or not any(inside):
        return _uncertain(limits, [selection.lines[i] for i in undecided] or selection.lines)
    if not selection.is_series:
        return selection if all(inside) else _uncertain(limits, selection.lines)
    kept = [i for i, is_in in enumerate(inside) if is_in]
    return replace(
        selection,
        lines=tuple(selection.lines[i] for i in kept),
        labels=tuple(selection.labels[i] for i in kept),
        out_of=selection.out_of or len(places),
    )


def _allowed(limits: Sequence[Condition]) -> list[list[Interval]]:
    """Each an alternative list of intervals, all of which have to hold: ranks that stand alone (2位と3位) add up."""
    alone = [c.interval for c in limits if c.is_plain and c.interval]
    return [[c.interval] for c in limits if not c.is_plain and c.interval] + ([alone] if alone else [])


def _places(
    lines: _Rows, limits: Sequence[Condition], ledger: Ledger, page_text: PageText
) -> tuple[Interval, ...] | None:
    """What of each row is held against the limits; None where that cannot be told."""
    first = limits[0]
    ways: tuple[Callable[[], tuple[Interval, ...] | None], ...] = (
        lambda: _by_names(lines, limits),
        lambda: _by_ranks(lines, page_text) if first.kind == "rank" else None,
        lambda: _by_values(lines, first, ledger),
    )
    return next((found for way in ways if (found := way()) is not None), None)


def _by_names(lines: _Rows, limits: Sequence[Condition]) -> tuple[Interval, ...] | None:
    """The ranges that the rows are called by, for the same time (a week) where the question and they say so."""
    ranges = [interval_of(line.entry.programme, limits[0].unit) for line in lines]
    found = [(r.interval, r.per) for r in ranges if r is not None and r.interval is not None]
    pers = {per for _, per in found if per} | {c.per for c in limits if c.per}
    return tuple(interval for interval, _ in found) if len(found) == len(lines) and len(pers) <= 1 else None


def _by_values(lines: _Rows, limit: Condition, ledger: Ledger) -> tuple[Interval, ...] | None:
    """The figures themselves, where they are in the unit of the limit and their rows hold no other in it. A limit
    without a unit (3,000を超える) is one of counts."""
    entries = [line.entry for line in lines]
    is_bare = limit.kind == "number" and not limit.unit
    sorts = {(e.kind, e.unit) for e in entries}
    if limit.per or len(sorts) != 1 or not (sorts == {(limit.kind, limit.unit)} or (is_bare and _counts(*sorts))):
        return None
    rows = {(line.doc_id, line.entry.page, line.entry.quote) for line in lines}
    own = {line.entry.series for line in lines}
    if any(
        (x.doc_id, x.entry.page, x.entry.quote) in rows
        and ((x.entry.kind, x.entry.unit) in sorts or (is_bare and _counts((x.entry.kind, x.entry.unit))))
        and x.entry.series not in own
        for x in ledger.lines
    ):
        return None
    return tuple(Interval(e.value, e.value) for e in entries)


def _counts(sort: tuple[str, str]) -> bool:
    return sort[0] in ("count", "number")


def _by_ranks(lines: _Rows, page_text: PageText) -> tuple[Interval, ...] | None:
    """The ranks that the table gives its rows."""
    found = [rank_of(line, page_text) for line in lines]
    ranks = [Decimal(r) for r in found if r]
    return tuple(Interval(r, r) for r in ranks) if len(ranks) == len(lines) == len(set(ranks)) else None


def rank_of(line: LedgerLine, page_text: PageText) -> int:
    """The rank in the row of a figure, by the head of its table; 0 where there is none."""
    text = page_text(line.doc_id, line.entry.page)
    cells = text[slice(*line.entry.quote)].split("\t")
    for start, end in line.entry.context:
        heads = text[start:end].split("\t")
        places = [i for i, head in enumerate(heads) if _RANKING.fullmatch(head.strip())]
        if len(places) == 1 and len(heads) == len(cells) and cells[places[0]].strip().isdecimal():
            return int(cells[places[0]])
    return 0


def _is_whole_column(lines: _Rows, ledger: Ledger) -> bool:
    """Whether they are all of their column but its totals."""
    columns = {(x.doc_id, x.entry.page, x.entry.series) for x in lines}
    whole = [
        x for x in ledger.lines if (x.doc_id, x.entry.page, x.entry.series) in columns and "total" not in x.entry.marks
    ]
    return len(columns) == 1 and len(whole) == len(lines)


def _is_said_of(condition: Condition, selection: Selection, page_text: PageText) -> bool:
    """Whether a figure without a limit is the number of the operands, or stands on a page of theirs; of the rows of a
    table that nobody names, only a count can be said: 10時間の学生 are some of them.
    """
    lines = selection.lines
    value = condition.interval.low if condition.interval else None
    if condition.kind in ("count", "number") and value == len(lines):
        return True
    if selection.is_series and condition.kind != "count":
        return False
    wanted = condition.kind, condition.unit, value
    if not selection.is_series and any((x.entry.kind, x.entry.unit, x.entry.value) == wanted for x in lines):
        return True
    pages = {(x.doc_id, x.entry.page) for x in lines}
    stated = (figure for page in pages for figure in find_figures(page_text(*page)))
    return condition.kind != "number" and any((f.kind, f.unit, f.value) == wanted for f in stated)


def _uncertain(limits: Sequence[Condition], lines: _Rows) -> Unsettled:
    texts = tuple(dict.fromkeys(c.text.strip() for c in limits))
    what = tuple(t for t in texts if not any(t != other and t in other for other in texts))
    return Unsettled("condition", what, tuple(lines[:3]), knows_subject=True)
