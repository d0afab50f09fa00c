"""Conditions that a question sets on what is calculated with: 週10時間以下, more than 3,000 papers, 日本以外の国."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lsqa.figures import Figure, find_figures
from lsqa.text import Span

_QUANTITIES: Final = frozenset({"amount", "count", "percent", "duration", "number", "rank", "ordinal"})
_PLACES: Final = frozenset({"番", "つ", ""})  # 2番目 is a place among others, 第3期 is not
_LEAST, _MOST, _OVER, _UNDER = "least", "most", "over", "under"
_AFTER: Final = (
    (_LEAST, re.compile(r"\s*以上")),
    (_MOST, re.compile(r"\s*(?:以下|以内|まで)")),
    (
        _UNDER,
        re.compile(r"\s*(?:未満|に?(?:満た|届か|達し)ない|を?下回(?:る|った)|より(?:も)?(?:少な|小さ|短|低)(?:い|く))"),
    ),
    (_OVER, re.compile(r"\s*(?:を?超え(?:る|た|て)?|超|を?上回(?:る|った)|より(?:も)?(?:多|大き|長|高)(?:い|く))")),
)
_NOUNS: Final = r"(?:\s+(?!or\b|and\b)[a-z]+){0,4}?\s+or\s+"
_AFTER_EN: Final = (
    (_LEAST, re.compile(_NOUNS + r"(?:more|over|above|longer|higher|larger|greater)\b", re.IGNORECASE)),
    (_MOST, re.compile(_NOUNS + r"(?:less|fewer|under|below|shorter|lower|smaller)\b", re.IGNORECASE)),
)
_BEFORE: Final = (
    (_MOST, re.compile(r"(?:最大(?:で)?|最高で|多くても|長くても)(?:[1１一]?[週月年日](?:間|に)?)?$")),
    (_LEAST, re.compile(r"(?:少なくとも|最低(?:でも|で)?|短くても)(?:[1１一]?[週月年日](?:間|に)?)?$")),
)
_ABOUT: Final = re.compile(r"\s*(?:程度|くらい|ぐらい|ほど|前後|近く|ごろ|弱|強)")
_BEFORE_EN: Final = (
    (_MOST, re.compile(r"\b(?:at most|(?:no|not) (?:more|longer) than|up to|a maximum of)\s+$", re.IGNORECASE)),
    (_LEAST, re.compile(r"\b(?:at least|(?:no|not) (?:less|fewer) than|a minimum of)\s+$", re.IGNORECASE)),
    (_UNDER, re.compile(r"\b(?:(?:less|fewer|lower|smaller|shorter) than|under|below)\s+$", re.IGNORECASE)),
    (_OVER, re.compile(r"\b(?:(?:more|greater|larger|longer|higher) than|over|above|exceed\w*)\s+$", re.IGNORECASE)),
)
_BETWEEN: Final = re.compile(r"\s*(?:から|[~～〜\-－‐–—]|\bto\b|\band\b)\s*")
_BETWEEN_BEFORE: Final = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_PER: Final = re.compile(r"(?:(?P<per>週|月|年|日)(?:間|に|あたり|当たり)?|約)$")
_PER_EN: Final = re.compile(
    r"(?:\s+of\s+\w+)?\s+(?:(?:a|per|each|every)\s+(?P<per>week|day|month|year)\b|(?P<ly>weekly|daily|monthly|yearly)\b)"
    r"(?:\s+or\s+(?:more|less|fewer))?",
    re.IGNORECASE,
)
_PAPERS_EN: Final = re.compile(r"\s+(?:papers|articles|publications|cases)\b", re.IGNORECASE)  # what 件 counts
_PERIODS: Final = {
    "week": "週",
    "day": "日",
    "month": "月",
    "year": "年",
    "weekly": "週",
    "daily": "日",
    "monthly": "月",
    "yearly": "年",
}
# Conditions that nothing here can hold against the rows of a table.
_OPAQUE: Final = re.compile(
    r"以外|(?:を|は)?除(?:い|く|き|け|外)\w?|で(?:は)?ない|含ま(?:ない|ず)|以上|以下|未満|以内|超え|上回|下回|過半|半分|下位|上位|主な|主要|"
    r"最も|一番|最(?:多|少|大|小|高|低|長|短)|(?:多|少な|大き|小さ|高|低|長|短)い(?=[一-龥ァ-ヶ])(?![方順])|"
    r"(?<!少)ない(?=[一-龥])|"
    r"より(?:も)?[^、。は]{0,8}?(?:多|少な|大き|小さ|高|低|上|下|長|短)い?|"
    r"\b(?:excluding|except\w*|other than|apart from|not including|without|at (?:least|most)|bottom|"
    r"major|main|leading|(?:larg|small|high|low|long|short|few)est|most|"
    r"(?:more|less|fewer|larger|smaller|higher|lower|greater) (?:\w+ ){0,2}than|or (?:more|less|fewer))\b",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"何[人名割]|ど(?:れ|の)(?:くらい|ぐらい|ほど|程度)(?:い(?:る|ます|た|ました)|の人)|割合(?=は|が|を|$|[?？])|"
    r"何(?:[%％]|パーセント)|\bhow many (?=(?:\w+ ){0,3}(?:students|people|respondents)\b)|"
    r"\bwhat (?:percentage|per ?cent|share|proportion) of\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from `low` to `high`; None is without end, `is_open` says that the end itself is out."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_is_open: bool = False
    high_is_open: bool = False

    def holds(self, other: "Interval") -> bool:
        """Whether every value of `other` lies within."""
        return self._above(other) and self._below(other)

    def is_apart_from(self, other: "Interval") -> bool:
        """Whether they have no value in common."""
        return _ends_before(self, other) or _ends_before(other, self)

    def _above(self, other: "Interval") -> bool:
        if self.low is None:
            return True
        if other.low is None or other.low < self.low:
            return False
        return other.low > self.low or other.low_is_open or not self.low_is_open

    def _below(self, other: "Interval") -> bool:
        if self.high is None:
            return True
        if other.high is None or other.high > self.high:
            return False
        return other.high < self.high or other.high_is_open or not self.high_is_open


def _ends_before(a: Interval, b: Interval) -> bool:
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_is_open or b.low_is_open))


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition at `span`, `text` its words. `interval` is None where it is none of figures (日本以外).

    `kind` and `unit` are those of its figure, `per` is 週, 月, 年 or 日 where the figure is for such a time.
    `is_plain`: the figure stands without a limit, and may be said of the whole (全国82大学の).
    """

    span: Span
    text: str
    interval: Interval | None = None
    kind: str = ""
    unit: str = ""
    per: str = ""
    is_plain: bool = False

    @property
    def is_said_of_all(self) -> bool:
        """Whether it leaves out no row; a rank alone does (2位と3位)."""
        return self.is_plain and self.kind != "rank"


def limits(text: str) -> Iterator[Condition]:
    """The figures of a text, each with the limit or the range that the text makes of it."""
    figures = [f for f in find_figures(text) if f.kind in _QUANTITIES and _is_quantity(f)]
    at = 0
    while at < len(figures):
        pair = figures[at : at + 2]
        is_range = len(pair) == 2 and _is_range(text, pair)
        yield _range(text, pair) if is_range else _limit(text, figures[at])
        at += 2 if is_range else 1


def _is_quantity(figure: Figure) -> bool:
    return figure.kind != "ordinal" or figure.unit in _PLACES


def conditions(question: str, taken: Sequence[Span]) -> tuple[Condition, ...]:
    """The conditions in `question`, but for what is `taken`: the names in it and the words that ask to calculate."""
    spans = list(taken)
    found: list[Condition] = []
    for limit in limits(question):
        if not _overlaps(limit.span, spans):
            found.append(limit)
            spans.append(limit.span)
    for match in _OPAQUE.finditer(question):
        only = "しか" in question[max(0, match.start() - 16) : match.start()]  # しか…ない is no exclusion
        if not _overlaps(match.span(), spans) and not (only and match[0] == "ない"):
            found.append(Condition(match.span(), _with_words_before(question, match)))
    return tuple(found)


def sets_limits(question: str, *, by_figure: bool = False) -> bool:
    """Whether a question sets a limit to a figure, or, unless `by_figure`, by what another has (日本より多い国)."""
    return (not by_figure and bool(_OPAQUE.search(question))) or any(not limit.is_plain for limit in limits(question))


def _with_words_before(question: str, match: re.Match[str]) -> str:
    """日本以外, not 以外 alone."""
    before = re.search(r"[^\s、。がでは]{0,12}$", question[: match.start()])
    return f"{before[0] if before else ''}{match[0]}"


def counts_within_limits(question: str) -> Span | None:
    """Where a question asks how many there are within a limit, 週10時間以下の学生は何人: what asks, else None."""
    asked = _COUNTED.search(question)
    if asked is None or all(limit.is_plain or limit.kind != "duration" for limit in limits(question)):
        return None
    return asked.span()


def interval_of(name: str, unit: str) -> Condition | None:
    """The range that a row is called by (週1～10時間), where it is called by nothing else and in the same unit."""
    found = [limit for limit in limits(name) if limit.unit == unit]
    if len(found) != 1:
        return None
    rest = name[: found[0].span[0]] + name[found[0].span[1] :]
    return None if re.search(r"\w", rest) else found[0]


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in others)


def _is_range(text: str, pair: Sequence[Figure]) -> bool:
    first, second = pair
    between = text[first.end : second.start]
    if not _BETWEEN.fullmatch(between) or (first.unit and first.unit != second.unit):
        return False
    return "and" not in between.lower() or bool(_BETWEEN_BEFORE.search(text[: first.start]))


def _range(text: str, pair: Sequence[Figure]) -> Condition:
    first, second = pair
    before = _BETWEEN_BEFORE.search(text[: first.start])
    start, end = before.start() if before else first.start, second.end
    end += 2 if text.startswith("まで", end) else 0
    return _condition(text, (start, end), Interval(first.value, second.value), second, is_plain=False)


def _limit(text: str, figure: Figure) -> Condition:
    start, end = figure.start, figure.end
    about = _ABOUT.match(text, end)
    if figure.approximate or about or figure.kind == "ordinal":
        return _condition(text, (start, about.end() if about else end), None, figure, is_plain=False)
    for sort, pattern in (*_AFTER, *_AFTER_EN):
        if match := pattern.match(text, figure.end):
            return _condition(text, (start, match.end()), _interval(sort, figure, match[0]), figure, is_plain=False)
    for sort, pattern in (*_BEFORE, *_BEFORE_EN):
        if match := pattern.search(text[: figure.start]):
            return _condition(text, (match.start(), end), _interval(sort, figure, match[0]), figure, is_plain=False)
    return _condition(text, (start, end), Interval(figure.value, figure.value), figure, is_plain=True)


def _interval(sort: str, figure: Figure, word: str) -> Interval | None:
    value = figure.value
    if figure.kind == "rank":
        return Interval(Decimal(1), value) if "以内" in word else None  # 5位以上 and 5位以下 are said of either side
    if sort in (_LEAST, _OVER):
        return Interval(low=value, low_is_open=sort == _OVER)
    return Interval(high=value, high_is_open=sort == _UNDER)


def _condition(text: str, span: Span, interval: Interval | None, figure: Figure, *, is_plain: bool) -> Condition:
    """With what says for which time the figure is: 週10時間, 10 hours a week."""
    start, end = span
    kind, unit = figure.kind, figure.unit
    if kind == "number" and not unit and _PAPERS_EN.match(text, figure.end):
        kind, unit = "count", "件"
    per = ""
    if before := _PER.search(text[:start]):
        start, per = before.start(), before["per"] or ""
        start -= 1 if text[start - 1 : start] in ("1", "一") and per == "日" else 0
    if after := _PER_EN.match(text, figure.end) or _PER_EN.match(text, end):
        end, per = max(end, after.end()), _PERIODS[(after["per"] or after["ly"]).lower()]
    return Condition((start, end), text[start:end], interval, kind, unit, per, is_plain)
