"""Which entries of the ledger the words of a question are about.

Names of the ledger that stand in the question are found first, the longest first, then what is left is read for its
terms. Each name, term, year and status is a requirement that an entry meets or does not.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from lsqa.arithmetic.names import NOT_NAMES, Ledger, fold_name, holding
from lsqa.arithmetic.requests import Request
from lsqa.figures import find_figures
from lsqa.ledger import Status
from lsqa.lexicon import japanese_terms
from lsqa.questions import Part, Term, analyse
from lsqa.text import Span, detect_language, spaced_with_offsets
from lsqa.tokens import tokenize

_STATUSES: Final[tuple[tuple[Status, re.Pattern[str]], ...]] = (
    ("revised", re.compile(r"補正後(?:の)?(?:予算)?(?:額)?|revised budgets?", re.IGNORECASE)),
    (
        "supplementary",
        re.compile(r"(?:第?\d次?)?補正(?!後)(?:予算)?(?:額)?|supplementary(?: budgets?)?", re.IGNORECASE),
    ),
    (
        "request",
        re.compile(
            r"(?:概算)?要求(?:・?要望)?(?:額)?|(?:budget(?:ary)? )?requests?(?:ed)?(?: amounts?)?", re.IGNORECASE
        ),
    ),
    ("settlement", re.compile(r"決算(?:額)?|settle(?:d|ment)s?", re.IGNORECASE)),
    ("budget", re.compile(r"当初(?:予算)?(?:額)?|(?:initial|original|regular|main) budgets?", re.IGNORECASE)),
)
_BUDGET: Final = re.compile(r"予算(?:案)?(?:額)?|\bbudgets?\b", re.IGNORECASE)
_PREVIOUS: Final = re.compile(
    r"(?:その)?(?:対)?(?:前年度?|前の年度?|昨年度)(?:比)?(?:予算)?(?:額)?|"
    r"(?:the )?(?:previous|prior|preceding|last) (?:fiscal )?year(?:'s)?",
    re.IGNORECASE,
)
_CURRENT: Final = re.compile(r"今年度|本年度|当年度|this (?:fiscal )?year|current (?:fiscal )?year", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"金額|資金|経費|費用|総額|額(?=[はがをのと、。？?]|$)|お金|いくら|幾ら|"
    r"\b(?:amounts?|funding|money|allocated|allocation)\b",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"\s*(?:と(?!の|い|す|な|比|し)|、|や|及び|および|ならびに|並びに|,|and\b|&|＋|\+)")
_JOINED_BEFORE: Final = re.compile(r"(?:と|、|や|及び|および|並びに|, | and (?:the )?)$")
_COMMA: Final = re.compile(r"\s*[、,]\s*")
_ARTICLE: Final = re.compile(r"\s*(?:the\s+)?", re.IGNORECASE)
_NAMING_LETTER: Final = re.compile(r"[^\W\u3041-\u309f]")
_FILLER: Final = re.compile(
    r"\b(?:grow\w*|grew|increase[ds]?|decrease[ds]?|ris(?:e|en)|rose|fall(?:en)?|fell|change[ds]?|between|than|"
    r"from|compared|comparison|with|larger|smaller|did|it|that|one|those|what|"
    r"respectively|versus|vs|yen|jpy|more|less|fewer|higher|lower|have|has|had|were|was|receive[ds]?|get|got|there|do|does|spen[dt]s?|spending|publish(?:e[sd])?|produce[sd]?)\b|"
    r"内訳(?:付き|つき)?|円|比べ(?:て|ると)?|対し(?:て)?|より(?:も)?|ほう|方(?=が|は)|答え|教え",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something the question names, at `position` in it. `lines` are those that meet it, by their number.

    `kind` is `name` for a name or a term, `year`, `status`. `is_joined`: it stands in an enumeration (A と B),
    `is_followed`: and is not the last of it.
    """

    kind: str
    text: str
    position: int
    lines: frozenset[int]
    is_joined: bool = False
    is_followed: bool = False
    terms: tuple[Term, ...] = ()
    year: int = 0
    status: Status = ""


@dataclass(slots=True)
class _Reading:
    """A question while it is read: `text` keeps its length, what was read is blanked."""

    text: str
    found: list[Requirement] = field(default_factory=list)

    def blank(self, span: Span) -> None:
        self.text = f"{self.text[: span[0]]}{'、' * (span[1] - span[0])}{self.text[span[1] :]}"


def requirements(question: str, request: Request, ledger: Ledger, fits: frozenset[int]) -> tuple[Requirement, ...]:
    """What the question names, in no order; what meets nothing has no lines. `fits` are the lines of the kind asked
    for: a term that one of their names holds whole is not looked for by its words.
    """
    reading = _Reading(question)
    _read_names(reading, question, ledger)
    for span in (*request.spans, *(c.span for c in request.conditions)):
        reading.blank(span)
    _read_translated(reading, question, ledger)
    _read_budgets(reading, question, ledger)
    for pattern in (_MONEY, _FILLER):
        for match in list(pattern.finditer(reading.text)):
            reading.blank(match.span())
    _read_terms(reading, question, ledger, fits)
    return tuple(_as_enumerated(r, reading.found, question) for r in reading.found)


def _as_enumerated(requirement: Requirement, found: Sequence[Requirement], question: str) -> Requirement:
    """Behind the last name of an enumeration a comma only ends the phrase: AとB、予算は合わせていくら."""
    end = requirement.position + len(requirement.text)
    comma = _COMMA.match(question, end)
    if not comma or not requirement.is_followed or any(r.position == comma.end() for r in found):
        return requirement
    is_last = bool(_JOINED_BEFORE.search(question[: requirement.position]))
    return replace(requirement, is_joined=is_last, is_followed=False)


def anchor_of(question: str, request: Request, needed: Sequence[Requirement]) -> Requirement | None:
    """The row that is named, of which the next is asked for: before の次に and のすぐ上, behind "right above"."""
    start, end = request.spans[0]
    if detect_language(question) == "ja":
        return next((r for r in needed if r.kind == "name" and r.position + len(r.text) == start), None)
    after = _ARTICLE.match(question, end)
    return next((r for r in needed if r.kind == "name" and after and r.position == after.end()), None)


def _read_names(reading: _Reading, question: str, ledger: Ledger) -> None:
    for alias, span in _mentions(question, ledger):
        numbers = frozenset(ledger.by_alias[alias])
        joined = _joined(question, span)
        reading.found.append(Requirement("name", question[slice(*span)], span[0], numbers, *joined))
        reading.blank(span)


def _read_translated(reading: _Reading, question: str, ledger: Ledger) -> None:
    """Rows of tables by the lexicon's English for their whole name (Japan is 日本), however usual the word is."""
    for found in japanese_terms(reading.text):
        names = tuple(fold_name(name) for name in found.japanese)
        numbers = frozenset[int]().union(*(ledger.by_row.get(name, ()) for name in names))
        if numbers:
            span = found.start, found.end
            term = Term(question[slice(*span)], names, (Part(names, ()),), 1.0, True)
            joined = _joined(question, span)
            reading.found.append(Requirement("name", term.text, span[0], numbers, *joined, (term,)))
            reading.blank(span)


def name_spans(question: str, ledger: Ledger) -> tuple[Span, ...]:
    """Where names of the ledger stand in a question."""
    return tuple(span for _, span in _mentions(question, ledger))


def _mentions(question: str, ledger: Ledger) -> list[tuple[str, Span]]:
    """The aliases that stand in the question as whole words, the longest first, without overlap."""
    spaced = spaced_with_offsets(key_characters(question))
    kept = [i for i, c in enumerate(spaced.text) if c != " "]
    text = "".join(spaced.text[i] for i in kept).lower()
    edges = [(t.start, t.end) for t in tokenize(question)]
    taken: list[tuple[str, Span]] = []
    for alias in sorted((a for a in ledger.by_alias if a in text), key=len, reverse=True):
        at = text.find(alias)
        while at >= 0:
            span = spaced.starts[kept[at]], spaced.ends[kept[at + len(alias) - 1]]
            free = not any(a < span[1] and span[0] < b for _, (a, b) in taken)
            if free and _is_whole(question, span, edges):
                taken.append((alias, span))
            at = text.find(alias, at + 1)
    return taken


def key_characters(text: str) -> str:
    """The text with circled numbers kept apart from digits, character for character."""
    return "".join(chr(0xE060 + ord(c) - 0x2460) if "①" <= c <= "⑳" else c for c in text)


def _is_whole(question: str, span: Span, edges: Sequence[Span]) -> bool:
    """Whether the span cuts no word in two: インド is not in インドネシア."""
    start, end = span
    if any(a < start < b or a < end < b for a, b in edges):
        return False
    before, first, last, after = (
        question[max(0, start - 1) : start],
        question[start],
        question[end - 1],
        question[end : end + 1],
    )
    return not (_glued(before, first) or _glued(last, after))


def _glued(a: str, b: str) -> bool:
    if not a or not b:
        return False
    latin = a.isascii() and b.isascii() and a.isalnum() and b.isalnum()
    katakana = all("\u30a1" <= c <= "\u30fc" for c in (a, b))
    return latin or katakana or (a.isdigit() and b.isdigit())


def _joined(question: str, span: Span) -> tuple[bool, bool]:
    """Whether what stands there is a part of an enumeration, and whether that goes on after it."""
    goes_on = bool(_JOINED.match(question, span[1]))
    return goes_on or bool(_JOINED_BEFORE.search(question[: span[0]])), goes_on


def _read_budgets(reading: _Reading, question: str, ledger: Ledger) -> None:
    """The years, each with the kind of budget that follows it: 令和7年度予算額, 令和6年度の補正予算, 前年度."""
    parts = sorted(_budget_parts(reading.text), key=lambda p: p.span)
    several = len({p.status for p in parts if p.status}) > 1 or any(p.status not in ("", "budget") for p in parts)
    year: _BudgetPart | None = None
    specs: list[tuple[_BudgetPart, Status]] = []
    for part in parts:
        if not part.status:
            year = part
            specs.append((part, ""))
        elif year and specs and not specs[-1][1] and _adjoins(reading.text, specs[-1][0].span[1], part.span[0]):
            specs[-1] = (_BudgetPart(year.kind, (year.span[0], part.span[1]), year.year), part.status)
        elif (
            part.status != "budget"
            or (several and not part.is_plain)
            or (several and _is_beside(reading.text, part.span))
        ):
            base = year or _BudgetPart("year", part.span)
            specs.append((_BudgetPart(base.kind if year else "year", part.span, base.year), part.status))
    for part, status in specs:
        asked: Status = status if several or status != "budget" else ""
        numbers = budget_lines(ledger, part.year, asked)
        text = question[part.span[0] : part.span[1]]
        joined = _joined(question, part.span)
        reading.found.append(Requirement(part.kind, text, part.span[0], numbers, *joined, (), part.year, asked))
    for part in parts:
        reading.blank(part.span)


@dataclass(frozen=True, slots=True)
class _BudgetPart:
    kind: str
    span: Span
    year: int = 0
    status: Status = ""
    is_plain: bool = False


def _budget_parts(text: str) -> Iterable[_BudgetPart]:
    for figure in find_figures(text):
        if figure.kind in ("fiscal_year", "year"):
            yield _BudgetPart("year", (figure.start, figure.end), int(figure.value))
    for kind, pattern in (("previous", _PREVIOUS), ("current", _CURRENT)):
        yield from (_BudgetPart(kind, m.span()) for m in pattern.finditer(text))
    taken: list[Span] = []
    for status, pattern in (*_STATUSES, ("budget", _BUDGET)):
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield _BudgetPart("year", match.span(), 0, status, pattern is _BUDGET)


def _adjoins(text: str, end: int, start: int) -> bool:
    return start >= end and bool(re.fullmatch(r"\s*(?:の|における)?\s*", text[end:start]))


def _is_beside(text: str, span: Span) -> bool:
    """Whether 予算額 stands beside another kind of budget: 概算要求額と予算額."""
    before = re.search(r"(?:と|、|の|は|から|より|and|over|than)\s*(?:the )?$", text[: span[0]])
    return bool(before or _JOINED.match(text, span[1]))


def budget_lines(ledger: Ledger, year: int, status: Status) -> frozenset[int]:
    return frozenset(
        i
        for i, line in enumerate(ledger.lines)
        if (not year or line.entry.fiscal_year == year) and (not status or line.entry.status == status)
    )


def _read_terms(reading: _Reading, question: str, ledger: Ledger, fits: frozenset[int]) -> None:
    rest = reading.text.strip("、 　?？。.")
    if not re.search(r"\w", rest):
        return
    for term in analyse(reading.text).terms:
        if _is_filler(term):
            continue
        at = max(reading.text.lower().find(term.text.lower()), 0)
        span = at, at + len(term.text)
        written = question[slice(*span)] if question[slice(*span)].lower() == term.text.lower() else term.text
        found = Requirement("name", written, at, _lines_of(term, ledger, fits), *_joined(question, span), (term,))
        reading.found.append(found)


def _is_filler(term: Term) -> bool:
    is_grammar = not _NAMING_LETTER.search(term.text)  # して, において: what is left of a phrase that was read
    return term.importance < 0.7 or term.is_asked or is_grammar or term.text in NOT_NAMES


def _lines_of(term: Term, ledger: Ledger, fits: frozenset[int]) -> frozenset[int]:
    """The lines whose names hold the term; by its words only where none holds it whole."""
    levels = ((holding(term, name), numbers & fits) for name, numbers in ledger.by_name.items())
    held = [(level, numbers) for level, numbers in levels if level and numbers]
    best = max((level for level, _ in held), default=0)
    return _of_their_section(term, frozenset(n for level, numbers in held if level == best for n in numbers), ledger)


def _of_their_section(term: Term, numbers: frozenset[int], ledger: Ledger) -> frozenset[int]:
    """Without the rows of tables whose page alone is called so, where another table there has it in its own heading."""
    by_page: dict[tuple[str, int], list[int]] = {}
    for n in numbers:
        if ledger.lines[n].entry.series:
            by_page.setdefault((ledger.lines[n].doc_id, ledger.lines[n].entry.page), []).append(n)
    lost: set[int] = set()
    for rows in by_page.values():
        own = {n for n in rows if any(holding(term, name) for name in ledger.lines[n].entry.names[1:-2])}
        lost |= {n for n in rows if own and n not in own and ledger.lines[n].entry.programme not in ("", term.text)}
    return numbers - lost
