"""What the ledger holds of a figure: what it counts, of which programme, of which year, at which stage of a budget."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lsqa.figures import Kind
from lsqa.text import Span

# Part of the index's fingerprint: entries made in another way are made again by a rebuild.
LEDGER_VERSION = "3"

Status = Literal["", "budget", "supplementary", "revised", "request", "settlement"]
Mark = Literal["part", "note", "fund", "bound", "rate", "previous", "bracketed", "total"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A figure of a page, `page.text[start:end]`, and what the page says of it.

    `value`, `unit` and `kind` are as in `figures.Figure`, with the unit and the magnitude that the head of a column
    gives (4,300 under 百万円 is an amount of 4300000000). `quote` is the span of the row, the line or the sentence that
    is quoted for it, `context` those of the table's head and of a caption that gives the unit. `names` go from the
    slide's title to the row's own name, `programme` is the one that says what the figure belongs to, `measure` is the
    head of the column or the label (令和7年度予算額, 件数).

    `fiscal_year` is Gregorian, 0 where none is stated. `status` tells the budget as first voted (当初, or just 予算額)
    from a supplementary one, the sum of both (`revised`: 補正後), a request and a settlement; empty where the page does
    not say.

    `marks`: `part` (内数: a part of the amount, nobody knows which), `note` (※ stands behind it), `fund` (基金),
    `bound` (上限, 以上), `rate` (当たり), `previous` (its year is that before another one), `bracketed` (in brackets
    behind an amount, its year a convention that the page does not state), `total` (a sum over its own table). `period`
    is what an amount is spread over (5年間), as written. Entries of one column share a `series`, which is empty outside
    of tables.
    """

    page: int
    start: int
    end: int
    quote: Span
    context: tuple[Span, ...]
    kind: Kind
    value: Decimal
    unit: str
    approximate: bool
    fiscal_year: int
    status: Status
    names: tuple[str, ...]
    programme: str
    measure: str
    marks: frozenset[Mark]
    period: str
    series: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry with the document that it stands in."""

    doc_id: str
    title: str
    entry: LedgerEntry

    @property
    def names(self) -> tuple[str, ...]:
        """From the document's title to the row's own name."""
        return (self.title, *self.entry.names)
