"""Fiscal years, years, months and dates, in Japanese eras and the Gregorian calendar.

The years of an era count from 1 (元年): 令和 from 2019, 平成 from 1989, 昭和 from 1926, 大正 from 1912.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lsqa.figures.numerals import japanese_value
from lsqa.figures.values import Figure, Kind

_ERA_OFFSETS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "reiwa": 2018, "heisei": 1988, "showa": 1925}
_ERA_OFFSETS |= {"r": 2018, "h": 1988, "s": 1925, "t": 1911}
_LAST_ERA_YEARS = {2018: 99, 1988: 31, 1925: 64, 1911: 15}
_MONTHS = re.findall(r"\w+", "January February March April May June July August September October November December")

_ERA = r"(?:令[ \n]?和|平[ \n]?成|昭[ \n]?和|大[ \n]?正|(?<![A-Za-z0-9])[RHST])"
_ERA_NAME = r"(?ai:reiwa|heisei|showa)"
_NUMBER = r"(?:元|[0-9]{1,4}+|[〇一二三四五六七八九十百]{1,4}+)"
_LEFT = r"(?<![0-9])(?<![0-9][.,](?=[0-9]))(?<![A-Za-z])(?<![A-Za-z]-)"
_TO = r"(?:\ ?(?:[~–—―-]|から|[・、])\ ?)"
_TO_ENGLISH = r"(?:\ ?[~–—-]\ ?|[ \n](?:to|through|and|until)[ \n])"
_GREGORIAN = r"[12][0-9]{3}(?![0-9])"
_MONTH_NAME = rf"(?P<name>{'|'.join(_MONTHS)}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"

_OTHER_CALENDAR = rf"(?:\(\ ?(?:{_ERA}\ ?[0-9元]{{1,2}}|{_GREGORIAN})\ ?年?\ ?\))?"  # (2025) in 令和7(2025)年

_JAPANESE = re.compile(
    rf"{_LEFT}(?:(?:(?P<low_era>{_ERA})[ \n]?)?(?P<low>{_NUMBER})(?P<low_mark>\ ?年?度?){_TO})?"
    rf"(?:(?P<era>{_ERA})[ \n]?)?(?P<year>{_NUMBER})\ ?{_OTHER_CALENDAR}\ ?年"
    rf"(?:\({_GREGORIAN}年?\)(?=\ ?[0-9]{{1,2}}\ ?月))?"
    rf"(?:(?P<fiscal>\ ?度)|(?:\ ?(?P<month>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})\ ?月"
    rf"(?:\ ?(?P<day>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})\ ?日(?!間))?)|(?!間|余|以上|度|代|号))"
)
_YEARLESS = re.compile(
    rf"{_LEFT}(?<![〇一二三四五六七八九十百])(?:(?P<low>[0-9]{{1,2}}){_TO})?"
    r"(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\ ?月(?!間)"
    r"(?:\ ?(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\ ?日(?!間))?"
)
_BARE_ERA = re.compile(
    r"(?<![A-Za-z0-9.-])(?P<era>[RH]|令和|平成)(?P<year>(?<=[R和成])[0-9]{1,2}|(?<=H)(?:[12][0-9]|3[01]))"
    r"(?![0-9A-Za-z]|[.-][0-9A-Za-z]|\ ?年)"
    r"(?:\ ?[~–]\ ?R?(?P<high>[0-9]{1,2})(?![0-9A-Za-z.年]))?"
)
_DOTTED = re.compile(
    rf"{_LEFT}(?:(?P<era>[RHS])(?P<era_year>[0-9]{{1,2}})|(?P<year>[12][0-9]{{3}}))(?P<mark>[-./])(?P<month>0?[1-9]|1[0-2])"
    r"(?:(?P=mark)(?P<day>[0-9]{1,2}))?(?![0-9]|[-./][0-9]|\ ?年)"
)
_FISCAL = re.compile(
    rf"(?<![A-Za-z])(?:J?FY|(?ai:(?:fiscal|financial)(?:[ \n]years?)?))[ \n]?(?P<era>R|{_ERA_NAME}[ \n])?"
    rf"(?P<year>[0-9]{{4}}|[0-9]{{1,2}})(?![0-9])(?:/[0-9]{{2}}(?![0-9]))?"
    rf"(?:{_TO_ENGLISH}(?:FY)?\ ?R?(?P<high>[0-9]{{4}}|[0-9]{{1,2}})(?![0-9,.]*[0-9%]|\ ?[a-z]))?"
)
_FISCAL_AFTER = re.compile(
    rf"{_LEFT}(?:(?P<era>{_ERA_NAME})[ \n])?(?P<year>[0-9]{{1,4}})(?:{_TO_ENGLISH}(?P<high>{_GREGORIAN}))?"
    r"[ \n](?ai:fiscal|financial)[ \n]years?\b"
)
# 2年3月 and 元年度, as minutes and headlines write them: the era goes without saying, the year counts from its start.
_ERALESS = re.compile(
    rf"{_LEFT}(?<![元一二三四五六七八九十〇百])(?P<year>元|[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})\ ?年"
    r"(?:(?P<fiscal>(?<=元年)度)|(?:\ ?(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\ ?月(?!間)"
    r"(?:\ ?(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\ ?日(?!間))?))"
)
_ERA_ENGLISH = re.compile(rf"\b(?P<era>{_ERA_NAME})[ \n](?P<year>[0-9]{{1,2}})(?![0-9])")
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH_NAME}[ \n](?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9A-Za-z%]|[,.][0-9]))?"
    rf"(?:,?[ \n]?(?P<year>{_GREGORIAN}))?"
)
_DAY_FIRST = re.compile(
    rf"{_LEFT}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ \n](?:of[ \n])?{_MONTH_NAME}(?:,?[ \n](?P<year>{_GREGORIAN}))?"
)
_SHORT = re.compile(r"(?<![A-Za-z0-9])['’](?P<year>[0-9]{2})(?![0-9A-Za-z])")

Reader = Callable[[re.Match[str]], Iterator[Figure]]


def _figure(kind: Kind, value: int, start: int, end: int) -> Figure:
    return Figure(kind, Decimal(value), "", False, start, end)


def _number(written: str) -> int:
    return 1 if written == "元" else int(japanese_value(written))


def _gregorian(era: str | None, written: str) -> int | None:
    """The Gregorian year; None where the era has no such year or, without an era, where it has not four digits."""
    number = _number(written)
    if era is None:
        return number if 1000 <= number <= 2999 else None
    offset = _ERA_OFFSETS["".join(era.split()).lower()]
    return offset + number if 1 <= number <= _LAST_ERA_YEARS[offset] else None


def _high_year(low: int, era: str | None, written: str) -> int | None:
    """The year that ends a range: 11 in 令和7～11 is of the era of 7, 23 in 2019-23 of its century."""
    number = _number(written)
    if number >= 1000:
        return number
    return _gregorian(era, written) if era else low // 100 * 100 + number


def _calendar(year: int, month: str | None, day: str | None) -> tuple[Kind, int] | None:
    """A year, month or date with its value; year 0 is none written. None where the calendar has no such day."""
    if month is None:
        return "year", year
    m = int(japanese_value(month))
    if day is None:
        return ("month", year * 100 + m) if 1 <= m <= 12 else None
    d = int(japanese_value(day))
    try:
        date(year or 2024, m, d)  # 2024 has a 29 February
    except ValueError:
        return None
    return "date", year * 10000 + m * 100 + d


def _read_calendar(match: re.Match[str], year: int | None, month: str | None, day: str | None) -> Iterator[Figure]:
    if year is not None and (reading := _calendar(year, month, day)):
        yield _figure(*reading, match.start(), match.end())


def _read_japanese(match: re.Match[str]) -> Iterator[Figure]:
    kind: Kind = "fiscal_year" if match["fiscal"] else "year"
    low = _gregorian(match["low_era"], match["low"]) if match["low"] else None
    start = match.start()
    if low is None:
        year = _gregorian(match["era"], match["year"])
        start = match.start("era") if match["era"] else match.start("year")
    elif match["era"]:
        year = _gregorian(match["era"], match["year"])
    else:
        year = _high_year(low, match["low_era"], match["year"])
    if year is None:
        return
    reading = (kind, year) if match["fiscal"] else _calendar(year, match["month"], match["day"])
    if low is not None:
        mark = match["low_mark"].strip()
        low_kind: Kind = "fiscal_year" if mark.endswith("度") else "year" if mark else kind
        yield _figure(low_kind, low, start, match.end("low_mark") if mark else match.end("low"))
        start = match.start("era") if match["era"] else match.start("year")
    if reading:
        yield _figure(*reading, start, match.end())


def _read_yearless(match: re.Match[str]) -> Iterator[Figure]:
    start = match.start("month")
    if match["low"] and 1 <= int(match["low"]) <= 12:
        yield _figure("month", int(match["low"]), match.start(), match.end("low"))
    if reading := _calendar(0, match["month"], match["day"]):
        yield _figure(*reading, start, match.end())


def _read_eraless(match: re.Match[str]) -> Iterator[Figure]:
    unit = "年度" if match["fiscal"] else "年"
    end = match.end() if match["fiscal"] else match.start("month")
    yield Figure("ordinal", Decimal(_number(match["year"])), unit, False, match.start(), end)
    if match["month"] and (reading := _calendar(0, match["month"], match["day"])):
        yield _figure(*reading, match.start("month"), match.end())


def _read_fiscal(match: re.Match[str]) -> Iterator[Figure]:
    era = match.groupdict().get("era")
    written = match["year"]
    short = era is None and len(written) == 2 and match[0].lstrip("J").startswith("FY")
    low = 2000 + int(written) if short else _gregorian(era, written)
    if low is None:
        return
    high = match.groupdict().get("high")
    yield _figure("fiscal_year", low, match.start(), match.end("year") if high else match.end())
    if high and (year := _high_year(low, era, high)) is not None:
        yield _figure("fiscal_year", year, match.start("high"), match.end())


def _read_named_month(match: re.Match[str]) -> Iterator[Figure]:
    if not (match["day"] or match["year"]):
        return iter(())
    month = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(match["name"][:3]))
    return _read_calendar(match, int(match["year"] or 0), str(month), match["day"])


def _read_dotted(match: re.Match[str]) -> Iterator[Figure]:
    if match["mark"] == "." and match["year"] and not match["day"]:
        return iter(())  # 2025.6 may be a decimal number
    year = _gregorian(match["era"], match["era_year"] or match["year"])
    return _read_calendar(match, year, match["month"], match["day"])


def _read_era_english(match: re.Match[str]) -> Iterator[Figure]:
    return _read_calendar(match, _gregorian(match["era"], match["year"]), None, None)


def _read_short(match: re.Match[str]) -> Iterator[Figure]:
    number = int(match["year"])
    return _read_calendar(match, number + (1900 if number >= 50 else 2000), None, None)


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_JAPANESE, _read_japanese),
    (_FISCAL, _read_fiscal),
    (_FISCAL_AFTER, _read_fiscal),
    (_MONTH_FIRST, _read_named_month),
    (_DAY_FIRST, _read_named_month),
    (_DOTTED, _read_dotted),
    (_BARE_ERA, _read_fiscal),
    (_ERALESS, _read_eraless),
    (_ERA_ENGLISH, _read_era_english),
    (_SHORT, _read_short),
    (_YEARLESS, _read_yearless),
)


def _longest(groups: list[tuple[Figure, ...]]) -> list[tuple[Figure, ...]]:
    """The groups (a figure, or the two ends of a range) of which none overlaps a longer one, in order of start."""
    kept: list[tuple[Figure, ...]] = []
    for group in sorted(groups, key=lambda g: (g[0].start, g[0].start - g[-1].end)):
        if kept and group[0].start < kept[-1][-1].end:
            if group[-1].end - group[0].start > kept[-1][-1].end - kept[-1][0].start:
                kept[-1] = group
        else:
            kept.append(group)
    return kept


def _carry_year(figures: list[Figure], text: str) -> list[Figure]:
    """Give the months of 2025年1～3月 and the second of 2025年4月～6月 the year written before them."""
    carried: list[Figure] = []
    for figure in figures:
        if carried and figure.kind == "month" and figure.value <= 12 and figure.start - carried[-1].end <= 4:
            before, gap = carried[-1], text[carried[-1].end : figure.start]
            year = int(before.value) // 100 if before.kind == "month" and re.fullmatch(_TO, gap) else 0
            if before.kind == "year" and not gap.strip():
                year = int(before.value)
            figure = replace(figure, value=year * 100 + figure.value)
        carried.append(figure)
    return carried


def find_calendar(text: str) -> list[Figure]:
    """The fiscal years, years, months and dates of a folded text, in order, without overlap and without bare years."""
    groups = [group for pattern, read in _READERS for m in pattern.finditer(text) if (group := tuple(read(m)))]
    return _carry_year([figure for group in _longest(groups) for figure in group], text)
