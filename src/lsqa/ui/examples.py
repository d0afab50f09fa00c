"""Questions worth a click, for the documents that are there."""

from typing import Final

from lsqa.catalogue import Catalogue
from lsqa.evaluation.case_drafts import draft_cases
from lsqa.text import Language

_COUNT: Final = 4
_READ: Final = 6  # documents that questions are proposed from

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
        self._drafted: tuple[int, tuple[str, ...]] = (-1, ())

    def questions(self, catalogue: Catalogue, language: Language) -> tuple[str, ...]:
        for doc_id, known in _KNOWN.items():
            if catalogue.record(doc_id) is not None:
                return known[language]
        if self._drafted[0] != catalogue.generation:
            documents = [catalogue.document(r.doc_id) for r in catalogue.documents()[:_READ]]
            cases = draft_cases(documents, _COUNT * 3)
            asked = [case.question for case in cases if len(case.question) <= 90]
            self._drafted = catalogue.generation, tuple(asked[:_COUNT])
        return self._drafted[1]
