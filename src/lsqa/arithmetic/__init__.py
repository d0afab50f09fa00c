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
from lsqa.arithmetic.neighbours import placed
from lsqa.arithmetic.requests import ENUMERATES, Operation, Request, read_request
from lsqa.arithmetic.restricting import rank_of, restricted
from lsqa.arithmetic.selecting import PageText, Selection, Unsettled, select, states_multiple
from lsqa.arithmetic.stating import expression, reason, result_in_words, rows_in_words, several_in_words, statement
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
        found = placed(selection, selection.anchor, request, ledger, page_text)
        if isinstance(found, Unsettled):
            return _refusal(found, request, language)
        request = found
    if not _is_enough(question, selection, request):
        return None
    if (request.operation == "count" or request.is_counted) and not counts_rows(question, selection):
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
    """Nothing where a passage may answer as well: an unmet condition, the end of a table leave no doubt."""
    if why.code not in ("condition", "edge") and not (request.is_firm and why.knows_subject and why.what):
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
    if request.is_by_rank and not request.beside and not _agrees_with_ranks(operands, page_text, request):
        return None
    if request.top > len(operands) or (request.top and operation not in ("sum", "mean", "extreme")):
        return None
    if not request.is_beyond and _is_shared(operation, operands, request.nth):
        return None
    rows = len(operands)
    operands, nth = _shown(request, operands)
    value = evaluate(operation, [o.value for o in operands], nth)
    if value is None:
        return None
    is_several = request.is_beyond or (request.top > 1 and operation == "extreme")
    same = {fold(o.line.entry.measure) for o in operands}
    measure = operands[0].line.entry.measure if len(same) == 1 else ""
    said = notices(selection, request, language)
    if request.is_beyond:
        said = (rows_in_words(len(operands) - 1, rows, language), *said)
    elif operation == "extreme" and request.least and selection.is_series:
        said = (rows_in_words(0, rows, language), *said)  # a table of the first fifteen has no last one
    tied = len({o.value for o in operands}) == 1
    return Calculation(
        operation,
        operands,
        value,
        result_in_words(operation, value, operands, language),
        expression(operation, value, operands),
        several_in_words(operands, request, measure, language)
        if is_several
        else statement(operation, value, operands, measure, language, least=request.least, nth=nth, tied=tied),
        said,
        nth,
    )


def _shown(request: Request, operands: tuple[Operand, ...]) -> tuple[tuple[Operand, ...], int]:
    """The operands that are asked for, and which of them has the value: the foremost, or all on the side of the row
    that is named, with it."""
    if request.top:
        return operands[: request.top], request.nth
    if not request.is_beyond:
        return operands, request.nth
    named = operands[request.nth - 1]
    if request.beside < 0:
        above = tuple(o for o in operands if o.value > named.value)
        return (*above, named), len(above) + 1
    return (named, *(o for o in operands if o.value < named.value)), 1


def _agrees_with_ranks(operands: tuple[Operand, ...], page_text: PageText, request: Request) -> bool:
    """Whether those with more are those that their table ranks higher."""
    ranks = [rank_of(o.line, page_text) for o in operands]
    return all(ranks) and ranks == sorted(ranks, reverse=request.least)


def _operation(request: Request, selection: Selection) -> Operation:
    """A change between two things of one year is a difference."""
    if request.operation == "change" and not selection.by_budgets:
        return "difference"
    return request.operation


def _is_shared(operation: Operation, operands: tuple[Operand, ...], nth: int) -> bool:
    """Whether another of a set has the value that is asked for, so that none is it."""
    values = [o.value for o in operands]
    return operation == "extreme" and nth <= len(values) and values.count(values[nth - 1]) > 1


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
