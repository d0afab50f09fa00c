"""Which documents are searched."""

import re
from dataclasses import dataclass
from datetime import date
from typing import get_args

from lsqa.catalogue.records import DocumentRecord
from lsqa.documents import DocumentKind
from lsqa.errors import QuestionError

_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_FIRST_DAY = "0001-01-01"
KINDS: tuple[str, ...] = get_args(DocumentKind)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Conditions that a document has to meet, all of them; an empty one is no condition.

    `documents` are ids; `publishers` are found anywhere in a document's publisher, whatever their case; `since` and
    `until` are ISO 8601 dates (YYYY, YYYY-MM or YYYY-MM-DD) or `datetime.date`, both included: 2025 holds every day of
    the year. `kinds` are those of the catalogue (`pdf`, `docx`, `markdown`, …). A document without a date meets no
    condition on dates.

    Raises:
        QuestionError: a date is none, or a kind.

    >>> with Assistant.open() as lsqa:
    ...     hits = lsqa.retrieve("予算", where=DocumentFilter(kinds=("markdown",)))
    ...     {lsqa.library.catalogue.record(hit.chunk.doc_id).kind for hit in hits}
    {'markdown'}
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str | date = ""
    until: str | date = ""
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("documents", "publishers", "kinds"):
            named = getattr(self, name)
            object.__setattr__(self, name, (named,) if isinstance(named, str) else tuple(named))
        for name in ("since", "until"):
            object.__setattr__(self, name, _iso_date(getattr(self, name)))
        for kind in self.kinds:
            if kind not in KINDS:
                raise QuestionError(f"{kind!r} is no kind of document", hint=f"the kinds are {', '.join(KINDS)}")

    @property
    def is_empty(self) -> bool:
        return self == DocumentFilter()

    def admits(self, record: DocumentRecord) -> bool:
        """Whether a document meets every condition."""
        return (
            (not self.documents or record.doc_id in self.documents)
            and (not self.kinds or record.kind in self.kinds)
            and (not self.publishers or _names_one(record.publisher, self.publishers))
            and self._is_in_time(record.published)
        )

    def _is_in_time(self, published: str) -> bool:
        if not (self.since or self.until):
            return True
        # ISO dates compare as text; a date that is less exact than the bound begins where its period begins.
        since, until = str(self.since), str(self.until)
        return (
            bool(published)
            and (not since or published[: len(since)] >= since[: len(published)])
            and (not until or published[: len(until)] <= until)
        )

    def __str__(self) -> str:
        parts = (
            ("document", ", ".join(self.documents)),
            ("publisher", ", ".join(self.publishers)),
            ("since", str(self.since)),
            ("until", str(self.until)),
            ("kind", ", ".join(self.kinds)),
        )
        return "; ".join(f"{name} {value}" for name, value in parts if value)


def _iso_date(value: object) -> str:
    """A date as it stands in the catalogue; empty for none. Raises `QuestionError` for what no calendar has."""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if not value:
        return ""
    if isinstance(value, str) and _DATE.fullmatch(value) and _is_in_calendar(value):
        return value
    raise QuestionError(f"{value!r} is no date", hint="write 2025, 2025-06 or 2025-06-26")


def _is_in_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text + _FIRST_DAY[len(text) :])
    except ValueError:
        return False
    return True


def _names_one(publisher: str, wanted: tuple[str, ...]) -> bool:
    return any(name.casefold() in publisher.casefold() for name in wanted)
