"""Units after a numeral: currencies, shares, counters, durations and ordinals, in Japanese and English."""

import re
from dataclasses import dataclass
from decimal import Decimal

from lsqa.figures.values import NOUNS_COUNTED, Figure, Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A kind and a normal unit; a numeral's value is multiplied by `factor` (10 for 割, in per cent)."""

    kind: Kind
    name: str
    factor: Decimal = Decimal(1)


def _table(kind: Kind, rows: str) -> dict[str, Unit]:
    """A line a unit: its normal name, then the spellings of it; `_` stands for white space in a spelling."""
    units: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        name, *spellings = row.split()
        units |= {spelling.replace("_", " "): Unit(kind, name) for spelling in spellings}
    return units


def _plain(kind: Kind, names: str) -> dict[str, Unit]:
    """Units that are their own only spelling."""
    return {name: Unit(kind, name) for name in names.split()}


CURRENCY_MARKS = {"¥": "JPY", "US$": "USD", "$": "USD", "€": "EUR", "£": "GBP"}
CURRENCY_MARKS |= {code: code for code in ("JPY", "USD", "EUR")}

_JAPANESE = (
    _table("amount", "JPY 円\nUSD ドル 米ドル\nEUR ユーロ\nGBP ポンド\nCNY 人民元")
    | _table("percent", "% % パーセント\nポイント ポイント %ポイント")
    | {"割": Unit("percent", "%", Decimal(10))}
    | _table("rank", "位 位")
    # 国・地域 counts as 国: English prose calls both countries.
    | _table("count", "国 国 か国 カ国 ヵ国 ヶ国 箇国 国・地域 か国・地域 カ国・地域 ヵ国・地域 ヶ国・地域\n人 人 名")
    | _table("count", "箇所 箇所 か所 カ所 ヵ所 ヶ所\nページ ページ 頁\n歳 歳 才\nつ つ")
    | _plain("count", "件 機関 大学 校 社 倍 個 回 拠点 施設 課題 種類 種 例 症例 検体 本 冊 台 点 枠 要素 分野 項目")
    | _plain("count", "事業 法人 団体 自治体 市町村 都道府県 病院 企業 地域 世代 世帯 票 床 頭 匹 報 期 代")
    | _plain("count", "km cm mm kg トン ha kW MW GW kWh ℃")
    | _table("duration", "年 年 年間 か年 カ年 ヵ年 ヶ年 箇年")
    | _table("duration", "か月 か月 カ月 ヵ月 ヶ月 箇月 か月間 カ月間 ヵ月間 ヶ月間 月間")
    | _table("duration", "週 週間\n日 日 日間\n時間 時間\n分 分 分間\n秒 秒 秒間")
    | _table("ordinal", "年度 年度\n世紀 世紀\n年目 年目 年次 年生\n番 番目\n年代 年代")
)
# 8つの大学 counts universities, as 8大学 does.
_JAPANESE |= {f"つの{noun}": Unit("count", noun) for noun in NOUNS_COUNTED}
_ENGLISH = (
    _table("amount", "JPY yen jpy\nUSD dollar dollars us_dollar us_dollars usd\nEUR euro euros eur\nGBP pounds gbp")
    | _table("percent", "% percent per_cent\nポイント percentage_point percentage_points")
    | _table("count", "人 person persons people individuals students researchers patients respondents participants")
    | _table("count", "機関 institution institutions institutes\n大学 university universities\n校 school schools")
    | _table("count", "件 case cases item items\n国 country countries countries_and_regions countries/regions")
    | _table("count", "社 company companies firm firms\n病院 hospital hospitals\n施設 facility facilities")
    | _table("count", "倍 times fold x")
    | _table("count", "世代 generation generations\nページ pages\n歳 years_old years_of_age\n分野 fields\n拠点 sites")
    | _table("duration", "年 year years\nか月 month months\n週 week weeks")
    | _table("duration", "日 day days\n時間 hour hours\n分 minute minutes")
    | _table("ordinal", "年代 s")
)
_ORDINALS = _plain(
    "ordinal", "回 期 条 章 節 項 号 次 版 相 部 編 巻 弾 段階 世代 種 週 類 四半期 世紀 年度 番"
) | _plain("rank", "位")
_ORDINAL_NOUNS = _table(
    "ordinal",
    "回 meeting session round\n期 term phase period\n版 edition\n条 article\n章 chapter\n世紀 century\n世代 generation",
) | _table("rank", "位 place position rank in_the_world worldwide globally")
ORDINAL_HEADS = {"article": "条", "chapter": "章", "phase": "相"}

# A counter of one kanji is a counter only where no compound goes on: 5人 but not 5人材, 15国 but not 15国立大学.
_GUARDED = frozenset("国人名校社回種例本冊台点枠票床頭匹報期代日分秒才歳位円つ頁割")
# 25校及び3校 goes on with a conjunction.
_NOT_IN_COMPOUND = (
    r"(?:(?=及び|並びに|又は|若しくは|等(?!級))|(?![\u3400-\u9fff々](?<![以未程超余強弱前後中増減目高低安])))"
)

_NOT_BEFORE = {"分": "(?!の[0-9一二三四五六七八九])", "割": "(?!り)", "回": "(?!り)"}


def _alternatives(spellings: dict[str, Unit]) -> str:
    return "|".join(
        re.escape(s) + (_NOT_IN_COMPOUND if s in _GUARDED or s.startswith("つの") else "") + _NOT_BEFORE.get(s, "")
        for s in sorted(spellings, key=len, reverse=True)
    )


def _english(spellings: dict[str, Unit]) -> str:
    return "(?ai:" + "|".join(sorted(spellings, key=len, reverse=True)).replace(" ", r"[ \n]") + ")(?![A-Za-z])"


_LATIN_SPELLINGS = [s for s in _JAPANESE if s.isascii() and s.isalpha()]
_JAPANESE_UNIT = re.compile(
    rf"(?:\*\*)? ?(?P<unit>{_alternatives({s: u for s, u in _JAPANESE.items() if s not in _LATIN_SPELLINGS})}"
    rf"|(?:{'|'.join(_LATIN_SPELLINGS)})(?![A-Za-z]))(?P<nth>目)?"
)
_ENGLISH_UNIT = re.compile(rf"[ \n-]?(?P<unit>{_english(_ENGLISH)})")
_JAPANESE_ORDINAL = re.compile(rf" ?(?P<unit>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})目?")
_ENGLISH_ORDINAL = re.compile(rf"(?:st|nd|rd|th)(?![A-Za-z])(?:[ \n-](?P<unit>{_english(_ORDINAL_NOUNS)}))?")
_NTH = re.findall(
    r"\w+",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth",
)
_WORD_ORDINAL = re.compile(
    rf"(?<![A-Za-z])(?P<ranked>(?ai:ranked|ranks)[ \n])?(?P<nth>(?ai:{'|'.join(_NTH)}))(?![A-Za-z])"
    rf"(?:[ \n-](?P<unit>{_english(_ORDINAL_NOUNS)}))?"
)


def _look_up(table: dict[str, Unit], spelling: str) -> Unit:
    return table[spelling.lower().replace("\n", " ")]


def unit_after(text: str, at: int) -> tuple[Unit, int] | None:
    """The unit that follows a numeral ending at `at`, and where it ends; the longest spelling wins."""
    if match := _JAPANESE_UNIT.match(text, at):
        unit = _JAPANESE[match["unit"]]
        if match["nth"] and unit.kind in ("count", "duration"):
            unit = Unit("ordinal", "年目" if unit.name == "年" else unit.name)
        return unit, match.end()
    if match := _ENGLISH_UNIT.match(text, at):
        if match["unit"] == "s" and match.start("unit") != at:
            return None
        return _look_up(_ENGLISH, match["unit"]), match.end()
    return None


def ordinal_after(text: str, at: int) -> tuple[Unit, int] | None:
    """What a numeral after 第 counts, and where that ends: 第14回, 第8位."""
    if match := _JAPANESE_ORDINAL.match(text, at):
        return _ORDINALS[match["unit"]], match.end()
    return None


def english_ordinal_after(text: str, at: int) -> tuple[Unit, int] | None:
    """The ordinal that a suffix makes of the digits before it: 8th place, 14th meeting, 21st."""
    if match := _ENGLISH_ORDINAL.match(text, at):
        return (_look_up(_ORDINAL_NOUNS, match["unit"]) if match["unit"] else Unit("ordinal", "")), match.end()
    return None


def word_ordinals(text: str) -> list[Figure]:
    """Ordinals in words, where a noun or "ranked" says of what: eighth place, the third term; not a bare "first"."""
    figures: list[Figure] = []
    for match in _WORD_ORDINAL.finditer(text):
        unit = Unit("rank", "位") if match["ranked"] else None
        if match["unit"]:
            unit = _look_up(_ORDINAL_NOUNS, match["unit"])
        if unit:
            value = Decimal(_NTH.index(match["nth"].lower()) + 1)
            figures.append(Figure(unit.kind, value, unit.name, False, match.start("nth"), match.end()))
    return figures
