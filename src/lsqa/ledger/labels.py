"""What a label says of the figure beside it: 令和6年度補正予算額 gives a year and a status, 若手支援 a name."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lsqa.figures import Kind, find_figures
from lsqa.ledger.entries import Status

_STATUS: Final = re.compile(
    r"(?P<revised>補正後|revised (?:budget|appropriation))|(?P<supplementary>補正|supplementa)|"
    r"(?P<request>要求|要望|request)|(?P<settlement>決算|執行額|settle|outturn)|"
    r"(?P<budget>当初|予算|budget|appropriation)",
    re.IGNORECASE,
)
_RANK: Final[tuple[Status, ...]] = ("revised", "supplementary", "request", "settlement", "budget")
_PREVIOUS: Final = re.compile(r"前年度?|前年|昨年度|(?:previous|prior|preceding|last) (?:fiscal )?year", re.IGNORECASE)
_ABOUT_BRACKETS: Final = re.compile(
    r"[（(]\s*(?:括弧|カッコ|[（(]\s*[)）])[^（）()]*[)）]|[（(][^（）()]*(?:brackets|parentheses)[^（）()]*[)）]"
)
_BUDGET_WORDS: Final = re.compile(
    r"(?:前年度?|昨年度|今年度|本年度|当該年度|当初|補正後?|概算|要求|要望|決算|執行|予算|案|額|・|の|"
    r"supplementary|initial|requested|request|budget|appropriation|settlement|previous|prior|(?:fiscal )?year)+",
    re.IGNORECASE,
)
_EDITORIAL: Final = re.compile(r"〔[^〕]*〕|※\d*|\*\*?")
_ENDS: Final = " \t\n\u3000:：、,，。．.-‐–—・･■●○◆◇□▪▶*"
_GENERIC: Final = re.compile(
    r"(?:[\dIVX]+[.．)）]|[(（]\d+[)）]|[①-⑳])?\s*(?:現状|課題|概要|背景|目的|狙い|趣旨|事業|取組|取り組み|施策|内容|予算|予算額|金額|経費|期間|"
    r"経緯|経過|その他|基本情報|数値|実績|成果|主な|支出|内訳|状況|効果|一覧|総括|全体|規模|計画|支援|関係|案|の|と|・|及び|および|"
    r"overview|background|budget|summary|outline|contents?|details?|purpose|and|the|of|\s)+"
)
_HEAD_UNIT: Final = re.compile(
    r"(?:[(（\[]\s*(?:単位\s*[:：]?\s*)?|単位\s*[:：]?\s*)"
    r"(?P<unit>兆円|億円|百万円|千万円|万円|千円|円|千人|万人|人|名|件|社|校|機関|台|%|％|"
    r"billion yen|million yen|thousand yen|yen)(?=\s*[)）\]]|\s*$)",
    re.IGNORECASE,
)
_SCALES: Final = {"兆": 10**12, "億": 10**8, "百万": 10**6, "千万": 10**7, "万": 10**4, "千": 10**3}
_SCALES_EN: Final = {"billion": 10**9, "million": 10**6, "thousand": 10**3}
_MEASURE: Final = re.compile(r"(?P<count>件|人|名|社|校|機関|台|課題|拠点)数")


@dataclass(frozen=True, slots=True)
class Label:
    """`fiscal_year` is 0 and `status` empty where the label states none; `is_previous` says that the year is that
    before another one.
    """

    text: str = ""
    fiscal_year: int = 0
    status: Status = ""
    is_previous: bool = False

    @property
    def is_budget(self) -> bool:
        """Whether it says which budget a figure is of, and so names no programme."""
        return bool(self.fiscal_year or self.status or self.is_previous)

    def under(self, outer: "Label") -> "Label":
        """This label, with what it leaves open as `outer` says."""
        if self.is_previous:
            return Label(self.text or outer.text, self.fiscal_year, self.status or outer.status, True)
        if self.fiscal_year and not self.status and outer.fiscal_year:
            return Label(self.text, self.fiscal_year, "budget" if outer.status else "", False)
        is_previous = outer.is_previous and not self.fiscal_year
        year = self.fiscal_year or (0 if is_previous else outer.fiscal_year)
        return Label(self.text or outer.text, year, self.status or outer.status, is_previous)

    def before(self, other: "Label") -> "Label":
        """This label of the year before another one, with that year where `other` is of the later one."""
        if not self.is_previous or self.fiscal_year or not other.fiscal_year:
            return self
        # A supplementary budget stands beside the budget of the year after it: last year's is not the year before that.
        if other.status not in ("", "budget", "request"):
            return self
        year = other.fiscal_year - (0 if other.is_previous else 1)
        return Label(self.text, year, self.status or "budget", True)


def read_label(text: str) -> Label:
    """The year, the status and the words of a label; of several years the last counts, with what follows it."""
    text = _ABOUT_BRACKETS.sub("", text)
    years = [f for f in find_figures(text) if f.kind == "fiscal_year"]
    after = text[years[-1].end :] if years else text
    found = {m.lastgroup for m in _STATUS.finditer(after)} or {m.lastgroup for m in _STATUS.finditer(text)}
    status: Status = next((s for s in _RANK if s in found), "")
    is_previous = bool(_PREVIOUS.search(text)) and not years
    return Label(clean_name(text), int(years[-1].value) if years else 0, status, is_previous)


def clean_name(text: str) -> str:
    """A name without what an edition adds, footnote marks and punctuation at its ends."""
    return " ".join(_EDITORIAL.sub("", text).split()).strip(_ENDS)


def without_budget_words(text: str) -> str:
    """What of a label names something: 令和7年度予算額 leaves nothing, 財政融資の予算額 leaves 財政融資."""
    rest = text
    for figure in reversed([f for f in find_figures(text) if f.kind == "fiscal_year"]):
        rest = rest[: figure.start] + " " + rest[figure.end :]
    return clean_name(_BUDGET_WORDS.sub(" ", rest))


def is_generic(heading: str) -> bool:
    """Whether a heading says what kind of thing stands below (事業内容, 現状・課題) and names nothing."""
    bare = re.sub(r"[（(][^（）()]*[)）]", "", clean_name(heading))
    return not bare or bool(_GENERIC.fullmatch(bare)) or read_label(bare).is_budget


@dataclass(frozen=True, slots=True)
class HeadUnit:
    """The unit that a table's head gives its bare numbers, and what they are multiplied by."""

    kind: Kind
    unit: str
    factor: Decimal


def head_unit(head: str) -> HeadUnit | None:
    """The unit in a head or a caption: 予算額（百万円）, 単位：億円, 件数; None where it names none."""
    if match := _HEAD_UNIT.search(head):
        return _unit(" ".join(match["unit"].replace("％", "%").lower().split()))
    if match := _MEASURE.search(head):
        return HeadUnit("count", match["count"], Decimal(1))
    return None


def _unit(written: str) -> HeadUnit:
    if written.endswith("円"):
        return HeadUnit("amount", "JPY", Decimal(_SCALES.get(written[:-1], 1)))
    if written.endswith("yen"):
        return HeadUnit("amount", "JPY", Decimal(_SCALES_EN.get(written.split()[0], 1)))
    if written == "%":
        return HeadUnit("percent", "%", Decimal(1))
    if written in ("千人", "万人"):
        return HeadUnit("count", "人", Decimal(_SCALES[written[0]]))
    return HeadUnit("count", "人" if written == "名" else written, Decimal(1))
