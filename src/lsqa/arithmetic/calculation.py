"""A calculation over figures of the ledger, and the proof that it may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lsqa.arithmetic.requests import Operation
from lsqa.arithmetic.values import rounded
from lsqa.citations import CheckedClaim
from lsqa.figures import find_figures
from lsqa.ledger import LedgerLine


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure that is calculated with: `name` is what the answer calls it, `written` the figure as it stands on its
    page.
    """

    line: LedgerLine
    name: str
    written: str

    @property
    def value(self) -> Decimal:
        return self.line.entry.value


@dataclass(frozen=True, slots=True)
class Calculation:
    """`value` is the result of `operation` over the operands in their order, `result` the same in words, `expression`
    the whole in signs (43億円 + 92億円 = 135億円), `statement` in a sentence. `notices` say what is not alike about the
    operands.

    A difference is the first less the second, a change the second (later) less the first, a ratio the first by the
    second. For an order, the operands stand in it and `value` is that of the one asked for.
    """

    operation: Operation
    operands: tuple[Operand, ...]
    value: Decimal
    result: str
    expression: str
    statement: str
    notices: tuple[str, ...] = ()
    nth: int = 1

    def to_dict(self) -> dict[str, Any]:
        """The JSON of an answer's calculation."""
        return {
            "operation": self.operation,
            "operands": [
                {"name": o.name, "figure": o.written, "value": str(o.value), "doc_id": o.line.doc_id,
                 "page": o.line.entry.page} for o in self.operands
            ],
            "value": str(self.value),
            "result": self.result,
            "expression": self.expression,
            "notices": list(self.notices),
        }  # fmt: skip


def evaluate(operation: Operation, values: Sequence[Decimal], nth: int = 1) -> Decimal | None:
    """The result of `operation` over `values` in their order; None where it has none (a division by zero)."""
    match operation:
        case "sum":
            return sum(values, Decimal(0))
        case "count":
            return Decimal(len(values))
        case "mean":
            return rounded(sum(values, Decimal(0)) / len(values))
        case "difference":
            return values[0] - values[1]
        case "change":
            return values[1] - values[0]
        case "compare" | "extreme":
            return values[nth - 1] if nth <= len(values) else None
    numerator, denominator = values if operation != "growth" else (values[1] - values[0], values[0])
    if not denominator:
        return None
    ratio = numerator / denominator
    return rounded(ratio) if operation == "ratio" else rounded(100 * ratio, one=True)


def is_proven(calculation: Calculation, claims: Sequence[CheckedClaim]) -> bool:
    """Whether the result may be shown: every operand's claim is supported, its figure stands in a quote of it, and the
    calculation, done again, gives the same.

    This is the only place where a figure is accepted that stands in no quote. `claims` are those of the operands, in
    their order.
    """
    if len(claims) != len(calculation.operands):
        return False
    values = [o.value for o in calculation.operands]
    if evaluate(calculation.operation, values, calculation.nth) != calculation.value:
        return False
    return all(_stands(o, claim) for o, claim in zip(calculation.operands, claims, strict=True))


def _stands(operand: Operand, claim: CheckedClaim) -> bool:
    """Whether the figure stands, as written, in a quote that was found; a bare number may have its unit from a head."""
    entry = operand.line.entry
    if claim.verdict != "supported":
        return False
    for citation in claim.citations:
        place = citation.evidence.chunk if citation.evidence else None
        if place is None or (place.doc_id, place.page) != (operand.line.doc_id, entry.page):
            continue
        if not citation.start <= entry.start < entry.end <= citation.end:
            continue
        figures = find_figures(operand.written)
        same = any((f.kind, f.unit, f.value) == (entry.kind, entry.unit, entry.value) for f in figures)
        is_bare = any(f.kind in ("number", "year") and not f.unit for f in figures)
        return operand.written in citation.citation.quote and (same or is_bare)
    return False
