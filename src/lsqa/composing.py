"""Checked claims put together into an answer, of quotes or of a draft, or into a refusal that helps."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from lsqa.answers import Answer, Refusal, Status, Trace
from lsqa.citations import CheckedClaim
from lsqa.conversation import RefusedTurn
from lsqa.drafted import Draft
from lsqa.evidence import Evidence
from lsqa.questions import Question
from lsqa.quoting import Quotation, slide_name
from lsqa.refusals import NEAREST, refusal_of_draft, refusal_of_language, refusal_of_quotes
from lsqa.text import Language, detect_language
from lsqa.wording import quoted_text, refusal_reason, refusal_text, stated_text


def quoted_answer(
    question: Question,
    quotation: Quotation,
    claims: tuple[CheckedClaim, ...],
    evidence: Sequence[Evidence],
    searched: int,
    trace: Trace,
) -> Answer:
    """The answer by quotes. `searched` counts the documents that were searched; the trace gets its probability."""
    refusal = refusal_of_quotes(question, quotation, searched, answered=bool(claims))
    text = quoted_text(claims, [slide_name(u) for u in quotation.units][: len(claims)], question.language)
    status: Status = "refused" if not text else "partial" if refusal else "answered"
    if status == "refused":
        refusal = refusal or refusal_of_quotes(question, quotation, searched, answered=False)
        text = refusal_text(refusal.reason if refusal else "", _nearest(quotation), question.language)
        claims = ()
    known = replace(trace, probability=round(quotation.probability, 4))
    return Answer(question.text, status, "quote", question.language, text, claims, tuple(evidence), refusal, known)


def refused_turn(asked: str, language: Language, code: RefusedTurn, trace: Trace) -> Answer:
    """The refusal of a turn that asks nothing that documents tell: lines that come near its words would be of something
    else.
    """
    reason = refusal_reason(code, (), 0, language)
    return Answer(asked, "refused", "quote", language, reason, (), (), Refusal(code, reason, (), ()), trace)


def drafted_answer(
    question: Question, draft: Draft, quotation: Callable[[], Quotation], searched: int, trace: Trace
) -> Answer:
    """The answer by a draft; a partial one where the trace says that the model broke off. `quotation` is asked for what
    stands nearest where something is left open.
    """
    is_interrupted = bool(trace.fallback)
    text = "" if draft.misses_all else stated_text(draft.claims)
    is_whole = not (draft.missing_kinds or draft.failed or is_interrupted)
    status: Status = "refused" if not text else "answered" if is_whole else "partial"
    refusal: Refusal | None = None
    if status != "answered":
        near = quotation()
        refusal = refusal_of_draft(question, draft, near, searched, answered=bool(text), interrupted=is_interrupted)
        text = text or refusal_text(refusal.reason, _nearest(near), question.language)
    return Answer(
        question.text,
        status,
        "llm",
        question.language,
        text,
        draft.claims if status != "refused" else (),
        draft.evidence if status != "refused" else draft.evidence[:NEAREST],
        refusal,
        trace,
        unsupported=draft.failed,
    )


def unread_answer(asked: str, trace: Trace) -> Answer:
    """The refusal of a question in a language that is not read: nothing is searched for it."""
    language = detect_language(asked)
    refusal = refusal_of_language(language)
    return Answer(asked, "refused", "quote", language, refusal.reason, (), (), refusal, trace)


def _nearest(quotation: Quotation) -> list[tuple[str, int]]:
    return [(slide_name(u), u.unit.page.number) for u in quotation.nearest]
