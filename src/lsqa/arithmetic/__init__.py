"""Arithmetic over the ledger: sums, differences, ratios and orders that a question asks for, calculated by code.

A question that asks for none gives None, as does one that a passage may answer as well; what cannot be calculated with
certainty gives `NotComputable`, which says what is missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsqa.arithmetic.calculation import Calculation, Operand, evaluate, is_proven
from lsqa.arithmetic.comparing import mismatch, notices
from lsqa.arithmetic.completeness import rows_without_value
from lsqa.arithmetic.conditions import conditions
from lsqa.arithmetic.counting import counts_rows
from lsqa.arithmetic.names import Ledger
from lsqa.arithmetic.naming import name_spans
from lsqa.arithmetic.neighbours import next_to
from lsqa.arithmetic.requests import ENUMERATES, Operation, Request, read_request
from lsqa.arithmetic.restricting import restricted
from lsqa.arithmetic.selecting import PageText, Selection, Unsettled, select, states_multiple
from lsqa.arithmetic.stating import expression, reason, result_in_words, statement
from lsqa.ledger import LedgerLine
from lsqa.text import Language, detect_language, fold

__all__ = [
    "Calculation",
    "Ledger",
    "NotComputable",
    "Operand",
    "Operation",
    "calculate",
    "evaluate",
    "expression",
    "is_proven",
    "read_request",
]

_SECOND_BY_FIRST = re.compile(r"に対|に比べ|と比べ|と比較|より|を1と|を100と")
_GROWS = frozenset({"ratio", "growth", "change", "difference"})
_PAIR = frozenset({"difference", "change", "growth", "ratio", "share"})


@dataclass(frozen=True, slots=True)
class NotComputable:
    """`reason` in the language of the question, `missing` what it names, `known` the figures that were found."""

    reason: str
    missing: tuple[str, ...]
    known: tuple[LedgerLine, ...]


def calculate(question: str, ledger: Ledger, page_text: PageText) -> Calculation | NotComputable | None:
    """What `question` asks to calculate, over `ledger`. `page_text` gives the text of a page of a document."""
    request = read_request(question)
    if request is None:
        return None
    language = detect_language(question)
    taken = (*name_spans(question, ledger), *request.spans)
    request = replace(request, conditions=conditions(question, taken))
    selection = _selected(question, request, ledger, page_text)
    if isinstance(selection, Unsettled):
        stated = request.operation in _GROWS and states_multiple(question, request, ledger, page_text)
        return None if stated else _refusal(selection, request, language)
    if request.beside:
        if not (selection.is_series and selection.anchor):
            return None
        placed = next_to(selection, selection.anchor, request, ledger, page_text)
        if isinstance(placed, Unsettled):
            return _refusal(placed, request, language)
        request = placed
    if not _is_enough(question, selection, request) or (
        request.operation == "count" and not counts_rows(question, selection)
    ):
        return None
    if unlike := mismatch(selection, request, language):
        if request.is_listing:
            return None
        return NotComputable(reason(unlike, language), unlike.details, selection.lines[:3])
    return _compute(question, request, selection, page_text, language)


def _selected(question: str, request: Request, ledger: Ledger, page_text: PageText) -> Selection | Unsettled:
    """The operands, of which each meets all that the question demands."""
    selection = select(question, request, ledger, page_text)
    if isinstance(selection, Selection):
        if lost := rows_without_value(selection, page_text):
            return Unsettled("missing", lost, selection.lines, knows_subject=True)
        return restricted(selection, request, ledger, page_text)
    limits = tuple(c.text for c in request.conditions if not c.is_plain)
    is_opaque = any(c.interval is None for c in request.conditions)
    if is_opaque and request.operation == "count" and selection.knows_subject:
        return Unsettled("condition", limits, selection.known, knows_subject=True)
    if limits and request.is_firm and not (selection.knows_subject and selection.what):
        return Unsettled("condition", limits, selection.known, knows_subject=True)
    return selection


def _refusal(why: Unsettled, request: Request, language: Language) -> NotComputable | None:
    """Nothing where a passage may answer as well: a condition that is not met leaves no doubt."""
    if why.code != "condition" and not (request.is_firm and why.knows_subject and why.what):
        return None
    return NotComputable(reason(why, language), why.what, why.known)


def _is_enough(question: str, selection: Selection, request: Request) -> bool:
    count = len(selection.lines)
    if len(selection.positions) == 2 and request.operation in ("sum", "mean") and not _joins(question, selection):
        return False  # 採択された課題は全部で何件 names no two things
    if request.is_listing and len({fold(line.entry.measure) for line in selection.lines}) > 1:
        return False
    if request.operation == "share" and len({(x.doc_id, x.entry.page) for x in selection.lines}) > 1:
        return False
    if request.operation == "count":
        return bool(selection.out_of)
    if request.operation == "sum" and not request.is_firm and not selection.out_of:
        return False  # nobody asked for a sum but by a limit, and there is none: 週1～10時間 is a row's name
    fewest = 1 if selection.out_of and request.operation == "sum" and request.is_firm else 2
    return count == 2 if request.operation in _PAIR else count >= fewest


def _joins(question: str, selection: Selection) -> bool:
    first, second = sorted(selection.positions)
    return bool(ENUMERATES.search(question, first, second))


def _compute(
    question: str, request: Request, selection: Selection, page_text: PageText, language: Language
) -> Calculation | NotComputable | None:
    operation = _operation(request, selection)
    operands = _in_order(
        question,
        request,
        operation,
        selection,
        tuple(
            Operand(line, label, page_text(line.doc_id, line.entry.page)[line.entry.start : line.entry.end])
            for line, label in zip(selection.lines, selection.labels, strict=True)
        ),
    )
    if request.top:
        operands = operands[: request.top]
        if len(operands) < request.top or operation not in ("sum", "mean"):
            return None
    value = evaluate(operation, [o.value for o in operands], request.nth)
    if value is None or _is_shared(operation, operands, request.nth):
        return None
    same = {fold(o.line.entry.measure) for o in operands}
    measure = operands[0].line.entry.measure if len(same) == 1 else ""
    said = notices(selection, request, language)
    tied = len({o.value for o in operands}) == 1
    return Calculation(
        operation,
        operands,
        value,
        result_in_words(operation, value, operands, language),
        expression(operation, value, operands),
        statement(operation, value, operands, measure, language, least=request.least, nth=request.nth, tied=tied),
        said,
        request.nth,
    )


def _operation(request: Request, selection: Selection) -> Operation:
    """A change between two things of one year is a difference."""
    if request.operation == "change" and not selection.by_budgets:
        return "difference"
    return request.operation


def _is_shared(operation: Operation, operands: tuple[Operand, ...], nth: int) -> bool:
    """Whether another of a set has the value that is asked for, so that no single one is it."""
    values = [o.value for o in operands]
    return operation == "extreme" and values.count(values[nth - 1]) > 1


def _in_order(
    question: str, request: Request, operation: Operation, selection: Selection, operands: tuple[Operand, ...]
) -> tuple[Operand, ...]:
    """The operands as `evaluate` wants them."""
    match operation:
        case "difference":
            return tuple(sorted(operands, key=lambda o: -o.value))
        case "change" | "growth":
            return tuple(sorted(operands, key=lambda o: o.line.entry.fiscal_year))
        case "compare" | "extreme":
            return tuple(sorted(operands, key=lambda o: o.value if request.least else -o.value))
        case "ratio" | "share":
            return _numerator_first(question, request, operation, selection.positions, operands)
    if request.top:
        return tuple(sorted(operands, key=lambda o: o.value if request.least else -o.value))
    return operands


def _numerator_first(
    question: str, request: Request, operation: Operation, positions: Sequence[int], operands: tuple[Operand, ...]
) -> tuple[Operand, ...]:
    """AはBの何倍 and "how many times larger is A than B" divide A by B; Bの何倍がA and "what share of B is A" too."""
    asked = request.spans[0][0]
    first, second = positions
    between = question[first:second]
    if detect_language(question) == "en":
        turned = operation == "share" and asked < first
    else:
        turned = first < asked < second or bool(_SECOND_BY_FIRST.search(between))
        if not turned and operation == "ratio" and not re.search(r"[はが]", between):
            turned = operands[1].value > operands[0].value  # AとBでは何倍違うか
    return (operands[1], operands[0]) if turned else operands
