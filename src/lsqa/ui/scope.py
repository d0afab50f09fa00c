"""What is searched and how a question is answered, as the page's switches say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.catalogue import Catalogue, DocumentFilter, DocumentRecord
from lsqa.text import Language
from lsqa.ui.desk import THRESHOLDS, Desk
from lsqa.ui.texts import text

_NAMED: Final = 3
STRICTNESS: Final = tuple(THRESHOLDS)


@dataclass(frozen=True, slots=True)
class Scope:
    """The switches as they stand. Dates are as they were written."""

    documents: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    strictness: str = "standard"
    use_model: bool = True

    @classmethod
    def read(
        cls,
        documents: Sequence[str] | None,
        publishers: Sequence[str] | None,
        since: str | None,
        until: str | None,
        strictness: str | None,
        use_model: bool | None,
    ) -> "Scope":
        """The values of the page's components, which may be missing."""
        known = strictness if strictness in THRESHOLDS else "standard"
        return cls(
            tuple(documents or ()),
            tuple(publishers or ()),
            (since or "").strip(),
            (until or "").strip(),
            known or "standard",
            bool(use_model),
        )

    def filter(self) -> DocumentFilter:
        """Raises `QuestionError` where a date is none."""
        return DocumentFilter(self.documents, self.publishers, self.since, self.until)

    def in_words(self, desk: Desk, catalogue: Catalogue | None, language: Language) -> str:
        """What is in force, on one line."""
        parts = [*self._searched(catalogue, language)]
        parts.append(f"{text('strictness', language)}: {text(self.strictness, language)}")
        if desk.has_model and self.use_model:
            name = desk.settings.llm if desk.settings.llm != "none" else "chat model"
            parts.append(text("model-on-short", language, name=name))
        else:
            parts.append(text("model-off-short", language))
        return (" ・ " if language == "ja" else " · ").join(parts)

    def _searched(self, catalogue: Catalogue | None, language: Language) -> list[str]:
        records = catalogue.documents() if catalogue else ()
        admitted = records
        if catalogue and (self.documents or self.publishers or self.since or self.until):
            where = self.filter()
            admitted = tuple(record for record in records if where.admits(record))
        parts = [text("document-count", language, n=len(admitted))]
        titles = {record.doc_id: record.title for record in records}
        named = [titles.get(doc_id, doc_id) for doc_id in self.documents]
        if named:
            parts.append(", ".join(named[:_NAMED]) + ("…" if len(named) > _NAMED else ""))
        parts += [", ".join(self.publishers)] if self.publishers else []
        if self.since or self.until:
            parts.append(f"{self.since} – {self.until}".strip())
        return parts


def document_choices(records: Sequence[DocumentRecord]) -> list[tuple[str, str]]:
    """Titles with ids; a title that several have is told apart by its id."""
    titles = [record.title for record in records]
    return [(r.title if titles.count(r.title) == 1 else f"{r.title} ({r.doc_id})", r.doc_id) for r in records]


def publisher_choices(records: Sequence[DocumentRecord]) -> list[str]:
    return sorted({record.publisher for record in records if record.publisher})
