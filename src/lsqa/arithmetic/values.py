"""Results in words: exact, in the units and the style of their operands."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from lsqa.text import Language

_STEPS: Final = (("兆", Decimal(10**12)), ("億", Decimal(10**8)), ("万", Decimal(10**4)))
_STEPS_EN: Final = (("trillion", Decimal(10**12)), ("billion", Decimal(10**9)), ("million", Decimal(10**6)))
_CURRENCIES = {"JPY": ("円", "yen"), "USD": ("ドル", "US dollars"), "EUR": ("ユーロ", "euros")}
_CURRENCIES |= {"GBP": ("ポンド", "pounds"), "CNY": ("人民元", "CNY")}
_UNITS_EN: Final = {
    "人": " people",
    "件": "",
    "機関": " institutions",
    "か月": " months",
    "年": " years",
    "社": " companies",
}
_DECIMALS: Final = Decimal("0.01")
_ONE_DECIMAL: Final = Decimal("0.1")


def written_value(value: Decimal, kind: str, unit: str, operands: Sequence[str]) -> str:
    """A value as Japanese documents write it; with decimals where the operands as written have some (2.6億円)."""
    if kind == "amount":
        return _amount(
            value, _CURRENCIES.get(unit, (unit, unit))[0], decimal=any("." in o or "．" in o for o in operands)
        )
    return f"{plain(value)}{unit}"


def english_value(value: Decimal, kind: str, unit: str) -> str:
    """The same in English: 13.5 billion yen; counts without a noun of their own."""
    if kind != "amount":
        return f"{plain(value)}{unit if unit == '%' else _UNITS_EN.get(unit, '')}"
    currency = _CURRENCIES.get(unit, (unit, unit))[1]
    for name, step in _STEPS_EN:
        if abs(value) >= step:
            return f"{plain(value / step)} {name} {currency}"
    return f"{plain(value)} {currency}"


def localised(value: Decimal, kind: str, unit: str, operands: Sequence[str], language: Language) -> str:
    """The value in the language of the question; in English with the Japanese amount beside it."""
    japanese = written_value(value, kind, unit, operands)
    if language == "ja":
        return japanese
    english = english_value(value, kind, unit)
    return f"{english} ({japanese})" if kind == "amount" else english


def plain(value: Decimal) -> str:
    """A decimal with separators and without needless zeros: 36,115, 4.38."""
    if value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value.normalize():,f}"


def rounded(value: Decimal, *, one: bool = False) -> Decimal:
    """To two decimals, or to one; half goes up, as in the tables of Japanese authorities."""
    return value.quantize(_ONE_DECIMAL if one else _DECIMALS, ROUND_HALF_UP)


def _amount(value: Decimal, currency: str, *, decimal: bool) -> str:
    sign, rest = ("-" if value < 0 else ""), abs(value)
    if decimal:
        name, step = next(((n, s) for n, s in _STEPS if rest >= s), ("", Decimal(1)))
        return f"{sign}{plain(rest / step)}{name}{currency}"
    parts: list[str] = []
    for name, step in _STEPS:
        whole, rest = divmod(rest, step)
        if whole:
            parts.append(f"{int(whole):,}{name}")
    if rest or not parts:
        parts.append(plain(rest))
    return f"{sign}{''.join(parts)}{currency}"
