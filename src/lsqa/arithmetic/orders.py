"""What asks for places in an order: the most, the second largest, the three with the most, the row next to one that is
named, all rows before it."""

import re
from dataclasses import dataclass
from typing import Final

from lsqa.question_forms import NUMBER_WORDS, ORDINAL_WORDS
from lsqa.text import Span

_MORE: Final = r"多|大き|高|長|上回|超え|larger|bigger|more|higher|greater|longer|most|largest|biggest|highest|longest"
_LESS: Final = r"少|小さ|低|短|下回|smaller|less|fewer|lower|shorter|least|smallest|fewest|lowest|shortest"
COMPARATIVE: Final = "larger|bigger|more|higher|greater|longer|smaller|less|fewer|lower|shorter"
SIZE: Final = rf"(?:{_MORE}|{_LESS})"
_LAST: Final = r"最下位|(?:一番|いちばん|最も)下|\b(?:last place|(?:ranks?|ranked|comes?) (?:the )?(?:last|lowest))\b"
LESS: Final = re.compile(rf"最(?:少|小|低|短)|{_LESS}|{_LAST}", re.IGNORECASE)
_NUMBERS: Final = NUMBER_WORDS | ORDINAL_WORDS | {"2nd": 2, "3rd": 3}
_N: Final = r"\d+|[二三四五六七八九十]"
_N_EN: Final = "two|three|four|five|six|seven|eight|nine|ten"
_OF_SORT: Final = r"(?:つ|位|か国|カ国|ヶ国|国|地域|件|者|社|機関|大学|項目|分野|区分|事業|プログラム)"
_SIZE_ADJECTIVE: Final = r"(?:多|大き|高|長|少な|小さ|低|短)"


def any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


EXTREME: Final = any_of(
    rf"(?P<nth>\d+|[二三四五])(?:番目?|位)に?.{{0,12}}?{SIZE}\w*",
    rf"(?:最も|一番|いちばん|もっとも).{{0,12}}?{SIZE}\w*",
    r"最(?:多|大|少|小|高|低|長|短)(?:の|は|と)?",
    rf"(?P<rank>{_LAST})(?:に(?:いる|ある|なった|なっている))?",
    rf"\bthe (?P<nth_en>second|third|fourth|fifth|2nd|3rd)?[ -]?(?:{_MORE}|{_LESS})\b",
)
TOP: Final = any_of(
    r"上位(?P<n>\d+|[二三四五])(?:つ|位|か国|カ国|ヶ国|国|地域|件|者|社|機関|大学|項目|分野|区分)?の?",
    r"\btop (?P<n_en>\d+|two|three|four|five)\b",
)
# 多い国を3つ, 多い順に3つ, 最も多い3か国; the three with the most, which three have the most, the three largest.
_FOREMOST: Final = any_of(
    rf"(?:最も|一番|いちばん)?{_SIZE_ADJECTIVE}い?(?:順(?:に|で)|(?:方|ほう|もの)から)、?(?:上から|上位)?(?P<n>{_N}){_OF_SORT}?",
    rf"(?:最も|一番|いちばん)?{_SIZE_ADJECTIVE}い(?=[^、。はがのを]{{1,8}}を(?:上位|上から)?(?P<n_of>{_N}){_OF_SORT})",
    rf"(?:最も|一番|いちばん)?{_SIZE_ADJECTIVE}い(?:上位|トップ|ベスト)?(?P<n_next>{_N}){_OF_SORT}",
    rf"\b(?P<which>(?:which|what|the|name|list) (?P<n_en>{_N_EN}))\b.{{1,60}}?"
    r"\b(?P<most>the (?:most|largest|biggest|highest|longest|smallest|least|fewest|lowest|shortest))\b",
    rf"\b(?P<which_alone>which (?P<n_which>{_N_EN}))\b.{{1,60}}?\b(?P<most_alone>most|least|fewest)\b",
    rf"\bthe (?P<n_of_en>{_N_EN}) (?:largest|biggest|highest|longest|smallest|fewest|lowest|shortest)\b",
)
_COUNT_OF_THEM: Final = re.compile(rf"を(?:上位|上から)?(?:{_N}){_OF_SORT}")
# The row next to one that is named, which stands before it in Japanese and behind it in English.
_BESIDE: Final = any_of(
    r"の(?:すぐ|一つ|ひとつ|[1１]つ|真|直)(?:の)?(?P<ja>上|下|前|後)(?:の順位)?(?:に(?:いる|ある|位置する|来る|くる|入る))?",
    r"(?:の次に?|に次いで|に次ぐ)(?P<next>[^、。]{0,12}?(?:多|大き|高|少な|小さ|低)(?:い|く|かった))",
    r"\b(?:(?:is|are|comes?|ranks?|ranked|placed|stands?)\s+)*"
    r"(?:right|just|directly|immediately|one (?:place|rank|position))\s+"
    r"(?P<en>above|below|after|before|behind|ahead of)\b",
)
_UPWARDS: Final = frozenset({"上", "前", "above", "before", "ahead of"})
# All rows on one side of it. What is only asked to be confirmed (より多いですか) compares two.
_THEY: Final = r"(?!の?(?:です|でしょう|だろう)|の?か[。？?]|[。？?]|$)"
_BEYOND: Final = any_of(
    rf"より(?:も)?(?P<size>(?:[^、。はが]{{0,10}}[はがの])?{_SIZE_ADJECTIVE}(?:い|かった)){_THEY}",
    rf"より(?:も)?(?:順位[はがの])?(?P<place>上位?|下位?)(?:に(?:いる|ある|入る|来る|くる|位置する))?(?![げがるっ回]){_THEY}",
    rf"より(?:も)?順位[はがの](?P<place_size>高い|低い){_THEY}",
    rf"\b(?P<size_en>(?P<rank>(?:ranks?|ranked|placed) )?(?:{COMPARATIVE}))\b(?:\s[\w-]+){{0,4}}?\s"
    r"(?P<than>than)\b(?!\s*\d)",
    r"\b(?:(?:is|are|comes?|ranks?|ranked|placed|stands?) )*(?P<place_en>ahead of|above|below|behind)\b(?!\s*\d)",
)
_OF_A_FIGURE: Final = re.compile(r"[\d０-９十百千万億兆][^\s\d]{0,2}$")  # 3,000件より少ない is a limit
_ASKS_WHICH_EN: Final = re.compile(r"\s*(?:which|what|list|name|show|how many)\b", re.IGNORECASE)
_DOWN: Final = re.compile(r"少|小|低|短|下|below|behind|smaller|less|fewer|lower|shorter", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows that a question means by a row that it names, which stands beside `spans[0]`: the next one, or with
    `all_of_them` every one on that side. `step` is -1 for above and 1 for below; `is_by_rank`: that is meant by rank.
    `least`: below has the larger figures."""

    spans: tuple[Span, ...]
    step: int
    is_by_rank: bool
    least: bool = False
    all_of_them: bool = False


def beside(question: str) -> Placed | None:
    """The row next to one that is named."""
    match = _BESIDE.search(question)
    if match is None:
        return None
    word = (match["ja"] or match["en"] or "").lower()
    least = bool(match["next"] and LESS.search(match["next"]))
    return Placed((match.span(),), -1 if word in _UPWARDS else 1, is_by_rank=bool(word), least=least)


def beyond(question: str) -> Placed | None:
    """All rows above, or below, the one that is named."""
    match = _BEYOND.search(question)
    if match is None or _OF_A_FIGURE.search(question[: match.start()]):
        return None
    if match[0].isascii() and not _ASKS_WHICH_EN.match(question):
        return None
    spans = (match.span("than"), match.span("size_en")) if match["than"] else (match.span(),)
    is_by_rank = bool(match["place"] or match["place_size"] or match["place_en"] or match["rank"])
    return Placed(spans, 1 if _DOWN.search(match[0]) else -1, is_by_rank, all_of_them=True)


def foremost(question: str) -> tuple[tuple[Span, ...], int, bool] | None:
    """How many of the foremost are asked for: the words that ask, the number, and whether the smallest are meant."""
    match = _FOREMOST.search(question)
    if match is None:
        return None
    names = ("n", "n_of", "n_next", "n_en", "n_which", "n_of_en")
    spans = [match.span(name) for name in ("which", "most", "which_alone", "most_alone") if match[name]]
    if match["n_of"] and (how_many := _COUNT_OF_THEM.search(question, match.end())):
        spans += [match.span(), how_many.span()]
    count = number({name: match[name] for name in names})
    return tuple(spans or [match.span()]), count, bool(LESS.search(match[0]))


def number(groups: dict[str, str | None]) -> int:
    """The first of the groups that is there, as a number; 0 where it is none."""
    written = next((g for g in groups.values() if g), "").lower()
    return int(written) if written.isdigit() else _NUMBERS.get(written, 0)
