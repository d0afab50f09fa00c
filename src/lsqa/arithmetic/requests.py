"""Which calculation a question asks for, read from its own words, in Japanese and English."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from lsqa.arithmetic.conditions import Condition, counts_within_limits, sets_limits
from lsqa.arithmetic.orders import (
    COMPARATIVE,
    EXTREME,
    LESS,
    SIZE,
    TOP,
    Placed,
    any_of,
    beside,
    beyond,
    foremost,
    number,
)  # fmt: skip
from lsqa.text import Span

Operation = Literal["sum", "mean", "count", "difference", "change", "growth", "ratio", "share", "compare", "extreme"]

_ASKS: Final = (
    r"いくら|幾ら|いくつ|どれ(?:だけ|くらい|ぐらい|ほど)|どの(?:くらい|程度)|何[\s%％割]|何(?:兆|億|万|千|百)*"
    r"(?:円|件|人|名|機関|大学|校|社|台|本|回|か国|カ国|国|拠点|課題|ポイント|パーセント|倍|年)"
)

# In the order in which they are tried. `order` patterns need no amount that is asked for, the others say what is.
_MEAN: Final = any_of(
    r"(?<!年の)(?<!までの)平均(?:額|値|件数|人数|回答数)?(?:は|を|すると|で(?:は)?|して|[?？。]*$)",
    r"\b(?:the )?(?:average|mean)(?: number| amount| budget)?(?: of \w+)? of\b",
    r"\bon average\b",
)
_RATIO: Final = any_of(
    r"(?:およそ|約)?何倍(?:に(?:なり|あた|当た|相当))?",
    r"\b(?:about )?how many times(?: (?:larger|bigger|higher|greater|more|as \w+))?",
    r"\bby what factor\b",
    r"\bwhat is the ratio of\b",
)
_SHARE: Final = any_of(
    r"(?:およそ|約)?何(?:[%％割]|パーセント|分の)(?:に(?:なり|あた|当た|相当)|を占め)?",
    r"\bwhat (?:percentage|per ?cent|share|proportion|fraction) of\b",
)
_GROWTH: Final = any_of(
    r"(?:何(?:[%％割]|パーセント)(?:の|ほど|くらい)?(?:増|減|伸び|上が|下が|拡大|縮小)\w*)",
    r"(?:伸び|増加|増減|減少|変化)率",
    r"\b(?:by )?(?:what|how many) per ?cent(?:age)?(?: points?)? "
    r"(?:did|has|more|less|larger|smaller|increase|decrease)",
    r"\bgrowth rate\b",
)
_CHANGE: Final = any_of(
    rf"(?:{_ASKS})(?:ほど|くらい|ぐらい|の|分)?\s*(?:増|減|伸び|上積み|積み増)\w*",
    r"(?:増加|減少|増減)(?:額|数|分|幅)",
    r"(?:増えた|減った|増減した)(?:の|額|分)",
    r"\bhow much (?:did|has|have|was|were)\b.{0,80}"
    r"\b(?:increase|decrease|grow|grown|rise|risen|fall|fallen|change|changed|up|down|cut)\w*",
    r"\b(?:increase|decrease|change|growth) (?:in|of|from)\b",
)
_DIFFERENCE: Final = any_of(
    r"の?差(?:額|分)?(?=は|が|を|って|も|と|、|。|？|\?|$|で)",
    r"差し引\w*",
    r"引く(?:と|の)",
    rf"(?:{_ASKS})(?:分|ほど|くらい|ぐらい|の)?\s*(?:{SIZE}|違)\w*",
    r"どれ(?:だけ|くらい|ほど)違\w*",
    r"\bdifference(?:s)?\b",
    rf"\bhow (?:much|many) {SIZE}\b",
    r"\bexceed\w* .*\bby\b",
    r"\bby how (?:much|many)\b",
)
_SUM: Final = any_of(
    r"の和(?=は|を|が|、|。|？|\?|$)",
    r"の?(?:合計|総計|総和|合算)(?:額|金額|数|値|件数)?(?:する|して|した|すると|で|は|が|を|って)?",
    r"(?<![組見打問待照])(?<!に)合わせ(?:て|ると|た|れば)",
    r"足し?合わせ\w*",
    r"足(?:す|し|せば|すと)\w*",
    r"全部で",
    r"トータル(?:で)?",
    r"(?<=[、をはで ])計(?=は|で|いくら|何)",
    r"\b(?:in )?(?:the )?(?:grand )?total(?: (?:amount|number|sum))?(?: of)?\b",
    r"\bsum of\b",
    r"\bcombined\b",
    r"\bput together\b|\btaken together\b|\btogether\b|\baltogether\b",
    r"\badd(?:ed)?(?: up| together)?\b",
    r"\bin all\b",
)
# Of one thing these ask for a total that may be stated: 基金は全部でいくら.
_ALL_OF_IT: Final = any_of(r"全部で", r"トータル(?:で)?", r"\bin all\b", r"\baltogether\b", r"\b(?:in )?total\b")
_TWO: Final = any_of(r"と(?![いうしはのもっか])", r"及び|および|並びに|[＋+]", r"\band\b")
ENUMERATES: Final = any_of(r"と(?![いうしはのもっか])", r"及び|および|並びに|[＋+、,&]", r"\b(?:and|plus)\b")
_COMPARE: Final = any_of(
    rf"(?:どちら|どっち|いずれ)(?:の?(?:ほう|方)?(?:が|の)?).{{0,24}}?{SIZE}\w*",
    rf"{SIZE}\w*(?:の|方|ほう)(?:は|が)?(?:どちら|どっち|いずれ)",
    rf"\b(?P<which>which)\b.{{0,60}}?\b(?P<than>{COMPARATIVE})\b(?!\s+than\s+\d)",
    rf"\b(?P<does>do|does|did|is|are|has|have|had)\b.{{0,60}}?\b(?P<more>{COMPARATIVE})\b(?=.{{0,80}}\bor\b)",
    # What is answered by yes or no is answered by which of the two it is.
    rf"より(?:も)?(?:[^、。はが]{{0,10}}[はが])?{SIZE}\w{{0,3}}?の?(?:です|でしょう|だろう)か",
    r"より(?:も)?(?:順位[はが])?(?P<rank>上|下)位?(?:に(?:いる|ある|入る))?の?(?:です|でしょう|だろう|いますか|か)",
    rf"^(?P<whether>do|does|did|is|are|has|have|had)\b.{{0,60}}?\b(?P<beyond>{COMPARATIVE})\b.{{0,40}}?"
    r"\b(?P<the_other>than)\b",
)
_ASKED: Final = any_of(
    _ASKS,
    r"合計|総計|平均(?:額|値|件数|人数|回答数)?は?[?？。]*$",
    r"\bhow (?:much|many)\b",
    r"\bwhat (?:is|was|are|were)\b",
    r"\btotal\b",
)
_OF_A_WHOLE: Final = re.compile(r"を占め|の割合|何(?:割|[%％])|\b(?:share|proportion|percentage)\b", re.IGNORECASE)
_BOTH: Final = any_of(
    r"両(?:者|方|分野|国|事業|プログラム|計画|年度)(?:の|を|で|とも)?",
    r"双方(?:の|を|で)?",
    r"(?<![\d.,和成第])(?P<n>[2-5]|[二三四五])(?:つ|か国|カ国|国|事業|プログラム|分野|者|項目|機関|校|社|大学|件)"
    r"(?:の(?:間|中)?|を|で)",
    r"\bboth\b",
    r"\bthe (?P<n_en>two|three|four)\b",
    r"\beach\b|それぞれ",
)
_SETS: Final = any_of(r"すべて|全て|全部|全体|各|行の|一覧|\ball\b|\bevery\b")
_PUT_SIDE_BY_SIDE: Final = any_of(r"(?:を|で|と)比(?:べ|較す)(?:る|た|て)", r"それぞれ(?=何|いくら|いくつ|どの)")
# What shows that a size is asked for against another one: without it, 市場はどれだけ大きくなる may be stated outright.
_SECOND: Final = any_of(
    r"より|比べ|比較|対し|から|差|違|引[くい]|前年|前の年|昨年|と(?![いうし見思予さなの])",
    r"\b(?:than|from|between|compared|previous|last|difference|exceed\w*|by how|over(?:took|takes?))\b",
)
_COUNT: Final = any_of(
    r"いくつ|何(?:か国|カ国|ヶ国|国|機関|大学|校|社|事業|項目|分野|区分|地域|拠点)",
    r"\bhow many(?= (?!papers|times|more|years))",
)
# Which rows are within a limit: 件数が3,000を超える国は？
_LISTED: Final = any_of(
    r"(?<=[るたい上下満内])の?[一-龥ァ-ヶー・]{1,10}(?:は|を|って)?"
    r"(?=どこ|どれ|どの|何|すべて|全|挙|教|[。？?]|$)",
    r"^(?:which|what|list|name)(?: (?:the|all))*\b",
)
_FIRM: Final = frozenset({"sum", "mean", "difference", "change", "growth", "ratio"})


_NO_SUMS: Final = (_MEAN, _RATIO, _GROWTH, _CHANGE, _DIFFERENCE, _COMPARE, EXTREME)


@dataclass(frozen=True, slots=True)
class Request:
    """A calculation asked for. `spans` are the words that ask for it, in characters of the question.

    `is_firm`: nothing but a calculation answers it, so one that cannot be done is refused; otherwise a passage may
    answer as well. `least`: the smallest is asked for, `nth` which from the top (1 is the first). `top` is how many of
    the foremost are meant, `count` how many operands the question names (0 where it does not say). `conditions` are
    what else it demands of them; they are read where the names of a ledger are known.

    `beside` is -1 for the row above one that the question names, 1 for the one below, else 0; `is_by_rank`: above and
    below are meant by rank. The first of `spans` then stands beside that name. `is_beyond`: not the next row alone, all
    on that side; `is_counted`: and how many they are. `is_listing`: figures are only to be set side by side, which
    quotes do as well.
    """

    operation: Operation
    spans: tuple[Span, ...]
    is_firm: bool
    least: bool = False
    nth: int = 1
    top: int = 0
    count: int = 0
    conditions: tuple[Condition, ...] = ()
    beside: int = 0
    is_by_rank: bool = False
    is_beyond: bool = False
    is_counted: bool = False
    is_listing: bool = False


def read_request(question: str) -> Request | None:
    """The calculation that `question` asks for, or None."""
    if counted := _sum_within_limits(question):
        return counted
    found = _operation(question)
    operation = found[0] if found else None
    if placed := _placed(question, operation):
        return placed
    if operation in (None, "extreme", "compare") and (several := foremost(question)):
        asked, count, least = several
        return Request("extreme", tuple(sorted(asked)), is_firm=False, least=least, nth=count, top=count)
    if found is None:
        return None
    operation, matches = found
    top = TOP.search(question)
    both = _BOTH.search(question)
    spans = [span for m in matches for span in _asking(m)]
    spans += [m.span() for m in (top, *_BOTH.finditer(question), *_SETS.finditer(question)) if m]
    nth = next((number(m.groupdict()) for m in matches if operation == "extreme"), 0)
    least = bool(LESS.search(" ".join(m[0] for m in matches)))
    count = 0 if not both or top else number(both.groupdict()) or (0 if both[0].lower() in ("each", "それぞれ") else 2)
    return Request(
        operation,
        tuple(sorted(spans)),
        _is_firm(question, operation, matches),
        least,
        nth or 1,
        number(top.groupdict()) if top else 0,
        count,
        is_by_rank=any(m.groupdict().get("rank") for m in matches),
        is_listing=operation == "compare" and not any(_COMPARE.fullmatch(m[0]) for m in matches),
    )


def _is_firm(question: str, operation: Operation, matches: list[re.Match[str]]) -> bool:
    if operation not in _FIRM or "それぞれ" in question:
        return False
    if operation == "sum":
        return bool(_TWO.search(question)) or not all(_ALL_OF_IT.fullmatch(m[0].strip()) for m in matches)
    return operation not in ("difference", "change") or bool(_SECOND.search(question))


def _sum_within_limits(question: str) -> Request | None:
    """週10時間以下の学生は何人 adds up the rows within the limit, where a table has such rows."""
    asked = counts_within_limits(question)
    if asked is None or any(pattern.search(question) for pattern in _NO_SUMS):
        return None
    total = [m.span() for m in _SUM.finditer(question)]
    sets = [m.span() for m in _SETS.finditer(question)]
    return Request("sum", tuple(sorted((asked, *total, *sets))), is_firm=bool(total))


def _placed(question: str, operation: Operation | None) -> Request | None:
    """The rows that stand next to, or beyond, one that is named: an order, in which its place is known once the table
    is."""
    placed: Placed | None = None
    if operation in (None, "compare", "extreme", "change"):
        placed = beside(question)
    if placed is None and operation in (None, "compare", "count"):
        placed = beyond(question)
    if placed is None:
        return None
    asked = [m.span() for m in _COUNT.finditer(question)] if placed.all_of_them else []
    return Request(
        "extreme",
        (*placed.spans, *asked),
        is_firm=not placed.all_of_them,
        least=placed.least,
        beside=placed.step,
        is_by_rank=placed.is_by_rank,
        is_beyond=placed.all_of_them,
        is_counted=bool(asked),
    )


def _operation(question: str) -> tuple[Operation, list[re.Match[str]]] | None:
    asked = bool(_ASKED.search(question))
    trials: tuple[tuple[Operation, re.Pattern[str], bool], ...] = (
        ("growth", _GROWTH, True),
        ("ratio", _RATIO, True),
        ("mean", _MEAN, asked),
        ("sum", _SUM, asked),
        ("change", _CHANGE, True),
        ("difference", _DIFFERENCE, True),
        ("share", _SHARE, True),
        ("compare", _COMPARE, True),
        ("extreme", EXTREME, True),
        ("count", _COUNT, sets_limits(question)),
        ("count", _LISTED, sets_limits(question, by_figure=True)),
        ("compare", _PUT_SIDE_BY_SIDE, True),
    )
    for operation, pattern, may in trials:
        if may and (matches := list(pattern.finditer(question))):
            return None if operation == "sum" and _OF_A_WHOLE.search(question) else (operation, matches)
    return None


def _asking(match: re.Match[str]) -> list[Span]:
    """The words of a match that ask, without what stands between them: which …, Japan or China, has more."""
    groups = ("which", "than", "does", "more", "whether", "beyond", "the_other")
    parts = [match.span(name) for name in groups if match.groupdict().get(name)]
    return parts or [match.span()]
