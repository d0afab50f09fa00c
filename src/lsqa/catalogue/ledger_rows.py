"""How entries of the ledger stand in the catalogue's rows."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from lsqa.catalogue.records import strings_from_json, strings_to_json
from lsqa.ledger import LedgerEntry, LedgerLine

INSERT: Final = f"INSERT INTO ledger VALUES ({','.join('?' * 20)})"
SELECT: Final = """
SELECT d.doc_id, d.title, l.page, l.start, l.stop, l.quote_start, l.quote_stop, l.context, l.kind, l.value, l.unit,
    l.approximate, l.fiscal_year, l.status, l.names, l.programme, l.measure, l.marks, l.period, l.series
FROM ledger l JOIN documents d USING (version) WHERE d.state = 'indexed'
"""


def rows(version: int | None, entries: Sequence[LedgerEntry]) -> Iterator[tuple[Any, ...]]:
    """The entries of one version of a document, numbered in their order. Values are kept as exact decimals."""
    for position, e in enumerate(entries):
        yield (
            version,
            position,
            e.page,
            e.start,
            e.end,
            *e.quote,
            json.dumps(e.context),
            e.kind,
            str(e.value),
            e.unit,
            e.approximate,
            e.fiscal_year,
            e.status,
            strings_to_json(e.names),
            e.programme,
            e.measure,
            strings_to_json(tuple(sorted(e.marks))),
            e.period,
            e.series,
        )


def lines(found: Iterable[tuple[Any, ...]]) -> Iterator[LedgerLine]:
    """The entries of rows as `SELECT` gives them."""
    for doc_id, title, page, start, stop, quote_start, quote_stop, context, kind, value, *rest in found:
        unit, approximate, year, status, names, programme, measure, marks, period, series = rest
        entry = LedgerEntry(
            page=page,
            start=start,
            end=stop,
            quote=(quote_start, quote_stop),
            context=tuple((a, b) for a, b in json.loads(context)),
            kind=kind,
            value=Decimal(value),
            unit=unit,
            approximate=bool(approximate),
            fiscal_year=year,
            status=status,
            names=strings_from_json(names),
            programme=programme,
            measure=measure,
            marks=frozenset(strings_from_json(marks)),  # type: ignore[arg-type]  # written by `rows`
            period=period,
            series=series,
        )
        yield LedgerLine(doc_id, title, entry)
