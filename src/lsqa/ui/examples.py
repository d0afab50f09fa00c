"""Questions worth a click, for the documents that are there."""

from collections.abc import Sequence
from itertools import islice, zip_longest
from typing import Final

from lsqa.catalogue import Catalogue
from lsqa.documents import Document
from lsqa.evaluation.case_drafts import lookup_questions
from lsqa.text import Language
from lsqa.ui.texts import text

_COUNT: Final = 4
_READ: Final = 6  # documents that questions are proposed from
_LONGEST: Final = 60  # characters: more is not read before it is clicked

# By the id of the document that they are about. The last shows what a refusal looks like.
_KNOWN: Final[dict[str, dict[Language, tuple[str, ...]]]] = {
    "mext-life-science-2025": {
        "ja": (
            "B-cureの2025年度の予算はいくらですか？",
            "博士課程の学生で研究時間が0時間の人は何％ですか？",
            "新世代感染症センター（UTOPIA）を率いるのは誰ですか？",
            "SCARDAのセンター長の名前を教えてください。",
        ),
        "en": (
            "What is the FY2025 budget of B-cure?",
            "What share of doctoral students have 0 hours of research time?",
            "Who leads UTOPIA?",
            "Who is the director of SCARDA?",
        ),
    }
}


class Examples:
    """The questions of the first screen; those for unknown documents are drafted once for each state of the library."""

    def __init__(self) -> None:
        self._drafted: tuple[int, tuple[str, ...], tuple[tuple[str, str], ...]] = (-1, (), ())

    def questions(self, catalogue: Catalogue, language: Language) -> tuple[str, ...]:
        for doc_id, known in _KNOWN.items():
            if catalogue.record(doc_id) is not None:
                return known[language]
        if self._drafted[0] != catalogue.generation:
            documents = [catalogue.document(r.doc_id) for r in catalogue.documents()[:_READ]]
            named = tuple(pair for document in documents if (pair := _heading(document)))
            self._drafted = catalogue.generation, _lookups(documents), named[:_COUNT]
        _, drafted, named = self._drafted
        asked = (text("example-heading", language, title=title, heading=heading) for title, heading in named)
        return drafted or tuple(asked)


def _lookups(documents: Sequence[Document]) -> tuple[str, ...]:
    """Questions that ask for something; sentences with a gap are for tests."""
    found = [[q for q in lookup_questions(document) if len(q) <= _LONGEST] for document in documents]
    in_turn = (question for questions in zip_longest(*found) for question in questions if question)
    return tuple(islice(dict.fromkeys(in_turn), _COUNT))


def _heading(document: Document) -> tuple[str, str] | None:
    """The title of a document with a heading in it that says something else."""
    for page in document.pages:
        for block in page.blocks:
            name = " ".join(page.text_of(block).split())
            if block.kind == "heading" and name and name != document.title and len(name) <= _LONGEST // 2:
                return document.title, name
    return None
