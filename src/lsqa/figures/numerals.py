"""Numerals and their values: 1,098, 43億, 1兆2,345億, 五十, 二〇二五, 4.3 billion, twenty-five, two hundred."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_LARGE = {"万": Decimal(10**4), "億": Decimal(10**8), "兆": Decimal(10**12)}
_SMALL = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
_KANJI_DIGITS = "〇一二三四五六七八九"
_SCALES = {
    "thousand": Decimal(10**3),
    "million": Decimal(10**6),
    "mn": Decimal(10**6),
    "billion": Decimal(10**9),
    "bn": Decimal(10**9),
    "trillion": Decimal(10**12),
}
_ONES = re.findall(
    "[a-z]+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
)
_TENS = re.findall("[a-z]+", "twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_MOST_DIGITS = 24  # longer runs are identifiers; also inside Decimal's 28 digits, so that values stay exact

_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})-(?:{'|'.join(_ONES[1:10])})|{_WORD})(?![A-Za-z])"
_HUNDREDS = rf"(?:an?|{_BELOW_HUNDRED})[ \n-](?:hundred(?:[ \n](?:and[ \n])?{_BELOW_HUNDRED})?|dozen)"

# Every alternative eats a whole run (`++` never gives back), so a text is read once whatever it holds.
_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])|[0-9]++)(?:\.[0-9]++)?"
_MAGNITUDE = r"(?:兆|億|万(?!博|全|能|葉)|千(?!葉|代田|里)|百(?!貨|科))"
_NUMERAL = re.compile(
    rf"(?P<digits>(?P<first>{_DIGITS})"
    rf"(?:(?P<magnitude>(?:\ (?=[兆億万]|[百千]万))?{_MAGNITUDE}{{1,2}})"
    rf"(?:{_DIGITS}{_MAGNITUDE}{{1,2}}){{0,4}}(?:{_DIGITS})?"
    rf"|[ \n-]?(?P<scale>(?ai:{'|'.join(_SCALES)}))(?![A-Za-z]))?)"
    rf"|(?P<kanji>[〇一二三四五六七八九十百千万億兆]++)"
    rf"|(?<![A-Za-z])(?P<word>(?ai:{_HUNDREDS}|{_BELOW_HUNDRED}))"
    rf"(?:[ \n-](?P<word_scale>(?ai:{'|'.join(_SCALES)})))?(?![A-Za-z])"
)
_PIECE = re.compile(rf"{_DIGITS}|[〇一二三四五六七八九十百千万億兆]")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written at `text[start:end]`; `scale` is what its first part is multiplied by (10**8 in 43億)."""

    start: int
    end: int
    value: Decimal
    scale: Decimal
    form: Literal["digits", "kanji", "word"]


def japanese_value(written: str) -> Decimal:
    """The value of digits and Japanese numerals, mixed or not: 5千万, 1億2,345万, 二十六, 二〇二五."""
    if len(written) > 1 and all(c in _KANJI_DIGITS for c in written):
        return Decimal("".join(str(_KANJI_DIGITS.index(c)) for c in written))
    total = section = Decimal(0)
    current: Decimal | None = None
    for match in _PIECE.finditer(written):
        piece = match[0]
        if piece in _LARGE:
            total += (section + (current or 0) if section or current is not None else 1) * _LARGE[piece]
            section, current = Decimal(0), None
        elif piece in _SMALL:
            section += (1 if current is None else current) * _SMALL[piece]
            current = None
        else:
            digit = _KANJI_DIGITS.find(piece)
            current = Decimal(digit) if digit >= 0 else Decimal(piece.replace(",", ""))
    return total + section + (current or 0)


def _word_value(written: str) -> Decimal:
    """Of twenty-five, two hundred and fifty, a dozen."""
    total = 0
    for word in re.findall("[a-z]+", written.lower()):
        if word in ("hundred", "dozen"):
            total *= 100 if word == "hundred" else 12
        else:
            total += 1 if word in ("a", "an") else _WORDS.get(word, 0)
    return Decimal(total)


def _numeral(match: re.Match[str]) -> Numeral:
    start, end = match.span()
    if match["kanji"]:
        return Numeral(start, end, japanese_value(match["kanji"]), Decimal(1), "kanji")
    scale = _SCALES.get((match["scale"] or match["word_scale"] or "").lower(), Decimal(1))
    if match["word"]:
        return Numeral(start, end, _word_value(match["word"]) * scale, scale, "word")
    if match["magnitude"]:
        magnitude = match["magnitude"].strip()
        return Numeral(start, end, japanese_value(match["digits"]), japanese_value("一" + magnitude), "digits")
    return Numeral(start, end, Decimal(match["first"].replace(",", "")) * scale, scale, "digits")


def find_numerals(text: str) -> Iterator[Numeral]:
    """The numerals of a folded text, in order; runs of more than 24 characters are identifiers and left out."""
    for match in _NUMERAL.finditer(text):
        if len(match[0]) <= _MOST_DIGITS:
            yield _numeral(match)
