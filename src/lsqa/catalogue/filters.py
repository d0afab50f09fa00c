"""Which documents are searched."""

import re
from dataclasses import dataclass

from lsqa.catalogue.records import DocumentRecord
from lsqa.errors import QuestionError

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Conditions that a document has to meet, all of them; an empty one is no condition.

    `documents` are ids; `publishers` are found anywhere in a document's publisher, whatever their case; `since` and
    `until` are ISO 8601 dates (YYYY, YYYY-MM or YYYY-MM-DD), both included: 2025 holds every day of the year. `kinds`
    are those of the catalogue (`pdf`, `docx`, …). A document without a date meets no condition on dates.

    Raises:
        QuestionError: a date is none.

    >>> with Assistant.open() as lsqa:
    ...     hits = lsqa.retrieve("予算", where=DocumentFilter(kinds=("markdown",)))
    ...     {lsqa.library.catalogue.record(hit.chunk.doc_id).kind for hit in hits}
    {'markdown'}
    """

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for date in (self.since, self.until):
            if date and not _DATE.fullmatch(date):
                raise QuestionError(f"{date!r} is no date", hint="write 2025, 2025-06 or 2025-06-26")

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
        return (
            bool(published)
            and (not self.since or published[: len(self.since)] >= self.since[: len(published)])
            and (not self.until or published[: len(self.until)] <= self.until)
        )

    def __str__(self) -> str:
        parts = (
            ("document", ", ".join(self.documents)),
            ("publisher", ", ".join(self.publishers)),
            ("since", self.since),
            ("until", self.until),
            ("kind", ", ".join(self.kinds)),
        )
        return "; ".join(f"{name} {value}" for name, value in parts if value)


def _names_one(publisher: str, wanted: tuple[str, ...]) -> bool:
    return any(name.casefold() in publisher.casefold() for name in wanted)
