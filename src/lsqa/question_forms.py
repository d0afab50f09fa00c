"""How questions are put: the patterns and word lists of `question_forms.toml`, compiled."""

import re
import tomllib
from importlib.resources import files
from typing import Any, Final, Literal, get_args

AskedKind = Literal[
    "amount",
    "date",
    "day",
    "period",
    "person",
    "percent",
    "count",
    "rank",
    "multiple",
    "organisation",
    "reason",
    "expansion",
    "address",
    "time",
]

_TABLE: Final[dict[str, Any]] = tomllib.loads(files("lsqa").joinpath("question_forms.toml").read_text(encoding="utf-8"))


def _any_of(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _words(name: str) -> frozenset[str]:
    return frozenset(_TABLE["words"][name].split())


ASKED: Final[tuple[tuple[AskedKind, re.Pattern[str]], ...]] = tuple(
    (kind, _any_of(_TABLE["asked"][kind])) for kind in get_args(AskedKind)
)
ASKED_LETTERS: Final = frozenset({"URL", "FAX"})  # Latin letters that ask for a kind of thing, and name none
LIST: Final = _any_of(_TABLE["forms"]["list"])
ASKING: Final = _any_of(_TABLE["forms"]["asking"])
COMPARISON: Final = _any_of(_TABLE["forms"]["comparison"])
ABOUT_DOCUMENT: Final = _any_of(_TABLE["forms"]["about_document"])
NUMBER_WORDS: Final = {word: n for n, word in enumerate("一二三四五六七八九十", 1)} | {
    word: n for n, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)
}
ORDINAL_WORDS: Final = {
    word: n
    for n, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
NUMBER_ASKED: Final = re.compile(r"第?何(?:番手|番目|[条項章節号番]|[年週日]間)")
ADVERB_EN: Final = re.compile(r"(?:al|ive|ous|ate|ed|ing|ful|[ai]b|ar|t)ly$")
_POLAR: Final = _any_of(_TABLE["forms"]["polar"])
_ASKS_MORE: Final = _any_of(_TABLE["forms"]["asks_more"])
POLITE: Final = _any_of(_TABLE["forms"]["polite"])

_ASKED_ELSEWHERE: Final = _any_of(_TABLE["forms"]["asked_elsewhere"])
_HEARSAY: Final = _any_of(_TABLE["forms"]["hearsay"])
_ASKS: Final = _any_of(_TABLE["forms"]["asks"])
_POINTS_BACK: Final = _any_of(_TABLE["forms"]["points_back"])
_SENTENCE: Final = re.compile(r"[^。！!？?]+[。！!？?]*")
_INTERROGATIVE: Final = re.compile(r"何|誰|だれ|いつ|いく|ど[のれちなうこ]|なぜ")
_PARTICLE: Final = re.compile(r"(?:(?<=[をもはが])|(?<=って)|[をもはが]|って)")
# 本数をまとめた研究所はどこ asks for the institute, not for a number.
_DONE_TO_IT: Final = re.compile(r"[^、,。]*(?:どこ|誰|だれ|どなた|いつ|どの|どれ|どちら)")
_REQUEST: Final = re.compile(r"^、|教|知[りら]|示し|確認|挙げ|比べ|合[わ計]")

_COUNTERS: Final = "|".join(_TABLE["sorts"]["counters"])
_BODIES: Final = "|".join(_TABLE["sorts"]["bodies"])
_BODIES_EN: Final[dict[str, str]] = _TABLE["sorts"]["bodies_en"]
COUNTER: Final = re.compile(rf"何[十百千万億]*({_COUNTERS})(?!立て|柱)|({_COUNTERS})数")
_BODY: Final = re.compile(
    rf"(?:何|どの|どちらの|何という)({_BODIES})|({_BODIES})(?:は|が|って|には|として)?(?:どこ|どれ|何という)|"
    rf"({_BODIES})(?:の?(?:名前|名称|一覧)|名(?![\u4e00-\u9fff])|を(?:列挙|挙げ|すべて|全て|全部))|"
    r"(?<![全両各外])(国)は[？?。]?$"
)
_BODY_EN: Final = re.compile(
    rf"\b(?:which|what|names? of(?: the| each)?) (?!kinds?\b|types?\b)"
    r"(?:(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|of\b|in\b|by\b|roles?\b)[a-z-]+ ){0,2}?"
    rf"({'|'.join(_BODIES_EN)})",
    re.IGNORECASE,
)
# What stands before 数 or いくつ, or after "how many", as far as its head.
_COUNTED: Final = re.compile(
    r"(?P<noun>[\u30a0-\u30ff\u4e00-\u9fff々A-Za-z]+)"
    r"(?:の?総?数(?![\u4e00-\u9fff])|[はがって]*(?:全部で|合計で?|合わせて)?(?:いくつ|何[十百千万億]*[^\W何]))"
)
_COUNTED_AFTER: Final = re.compile(r"いくつの(?P<noun>[\u30a0-\u30ff\u4e00-\u9fff]+)")
_AFTER_NOUN: Final = "|".join(_TABLE["sorts"]["after_counted"].split())
_COUNTED_EN: Final = re.compile(
    rf"\b(?:how many|number of) (?P<noun>(?:[\w'’-]+ ){{0,4}}?[\w'’-]+)(?=[?.,]| (?:{_AFTER_NOUN}|[a-z]+ed)\b|$)",
    re.IGNORECASE,
)
_SORTS: Final = tuple(
    (
        _any_of([rf"(?:{row['nouns']})$"]),
        _any_of([rf"\b(?:{row['english']})[\w-]*$"]),
        frozenset(row["counters"].split()),
    )
    for row in _TABLE["counted"]
)

_ABSENT: Final[dict[str, Any]] = _TABLE["absent"]
NAMED_AFTER: Final = _any_of([_ABSENT["named_after"]])
NAMED: Final = re.compile(f"({'|'.join(_ABSENT['named'])})$")
TOPIC: Final = re.compile(_ABSENT["topic"])
TOPIC_AFTER: Final = re.compile(_ABSENT["topic_after"])
NAMED_EN: Final = re.compile(_ABSENT["named_en"])
OTHER_OFFICE: Final = _any_of([_ABSENT["other_office"]])
LOOSE: Final = frozenset(_ABSENT["loose"].split())
WHOLE_OF: Final = re.compile(_ABSENT["whole_of"])
WHOLE: Final = re.compile(_ABSENT["whole"])
WHOLE_EN: Final = re.compile(_ABSENT["whole_en"], re.IGNORECASE)
WHOLE_SAID: Final = re.compile(_ABSENT["whole_said"], re.IGNORECASE)
_ENDS: Final[dict[str, str]] = _TABLE["ends"]
BEGINS_ASKED, BEGINS_SAID = _any_of([_ENDS["begins_asked"]]), _any_of([_ENDS["begins_said"]])
BEGINS_SAID_BEFORE = _any_of([_ENDS["begins_said_before"]])
ENDS_ASKED, ENDS_SAID = _any_of([_ENDS["ends_asked"]]), _any_of([_ENDS["ends_said"]])
ENDS_SAID_BEFORE = _any_of([_ENDS["ends_said_before"]])
DIVIDED: Final = tuple((_any_of([row["asked"]]), _any_of([row["said"]])) for row in _TABLE["divided"])


def kinds_asked(text: str) -> frozenset[AskedKind]:
    """The kinds of thing that a question asks for: of why 予算 fell the reason, not the amount."""
    asked = frozenset(
        kind for kind, pattern in ASKED if any(not _asks_for_other(text, m) for m in pattern.finditer(text))
    )
    return frozenset({"reason"}) if "reason" in asked else asked


def _asks_for_other(text: str, noun: re.Match[str]) -> bool:
    """Whether a noun (経費を) is spoken of only, and its sentence goes on to ask for another thing (何を勘案するか)."""
    particle = None if _INTERROGATIVE.search(noun[0]) else _PARTICLE.match(text, noun.end())
    rest = re.split(r"[。？?]", text[particle.end() :], maxsplit=1)[0] if particle else ""
    other = _ASKED_ELSEWHERE.search(rest)
    if particle and noun.string[particle.end() - 1] == "を":
        other = other or _DONE_TO_IT.match(rest)
    return bool(other and not _REQUEST.search(rest[: other.end() if other.start() == 0 else other.start()]))


def asking_part(text: str) -> str:
    """A Japanese question proper, without the sentences and the hearsay that lead to it; the whole where what it says
    points back to them.
    """
    sentences = tuple(_SENTENCE.finditer(text))
    start = next((m.start() for m in sentences if _ASKS.search(m[0].strip())), 0)
    start = max((m.end() for m in _HEARSAY.finditer(text) if m.start() >= start), default=start)
    return text if _POINTS_BACK.search(text[start:]) else text[start:]


def body_asked(text: str) -> str:
    """The sort of organisation that is asked for (どの大学, which universities: 大学); may be empty."""
    if match := _BODY.search(text):
        return next(g for g in match.groups() if g)
    english = _BODY_EN.search(text)
    return _BODIES_EN[english[1].lower()] if english else ""


def is_polar(text: str) -> bool:
    """Whether a question asks for a yes or no alone."""
    return bool(_POLAR.search(text.strip())) and not _ASKS_MORE.search(text)


def counted_noun(text: str) -> str:
    """What a question wants counted, in its own words: 病院 of 病院の数, firms of how many firms; may be empty."""
    match = _COUNTED_EN.search(text) or _COUNTED_AFTER.search(text) or _COUNTED.search(text)
    return match["noun"] if match else ""


def counters_of(noun: str) -> frozenset[str]:
    """The units by which such things are counted, empty where the noun is of no known sort."""
    fits = (counters for japanese, english, counters in _SORTS if japanese.search(noun) or english.search(noun))
    return next(fits, frozenset())


GENERIC_JA: Final = _words("generic_ja")
POLAR_JA: Final = _words("polar_ja")
FORM_JA: Final = _words("form_ja")
GENERIC_EN: Final = _words("generic_en")
RELATIONAL_JA: Final = _words("relational_ja")
RELATIONAL_EN: Final = _words("relational_en")
