"""The answer as every presentation receives it: checked claims, or a refusal that helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lsqa.arithmetic import Calculation
from lsqa.citations import CheckedCitation, CheckedClaim
from lsqa.errors import LsqaError
from lsqa.evidence import Evidence
from lsqa.text import Language

Status = Literal["answered", "partial", "refused"]
Mode = Literal["quote", "llm"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What stands nearest to a question that was not (fully) answered."""

    doc_id: str
    title: str
    page: int
    section: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no (full) answer: `reason` in the language of the question, `missing` what of the question is
    absent.

    `code` is `empty_search`, `false_premise`, `kind_missing`, `language_not_read`, `not_in_documents` or `unproven`; of
    a calculation `not_computable`; of a follow-up `no_operands` or `no_question`; for a partial answer `part_missing`,
    `part_unproven` or `part_interrupted`.
    """

    code: str
    reason: str
    missing: tuple[str, ...]
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """How the answer came about: times in milliseconds, the models, the question as it was understood, and how sure
    it was. `fallback` says why a language model did not answer, or not to its end, that should have; else it is empty.
    `fallback_kind` is the kind of that error.
    `resolved_by` is what put a follow-up into words that stand alone: `rules`, `model`, empty where nothing had to.
    """

    timings_ms: dict[str, float]
    models: dict[str, str]
    resolved_question: str
    probability: float | None = None
    fallback: str = ""
    fallback_kind: type[LsqaError] | None = None
    resolved_by: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is what a person reads; `claims` what it stands on. A refused answer has no claims.

    Where the answer was calculated, `claims` are its operands in their order, and only `calculation` states a figure
    that stands in no quote.
    `unsupported` are claims of a language model's draft that failed the check, each with why. They are no part of the
    answer.

    >>> with Assistant.open() as lsqa:
    ...     answer = lsqa.ask("木星の衛星の重力とは")
    >>> answer.status, answer.claims, answer.refusal.code
    ('refused', (), 'not_in_documents')
    >>> sorted(answer.to_dict())[:4]
    ['calculation', 'claims', 'evidence', 'language']
    """

    question: str
    status: Status
    mode: Mode
    language: Language
    text: str
    claims: tuple[CheckedClaim, ...]
    evidence: tuple[Evidence, ...]
    refusal: Refusal | None
    trace: Trace
    calculation: Calculation | None = None
    unsupported: tuple[CheckedClaim, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `lsqa ask --json` prints."""
        return {
            "question": self.question,
            "status": self.status,
            "mode": self.mode,
            "language": self.language,
            "text": self.text,
            "claims": [claim_to_dict(claim) for claim in self.claims],
            "unsupported": [
                {**claim_to_dict(claim), "failing": claim.failing, "why": claim.why} for claim in self.unsupported
            ],
            "refusal": _refusal_to_dict(self.refusal) if self.refusal else None,
            "evidence": [_evidence_to_dict(item) for item in self.evidence],
            "timings_ms": self.trace.timings_ms,
            "models": self.trace.models,
            "calculation": self.calculation.to_dict() if self.calculation else None,
            "trace": {
                "resolved_question": self.trace.resolved_question,
                "probability": self.trace.probability,
                "fallback": self.trace.fallback or None,
                "resolved_by": self.trace.resolved_by or None,
            },
        }


def claim_to_dict(claim: CheckedClaim) -> dict[str, Any]:
    citations = [citation_to_dict(citation) for citation in claim.citations]
    return {"text": claim.text, "verdict": claim.verdict, "citations": citations}


def citation_to_dict(checked: CheckedCitation) -> dict[str, Any]:
    """The JSON of a citation, in `lsqa ask` and `lsqa check` alike."""
    chunk = checked.evidence.chunk if checked.evidence else None
    return {
        "label": checked.citation.label,
        "doc_id": chunk.doc_id if chunk else None,
        "title": checked.evidence.title if checked.evidence else None,
        "page": chunk.page if chunk else None,
        "section": list(checked.section) if chunk else [],
        "quote": checked.citation.quote,
        "start": checked.start if checked.start >= 0 else None,
        "end": checked.end if checked.end >= 0 else None,
        "verdict": checked.verdict,
    }


def _evidence_to_dict(item: Evidence) -> dict[str, Any]:
    chunk = item.chunk
    return {
        "label": item.label,
        "doc_id": chunk.doc_id,
        "title": item.title,
        "page": chunk.page,
        "section": list(chunk.heading_path),
        "text": chunk.text,
        "table_head": chunk.table_head,
        "ocr": chunk.ocr,
        "score": round(item.score, 4),
    }


def _refusal_to_dict(refusal: Refusal) -> dict[str, Any]:
    nearest = [
        {"doc_id": n.doc_id, "title": n.title, "page": n.page, "section": list(n.section), "text": n.text}
        for n in refusal.nearest
    ]
    return {"code": refusal.code, "reason": refusal.reason, "missing": list(refusal.missing), "nearest": nearest}


def labels_of(claims: Sequence[CheckedClaim]) -> tuple[int, ...]:
    """The labels that supported claims cite, in order of first use."""
    cited = (c.citation.label for claim in claims if claim.verdict == "supported" for c in claim.citations)
    return tuple(dict.fromkeys(cited))
