"""Why there is no answer, or only a part of one: what was searched, what is absent, and what stands nearest."""

from typing import Final

from lsqa.answers import Nearest, Refusal
from lsqa.drafted import Draft
from lsqa.questions import Question
from lsqa.quoting import Quotation
from lsqa.scoring import ScoredUnit
from lsqa.text import Language
from lsqa.wording import kind_names, refusal_reason

NEAREST: Final = 3


def refusal_of_quotes(question: Question, quotation: Quotation, searched: int, *, answered: bool) -> Refusal | None:
    """What the quotes do not answer, None where they answer all. `searched` counts the documents that were searched."""
    kinds = kind_names(quotation.missing_kinds, question.language)
    if answered and not kinds:
        return None
    code, missing = _why(quotation, kinds, answered=answered)
    return _refusal(code, missing, question, quotation, searched)


def refusal_of_draft(
    question: Question, draft: Draft, quotation: Quotation, searched: int, *, answered: bool, interrupted: bool = False
) -> Refusal:
    """Why the draft does not answer, or not all, and what quoting finds nearest."""
    kinds = kind_names(draft.missing_kinds, question.language)
    if interrupted:
        code, missing = "part_interrupted", kinds
    elif kinds:
        code, missing = ("part_missing" if answered else "kind_missing"), kinds
    elif draft.failed:
        code, missing = ("part_unproven" if answered else "unproven"), () if answered else quotation.missing
    else:
        code, missing = _why(quotation, kind_names(quotation.missing_kinds, question.language), answered=False)
    return _refusal(code, missing, question, quotation, searched)


def refusal_of_language(language: Language) -> Refusal:
    """That the question is in a language that is not read, in both that are: whoever asks may read only one."""
    other: Language = "en" if language == "ja" else "ja"
    reasons = (refusal_reason("language_not_read", (), 0, one) for one in (language, other))
    return Refusal("language_not_read", " ".join(reasons), (), ())


def _refusal(code: str, missing: tuple[str, ...], question: Question, quotation: Quotation, searched: int) -> Refusal:
    reason = refusal_reason(code, missing, searched, question.language)
    return Refusal(code, reason, missing, tuple(_nearest(unit) for unit in quotation.nearest[:NEAREST]))


def _why(quotation: Quotation, kinds: tuple[str, ...], *, answered: bool) -> tuple[str, tuple[str, ...]]:
    """The code of a refusal and what of the question is absent."""
    if answered:
        return "part_missing", kinds
    if not quotation.units:
        return "empty_search", quotation.missing
    if quotation.contradicted:
        return "false_premise", quotation.contradicted
    if kinds:
        return "kind_missing", kinds
    return "not_in_documents", quotation.missing


def _nearest(scored: ScoredUnit) -> Nearest:
    ranked, unit = scored.ranked_page, scored.unit
    return Nearest(ranked.doc_id, ranked.document_title, unit.page.number, unit.heading_path, unit.text)
