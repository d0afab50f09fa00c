"""A calculation over what was asked before: the difference, the total, which is larger, of the last two figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from lsqa.conversation.subjects import is_subject
from lsqa.phrases import phrases, whole_phrase
from lsqa.question_forms import AskedKind
from lsqa.questions import analyse
from lsqa.text import detect_language

# No ranks: what lies between two of them is told by the figures behind them, which nobody asked for.
_FIGURES: Final[frozenset[AskedKind]] = frozenset({"amount", "count", "percent"})
_BOTH: Final = (
    r"(?:(?:その|この|これら?の?|それら?の?)?(?:二つ|2つ|ふたつ|両方|両者|双方|二者|2者|2か国|二か国)?"
    r"(?:の|を|で|は|とも|が)?[、,]?)?"
)
_ASKS: Final = (
    r"(?:は|って|で|が|を)?(?:いくら|何[十百千万億兆]*(?:円|人|件|名|校|社|機関|本|点|ポイント|[%％])|どれ(?:くらい|ぐらい|だけ|ほど)|いくつ)?"
    r"(?:に?なり?ますか|になる(?:の|か)?|あり?ますか|ある)?(?:は|です|でしょう|だろう|教えて)?(?:か|の|ください)?[。？?！!\s]*"
)
Operation = Literal["sum", "difference", "mean", "ratio", "compare"]
_JAPANESE: Final[tuple[tuple[Operation, re.Pattern[str]], ...]] = (
    (
        "sum",
        re.compile(
            rf"{_BOTH}(?:合計|総計|合算|総額|トータル|全部|足し?算)(?:額|数)?(?:すると|したら|して|で(?:は)?|だと)?{_ASKS}|"
            rf"{_BOTH}(?:足し?合わせ|合わせ|足す|足し)(?:ると|て|たら|た(?:額|数|ら)?|と)?{_ASKS}"
        ),
    ),
    ("mean", re.compile(rf"{_BOTH}平均(?:額|値)?(?:すると|したら|して|で(?:は)?|だと)?{_ASKS}")),
    ("ratio", re.compile(rf"{_BOTH}(?:およそ|約)?何倍(?:違う|違い?ます)?{_ASKS}")),
    (
        "difference",
        re.compile(
            rf"{_BOTH}(?:差(?:額|分)?|違い|差し引き|ひらき|開き){_ASKS}|"
            rf"{_BOTH}(?:いくら|どの(?:くらい|程度)|どれ(?:くらい|ぐらい|だけ|ほど))(?:くらい|ほど|分)?違(?:う|い?ます){_ASKS}"
        ),
    ),
    (
        "compare",
        re.compile(
            rf"{_BOTH}(?:どちら|どっち)(?:の(?:方|ほう))?が(?P<size>多い|大きい|高い|少ない|小さい|低い){_ASKS}"
        ),
    ),
)
_THEM: Final = r"(?: (?:of|between) (?:them|the two|these(?: two)?|those(?: two)?|both(?: of them)?))?"
_ASKS_EN: Final = (
    r"(?:(?:what(?:'s| is| was| are| would be)|how (?:much|many)(?: (?:is|are) (?:it|that|they|those|there))?) )?"
)
_ENGLISH: Final[tuple[tuple[Operation, re.Pattern[str]], ...]] = (
    (
        "sum",
        re.compile(
            rf"{_ASKS_EN}(?:(?:the|their) )?(?:(?:grand |combined )?(?:total|sum)|"
            r"(?:both |all )?(?:together|combined|in total|added up|altogether))"
            rf"{_THEM}|"
            r"(?:how (?:much|many) )?(?:do|does|did) (?:they|it|that|those|the two|both) "
            r"(?:add up|come|amount) to(?: together)?|"
            r"add (?:them|those|the two|both)(?: (?:up|together))?",
            re.IGNORECASE,
        ),
    ),
    ("mean", re.compile(rf"{_ASKS_EN}(?:(?:the|their) )?(?:average|mean){_THEM}", re.IGNORECASE)),
    ("difference", re.compile(rf"{_ASKS_EN}(?:the )?(?:difference|gap){_THEM}", re.IGNORECASE)),
    (
        "compare",
        re.compile(
            r"which (?:one )?(?:is|was|has) (?:the )?"
            rf"(?P<size>larger|bigger|more|higher|smaller|lower|less|fewer){_THEM}",
            re.IGNORECASE,
        ),
    ),
)
_JAPANESE_ASKED: Final[dict[Operation, str]] = {
    "sum": "{both}の合計は？",
    "difference": "{both}の差は？",
    "mean": "{both}の平均は？",
    "ratio": "{both}では何倍違いますか。",
    "compare": "{both}ではどちらが{size}ですか。",
}
_ENGLISH_ASKED: Final[dict[Operation, str]] = {
    "sum": "What is the total of {both}?",
    "difference": "What is the difference between {both}?",
    "mean": "What is the average of {both}?",
    "compare": "Which is {size}, {first} or {second}?",
}
_WITH: Final = (
    re.compile(r"(?P<named>.+?)との?(?P<asked>(?:差|違い|合計|合わせ|足[しす]|比べ).*)"),
    re.compile(r"(?P<named>.+?(?:と|、).+?)の(?P<asked>(?:差|違い|合計|総計|平均).*)"),
    re.compile(
        r"(?P<asked>(?:what(?:'s| is| was) )?(?:the )?(?:difference|gap)) "
        r"(?:from|to|with) (?:that of )?(?P<named>[^?.]+)[?.\s]*",
        re.IGNORECASE,
    ),
)
_TWO_SAID: Final = re.compile(r"二つ|2つ|ふたつ|両|双方|二者|2者|か国|\b(?:two|both)\b", re.IGNORECASE)
_WHOLE_SAID: Final = re.compile(r"総額|全部")
_ABOUT: Final = re.compile(r"^(.+?)(?:について|に関して)[、,]\s*")
_POINTS: Final = re.compile(r"の(?:その|この|そこの|そこでの)")
_PREDICATE: Final = re.compile(
    r"(?:(?:では|は|の(?:うち)?)?(?:どちら|どっち)(?:の(?:方|ほう))?が(?:多|大き|高|少な|小さ|低)い|"
    r"(?:では|は|って|も|が)?(?:それぞれ|いま|現在)?)"
    r"(?:いくら|幾ら|何[十百千万億兆]*(?P<unit>円|人|件|名|校|社|機関|本|[%％]|パーセント|割)?|どれ(?:くらい|ぐらい|だけ|ほど)|どの(?:くらい|程度)|いくつ)?"
    r"(?:だった|でした|である|あった|あり?ます|ある|いました|います|いる|です|でしょう|になり?ます|だ)?(?:か|の)*[。．？?\s]*$"
)
_NOUNS: Final = {
    "人": "人数",
    "名": "人数",
    "件": "件数",
    "%": "割合",
    "％": "割合",
    "パーセント": "割合",
    "割": "割合",
}
_EITHER: Final = re.compile(r"^which (?:is|was|has) (?:the )?\w+, (.+?) or (.+?)[?.\s]*$", re.IGNORECASE)
_IS: Final = re.compile(r"^what(?:'s| is| are| was| were) (.+?)[?.\s]*$", re.IGNORECASE)
# How many papers in physics | did | Canada | file | in 2011?
_COUNTS: Final = re.compile(
    r"^[Hh]ow many (?P<noun>.+?)"
    r"(?: (?:did|does|do) (?P<whose>(?:the )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*) \w+(?P<rest>.*?))?[?.\s]*$"
)
_BUT_MEASURE: Final = re.compile(r"^.*の| of .*$")
# A calculation over what was asked for already names both: Aの予算とBの予算の合計は？
_CALCULATED: Final = re.compile(r"の(?:合計|差)(?:額)?$|^the (?:total of|difference (?:between|of)) ", re.IGNORECASE)
_OF_MORE: Final = re.compile(r"と.*の(?:合計|差)は|\bthe (?:total of|difference between) ", re.IGNORECASE)
_TWO: Final = 2
_NAMED_TOGETHER: Final = re.compile(r"(?:と|、|や|及び|および)|,? (?:and|or) ")


@dataclass(frozen=True, slots=True)
class Calculation:
    """A calculation that names nothing to calculate with. `size` is what a comparison asks for (多い, larger), else
    empty; `is_of_two`: it says that it is one of two things; `is_whole`: that it is all of one (総額).
    """

    operation: Operation
    size: str
    is_of_two: bool
    is_whole: bool = False

    @property
    def may_be_stated(self) -> bool:
        """Whether one thing has it too, as documents state it: the average, how many times as large it becomes."""
        return self.operation in ("mean", "ratio") or self.is_whole


def calculation_of(question: str) -> Calculation | None:
    """The calculation that a question asks for which names nothing to calculate with; None for any other question."""
    bare = question.strip()
    is_english = detect_language(bare) == "en"
    stripped = bare.rstrip("?.! ") if is_english else bare
    for operation, pattern in _ENGLISH if is_english else _JAPANESE:
        if match := pattern.fullmatch(stripped):
            size, is_whole = match.groupdict().get("size") or "", bool(_WHOLE_SAID.search(bare))
            return Calculation(operation, size, bool(_TWO_SAID.search(bare)), is_whole)
    return None


def calculation_with(question: str) -> tuple[Calculation, str] | None:
    """The calculation of a question that names one operand (韓国との差は？) or all of them (韓国と中国の合計は？) and
    leaves what is compared of them to the question before, with what it names; None for any other question.
    """
    for pattern in _WITH:
        found = pattern.fullmatch(question)
        if found and (calculation := calculation_of(found["asked"])) and whole_phrase(found["named"].strip()):
            return calculation, found["named"].strip()
    return None


def joined(calculation: Calculation, known: Sequence[str]) -> str | None:
    """The calculation over the last two figures of one kind that were asked for, a total over all of one measure in a
    row, or either over two that one question named together; None where there are none.
    """
    figures = [q for q in known if analyse(q).asked & _FIGURES]
    if not figures:
        return None
    latest = figures[-1]
    if _names_two(latest):
        noun = _nominal(latest)
        return _asked(calculation, [noun], is_english=detect_language(latest) == "en") if noun else None
    kinds = analyse(latest).asked & _FIGURES
    things = tuple(dict.fromkeys(_nominal(q) for q in figures if analyse(q).asked & kinds))
    if len(things) < _TWO or not all(things):
        return None
    is_of_all = calculation.operation in ("sum", "mean") and not calculation.is_of_two
    count = max(_TWO, _of_one_measure(things)) if is_of_all else _TWO
    return _asked(calculation, things[-count:], is_english=detect_language(latest) == "en")


def _of_one_measure(things: Sequence[str]) -> int:
    """How many of the last things have the measure of the last: the budgets of three programmes make one total."""
    measures = [_BUT_MEASURE.sub("", thing) for thing in reversed(things)]
    return next((n for n, measure in enumerate(measures) if measure != measures[0]), len(measures))


def _asked(calculation: Calculation, things: Sequence[str], *, is_english: bool) -> str | None:
    """The calculation over `things`; None where English has no question for it."""
    if not is_english:
        return _JAPANESE_ASKED[calculation.operation].format(both=_side_by_side(things), size=calculation.size)
    both = f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else things[0]
    asked = _ENGLISH_ASKED.get(calculation.operation)
    if asked is None or (calculation.size and len(things) != _TWO):
        return None
    return asked.format(both=both, size=calculation.size, first=things[0], second=things[-1])


def _side_by_side(things: Sequence[str]) -> str:
    """Each thing in full, or AとBの予算額 for Aの予算額 and Bの予算額, which differ in one phrase."""
    for phrase in phrases(things[0]):
        before, after = things[0][: phrase.start], things[0][phrase.end :]
        differing = [thing[len(before) : len(thing) - len(after)] for thing in things]
        pairs = zip(things, differing, strict=True)
        if all(f"{before}{d}{after}" == t and _is_phrase_of(t, d, len(before)) for t, d in pairs):
            return f"{before}{'と'.join(differing)}{after}"
    return "と".join(things)


def _is_phrase_of(thing: str, text: str, start: int) -> bool:
    return any((p.text, p.start) == (text, start) for p in phrases(thing))


def _nominal(question: str) -> str:
    """What a question asks for as a noun: B-cureの予算額 of B-cureの予算額はいくらですか; empty where it is no noun."""
    if detect_language(question) == "en":
        if count := _COUNTS.match(question):
            of = f" of {count['whose']}" if count["whose"] else ""
            return f"the number of {count['noun']}{of}{count['rest'] or ''}"
        if either := _EITHER.match(question):
            return f"{either[1]} and {either[2]}"
        is_it = _IS.match(question)
        return _CALCULATED.sub("", is_it[1]) if is_it else ""
    text = _POINTS.sub("の", _ABOUT.sub(r"\1の", question))
    predicate = _PREDICATE.search(text)
    noun = text[: predicate.start()].rstrip("、, ") if predicate else text
    unit = _NOUNS.get((predicate["unit"] or "") if predicate else "", "")
    return _CALCULATED.sub("", noun if not unit or noun.endswith(unit) else f"{noun}の{unit}")


def _names_two(question: str) -> bool:
    """Whether a question asks for the figures of two things side by side: AとBの予算はそれぞれいくらですか."""
    subjects = [p for p in phrases(question) if is_subject(p)]
    between = (question[a.end : b.start] for a, b in pairwise(subjects))
    is_enumeration = any(_NAMED_TOGETHER.fullmatch(text) for text in between)
    return is_enumeration or bool(_OF_MORE.search(question) or _EITHER.match(question))
