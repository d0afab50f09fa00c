"""What is searched and how a question is answered, as the page's switches say it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.catalogue import Catalogue, DocumentFilter, DocumentRecord
from lsqa.text import Language
from lsqa.ui.desk import THRESHOLDS, Desk
from lsqa.ui.texts import text
from lsqa.ui.turns import ShownScope

_NAMED: Final = 3
_MOST: Final = 200
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

    def searched(self, desk: Desk, catalogue: Catalogue | None) -> ShownScope:
        """What is in force, as a turn keeps it. Raises `QuestionError` where a date is none."""
        records = catalogue.documents() if catalogue else ()
        where = self.filter()
        titles = {record.doc_id: record.title for record in records}
        name = desk.settings.llm if desk.settings.llm != "none" else "chat model"
        return ShownScope(
            count=sum(where.admits(record) for record in records),
            documents=tuple(titles.get(doc_id, doc_id) for doc_id in self.documents[:_NAMED]),
            more=len(self.documents) > _NAMED,
            publishers=self.publishers[:_MOST],
            since=self.since,
            until=self.until,
            strictness=self.strictness,  # type: ignore[arg-type]  # one of them, as it was read
            model=name if desk.has_model and self.use_model else "",
        )


def scope_in_words(searched: ShownScope, language: Language) -> str:
    """What was searched and how, on one line."""
    parts = [text("document-count", language, n=searched.count)]
    if searched.documents:
        parts.append(", ".join(searched.documents) + ("…" if searched.more else ""))
    parts += [", ".join(searched.publishers)] if searched.publishers else []
    if searched.since or searched.until:
        parts.append(f"{searched.since} – {searched.until}".strip())
    parts.append(f"{text('strictness', language)}: {text(searched.strictness, language)}")
    with_model = text("model-on-short", language, name=searched.model)
    parts.append(with_model if searched.model else text("model-off-short", language))
    return (" ・ " if language == "ja" else " · ").join(parts)


def document_choices(records: Sequence[DocumentRecord]) -> list[tuple[str, str]]:
    """Titles with ids; a title that several have is told apart by its id."""
    having = Counter(record.title for record in records)
    return [(r.title if having[r.title] == 1 else f"{r.title} ({r.doc_id})", r.doc_id) for r in records]


def publisher_choices(records: Sequence[DocumentRecord]) -> list[str]:
    return sorted({record.publisher for record in records if record.publisher})
