"""A calculation in words, in the language of the question, and the reasons why there is none."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from lsqa.arithmetic.calculation import Operand
from lsqa.arithmetic.comparing import Mismatch
from lsqa.arithmetic.requests import Operation, Request
from lsqa.arithmetic.selecting import Unsettled
from lsqa.arithmetic.values import localised, plain, written_value
from lsqa.text import Language

_SHOWN, _LONGEST_NAMES = 5, 90
_SIGNS: Final[dict[str, str]] = {"sum": " + ", "difference": " − ", "ratio": " ÷ ", "share": " ÷ "}


def result_in_words(operation: Operation, value: Decimal, operands: tuple[Operand, ...], language: Language) -> str:
    """The result with its unit."""
    entry = operands[0].line.entry
    if operation == "ratio":
        return f"{plain(value)} times" if language == "en" else f"{plain(value)}倍"
    if operation == "count":
        return plain(value)
    if operation in ("share", "growth"):
        return f"{plain(value)}%"
    unit = next((o.line.entry.unit for o in operands if o.line.entry.unit), "")
    unit = "ポイント" if unit == "%" and operation in ("difference", "change") else unit
    kind = "count" if unit == "ポイント" else entry.kind
    return localised(value, kind, unit, [o.written for o in operands], language)


def expression(
    operation: Operation, value: Decimal, operands: tuple[Operand, ...], labels: Sequence[int] | None = None
) -> str:
    """The calculation in signs, with the figures as they stand on their pages, each with its name and its label where
    there are labels."""
    figures = [o.written for o in operands]
    if labels is not None:
        is_short = sum(len(o.name) for o in operands) <= _LONGEST_NAMES
        figures = [
            f"{o.name} {o.written} [{label}]" if is_short or len(operands) == 2 else f"{o.written} [{label}]"
            for o, label in zip(operands, labels, strict=True)
        ]
    entry = operands[0].line.entry
    unit = next((o.line.entry.unit for o in operands if o.line.entry.unit), "")
    points = unit == "%" and operation in ("difference", "change")
    result = written_value(value, entry.kind, "ポイント" if points else unit, [o.written for o in operands])
    match operation:
        case "count":
            return f"{', '.join(figures)} → {plain(value)}"
        case "mean":
            return f"({' + '.join(figures)}) ÷ {len(figures)} = {result}"
        case "change":
            return f"{figures[1]} − {figures[0]} = {result}"
        case "growth":
            return f"({figures[1]} − {figures[0]}) ÷ {figures[0]} = {plain(value)}%"
        case "ratio":
            return f"{figures[0]} ÷ {figures[1]} = {plain(value)}"
        case "share":
            return f"{figures[0]} ÷ {figures[1]} = {plain(value)}%"
        case "compare" | "extreme":
            return _in_order(figures, [o.value for o in operands])
    return f"{_SIGNS[operation].join(figures)} = {result}"


def _in_order(figures: Sequence[str], values: Sequence[Decimal]) -> str:
    """The first figures with the signs between them."""
    signs = [" > " if a > b else " < " if a < b else " = " for a, b in pairwise(values)]
    signs.append("")
    shown = "".join(figure + sign for figure, sign in zip(figures[:_SHOWN], signs, strict=False))
    return f"{shown}…" if len(figures) > _SHOWN else shown


def statement(operation: Operation, value: Decimal, operands: tuple[Operand, ...], measure: str, language: Language,
              *, least: bool, nth: int, tied: bool) -> str:  # fmt: skip
    """The result in a sentence. `measure` is what all operands are called, or empty."""
    result = result_in_words(operation, value, operands, language)
    names = [o.name for o in operands]
    if language == "en":
        return _in_english(operation, value, result, operands, least=least, nth=nth, tied=tied)
    of, by = (f"{measure}の", f"{measure}が") if measure else ("", "")
    match operation:
        case "sum":
            return f"{of}合計は{result}です。"
        case "count":
            return f"条件に当てはまるのは{result}つです（{'、'.join(names)}）。"
        case "mean":
            return f"{of}平均は{result}です。"
        case "difference":
            return f"{of}差は{result}です（{names[0]}のほうが多い）。" if value else f"差は{result}で、同額です。"
        case "change":
            return _change(value, result, names)
        case "growth":
            return f"{names[0]}に対する{names[1]}の増減率は{result}です。"
        case "ratio":
            return f"{names[0]}は{names[1]}の{result}です。"
        case "share":
            return f"{names[0]}は{names[1]}の{result}に当たります。"
        case "compare":
            if tied:
                return f"{of}どちらも{operands[0].written}で、同じです。"
            word = "少ない" if least else "多い"
            return f"{by}{word}のは{names[nth - 1]}（{operands[nth - 1].written}）です。"
    word = "少ない" if least else "多い"
    rank = f"{nth}番目に" if nth > 1 else "最も"
    return f"{by}{rank}{word}のは{names[nth - 1]}（{operands[nth - 1].written}）です。"


def several_in_words(operands: tuple[Operand, ...], request: Request, measure: str, language: Language) -> str:
    """The foremost; or those on one side of the row that is named, which is the last or the first operand."""
    brackets = " ({})" if language == "en" else "（{}）"
    told = [o.name + brackets.format(o.written) for o in operands]
    by = f"{measure}が" if measure else ""
    if not request.is_beyond:
        if language == "en":
            return f"Those with the {'least' if request.least else 'most'}, in order: {', '.join(told)}."
        return f"{by}{'少ない' if request.least else '多い'}順に{'、'.join(told)}です。"
    is_above = request.beside < 0
    named, others = (told[-1], told[:-1]) if is_above else (told[0], told[1:])
    if language == "en":
        return f"{'More' if is_above else 'Less'} than {named}: {', '.join(others)}."
    return f"{named}より{by}{'多い' if is_above else '少ない'}のは{'、'.join(others)}です。"


def rows_in_words(shown: int, rows: int, language: Language) -> str:
    """Of how many rows of a table the answer speaks."""
    if language == "en":
        return f"{shown} of the {rows} rows of this table." if shown else f"Among the {rows} rows of this table."
    return f"表の{rows}行のうち{shown}行です。" if shown else f"表にある{rows}行の中でのことです。"


def _change(value: Decimal, result: str, names: list[str]) -> str:
    if not value:
        return f"{names[0]}から{names[1]}への増減はありません（{result}）。"
    return f"{names[0]}から{names[1]}へ{result.removeprefix('-')}の{'増加' if value > 0 else '減少'}です。"


def _in_english(operation: Operation, value: Decimal, result: str, operands: tuple[Operand, ...], *, least: bool,
                nth: int, tied: bool) -> str:  # fmt: skip
    names = [o.name for o in operands]
    match operation:
        case "sum":
            return f"The total is {result}."
        case "count":
            return f"{result} meet the condition: {', '.join(names)}."
        case "mean":
            return f"The mean is {result}."
        case "difference":
            return (
                f"The difference is {result}; {names[0]} has more."
                if value
                else f"The difference is {result}: they are the same."
            )
        case "change":
            direction = "an increase" if value > 0 else "a decrease" if value < 0 else "no change"
            return f"From {names[0]} to {names[1]}: {direction} ({result.replace('-', '')})."
        case "growth":
            return f"From {names[0]} to {names[1]} it changed by {result}."
        case "ratio":
            return f"{names[0]} is {result} {names[1]}."
        case "share":
            return f"{names[0]} is {result} of {names[1]}."
        case "compare":
            if tied:
                return f"They are the same ({operands[0].written})."
            return f"{'Less' if least else 'More'}: {names[nth - 1]} ({operands[nth - 1].written})."
    rank = f"No. {nth}" if nth > 1 else "The first"
    return f"{rank} from the {'bottom' if least else 'top'}: {names[nth - 1]} ({operands[nth - 1].written})."


def reason(why: Unsettled | Mismatch, language: Language) -> str:
    """Why nothing is calculated, with what is missing or unlike."""
    details = why.what if isinstance(why, Unsettled) else why.details
    shown = [d for d in details if d][:4]
    if language == "en":
        listed = "; ".join(shown)
        texts = {
            "missing": f"no figure is stated for: {listed}.",
            "ambiguous": f"it is not certain which figures are meant: {listed}.",
            "condition": f"it is not certain which figures meet this condition: {listed}.",
            "edge": f"the table has no row beyond this one: {listed}.",
            "unit": f"the figures are in different units ({listed}).",
            "part": f"the amount stated includes others, and the share of it is not stated: {listed}.",
            "period": f"the amounts cover different periods ({listed}).",
            "year": f"the amounts are of different years ({listed}).",
            "status": f"the amounts differ in status ({listed}).",
        }
        return f"This cannot be calculated from the documents: {texts[why.code]}"
    listed = "、".join(shown)
    texts = {
        "missing": f"{listed}に当たる数値が資料に書かれていません。",
        "ambiguous": f"どの数値を使うのかを確定できません（{listed}）。",
        "condition": f"条件（{listed}）に当てはまる数値を確定できません。",
        "edge": f"{listed}の先に当たる行は表にありません。",
        "unit": f"単位の異なる数値です（{listed}）。",
        "part": f"内数として書かれた額で、実際の額が分かりません（{listed}）。",
        "period": f"対象となる期間の異なる額です（{listed}）。",
        "year": f"年度の異なる額です（{listed}）。",
        "status": f"区分の異なる額です（{listed}）。",
    }
    return f"資料からは計算できません。{texts[why.code]}"
