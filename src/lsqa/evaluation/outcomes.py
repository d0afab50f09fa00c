"""What lsqa made of a case: what it found, what it answered, or how it failed. Stored as it is, so that measures can be
taken again without asking again."""

from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from lsqa.answers import Answer
from lsqa.arithmetic import Calculation, Operation, evaluate
from lsqa.retrieval import Hit

_FROZEN = ConfigDict(frozen=True, extra="ignore")
_SHOWN_PASSAGES = 3


class FoundPage(BaseModel):
    """A page among the hits; `score` is that of its best passage."""

    model_config = _FROZEN

    doc_id: str
    page: int
    score: float


class CitedQuote(BaseModel):
    """A citation as it was shown: verbatim `quote` on a page of a document."""

    model_config = _FROZEN

    doc_id: str
    page: int
    quote: str


class ShownClaim(BaseModel):
    model_config = _FROZEN

    text: str
    citations: tuple[CitedQuote, ...]


class ShownCalculation(BaseModel):
    """A calculation as it was shown: `figures` are its operands as written, `values` what they are, exact decimals."""

    model_config = _FROZEN

    operation: Operation
    figures: tuple[str, ...]
    values: tuple[Decimal, ...]
    nth: int
    value: Decimal
    stated: tuple[str, ...]

    @classmethod
    def of(cls, calculation: Calculation) -> Self:
        return cls(
            operation=calculation.operation,
            figures=tuple(o.written for o in calculation.operands),
            values=tuple(o.value for o in calculation.operands),
            nth=calculation.nth,
            value=calculation.value,
            stated=(calculation.result, calculation.expression, f"{calculation.nth}番目", *calculation.notices),
        )

    @property
    def is_right(self) -> bool:
        """Whether the calculation, done again, gives the same."""
        return evaluate(self.operation, self.values, self.nth) == self.value


class Outcome(BaseModel):
    """`found` holds distinct pages, best first, `evidence` the texts of the best passages. `status` is that of the
    answer, `failed` where there is none because of `error`. `tokens` and `cost` (US dollars) are those of language
    models; 0 without one. `judged` is what judges said, None where none was asked. `milliseconds` is the time of the
    whole answer, of the retrieval where only that was asked for."""

    model_config = _FROZEN

    case_id: str
    status: Literal["answered", "partial", "refused", "retrieved", "failed"]
    found: tuple[FoundPage, ...] = ()
    evidence: tuple[str, ...] = ()
    text: str = ""
    claims: tuple[ShownClaim, ...] = ()
    calculation: ShownCalculation | None = None
    probability: float | None = None
    milliseconds: float = 0.0
    tokens: int = 0
    cost: float = 0.0
    judged: bool | None = None
    error: str = ""

    @classmethod
    def of(cls, case_id: str, hits: tuple[Hit, ...], answer: Answer) -> Self:
        """What was retrieved and answered."""
        return cls(
            case_id=case_id,
            status=answer.status,
            found=pages_of(hits),
            evidence=tuple(hit.chunk.text for hit in hits[:_SHOWN_PASSAGES]),
            text=answer.text,
            claims=shown_claims(answer.to_dict()),
            calculation=ShownCalculation.of(answer.calculation) if answer.calculation else None,
            probability=answer.trace.probability,
            milliseconds=answer.trace.timings_ms.get("total", 0.0),
        )

    @classmethod
    def retrieved(cls, case_id: str, hits: tuple[Hit, ...], milliseconds: float) -> Self:
        """What was found where no answer was asked for."""
        return cls(case_id=case_id, status="retrieved", found=pages_of(hits), milliseconds=milliseconds)

    @classmethod
    def failed(cls, case_id: str, error: Exception) -> Self:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        return cls(case_id=case_id, status="failed", error=reason)


def pages_of(hits: tuple[Hit, ...]) -> tuple[FoundPage, ...]:
    """The pages of the hits, each once, in the order of their best passages."""
    pages: dict[tuple[str, int], FoundPage] = {}
    for hit in hits:
        place = hit.chunk.doc_id, hit.chunk.page
        pages.setdefault(place, FoundPage(doc_id=place[0], page=place[1], score=hit.score))
    return tuple(pages.values())


def shown_claims(answer: dict[str, Any]) -> tuple[ShownClaim, ...]:
    """The claims of an answer's JSON that were shown as supported, with their citations."""
    return tuple(
        ShownClaim(
            text=claim["text"],
            citations=tuple(
                CitedQuote(doc_id=c["doc_id"] or "", page=c["page"] or 0, quote=c["quote"]) for c in claim["citations"]
            ),
        )
        for claim in answer["claims"]
        if claim["verdict"] == "supported"
    )
