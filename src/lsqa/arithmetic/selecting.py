"""The operands: entries that the question singles out, one value for each, or why they cannot be told."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lsqa.arithmetic.names import Ledger, holding
from lsqa.arithmetic.naming import Requirement, anchor_of, budget_lines, requirements
from lsqa.arithmetic.requests import Request
from lsqa.arithmetic.series import names_of_columns, order_alike, series
from lsqa.arithmetic.telling_apart import about, distinct, latest, names_of, section
from lsqa.figures import find_figures
from lsqa.ledger import LedgerLine, Status
from lsqa.text import fold

PageText = Callable[[str, int], str]
"""Document id and page number -> the text of the page."""

_AMOUNT: Final = re.compile(
    r"予算|円|金額|いくら|幾ら|額|経費|費用|資金|補正|要求|\b(?:budgets?|yen|funding|amounts?|spending|request)\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"割合|比率|シェア|[%％]|ポイント|percent|percentage|share|proportion", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"期間|年数|長い|短い|長さ|\b(?:long|longer|longest|short|shorter|shortest|duration)\b", re.IGNORECASE
)
_PEOPLE: Final = re.compile(
    r"件|人|名|数|機関|大学|論文|ど[れの](?:くらい|ぐらい|ほど|程度)い[るまた]|how many|number of", re.IGNORECASE
)
_VAGUE: Final = frozenset({"つ", "点", "個"})
_PAIRS: Final = frozenset({"difference", "change", "growth", "ratio", "share"})
_SETS: Final = frozenset({"sum", "mean", "count", "extreme", "compare"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Lines to calculate with, in the order of the question, each with what distinguishes it there.

    `positions` are where the question names them. `by_budgets`: they are several budgets of one thing, each named by
    its year or its kind. `is_series`: the rows of one table, of which the question names none; `out_of` is how many
    rows that has, where only those are left that meet the question's conditions. `assumed_year` is the year taken where
    the question names none, `anchor` the row whose neighbour is asked for.
    """

    lines: tuple[LedgerLine, ...]
    labels: tuple[str, ...]
    by_budgets: bool = False
    is_series: bool = False
    positions: tuple[int, ...] = ()
    assumed_year: int = 0
    out_of: int = 0
    anchor: Requirement | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Why there are no operands. `code`: `missing`, `ambiguous`, `stated`, `condition`, `edge`; `what` are words of the
    question, or of the ledger. `known` are lines that would have been operands. `knows_subject`: something the question
    names is in the ledger.
    """

    code: str
    what: tuple[str, ...]
    known: tuple[LedgerLine, ...] = ()
    knows_subject: bool = False


def select(question: str, request: Request, ledger: Ledger, page_text: PageText) -> Selection | Unsettled:
    """The operands that the question asks to calculate with."""
    fits = frozenset(i for i, line in enumerate(ledger.lines) if _fits(line, question, request))
    needed = [*requirements(question, request, ledger, fits)]
    knows = any(r.kind == "name" and r.lines for r in needed)
    anchor = anchor_of(question, request, needed) if request.beside else None
    if anchor and anchor.lines & fits:
        needed.remove(anchor)
    needed, context = _split_context(needed, fits)
    resolved = _relative_years(needed, request, ledger, fits)
    if isinstance(resolved, Unsettled):
        return resolved
    needed, assumed = resolved
    if absent := [r for r in needed if not r.lines & fits]:
        return _missing(absent, needed, knows=knows)
    groups = _groups(needed, ledger, fits)
    if aside := _asides(needed, groups):
        context += [r for i, r in enumerate(needed) if i in aside]
        needed = [r for i, r in enumerate(needed) if i not in aside]
        groups = _groups(needed, ledger, fits)
    covered = frozenset().union(*groups) if groups else frozenset()
    if left := [r for i, r in enumerate(needed) if i not in covered]:
        return _missing(left, needed, knows=knows)
    groups = _without_strays(groups, needed)
    found = _operands(groups, needed, request, ledger, assumed)
    if isinstance(found, Selection):
        lost = [r.text for r in context if not _on_every_page(r, found.lines, page_text)]
        if lost:
            return Unsettled("missing", tuple(lost), found.lines, knows_subject=knows)
        return replace(found, anchor=anchor)
    if context and found.code != "stated":
        return Unsettled("missing", tuple(r.text for r in context), found.known, knows_subject=knows)
    return replace(found, knows_subject=knows)


def _missing(lost: Sequence[Requirement], needed: Sequence[Requirement], *, knows: bool) -> Unsettled:
    """What the ledger lacks. Where that is more than it has, and no mere enumeration (①と②), it knows too little of
    the subject to say that nothing can be calculated: a passage may tell."""
    is_little = 2 * len(lost) > len(needed) and not all(r.is_joined for r in lost)
    return Unsettled("missing", tuple(r.text for r in lost), knows_subject=knows and not is_little)


def _fits(line: LedgerLine, question: str, request: Request) -> bool:
    """Whether the figure is of the kind that is asked for."""
    entry = line.entry
    if entry.kind not in ("amount", "count", "number", "percent", "duration") or "bracketed" in entry.marks:
        return False
    if entry.unit in _VAGUE and not entry.series:
        return False
    if _AMOUNT.search(question):
        return entry.kind == "amount"
    if request.operation not in ("share", "growth") and _PERCENT.search(question):
        return entry.kind == "percent"
    if _DURATION.search(question):
        return entry.kind == "duration"
    return (
        entry.kind in ("count", "number", "amount", "percent")
        if not _PEOPLE.search(question)
        else entry.kind in ("count", "number")
    )


def states_multiple(question: str, request: Request, ledger: Ledger, page_text: PageText) -> bool:
    """Whether a multiple (20倍) is stated of what the question names, so that nothing need be calculated: of anything
    in it where it asks for a multiple, of all in the sentence where it asks how much something grows.
    """
    multiples = frozenset(i for i, line in enumerate(ledger.lines) if line.entry.unit == "倍")
    named = requirements(question, request, ledger, multiples)
    if request.operation == "ratio" and any(r.kind == "name" and r.lines & multiples for r in named):
        return True
    return any(_states_all(ledger.lines[i], named, page_text) for i in multiples) and bool(named)


def _states_all(line: LedgerLine, named: Sequence[Requirement], page_text: PageText) -> bool:
    sentence = page_text(line.doc_id, line.entry.page)[slice(*line.entry.quote)]
    text = " ".join((*line.names, sentence))
    years = {int(f.value) for f in find_figures(sentence) if f.kind in ("year", "fiscal_year")}
    return all(r.year in years if r.kind == "year" else _is_named_in(r, text) for r in named)


def _is_named_in(requirement: Requirement, text: str) -> bool:
    if requirement.terms:
        return bool(holding(requirement.terms[0], text))
    return fold(requirement.text) in fold(text)


def _split_context(needed: Sequence[Requirement], fits: frozenset[int]) -> tuple[list[Requirement], list[Requirement]]:
    """Requirements that single out lines, and terms that only say where: on the page, in no name of it."""

    def only_says_where(r: Requirement) -> bool:
        return r.kind == "name" and bool(r.terms) and not r.lines & fits and not r.is_joined and not r.terms[0].is_name

    return [r for r in needed if not only_says_where(r)], [r for r in needed if only_says_where(r)]


def _asides(needed: Sequence[Requirement], groups: dict[frozenset[int], list[int]]) -> frozenset[int]:
    """Terms that no operand has in its names, only a line that meets nothing else: they may say where it stands."""
    weak = frozenset(
        i for i, r in enumerate(needed) if r.kind == "name" and r.terms and not r.is_joined and not r.terms[0].is_name
    )
    strong = [met for met in groups if not met <= weak]
    covered = frozenset().union(*strong)
    return weak - covered if strong else frozenset()


def _on_every_page(requirement: Requirement, lines: Sequence[LedgerLine], page_text: PageText) -> bool:
    pages = {(line.doc_id, line.entry.page) for line in lines}
    return all(holding(requirement.terms[0], page_text(*page)) for page in pages)


def _relative_years(
    needed: Sequence[Requirement], request: Request, ledger: Ledger, fits: frozenset[int]
) -> tuple[list[Requirement], int] | Unsettled:
    """前年度 and 今年度 as the years they are; with the year that was taken where the question names none, else 0."""
    kept = [r for r in needed if r.kind not in ("previous", "current")]
    previous = [r for r in needed if r.kind == "previous"]
    current = [r for r in needed if r.kind == "current"]
    years = {r.year for r in kept if r.kind == "year" and r.year}
    if not previous and not current and (years or request.operation not in ("change", "growth")):
        return kept, 0
    if len(years) > 1:
        return kept, 0
    base = years.pop() if years else _latest_year(kept, ledger, fits)
    if not base:
        return Unsettled("missing", tuple(r.text for r in previous or current) or ("年度",))
    stated = [r for r in kept if r.kind == "year" and r.year]
    if not stated and (current or request.operation in _PAIRS or request.operation == "compare"):
        text = current[0].text if current else f"{base}年度"
        status = current[0].status if current else ""
        stated.append(_year(base, status, text, current[0].position if current else -1, ledger))
    rest = [r for r in kept if r.kind != "year" or not r.year]
    if previous or request.operation in ("change", "growth"):
        text, position = (previous[0].text, previous[0].position) if previous else ("前年度", 0)
        status = previous[0].status if previous else ""
        stated.append(_year(base - 1, status, text, position, ledger))
    return [*rest, *stated], base


def _year(year: int, status: Status, text: str, position: int, ledger: Ledger) -> Requirement:
    return Requirement("year", text, position, budget_lines(ledger, year, status), year=year, status=status)


def _latest_year(needed: Sequence[Requirement], ledger: Ledger, fits: frozenset[int]) -> int:
    """The latest year of a budget among the lines that meet the most of what is named."""
    counts = {i: sum(i in r.lines for r in needed if r.kind == "name") for i in fits}
    most = max(counts.values(), default=0)
    years = [ledger.lines[i].entry for i, n in counts.items() if n == most and most]
    return max((e.fiscal_year for e in years if e.status in ("budget", "")), default=0)


def _groups(needed: Sequence[Requirement], ledger: Ledger, fits: frozenset[int]) -> dict[frozenset[int], list[int]]:
    """The lines by the set of requirements they meet, only sets that no other line's set holds."""
    by_set: dict[frozenset[int], list[int]] = {}
    for i in sorted(fits):
        met = frozenset(n for n, r in enumerate(needed) if i in r.lines)
        if met and not _is_unasked(ledger.lines[i], needed):
            by_set.setdefault(met, []).append(i)
    return {met: lines for met, lines in by_set.items() if not any(met < other for other in by_set)}


def _without_strays(
    groups: dict[frozenset[int], list[int]], needed: Sequence[Requirement]
) -> dict[frozenset[int], list[int]]:
    """Without the lines that lack a name which others share, where these meet all that the question names."""
    for i, r in enumerate(needed):
        having = {met: lines for met, lines in groups.items() if i in met}
        is_name = r.kind == "name" and (not r.terms or r.terms[0].is_name)
        if is_name and len(having) > 1 and frozenset().union(*having) == frozenset().union(*groups):
            groups = having
    return groups


def _is_unasked(line: LedgerLine, needed: Sequence[Requirement]) -> bool:
    """Whether it is a supplementary budget, a request or a settlement that the question does not speak of."""
    return line.entry.status not in ("", "budget") and line.entry.status not in {r.status for r in needed}


def _operands(
    groups: dict[frozenset[int], list[int]],
    needed: Sequence[Requirement],
    request: Request,
    ledger: Ledger,
    assumed: int,
) -> Selection | Unsettled:
    if not groups:
        return Unsettled("missing", tuple(r.text for r in needed))
    if len(groups) == 1:
        ((met, numbers),) = groups.items()
        return _one_group([ledger.lines[i] for i in numbers], [needed[n] for n in met], request)
    common = frozenset.intersection(*groups)
    parts = {met: met - common for met in groups}
    if sum(map(len, parts.values())) != len(frozenset().union(*parts.values())):
        # Two programmes and two years: nobody can tell which of the four are meant.
        return Unsettled("ambiguous", tuple(dict.fromkeys(needed[n].text for p in parts.values() for n in sorted(p))))
    if not _is_whole_enumeration([needed[n] for p in parts.values() for n in p], len(groups), request):
        return Unsettled("ambiguous", tuple(needed[min(p)].text for p in parts.values()))
    order = sorted(groups, key=lambda met: min(needed[n].position for n in parts[met]))
    chosen: list[LedgerLine] = []
    years: list[int] = []
    for met in order:
        lines = about(distinct([ledger.lines[i] for i in groups[met]]), [needed[n] for n in met])
        lines, year = latest(lines, [needed[n] for n in met])
        if len(lines) != 1:
            return Unsettled("ambiguous", names_of(lines), tuple(lines))
        chosen.append(lines[0])
        years.append(year)
    labels = _labels(chosen, [[needed[n] for n in parts[met]] for met in order])
    by_budgets = all(needed[n].kind == "year" for p in parts.values() for n in p)
    taken = {y for y in years if y}
    return Selection(
        tuple(chosen),
        labels,
        by_budgets=by_budgets,
        positions=tuple(min(needed[n].position for n in parts[met]) for met in order),
        assumed_year=taken.pop() if len(taken) == 1 else 0,
    )


def _is_whole_enumeration(distinct: Sequence[Requirement], groups: int, request: Request) -> bool:
    """Whether there are as many operands as the question enumerates: two for A と B, as many as it counts."""
    if request.count:
        return request.count == groups
    enumerated = sum(r.is_followed for r in distinct) + 1
    return request.operation in _PAIRS or enumerated == groups or (enumerated == 1 and groups == 2)


def _labels(lines: Sequence[LedgerLine], distinct: Sequence[Sequence[Requirement]]) -> tuple[str, ...]:
    """What the answer calls the operands; the same row of several tables by their headings."""
    labels = tuple(_label(line, own) for line, own in zip(lines, distinct, strict=True))
    programmes = {line.entry.programme for line in lines}
    if len(set(labels)) < len(labels) or (len(programmes) == 1 and programmes & set(labels)):
        return tuple(section(line, lines) for line in lines)
    return labels


def _label(line: LedgerLine, distinct: Sequence[Requirement]) -> str:
    """What the answer calls an operand: by the question's name for it where that is the ledger's, else by its own."""
    if all(r.kind == "year" for r in distinct):
        return line.entry.measure or line.entry.programme
    named = sorted((r for r in distinct if r.kind == "name"), key=lambda r: r.position)
    is_ours = len(named) == 1 and (not named[0].terms or named[0].text.isascii())
    return named[0].text if is_ours else line.entry.programme or line.title


def _one_group(lines: list[LedgerLine], needed: Sequence[Requirement], request: Request) -> Selection | Unsettled:
    """Operands that the question does not tell apart by name: one thing under two heads, or the rows of a table."""
    if request.operation not in _SETS and not request.count:
        return Unsettled("ambiguous", names_of(lines[:3]), tuple(lines[:3]))
    rows = series(lines, request)
    if request.operation == "extreme" or (not request.count and request.operation != "compare"):
        if request.operation == "sum" and not request.conditions and any("total" in line.entry.marks for line in lines):
            return Unsettled("stated", ())
        if request.operation == "extreme" and order_alike(rows):
            rows = rows[:1]
        if len(rows) != 1:
            enumerated = tuple(r.text for r in needed if r.is_joined)
            return Unsettled("ambiguous", names_of_columns(rows[:3]) or enumerated)
        return Selection(tuple(rows[0]), tuple(line.entry.programme for line in rows[0]), is_series=True)
    same = about(distinct(lines), needed)
    places = {(line.doc_id, line.entry.page, line.entry.series) for line in same}
    wanted = request.count or 2
    if len(same) != wanted or len(places) != wanted or len({line.entry.measure for line in same}) != 1:
        return Unsettled("ambiguous", names_of(same[:3]), tuple(same[:3]))
    return Selection(tuple(same), tuple(section(line, same) for line in same))
