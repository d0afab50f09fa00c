"""Abbreviations that documents define: the short name and the name it stands for.

Three ways of writing are read, as Japanese administrative documents use them:

    ゲノム医療実現バイオバンク利活用プログラム(B-cure)
    AMED(日本医療研究開発機構)
    医療分野の研究開発に関する基本計画(以下「医療戦略」という。)

and in English the name whose initials the short form spells: Data Management Plan (DMP).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsqa.text import spaced_with_offsets

_NAME = r"[\u3005\u4e00-\u9fff\u30a1-\u30fa\u30fc・A-Za-z0-9&\-]"
_SHORT = r"[A-Za-z][A-Za-z0-9]*(?:[\-&/・.][A-Za-z0-9]+)*"
_LATIN_AFTER = re.compile(rf"(?P<long>{_NAME}{{4,40}})\((?P<short>{_SHORT})(?:[:;,、:][^()]*)?\)")
_LATIN_BEFORE = re.compile(rf"(?<![A-Za-z0-9\-])(?P<short>{_SHORT})\((?P<long>{_NAME}{{4,40}})\)")
_HENCEFORTH = re.compile(rf"(?P<long>{_NAME}{{4,40}})\(以下[、,]?「(?P<short>[^「」]{{2,15}})」(?:という|とする|と略)")
_ENGLISH = re.compile(r"(?P<long>(?:[A-Z][\w\-]*\s+)(?:[\w\-]+\s+){0,9})\((?P<short>[A-Z][A-Za-z\-]{1,9})\)")
_LONGEST_SHORT = 15
_PLACE = re.compile(
    r"(?:スライド|図|図表|表|資料|別紙|別添|参考|注|ページ|頁)\d+.*"
)  # スライド13(B-cure) defines nothing
_JAPANESE = re.compile(r"[\u30a1-\u30fa\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Definition:
    """`short` stands for `long`, both as `text.spaced_with_offsets` spells them."""

    short: str
    long: str


def definitions(text: str) -> tuple[Definition, ...]:
    """The abbreviations that `text` defines, in order and each once. No definition runs over the end of a line."""
    lines = [spaced_with_offsets(line).text for line in text.splitlines() if "(" in line or "（" in line]
    return tuple(dict.fromkeys(found for line in lines for found in (*_japanese(line), *_english(line))))


def _japanese(folded: str) -> Iterator[Definition]:
    for pattern in (_LATIN_AFTER, _LATIN_BEFORE, _HENCEFORTH):
        for match in pattern.finditer(folded):
            short, name = match["short"], match["long"].lstrip("・-0123456789").rstrip("・-")
            if _is_pair(short, name) and (pattern is _HENCEFORTH or _looks_short(short)):
                yield Definition(short, name)


def _is_pair(short: str, name: str) -> bool:
    is_name = bool(_JAPANESE.search(name)) and not _PLACE.fullmatch(name)
    return len(short) <= len(name) and is_name and short.lower() not in name.lower()


def _looks_short(short: str) -> bool:
    """Two capitals or a joint make a word an abbreviation: AMED, B-cure, cSIMVa, but neither Nature nor FY."""
    capitals = sum(c.isupper() for c in short)
    return 2 < len(short) <= _LONGEST_SHORT and (capitals >= 2 or (capitals == 1 and "-" in short))


def _english(text: str) -> Iterator[Definition]:
    for match in _ENGLISH.finditer(text):
        letters = [c for c in match["short"] if c.isupper()]
        words = match["long"].split()
        for start in range(len(words)):
            initials = [w[0].upper() for w in words[start:] if w[0].isupper()]
            if initials == letters and len(letters) > 1:
                yield Definition(match["short"], " ".join(words[start:]))
                break
