"""Which calculation a question asks for, read from its own words, in Japanese and English."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from lsqa.arithmetic.conditions import Condition, counts_within_limits, sets_limits
from lsqa.text import Span

Operation = Literal["sum", "mean", "count", "difference", "change", "growth", "ratio", "share", "compare", "extreme"]

_ASKS: Final = (
    r"いくら|幾ら|いくつ|どれ(?:だけ|くらい|ぐらい|ほど)|どの(?:くらい|程度)|何[\s%％割]|何(?:兆|億|万|千|百)*"
    r"(?:円|件|人|名|機関|大学|校|社|台|本|回|か国|カ国|国|拠点|課題|ポイント|パーセント|倍|年)"
)
_MORE: Final = r"多|大き|高|長|上回|超え|larger|bigger|more|higher|greater|longer|most|largest|biggest|highest|longest"
_LESS: Final = r"少|小さ|低|短|下回|smaller|less|fewer|lower|shorter|least|smallest|fewest|lowest|shortest"
_COMPARATIVE: Final = "larger|bigger|more|higher|greater|longer|smaller|less|fewer|lower|shorter"
_SIZE: Final = rf"(?:{_MORE}|{_LESS})"
_NUMBERS = {"二": 2, "三": 3, "四": 4, "五": 5, "二つ": 2, "三つ": 3, "two": 2, "three": 3, "four": 4, "five": 5}
_NUMBERS |= {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "2nd": 2, "3rd": 3}


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


# In the order in which they are tried. `order` patterns need no amount that is asked for, the others say what is.
_MEAN: Final = _any(
    r"(?<!年の)(?<!までの)平均(?:額|値|件数|人数|回答数)?(?:は|を|すると|で(?:は)?|して|[?？。]*$)",
    r"\b(?:the )?(?:average|mean)(?: number| amount| budget)?(?: of \w+)? of\b",
    r"\bon average\b",
)
_RATIO: Final = _any(
    r"(?:およそ|約)?何倍(?:に(?:なり|あた|当た|相当))?",
    r"\b(?:about )?how many times(?: (?:larger|bigger|higher|greater|more|as \w+))?",
    r"\bby what factor\b",
    r"\bwhat is the ratio of\b",
)
_SHARE: Final = _any(
    r"(?:およそ|約)?何(?:[%％割]|パーセント|分の)(?:に(?:なり|あた|当た|相当)|を占め)?",
    r"\bwhat (?:percentage|per ?cent|share|proportion|fraction) of\b",
)
_GROWTH: Final = _any(
    r"(?:何(?:[%％割]|パーセント)(?:の|ほど|くらい)?(?:増|減|伸び|上が|下が|拡大|縮小)\w*)",
    r"(?:伸び|増加|増減|減少|変化)率",
    r"\b(?:by )?(?:what|how many) per ?cent(?:age)?(?: points?)? "
    r"(?:did|has|more|less|larger|smaller|increase|decrease)",
    r"\bgrowth rate\b",
)
_CHANGE: Final = _any(
    rf"(?:{_ASKS})(?:ほど|くらい|ぐらい|の|分)?\s*(?:増|減|伸び|上積み|積み増)\w*",
    r"(?:増加|減少|増減)(?:額|数|分|幅)",
    r"(?:増えた|減った|増減した)(?:の|額|分)",
    r"\bhow much (?:did|has|have|was|were)\b.{0,80}"
    r"\b(?:increase|decrease|grow|grown|rise|risen|fall|fallen|change|changed|up|down|cut)\w*",
    r"\b(?:increase|decrease|change|growth) (?:in|of|from)\b",
)
_DIFFERENCE: Final = _any(
    r"の?差(?:額|分)?(?=は|が|を|って|も|と|、|。|？|\?|$|で)",
    r"差し引\w*",
    r"引く(?:と|の)",
    rf"(?:{_ASKS})(?:分|ほど|くらい|ぐらい|の)?\s*(?:{_MORE}|{_LESS}|違)\w*",
    r"どれ(?:だけ|くらい|ほど)違\w*",
    r"\bdifference(?:s)?\b",
    rf"\bhow (?:much|many) (?:{_MORE}|{_LESS})\b",
    r"\bexceed\w* .*\bby\b",
    r"\bby how (?:much|many)\b",
)
_SUM: Final = _any(
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
_ALL_OF_IT: Final = _any(r"全部で", r"トータル(?:で)?", r"\bin all\b", r"\baltogether\b", r"\b(?:in )?total\b")
_TWO: Final = _any(r"と(?![いうしはのもっか])", r"及び|および|並びに|[＋+]", r"\band\b")
ENUMERATES: Final = _any(r"と(?![いうしはのもっか])", r"及び|および|並びに|[＋+、,&]", r"\b(?:and|plus)\b")
_COMPARE: Final = _any(
    rf"(?:どちら|どっち|いずれ)(?:の?(?:ほう|方)?(?:が|の)?).{{0,24}}?{_SIZE}\w*",
    rf"{_SIZE}\w*(?:の|方|ほう)(?:は|が)?(?:どちら|どっち|いずれ)",
    rf"\b(?P<which>which)\b.{{0,60}}?\b(?P<than>{_COMPARATIVE})\b",
    rf"\b(?P<does>do|does|did|is|are|has|have|had)\b.{{0,60}}?\b(?P<more>{_COMPARATIVE})\b(?=.{{0,80}}\bor\b)",
)
_EXTREME: Final = _any(
    rf"(?P<nth>\d+|[二三四五])(?:番目?|位)に?.{{0,12}}?{_SIZE}\w*",
    rf"(?:最も|一番|いちばん|もっとも).{{0,12}}?{_SIZE}\w*",
    r"最(?:多|大|少|小|高|低|長|短)(?:の|は|と)?",
    rf"\bthe (?P<nth_en>second|third|fourth|fifth|2nd|3rd)?[ -]?(?:{_MORE}|{_LESS})\b",
)
# The row next to one that is named, which stands before it in Japanese and behind it in English.
_BESIDE: Final = _any(
    r"の(?:すぐ|一つ|ひとつ|[1１]つ|真|直)(?:の)?(?P<ja>上|下|前|後)(?:の順位)?(?:に(?:いる|ある|位置する|来る|くる|入る))?",
    r"(?:の次に?|に次いで|に次ぐ)(?P<next>[^、。]{0,12}?(?:多|大き|高|少な|小さ|低)(?:い|く|かった))",
    r"\b(?:(?:is|are|comes?|ranks?|ranked|placed|stands?)\s+)*"
    r"(?:right|just|directly|immediately|one (?:place|rank|position))\s+"
    r"(?P<en>above|below|after|before|behind|ahead of)\b",
)
_UPWARDS: Final = frozenset({"上", "前", "above", "before", "ahead of"})
_TOP: Final = _any(
    r"上位(?P<n>\d+|[二三四五])(?:つ|位|か国|カ国|ヶ国|国|地域|件|者|社|機関|大学|項目|分野|区分)?の?",
    r"\btop (?P<n_en>\d+|two|three|four|five)\b",
)
_ASKED: Final = _any(
    _ASKS,
    r"合計|総計|平均(?:額|値|件数|人数|回答数)?は?[?？。]*$",
    r"\bhow (?:much|many)\b",
    r"\bwhat (?:is|was|are|were)\b",
    r"\btotal\b",
)
_OF_A_WHOLE: Final = re.compile(r"を占め|の割合|何(?:割|[%％])|\b(?:share|proportion|percentage)\b", re.IGNORECASE)
_DOWN: Final = re.compile(rf"最(?:少|小|低|短)|{_LESS}", re.IGNORECASE)
_BOTH: Final = _any(
    r"両(?:者|方|分野|国|事業|プログラム|計画|年度)(?:の|を|で|とも)?",
    r"双方(?:の|を|で)?",
    r"(?<![\d.,和成第])(?P<n>[2-5]|[二三四五])(?:つ|か国|カ国|国|事業|プログラム|分野|者|項目|機関|校|社|大学|件)"
    r"(?:の(?:間|中)?|を|で)",
    r"\bboth\b",
    r"\bthe (?P<n_en>two|three|four)\b",
    r"\beach\b|それぞれ",
)
_SETS: Final = _any(r"すべて|全て|全部|全体|各|行の|一覧|\ball\b|\bevery\b")
_PUT_SIDE_BY_SIDE: Final = _any(r"(?:を|で|と)比(?:べ|較す)(?:る|た|て)", r"それぞれ(?=何|いくら|いくつ|どの)")
# What shows that a size is asked for against another one: without it, 市場はどれだけ大きくなる may be stated outright.
_SECOND: Final = _any(
    r"より|比べ|比較|対し|から|差|違|引[くい]|前年|前の年|昨年|と(?![いうし見思予さなの])",
    r"\b(?:than|from|between|compared|previous|last|difference|exceed\w*|by how|over(?:took|takes?))\b",
)
_COUNT: Final = _any(
    r"いくつ|何(?:か国|カ国|ヶ国|国|機関|大学|校|社|事業|項目|分野|区分|地域|拠点)",
    r"\bhow many(?= (?!papers|times|more|years))",
)
_FIRM: Final = frozenset({"sum", "mean", "difference", "change", "growth", "ratio"})


_NO_SUMS: Final = (_MEAN, _RATIO, _GROWTH, _CHANGE, _DIFFERENCE, _COMPARE, _EXTREME)


@dataclass(frozen=True, slots=True)
class Request:
    """A calculation asked for. `spans` are the words that ask for it, in characters of the question.

    `is_firm`: nothing but a calculation answers it, so one that cannot be done is refused; otherwise a passage may
    answer as well. `least`: the smallest is asked for, `nth` which from the top (1 is the first). `top` is how many of
    the foremost are meant, `count` how many operands the question names (0 where it does not say). `conditions` are
    what else it demands of them; they are read where the names of a ledger are known.

    `beside` is -1 for the row above one that the question names, 1 for the one below, else 0; `is_by_rank`: above and
    below are meant by rank. The first of `spans` then stands beside that name. `is_listing`: figures are only to be set
    side by side, which quotes do as well.
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
    is_listing: bool = False


def read_request(question: str) -> Request | None:
    """The calculation that `question` asks for, or None."""
    if counted := _sum_within_limits(question):
        return counted
    found = _operation(question)
    if (found is None or found[0] in ("compare", "extreme", "change")) and (beside := _beside(question)):
        return beside
    if found is None:
        return None
    operation, matches = found
    top = _TOP.search(question)
    both = _BOTH.search(question)
    spans = [span for m in matches for span in _asking(m)]
    spans += [m.span() for m in (top, *_BOTH.finditer(question), *_SETS.finditer(question)) if m]
    nth = next((_number(m.groupdict()) for m in matches if operation == "extreme"), 0)
    least = bool(_DOWN.search(" ".join(m[0] for m in matches)))
    count = 0 if not both or top else _number(both.groupdict()) or (0 if both[0].lower() in ("each", "それぞれ") else 2)
    return Request(
        operation,
        tuple(sorted(spans)),
        _is_firm(question, operation, matches),
        least,
        nth or 1,
        _number(top.groupdict()) if top else 0,
        count,
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


def _beside(question: str) -> Request | None:
    """The row next to one that is named: an order, in which its place is known once the table is."""
    match = _BESIDE.search(question)
    if match is None:
        return None
    word = (match["ja"] or match["en"] or "").lower()
    step = -1 if word in _UPWARDS else 1
    least = bool(match["next"] and _DOWN.search(match["next"]))
    return Request("extreme", (match.span(),), is_firm=True, least=least, beside=step, is_by_rank=bool(word))


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
        ("extreme", _EXTREME, True),
        ("count", _COUNT, sets_limits(question)),
        ("compare", _PUT_SIDE_BY_SIDE, True),
    )
    for operation, pattern, may in trials:
        if may and (matches := list(pattern.finditer(question))):
            return None if operation == "sum" and _OF_A_WHOLE.search(question) else (operation, matches)
    return None


def _asking(match: re.Match[str]) -> list[Span]:
    """The words of a match that ask, without what stands between them: which …, Japan or China, has more."""
    parts = [match.span(name) for name in ("which", "than", "does", "more") if match.groupdict().get(name)]
    return parts or [match.span()]


def _number(groups: dict[str, str | None]) -> int:
    written = next((g for g in groups.values() if g), "").lower()
    return int(written) if written.isdigit() else _NUMBERS.get(written, 0)
