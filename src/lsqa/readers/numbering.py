"""The numbers that Word puts before headings and list items (ECMA-376 part 1, 17.9): 第３条, 1.2., ①, (イ).

They are no text of the document but stand on its pages, and people cite by them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from lsqa.readers.ooxml import integer

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_SIGNS = (("aiueo", _AIUEO), ("iroha", _IROHA), ("ideographtraditional", "甲乙丙丁戊己庚辛壬癸"))
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_LAST_LETTER = 26 * 5  # after Z comes AA, then BB
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_KANJI = "〇一二三四五六七八九"
_NO_NUMBER = ("bullet", "none")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    number_format: str
    text: str
    suffix: str


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has been counted."""

    lists: dict[str, str] = field(default_factory=dict)  # numId -> abstractNumId
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)  # of (abstractNumId, ilvl)
    style_levels: dict[tuple[str, str], int] = field(default_factory=dict)  # of (abstractNumId, style id)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)  # of (numId, ilvl)
    counters: dict[str, list[int | None]] = field(default_factory=dict)

    def level_of_style(self, num_id: str, style: str) -> int | None:
        """The level that a list reserves for a paragraph style, None where it does not."""
        return self.style_levels.get((self.lists.get(num_id, ""), style))

    def label(self, num_id: str, ilvl: int) -> str:
        """Count on by one and return what stands before the paragraph; an empty string before bullets."""
        abstract = self.lists.get(num_id)
        if abstract is None or not 0 <= ilvl < _LEVELS:
            return ""
        counter = self.counters.setdefault(abstract, [None] * _LEVELS)
        restart = self.restarts.pop((num_id, ilvl), None)
        counted = counter[ilvl]
        following = self._start(abstract, ilvl) if counted is None else counted + 1
        counter[ilvl] = following if restart is None else restart
        counter[ilvl + 1 :] = [None] * (_LEVELS - ilvl - 1)
        level = self.levels.get((abstract, ilvl))
        if level is None or level.number_format in _NO_NUMBER:
            return ""
        text = _PLACE.sub(lambda m: self._written(abstract, int(m[1]) - 1), level.text).strip()
        return text + ("" if level.suffix == "nothing" or not text else " ")

    def _start(self, abstract: str, ilvl: int) -> int:
        level = self.levels.get((abstract, ilvl))
        return 1 if level is None else level.start

    def _written(self, abstract: str, ilvl: int) -> str:
        level, counted = self.levels.get((abstract, ilvl)), self.counters[abstract][ilvl]
        number = self._start(abstract, ilvl) if counted is None else counted
        return written_number(number, "decimal" if level is None else level.number_format)


def read_numbering(root: Any) -> Numbering:
    """The lists of a numbering part; none where `root` is None."""
    numbering = Numbering()
    if root is None:
        return numbering
    linked: dict[str, str] = {}
    by_style_link: dict[str, str] = {}
    for abstract in root.iterchildren(W + "abstractNum"):
        key = abstract.get(W + "abstractNumId", "")
        for level in abstract.iterchildren(W + "lvl"):
            _read_level(numbering, key, level)
        linked[key] = _value(abstract, "numStyleLink")
        by_style_link[_value(abstract, "styleLink")] = key
    for num in root.iterchildren(W + "num"):
        key = num.get(W + "numId", "")
        abstract_key = _value(num, "abstractNumId")
        numbering.lists[key] = by_style_link.get(linked.get(abstract_key) or "\0", abstract_key)
        for override in num.iterchildren(W + "lvlOverride"):
            start = _value(override, "startOverride")
            if start:
                numbering.restarts[key, integer(override.get(W + "ilvl"))] = integer(start, 1)
    return numbering


def _read_level(numbering: Numbering, abstract: str, level: Any) -> None:
    ilvl = integer(level.get(W + "ilvl"))
    numbering.levels[abstract, ilvl] = _Level(
        integer(_value(level, "start"), 1), _value(level, "numFmt") or "decimal", _value(level, "lvlText"),
        _value(level, "suff"),
    )  # fmt: skip
    if style := _value(level, "pStyle"):
        numbering.style_levels[abstract, style] = ilvl


def _value(element: Any, tag: str) -> str:
    child = element.find(W + tag)
    return "" if child is None else child.get(W + "val", "")


def written_number(number: int, number_format: str) -> str:
    """`number` in one of the formats of 17.18.59; those not known here come out as decimal figures."""
    letter = number_format.lower()
    if letter.endswith("roman") and 0 < number < 4000:
        return _cased(_roman(number), number_format)
    if letter.endswith("letter") and 0 < number <= _LAST_LETTER:
        return _cased(chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1), number_format)
    for name, signs in _SIGNS:
        if letter.startswith(name) and number > 0:
            return signs[(number - 1) % len(signs)]
    if letter.startswith("decimalfullwidth"):
        return str(number).translate(_WIDE)
    if letter.startswith("decimalenclosedcircle") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if letter == "decimalenclosedparen" and 1 <= number <= 20:
        return chr(ord("⑴") + number - 1)
    if letter.startswith(("japanese", "chinesecounting", "taiwanesecounting")):
        return _kanji(number)
    if letter == "ideographdigital":
        return "".join(_KANJI[int(digit)] for digit in str(number))
    return f"{number:02d}" if letter == "decimalzero" else str(number)


def _cased(text: str, number_format: str) -> str:
    return text if number_format.startswith("upper") else text.lower()


def _roman(number: int) -> str:
    parts = []
    for value, sign in _ROMAN:
        parts.append(sign * (number // value))
        number %= value
    return "".join(parts)


def _kanji(number: int) -> str:
    if not 0 < number < 10_000:
        return str(number)
    parts = []
    for value, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            parts.append(("" if digit == 1 and sign else _KANJI[digit]) + sign)
    return "".join(parts)
