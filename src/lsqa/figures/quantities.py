"""From numerals to quantities: what stands before and after a numeral says what it counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lsqa.figures.numerals import Numeral, find_numerals
from lsqa.figures.units import (
    CURRENCY_MARKS,
    ORDINAL_HEADS,
    Unit,
    english_ordinal_after,
    ordinal_after,
    unit_after,
    word_ordinals,
)
from lsqa.figures.values import Figure

Span = tuple[int, int]

# Numbers that name and do not count. Top10% is the name of an indicator (the papers cited most), not a share.
_NAMES = re.compile(
    r"(?:[Tt]op|TOP|トップ)[ -]?[0-9]{1,3}(?:\.[0-9]{1,2})?%"
    r"|(?:Top|Beyond ?|Society ?|Web ?|(?ai:type)[ -])[0-9]{1,2}(?:\.[0-9])?G?(?![0-9])"
    r"|(?<![0-9.,])[0-9]{1,2}型"
    r"|(?:資料|別紙|別添|別表|様式|図表?|表|注|※)\ ?[0-9]{1,3}(?:-[0-9]{1,3}){0,3}"
    r"(?![0-9,.]{0,12}[兆億万千円件人%年月]|[0-9])"
    r"|\b(?ai:figures?|fig\.|tables?|notes?|appendix|annex|section|pages?|p\.|pp\.|slides?|vol\.|item) ?"
    r"[0-9]{1,3}(?:[-–][0-9]{1,3})?(?![0-9])"
    r"|https?://[!-~]{1,500}"
    r"|\([0-9]{1,2}\)|\[[0-9]{1,3}\]"
    r"|(?m:^)[ \t#>*・•○●◆■□-]*+[0-9]{1,3}[.)](?![0-9])"
)
_RANGE = re.compile(r" ?(?:[~–—―-]|から| to ) ?")
_CURRENCY = re.compile("(" + "|".join(map(re.escape, sorted(CURRENCY_MARKS, key=len, reverse=True))) + r") ?$")
_LETTER_SCALES = {"k": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9)}
_LETTER_SCALE = re.compile(r"(?ai:[kmb])(?![A-Za-z])")
_TENTHS = re.compile(r"([0-9])分(?!の)")
_ORDINAL_HEAD = re.compile(r"\b(?ai:(article|chapter|phase))[ \n]$")
_RANKED = re.compile(r"\b(?ai:rank(?:ed|s|ing))(?:[ \n](?:at|as))?(?:[ \n](?:the|[Nn]o\.|number))?[ \n]$")
_GLUED_BEFORE = re.compile(r"(?:[A-Za-zα-ωΑ-Ω_][-_]?|[0-9]\.|[数何幾])\Z")
_GLUED_AFTER = re.compile(r"[A-Za-z_]|-[A-Za-z]")
_INDEFINITE = frozenset("数何幾統同唯均単専随画")
_IDIOM = re.compile(r"(?:一人ひとり|一人一人|一つ一つ|一つひとつ|一回り)|(?<=もう)一つ|(?<=の)一つ")
_KANJI_COUNTERS = frozenset(
    re.findall(
        r"\S+",
        "JPY USD % 位 人 件 機関 大学 校 社 倍 拠点 施設 課題 種類 要素 分野 項目 事業 団体 都道府県 市町村 世代 世帯 "
        "つ 年 か月 週 時間 回 国 年度 世紀 年目 番",
    )
)
_HALF = re.compile(
    r"(?<!過)半数|(?<=約)半分|\b(?ai:half) of\b|(?<=about )half\b|(?<=roughly )half\b|(?<=approximately )half\b"
)
_APPROXIMATE_BEFORE = re.compile(
    r"(?:約|およそ|おおよそ|おおむね|概ね|ほぼ|≒"
    r"|\b(?ai:about|approximately|around|roughly|some|nearly|almost|circa)[ \n](?:a )?) ?$"
)
_APPROXIMATE_AFTER = re.compile(r"(?:間|で)?(?:程度|前後|ほど|余り?|強|弱|くらい|ぐらい)| or so\b")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A numeral with its unit, at `text[start:end]`; `unit` is None while nothing says what is counted."""

    numeral: Numeral
    unit: Unit | None
    marked: bool  # the unit stands before the numeral: ¥, 第, Article
    start: int
    end: int

    def figure(self, text: str) -> Figure | None:
        sign = -1 if text[self.start] in "△▲-" else 1
        value = sign * self.numeral.value
        if self.unit is None:
            return self._bare(text, value)
        return Figure(self.unit.kind, value * self.unit.factor, self.unit.name, False, self.start, self.end)

    def _bare(self, text: str, value: Decimal) -> Figure | None:
        if self.numeral.form == "kanji" or (self.numeral.form == "word" and value < 3):
            return None  # 一般 and "one of" count nothing
        is_year = self.end - self.start == 4 and text[self.start : self.end].isdigit() and 1900 <= value <= 2100
        return Figure("year" if is_year else "number", value, "", False, self.start, self.end)


def _with_sign(text: str, start: int) -> int:
    """Where the numeral begins with its sign; a hyphen is one only where it joins nothing before it."""
    if start and text[start - 1] in "△▲":
        return start - 1
    if start and text[start - 1] == "-" and (start == 1 or text[start - 2] in " \t\n(、:,"):
        return start - 1
    return start


def _read(text: str, numeral: Numeral) -> _Reading | None:
    """The reading of one numeral; None where it is part of a name or an idiom."""
    start, end = numeral.start, numeral.end
    before = text[max(0, start - 20) : start]
    if before.endswith("第"):
        unit_end = ordinal_after(text, end)
        if unit_end is None and numeral.form == "kanji":
            return None  # 第三者
        unit, stop = unit_end or (Unit("ordinal", ""), end)
        return _Reading(numeral, unit, True, start - 1, stop)
    if mark := _CURRENCY.search(before):
        return _read_marked_amount(text, numeral, mark)
    if head := _ORDINAL_HEAD.search(before):
        return _Reading(numeral, Unit("ordinal", ORDINAL_HEADS[head[1].lower()]), True, start - len(head[0]), end)
    if numeral.form == "kanji":
        return _read_kanji(text, numeral)
    return _read_plain(text, numeral, before)


def _read_marked_amount(text: str, numeral: Numeral, mark: re.Match[str]) -> _Reading:
    """¥43億, US$1.5m, ¥500 million (yen)."""
    end = numeral.end
    if letter := _LETTER_SCALE.match(text, end):
        scale, end = _LETTER_SCALES[letter[0].lower()], letter.end()
        numeral = replace(numeral, value=numeral.value * scale, scale=scale)
    suffix = unit_after(text, end)
    stop = suffix[1] if suffix and suffix[0].kind == "amount" else end
    return _Reading(numeral, Unit("amount", CURRENCY_MARKS[mark[1]]), True, numeral.start - len(mark[0]), stop)


def _read_kanji(text: str, numeral: Numeral) -> _Reading | None:
    start, found = numeral.start, unit_after(text, numeral.end)
    if found is None or found[0].name not in _KANJI_COUNTERS or text[start] in "万億兆":
        return None
    if found[0].name == "国" and text[numeral.end] == "国":
        return None  # 四国
    if (
        text[max(0, start - 3) : start] == "単位:"
        or (start and text[start - 1] in _INDEFINITE)
        or _IDIOM.match(text, start)
    ):
        return None
    return _Reading(numeral, found[0], False, start, found[1])


def _read_plain(text: str, numeral: Numeral, before: str) -> _Reading | None:
    start, end = numeral.start, numeral.end
    if _GLUED_BEFORE.search(before):
        return None
    if numeral.form == "digits" and (ordinal := english_ordinal_after(text, end)):
        unit, stop = ordinal
        if not unit.name and _RANKED.search(before):
            unit = Unit("rank", "位")
        return _Reading(numeral, unit, True, start, stop)
    if _RANKED.search(before):
        return _Reading(numeral, Unit("rank", "位"), True, start, end)
    start = _with_sign(text, start)
    if found := unit_after(text, end):
        unit, stop = found
        if text[stop - 1] == "割" and (tenths := _TENTHS.match(text, stop)):  # 3割5分 is 35 %
            value = numeral.value + Decimal(tenths[1]) / 10
            numeral, stop = replace(numeral, value=value, end=tenths.end()), tenths.end()
        return _Reading(numeral, unit, False, start, stop)
    if numeral.form == "digits" and _GLUED_AFTER.match(text, end):
        return None
    return _Reading(numeral, None, False, start, end)


def _lower_end(text: str, low: _Reading, high: _Reading) -> _Reading:
    """The lower end of a range with the unit and magnitude it shares with the upper: 3 in 3～5億円 is 3億円."""
    if low.unit is not None and not low.marked:
        return low
    if high.unit is None or high.start - low.end > 6 or not _RANGE.fullmatch(text[low.end : high.start]):
        return low
    if low.marked and (low.unit is None or low.unit.kind not in ("ordinal", high.unit.kind)):
        return low
    unit = high.unit
    if low.marked and low.unit and low.unit.kind == "ordinal":
        if low.unit.name or high.marked:
            return low
        unit = Unit("ordinal", high.unit.name)
    numeral = low.numeral
    if numeral.scale == 1 and high.numeral.scale > 1 and numeral.value < high.numeral.value / high.numeral.scale:
        numeral = replace(numeral, value=numeral.value * high.numeral.scale, scale=high.numeral.scale)
    return replace(low, numeral=numeral, unit=unit)


def _upper_end(text: str, low: _Reading, high: _Reading) -> _Reading:
    """The upper end of a range whose mark stands before the lower: 5 billion in ¥3–5 billion, 5 in 第3～5回."""
    if not low.marked or low.unit is None or high.marked or not _RANGE.fullmatch(text[low.end : high.start]):
        return high
    if low.unit.kind == "amount" and high.unit is None:
        return replace(high, unit=low.unit)
    if low.unit.kind == "ordinal" and (high.unit is None or high.unit.kind == "count"):
        return replace(high, unit=Unit("ordinal", high.unit.name if high.unit else low.unit.name))
    return high


def _join_ranges(text: str, readings: list[_Reading]) -> list[_Reading]:
    joined = list(readings)
    for i in range(len(joined) - 1):
        if 0 < joined[i + 1].start - joined[i].end <= 6:
            joined[i + 1] = _upper_end(text, joined[i], joined[i + 1])
            joined[i] = _lower_end(text, joined[i], joined[i + 1])
    return joined


def name_spans(text: str) -> list[Span]:
    """The spans of names, labels and enumerators, whose numbers are no figures."""
    return [match.span() for match in _NAMES.finditer(text)]


def _outside(numerals: Sequence[Numeral], taken: Sequence[Span]) -> list[Numeral]:
    """The numerals that touch none of the spans; both in order of start."""
    kept: list[Numeral] = []
    i = 0
    for numeral in numerals:
        while i < len(taken) and taken[i][1] <= numeral.start:
            i += 1
        if i == len(taken) or taken[i][0] >= numeral.end:
            kept.append(numeral)
    return kept


def mark_approximate(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures with `approximate` set where 約, about, 程度 and the like stand beside them or the range they end."""
    before = [bool(_APPROXIMATE_BEFORE.search(text[max(0, f.start - 18) : f.start])) for f in figures]
    after = [bool(_APPROXIMATE_AFTER.match(text, f.end)) for f in figures]
    for i in range(len(figures) - 1):
        if figures[i].kind == figures[i + 1].kind and _RANGE.fullmatch(text[figures[i].end : figures[i + 1].start][:7]):
            before[i + 1] |= before[i]
            after[i] |= after[i + 1]
    return [replace(f, approximate=f.approximate or b or a) for f, b, a in zip(figures, before, after, strict=True)]


def find_quantities(text: str, taken: Sequence[Span]) -> list[Figure]:
    """The figures of a folded text other than those of the calendar, outside the `taken` spans (in order of start)."""
    numerals = _outside(list(find_numerals(text)), taken)
    readings = _join_ranges(text, [r for n in numerals if (r := _read(text, n))])
    figures = [f for r in readings if (f := r.figure(text))]
    figures += [Figure("percent", Decimal(50), "%", True, *m.span()) for m in _HALF.finditer(text)]
    figures += word_ordinals(text)
    return sorted(figures, key=lambda f: f.start)
