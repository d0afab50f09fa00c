"""Numbers as a spreadsheet shows them (ECMA-376 part 1, 18.8.31), also by the Japanese formats 27-36 and 50-58.

openpyxl takes those for `General`, and gives values, not what is seen.
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from openpyxl.styles.numbers import BUILTIN_FORMATS  # type: ignore[import-untyped]
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel  # type: ignore[import-untyped]

_ERA, _LONG, _DOTTED = '[$-411]ggge"年"m"月"d"日"', 'yyyy"年"m"月"d"日"', "[$-411]ge.m.d"
_YEAR_MONTH, _MONTH_DAY = 'yyyy"年"m"月"', 'm"月"d"日"'
_JAPANESE_FORMATS = {
    14: "yyyy/m/d", 22: "yyyy/m/d h:mm", 27: _DOTTED, 28: _ERA, 29: _ERA, 30: "m/d/yy", 31: _LONG, 32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"', 34: _YEAR_MONTH, 35: _MONTH_DAY, 36: _DOTTED, 50: _DOTTED, 51: _ERA, 52: _YEAR_MONTH,
    53: _MONTH_DAY, 54: _ERA, 55: _YEAR_MONTH, 56: _MONTH_DAY, 57: _DOTTED, 58: _ERA,
}  # fmt: skip
_ERAS = (
    (datetime.date(2019, 5, 1), "R", "令和"), (datetime.date(1989, 1, 8), "H", "平成"),
    (datetime.date(1926, 12, 25), "S", "昭和"), (datetime.date(1912, 7, 30), "T", "大正"),
    (datetime.date(1868, 1, 25), "M", "明治"),
)  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<noon>AM/PM|A/P)|(?P<exponent>E[+-]0+)'
    r"|(?P<general>General|G/標準)|(?P<date>y+|m+|d+|h+|s+|g+|e+|aaaa?)|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_RELATIONS = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_WEEKDAYS = "月火水木金土日"
_TEXT_SECTION = 3  # after those for positive numbers, negative ones and zero
_Tokens = tuple[tuple[str, str], ...]


def format_names(own: list[str]) -> dict[int, str]:
    """The number formats of a workbook by their ids; `own` are those that it defines itself."""
    return {**BUILTIN_FORMATS, **_JAPANESE_FORMATS, **dict(enumerate(own, 164))}


def hides_numbers(number_format: str) -> bool:
    """Whether a format such as `;;;` shows nothing of any number."""
    return not any(_sections(number_format))


def hides_text(number_format: str) -> bool:
    """Whether a format has a section for text that shows nothing."""
    sections = _sections(number_format)
    return len(sections) > _TEXT_SECTION and not sections[_TEXT_SECTION]


def number_text(value: str, number_format: str, epoch: datetime.datetime = WINDOWS_EPOCH) -> str:
    """A number of a cell as `number_format` shows it; without the format where the two do not fit."""
    try:
        number = Decimal(value)
        tokens, sign = _section(_sections(number_format), number)
        if any(kind in ("date", "elapsed") for kind, _ in tokens):
            return _date_text(tokens, number, epoch).strip()
        if any(kind == "digit" for kind, _ in tokens) and ("other", "/") not in tokens:
            return _decimal_text(tokens, abs(number), sign).strip()
        if not tokens or any(kind == "digit" for kind, _ in tokens) or ("other", "@") in tokens:
            return _general(number) if tokens else ""  # a fraction, a number written as text; a number not to be seen
        return "".join(_general(number) if kind == "general" else text for kind, text in tokens).strip()
    except (ArithmeticError, ValueError):  # no number, or a date before the calendar
        return value


def _general(number: Decimal) -> str:
    is_whole = number == number.to_integral_value() and abs(number) < 10**15
    return str(int(number)) if is_whole else f"{float(number):.11g}"


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Tokens, ...]:
    """The tokens of each section of a format: what it shows positive, negative and zero numbers by."""
    if "[$-F800]" in number_format.upper() or "[$-F400]" in number_format.upper():  # what the system is set to
        number_format = _LONG if "800]" in number_format else "h:mm:ss"
    sections: list[list[tuple[str, str]]] = [[]]
    for match in _TOKEN.finditer(number_format):
        kind, text = match.lastgroup or "", match[match.lastgroup] if match.lastgroup else ""
        if kind == "bracket":
            kind, text = _bracket(text)
        if (kind, text) == ("other", ";"):
            sections.append([])
        elif kind:
            sections[-1].append((kind, text))
    return tuple(map(tuple, sections))


def _bracket(text: str) -> tuple[str, str]:
    if text.startswith("$"):
        return "quoted", text[1:].partition("-")[0]
    if text[:1] in "<>=":
        return "condition", text
    return ("elapsed", text[0].lower()) if text.lower().strip("hms") == "" else ("", "")


def _section(sections: tuple[_Tokens, ...], number: Decimal) -> tuple[_Tokens, str]:
    """The section that shows `number`, and the sign that it does not write itself."""
    sign = "-" if number < 0 else ""
    conditions = [tokens[0][1] if tokens and tokens[0][0] == "condition" else "" for tokens in sections]
    for tokens, condition in zip(sections, conditions, strict=True):
        relation, bound = condition.rstrip("-.0123456789"), condition.lstrip("<>=")
        if relation in _RELATIONS and _RELATIONS[relation](number, Decimal(bound)):
            return tokens[1:], "" if any(text in ("-", "△", "▲") for _, text in tokens) else sign
    if any(conditions):
        return ((("general", ""),) if conditions[-1] else sections[-1]), sign
    index = 1 if number < 0 else 2 if number == 0 else 0
    if index >= min(len(sections), 3):
        return sections[0], sign
    return sections[index], "" if index == 1 else sign


def _decimal_text(tokens: _Tokens, number: Decimal, sign: str) -> str:
    places = [i for i, (kind, _) in enumerate(tokens) if kind == "digit"]
    point = next((i for i, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    whole, part = [i for i in places if i < point], [i for i in places if i > point]
    after = "".join(text for kind, text in tokens[places[-1] + 1 :] if kind == "other")
    scale = 3 * (len(after) - len(after.lstrip(","))) - 2 * tokens.count(("other", "%"))
    if any(kind == "exponent" for kind, _ in tokens):
        return f"{sign}{float(number.scaleb(-scale)):.{len(part)}E}"
    rounded = number.scaleb(-scale).quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    digits, _, fraction = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0").zfill(sum(tokens[i][1] == "0" for i in whole))
    while fraction.endswith("0") and tokens[part[len(fraction) - 1]][1] != "0":
        fraction = fraction[:-1]
    is_grouped = any(token == ("other", ",") for token in tokens[places[0] : whole[-1] if whole else 0])
    written = dict.fromkeys(places, "")
    for i in whole[:0:-1]:  # each place takes a digit, the first all that are left
        written[i], digits = ("", digits) if is_grouped else (digits[-1:], digits[:-1])
    if whole:
        written[whole[0]] = f"{int(digits):,}" if is_grouped and digits else digits
    written |= {point: "." + fraction if fraction else ""}
    shown = (written.get(i, "" if token == ("other", ",") else token[1]) for i, token in enumerate(tokens))
    return (sign if rounded else "") + "".join(shown)


def _date_text(tokens: _Tokens, number: Decimal, epoch: datetime.datetime) -> str:
    found = from_excel(float(number), epoch)
    if isinstance(found, datetime.time):
        found = datetime.datetime.combine(epoch.date(), found)
    codes = [text[0].lower() if kind in ("date", "elapsed") else "" for kind, text in tokens]
    is_half = any(kind == "noon" for kind, _ in tokens)
    parts = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "date":
            before, after = next(filter(None, codes[:i][::-1]), ""), next(filter(None, codes[i + 1 :]), "")
            is_minute = codes[i] == "m" and (before == "h" or after == "s")
            parts.append(_date_part("n" * len(text) if is_minute else text.lower(), found, is_half=is_half))
        elif kind == "elapsed":
            parts.append(str(int(number * {"h": 24, "m": 1440, "s": 86400}[text])))
        elif kind == "noon":
            parts.append("AM" if found.hour < 12 else "PM")
        elif kind != "digit" and text != "@" and (text, *tokens[i + 1 : i + 2]) != (".", ("digit", "0")):
            parts.append(text)
    return "".join(parts)


def _date_part(code: str, moment: datetime.datetime, *, is_half: bool) -> str:
    start, letter, era = next((e for e in _ERAS if e[0] <= moment.date()), _ERAS[-1])
    year, hour, day = moment.year - start.year + 1, moment.hour % 12 or 12 if is_half else moment.hour, moment.weekday()
    numbers = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second, "e": year}
    names = {
        "g": letter, "gg": era[0], "ggg": era, "mmm": f"{moment:%b}", "mmmm": f"{moment:%B}",
        "ddd": f"{moment:%a}", "dddd": f"{moment:%A}", "aaa": _WEEKDAYS[day], "aaaa": f"{_WEEKDAYS[day]}曜日",
        "y": f"{moment:%y}", "yy": f"{moment:%y}",
    }  # fmt: skip
    if code in names:
        return names[code]
    return f"{moment.year:04}" if code[0] == "y" else f"{numbers.get(code[0], 0):0{min(len(code), 2)}}"
