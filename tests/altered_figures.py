"""Claims made from the corpus by a program: a digit, a unit, a year or a programme changed, or only the notation."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lsqa.chunks import make_chunk
from lsqa.citations import Citation, Claim
from lsqa.documents import Page
from lsqa.evidence import Evidence
from lsqa.figures import Figure, find_figures
from lsqa.readers.markup import read_markup
from lsqa.statements.names import names
from lsqa.text import fold
from lsqa.units import Unit, page_units

CORPUS = Path(__file__).parent.parent / "corpus"
_NUMBER = re.compile(r"[\d.,%％]*")
_DIGITS = re.compile(r"[0-9０-９]")
_UNITS = {
    "億円": "万円", "万円": "億円", "円": "ドル", "％": "ポイント", "%": "ポイント", "割": "倍", "件": "人", "人": "件",
    "名": "件", "機関": "校", "大学": "機関", "校": "社", "社": "校", "位": "回", "回": "位", "年間": "か月間",
    "か月": "年間", "倍": "割", "か所": "機関", "拠点": "件", "施設": "件", "例": "件", "検体": "人", "万人": "億人",
    "ポイント": "％", "時間": "日間", "日間": "時間", "か国": "件", "課題": "校", "種類": "倍", "世代": "か所",
    "項目": "機関",
}  # fmt: skip
_YEAR_KINDS = ("fiscal_year", "year", "month", "date")


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure of the corpus in a text that states it, and the evidence that proves the text."""

    text: str
    figure: Figure
    citations: tuple[Citation, ...]
    evidence: Evidence

    def with_figure(self, written: str) -> Claim:
        text = self.text[: self.figure.start] + written + self.text[self.figure.end :]
        return Claim(text, self.citations)

    @property
    def written(self) -> str:
        return self.text[self.figure.start : self.figure.end]


@dataclass(frozen=True, slots=True)
class Case:
    """What was done to a figure, and the claim that came of it."""

    change: str
    claim: Claim
    evidence: Evidence


def statements() -> list[Statement]:
    """Every figure of the corpus in its sentence, or in its row under the head of the table."""
    found: dict[tuple[str, int], Statement] = {}
    for path in sorted([CORPUS / "briefing.md", *(CORPUS / "related").glob("*.md")]):
        for page in read_markup(path.read_text(encoding="utf-8")):
            for unit in page_units(page):
                if unit.kind in ("sentence", "row", "label"):
                    for statement in _of_unit(page, unit):
                        found.setdefault((statement.text, statement.figure.start), statement)
    return list(found.values())


def _of_unit(page: Page, unit: Unit) -> Iterator[Statement]:
    chunk = make_chunk("corpus", unit.heading_path, page.number, 0, len(page.text), page.text)
    evidence = Evidence(1, chunk, page.title, 1.0)
    citations = tuple(Citation(1, quote) for quote in unit.quotes)
    for figure in find_figures(unit.text):
        yield Statement(unit.text, figure, citations, evidence)
    if unit.kind == "row" and unit.leading and "\t" in unit.body:
        head, row = unit.quotes[0].split("\t"), unit.body.split("\t")
        for over, cell in zip(head[1:], row[1:], strict=False):
            sentence = f"{row[0]}の{over}は{cell}である。"
            for figure in find_figures(sentence):
                if sentence[figure.start : figure.end] in cell:
                    yield Statement(sentence, figure, citations, evidence)


def altered(count: int, seed: int) -> list[Case]:
    """`count` claims with one thing changed, as many of each kind as there can be, in turn."""
    pool = statements()
    chance = random.Random(seed)
    chance.shuffle(pool)
    programmes = sorted({n.text for s in pool for n in names(s.text) if n.kind == "programme" or n.text.isascii()})
    ways = [list(_changed(pool, way, chance, programmes)) for way in ("digit", "unit", "year", "programme")]
    cases: list[Case] = []
    while len(cases) < count and any(ways):
        for way in ways:
            if way and len(cases) < count:
                cases.append(way.pop())
    return cases


def _changed(pool: Sequence[Statement], way: str, chance: random.Random, programmes: Sequence[str]) -> Iterator[Case]:
    for statement in pool:
        if way == "programme":
            claim = _other_programme(statement, chance, programmes)
        else:
            written = {"digit": _other_digit, "unit": _other_unit, "year": _other_year}[way](statement, chance)
            claim = statement.with_figure(written) if written else None
        if claim is not None:
            yield Case(way, claim, statement.evidence)


def _other_digit(statement: Statement, chance: random.Random) -> str:
    if statement.figure.kind in _YEAR_KINDS:
        return ""
    places = [m.start() for m in _DIGITS.finditer(statement.written)]
    if not places:
        return ""
    at = chance.choice(places)
    digit = chance.choice([d for d in "123456789" if d != fold(statement.written[at])])
    written = statement.written[:at] + digit + statement.written[at + 1 :]
    # スライド18、スライド18 in the place of スライド17、スライド18 says nothing false.
    is_listed = statement.figure.kind == "number" and written in statement.text
    return "" if is_listed else written


def _other_unit(statement: Statement, chance: random.Random) -> str:
    for unit in sorted(_UNITS, key=len, reverse=True):
        if statement.written.endswith(unit) and statement.figure.kind not in _YEAR_KINDS:
            return statement.written.removesuffix(unit) + _UNITS[unit]
    return ""


def _other_year(statement: Statement, chance: random.Random) -> str:
    match = re.search(r"(令和|平成|R|H|FY)?([0-9]+)(?=年|$|/)", statement.written)
    if statement.figure.kind not in _YEAR_KINDS or match is None:
        return ""
    year = int(match[2]) + chance.choice([n for n in (-3, -2, -1, 1, 2, 3) if int(match[2]) + n > 0])
    return statement.written[: match.start(2)] + str(year) + statement.written[match.end(2) :]


def _other_programme(statement: Statement, chance: random.Random, programmes: Sequence[str]) -> Claim | None:
    # iPS in iPS細胞 is a part of a word and no programme.
    found = [
        n
        for n in names(statement.text)
        if n.kind == "programme" or (n.text.isascii() and not re.match(r"[ァ-ヶ一-鿿]", statement.text[n.end :]))
    ]
    if not found:
        return None
    name = chance.choice(found)
    held = statement.evidence.chunk.text + statement.evidence.title
    others = [p for p in programmes if p not in held and name.text not in p]
    text = statement.text[: name.start] + chance.choice(others) + statement.text[name.end :]
    return Claim(text, statement.citations)


def of_another_row(count: int, seed: int) -> list[Case]:
    """`count` claims that say of one row of a table what stands in another, with both rows quoted, or the other alone.
    A sheet of items and values is left out: its rows are all of one thing, which its heading names."""
    cases: list[Case] = []
    for path in sorted([CORPUS / "briefing.md", *(CORPUS / "related").glob("*.md")]):
        for page in read_markup(path.read_text(encoding="utf-8")):
            rows = [u for u in page_units(page) if u.kind == "row" and u.leading and "\t" in u.body]
            for one, other in ((a, b) for a in rows for b in rows if a is not b and a.quotes[0] == b.quotes[0]):
                cases += _of_another_row(page, one, other)
    random.Random(seed).shuffle(cases)
    return cases[:count]


def _of_another_row(page: Page, one: Unit, other: Unit) -> Iterator[Case]:
    head, mine, theirs = one.quotes[0].split("\t"), one.body.split("\t"), other.body.split("\t")
    name = next((c for c in mine if not _NUMBER.fullmatch(c)), mine[0])
    if not len(head) == len(mine) == len(theirs) or name in theirs or head[0] == "項目":
        return
    chunk = make_chunk("corpus", one.heading_path, page.number, 0, len(page.text), page.text)
    evidence = Evidence(1, chunk, page.title, 1.0)
    for over, figure in zip(head[1:], theirs[1:], strict=True):
        if find_figures(figure) and not any(figure in cell for cell in mine):
            alone = () if find_figures(name) else (other.quotes,)  # 週40時間以上 is hardly told from 週31～40時間 alone
            for quotes in (*alone, tuple(dict.fromkeys((*one.quotes, *other.quotes)))):
                citations = tuple(Citation(1, quote) for quote in quotes)
                yield Case("row", Claim(f"{name}の{over}は{figure}である。", citations), evidence)


def reworded(count: int, seed: int) -> list[Case]:
    """`count` claims in which a figure is written in another notation and says the same."""
    pool = statements()
    chance = random.Random(seed)
    chance.shuffle(pool)
    cases: list[Case] = []
    for statement in pool * 3:
        forms = [f for f in notations(statement.figure, statement.written) if f != statement.written]
        if forms and len(cases) < count:
            cases.append(Case("notation", statement.with_figure(chance.choice(forms)), statement.evidence))
    return cases


def notations(figure: Figure, written: str) -> list[str]:
    """Other ways to write a figure."""
    value = int(figure.value) if figure.value == figure.value.to_integral_value() else figure.value
    forms = [written.translate({0x30 + i: 0xFF10 + i for i in range(10)})]
    if figure.kind == "amount" and figure.unit == "JPY" and isinstance(value, int):
        forms += [f"{value:,}円", f"¥{value:,}"]
        forms += [f"{_shown(Decimal(value) / 10**9)} billion yen", f"{_shown(Decimal(value) / 10**8)}億円"]
    if figure.kind == "percent" and figure.unit == "%":
        forms += [f"{_shown(figure.value)}パーセント", f"{_shown(figure.value)}％"]
        forms += [f"{_shown(figure.value / 10)}割"] if figure.value % 10 == 0 else []
    if figure.kind == "fiscal_year":
        forms += [f"{value}年度", f"FY{value}"]
        forms += [f"令和{value - 2018}年度", f"R{value - 2018}年度"] if value > 2018 else []
    if figure.kind == "count" and figure.unit in ("人", "件", "機関", "大学", "社") and isinstance(value, int):
        forms += [f"{value:,}{'名' if figure.unit == '人' else figure.unit}"]
    if figure.kind == "rank":
        forms += [f"第{value}位", f"{value}位"]
    return forms


def _shown(value: Decimal) -> str:
    return format(value.normalize(), "f")
