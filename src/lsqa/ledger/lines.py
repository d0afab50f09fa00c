"""The figures of one cell, line or sentence, each with the label it carries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lsqa.figures import Figure, find_figures
from lsqa.ledger.entries import Mark
from lsqa.ledger.labels import Label, clean_name, read_label, without_budget_words

_QUANTITIES: Final = frozenset({"amount", "count", "percent", "duration", "number"})
_CALENDAR: Final = frozenset({"fiscal_year", "year", "month", "date"})
_SENTENCE_END: Final = re.compile(r"[。！？!?\n]|\.(?=\s)")
_PART: Final = re.compile(r"\s*(?:\*\*)?[の（(]?\s*内数|\s*\(?(?:included in|part of)\b")
_NOTE: Final = re.compile(r"\s*(?:※|\*|注\d|（注|\(注)")
_BRACKET: Final = re.compile(r"[※*＊\d]{0,3}\s*[（(]([^（）()]*)[)）]")
_BOUND: Final = re.compile(r"(?:上限|最大|最長|最低|最高|下限|up to|at most|at least|over)[^\d]{0,8}$", re.IGNORECASE)
_BOUND_AFTER: Final = re.compile(r"\s*(?:以上|以下|以内|未満|超|を超え|を上限|余)")
_RATE: Final = re.compile(r"(?:当たり|あたり|につき|毎年|年間|単価|per \w+)[^\d]{0,8}$|[/／]\s*$", re.IGNORECASE)
_RATE_AFTER: Final = re.compile(r"\s*(?:[/／]\s*(?:年|人|件|月|課題|機関)|per )")
_OPENING: Final = re.compile(r"[※*＊\d]{0,3}\s*[（(]\s*$")
_DROPPED: Final = re.compile(r"^[\s、,，;；/／・）)」』】\]～~からまで]+|[\s（(「『【\[:：]+$")
_PARTICLE: Final = re.compile(r"(?:の|は|が|を|に|で|として|について|も|と)+$")
_NO_NAME: Final = re.compile(r"(?:は|が|を|に|の|で|と|も|へ|から|まで|より)[^ぁ-ん]|[、。]")
# 16 of スライド16 says where something stands.
_REFERENCE: Final = re.compile(
    r"(?:スライド|ページ|頁|図|表|別紙|別添|資料|No\.?|\b(?:slides?|pages?|pp?\.|figures?|fig\.|tables?|annex))\s*$",
    re.IGNORECASE,
)
_LONGEST_LABEL: Final = 80


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """A figure of a text with its label; `sentence` is the span of the sentence that holds it, `name` its own words
    before it without what says which budget it is.
    """

    figure: Figure
    label: Label
    name: str
    marks: frozenset[Mark]
    period: str
    sentence: tuple[int, int]


def labelled_figures(text: str, outer: Label, *, bracket_is_previous: bool) -> Iterator[LabelledFigure]:
    """The figures of `text` in order; what a label leaves open is as in `outer`, then as in the label before.

    `bracket_is_previous`: the page says that an amount in brackets behind another one is that of the year before.
    """
    figures = find_figures(text)
    has_amount = any(f.kind == "amount" for f in figures)
    before: LabelledFigure | None = None
    for figure in figures:
        if figure.kind in ("fiscal_year", "year") and has_amount:
            continue  # says of when the amount is
        if figure.kind not in _QUANTITIES | _CALENDAR or _spreads(text, figure, before):
            continue
        if figure.kind == "number" and _REFERENCE.search(text, max(0, figure.start - 12), figure.start):
            continue
        start, end = _sentence(text, figure)
        left = max(start, before.figure.end if before else 0)
        own = text[max(left, figure.start - _LONGEST_LABEL) : figure.start]
        labelled = _label(text, figure, own, (start, end), outer, before)
        if _OPENING.fullmatch(own) and before and figure.kind == before.figure.kind == "amount":
            labelled = _in_brackets(labelled, before, is_previous=bracket_is_previous)
        yield labelled
        # What stands between two amounts is no label of the later one because a date stands there too.
        before = before if has_amount and figure.kind in _CALENDAR else labelled


def _spreads(text: str, figure: Figure, before: LabelledFigure | None) -> bool:
    """Whether a duration says what the amount before it is spread over: 152億円（5年間）."""
    is_span = figure.kind == "duration" and before is not None and before.figure.kind == "amount"
    return is_span and before is not None and bool(_OPENING.fullmatch(text[before.figure.end : figure.start]))


def _sentence(text: str, figure: Figure) -> tuple[int, int]:
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, figure.start)), default=0)
    end = _SENTENCE_END.search(text, figure.end)
    return start, (end.end() if end else len(text))


def _label(
    text: str,
    figure: Figure,
    own: str,
    sentence: tuple[int, int],
    outer: Label,
    before: LabelledFigure | None,
) -> LabelledFigure:
    label = read_label(own)
    bracket = _BRACKET.match(text, figure.end)
    inside = bracket[1] if bracket else ""
    period = next((inside[f.start : f.end] for f in find_figures(inside) if f.kind == "duration"), "")
    if inside and not label.is_budget and not any(f.kind == "amount" for f in find_figures(inside)):
        label = read_label(inside).under(label)
    if _PART.match(text, figure.end) and (
        after := re.compile(r"[^（(]{0,6}[（(]([^（）()]*)[)）]").match(text, figure.end)
    ):
        label = read_label(after[1]).under(label)
    same_sentence = before is not None and before.sentence == sentence
    if before is not None and not label.is_budget and same_sentence and figure.kind == "amount":
        outer = before.label
    label = _previous(label.under(outer), before)
    return LabelledFigure(figure, label, _name(own), _marks(text, figure, own, inside), period, sentence)


def _previous(label: Label, before: LabelledFigure | None) -> Label:
    """A label of the year before, with that year where the label before it names one."""
    return label.before(before.label) if before is not None else label


def _in_brackets(labelled: LabelledFigure, before: LabelledFigure, *, is_previous: bool) -> LabelledFigure:
    year = before.label.fiscal_year - 1 if is_previous and before.label.fiscal_year else 0
    label = Label(before.label.text, year, before.label.status, is_previous)
    own: Mark = "previous" if is_previous else "bracketed"
    marks = (labelled.marks | {own}) - {"note"}
    return LabelledFigure(labelled.figure, label, before.name, marks, before.period, labelled.sentence)


def _marks(text: str, figure: Figure, own: str, inside: str) -> frozenset[Mark]:
    marks: set[Mark] = set()
    if _PART.match(text, figure.end) or "内数" in inside:
        marks.add("part")
    if _NOTE.match(text, figure.end):
        marks.add("note")
    if "基金" in inside or "基金" in own:
        marks.add("fund")
    if _BOUND.search(own) or _BOUND_AFTER.match(text, figure.end):
        marks.add("bound")
    if _RATE.search(own) or _RATE_AFTER.match(text, figure.end):
        marks.add("rate")
    return frozenset(marks)


def _name(own: str) -> str:
    """The words of a label that name something: not the year, not the kind of budget, not the particles around."""
    bare = _PARTICLE.sub("", _DROPPED.sub("", clean_name(own)))
    named = clean_name(_DROPPED.sub("", without_budget_words(bare) if read_label(bare).is_budget else bare))
    return "" if _NO_NAME.match(named) or not re.search(r"\w", named) else named
