"""The row of a table next to one that the question names, or all beyond it: 日本のすぐ上の国, 日本より多い国."""

from collections.abc import Sequence
from dataclasses import replace

from lsqa.arithmetic.names import Ledger
from lsqa.arithmetic.naming import Requirement
from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.restricting import rank_of
from lsqa.arithmetic.selecting import PageText, Selection, Unsettled
from lsqa.ledger import LedgerLine


def placed(
    selection: Selection, anchor: Requirement, request: Request, ledger: Ledger, page_text: PageText
) -> Request | Unsettled:
    """`request` with the place, from the top, of the row that is asked for; of the one that is named where all rows
    beyond it are. `selection` is the whole column.

    Above and below are said of tables that give ranks alone.
    """
    rows = sorted(selection.lines, key=lambda x: x.entry.value if request.least else -x.entry.value)
    meant = {id(ledger.lines[n]) for n in anchor.lines}
    places = [i for i, line in enumerate(rows, 1) if id(line) in meant]
    if len(places) != 1:
        return Unsettled("missing", (anchor.text,), selection.lines[:3], knows_subject=True)
    place = places[0]
    named, values = rows[place - 1], [line.entry.value for line in rows]
    nth = place + request.beside
    is_shared = values.count(named.entry.value) > 1 or (0 < nth <= len(rows) and values.count(values[nth - 1]) > 1)
    if request.is_by_rank and not are_ranked(rows, page_text):
        return Unsettled("ambiguous", (anchor.text,), (named,), knows_subject=True)
    if request.is_beyond:
        has_any = values[0] != named.entry.value if request.beside < 0 else values[-1] != named.entry.value
        nth, is_shared = place if has_any else 0, False
    if not 0 < nth <= len(rows):
        return Unsettled("edge", (anchor.text,), (named,), knows_subject=True)
    if is_shared:
        return Unsettled("ambiguous", (anchor.text,), (named,), knows_subject=True)
    return replace(request, nth=nth)


def are_ranked(rows: Sequence[LedgerLine], page_text: PageText) -> bool:
    """Whether their table gives them the ranks from 1 on, in this order."""
    return [rank_of(line, page_text) for line in rows] == list(range(1, len(rows) + 1))
