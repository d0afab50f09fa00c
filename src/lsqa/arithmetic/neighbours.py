"""The row of a table next to one that the question names: 日本のすぐ上の国, the country right below Japan."""

from collections.abc import Sequence
from dataclasses import replace

from lsqa.arithmetic.names import Ledger
from lsqa.arithmetic.naming import Requirement
from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.restricting import rank_of
from lsqa.arithmetic.selecting import PageText, Selection, Unsettled
from lsqa.ledger import LedgerLine


def next_to(
    selection: Selection, anchor: Requirement, request: Request, ledger: Ledger, page_text: PageText
) -> Request | Unsettled:
    """`request` with the place, from the top, of the row that is asked for. `selection` is the whole column.

    Above and below are said of tables that give ranks alone.
    """
    rows = sorted(selection.lines, key=lambda x: x.entry.value if request.least else -x.entry.value)
    meant = {id(ledger.lines[n]) for n in anchor.lines}
    places = [i for i, line in enumerate(rows, 1) if id(line) in meant]
    if len(places) != 1:
        return Unsettled("missing", (anchor.text,), selection.lines[:3], knows_subject=True)
    nth = places[0] + request.beside
    if not 0 < nth <= len(rows):
        return Unsettled("edge", (anchor.text,), (rows[places[0] - 1],), knows_subject=True)
    values = [line.entry.value for line in rows]
    is_shared = values.count(values[places[0] - 1]) > 1 or values.count(values[nth - 1]) > 1
    if is_shared or (request.is_by_rank and not _are_ranked(rows, page_text)):
        return Unsettled("ambiguous", (anchor.text,), (rows[places[0] - 1],), knows_subject=True)
    return replace(request, nth=nth)


def _are_ranked(rows: Sequence[LedgerLine], page_text: PageText) -> bool:
    return [rank_of(line, page_text) for line in rows] == list(range(1, len(rows) + 1))
