"""What a question leaves out (UTOPIA以外の拠点, hubs other than UTOPIA): what tells of that is no answer, and what
stands beside it is."""

import re
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

from lsqa.questions import Question, Term, key
from lsqa.relevance import stands_in
from lsqa.scoring import RankedPage, ScoredUnit
from lsqa.units import Unit

_LEFT_OUT: Final = r"(?:など)?(?:以外|を除(?:く|い|き)|のほかの|の他の|のほかに|の他に)"
_JOINED: Final = r"(?:と|や|、|及び|および)"
_WHOLE: Final = r"(?<![\u4e00-\u9fff\u30a0-\u30ffA-Za-z0-9])"  # 大学 is not left out with 東海大学
_LITTLE_MORE: Final = 20  # characters
_ENUMERATES: Final = re.compile(r"[、,・／/]|\band\b")
_OTHER_THAN: Final = r"\b(?:other than|except(?: for)?|excluding|besides|apart from) (?:the )?"


def left_out(question: Question) -> tuple[Term, ...]:
    """The terms that a question leaves out; of an enumeration (AとB以外) all."""
    if question.language == "en":
        return tuple(t for t in question.terms if re.search(_OTHER_THAN + re.escape(t.text), question.text, re.I))
    found: list[Term] = []
    behind = _LEFT_OUT
    for term in sorted(question.terms, key=lambda t: -question.text.find(t.text)):
        if re.search(_WHOLE + re.escape(term.text) + behind, question.text):
            found.append(term)
            behind = f"{behind}|{_JOINED}{re.escape(term.text)}(?:{behind})"
            behind = f"(?:{behind})"
    return tuple(found)


def without_left_out(
    question: Question, pages: Sequence[RankedPage], names: Sequence[Term]
) -> tuple[Question, tuple[RankedPage, ...]]:
    """The question without `names`, and the pages with a row for one of them: the others stand beside it. As they are
    where there is none: of 翻訳や要約のほかに the very sentence tells that names these."""
    beside = tuple(p for p in pages if names and _has_row(p, names))
    if not beside:
        return question, tuple(pages)
    return replace(question, terms=tuple(t for t in question.terms if t not in names)), beside


def as_found(
    question: Question, names: Sequence[Term], chosen: Sequence[ScoredUnit], level: float
) -> tuple[ScoredUnit, ...]:
    """`chosen`, which were scored without `names`, as units for the whole `question`, in which these count `level`."""
    places = [i for i, t in enumerate(question.terms) if t in names]

    def restored(s: ScoredUnit) -> ScoredUnit:
        found = list(s.relevance.found)
        for place in places:
            found.insert(place, level)
        return replace(s, relevance=replace(s.relevance, found=tuple(found)))

    return tuple(map(restored, chosen))


def others(scored: Sequence[ScoredUnit], names: Sequence[Term]) -> list[ScoredUnit]:
    """`scored` without the rows of `names`, what stands under one of them, and what begins so or says little more."""
    rows = (s.unit for s in scored if s.unit.kind == "row")
    tables = {row.table for row in rows if any(_stands(t, row.body) for t in names)}
    return [s for s in scored if not any(_is_of(s.unit, t, tables) for t in names)]


def rows_beside(question: Question, scored: Sequence[ScoredUnit], names: Sequence[Term]) -> list[ScoredUnit]:
    """The other rows, in their order, of the best table that has a row for one of `names`; of the group alone that the
    rest of the `question` names by a cell (三陸大学を除く連携拠点)."""
    rows = [s for s in scored if s.unit.kind == "row"]
    first = next((s for s in rows if any(_stands(t, s.unit.body) for t in names)), None)
    if first is None:
        return []
    table = [s for s in rows if s.unit.table == first.unit.table]
    beside = others(table, names)
    for term in question.terms:
        group = [s for s in beside if term.importance >= 1 and _has_cell(s.unit, term)]
        beside = group or beside
    return sorted(beside, key=lambda s: s.unit.spans[s.unit.leading])


def _has_row(ranked: RankedPage, names: Sequence[Term]) -> bool:
    page = ranked.page
    return any(b.kind == "row" and any(_stands(t, page.text_of(b)) for t in names) for b in page.blocks)


def _is_of(unit: Unit, name: Term, tables: Container[object]) -> bool:
    """Whether a unit is on what is left out; `tables` are those that have a row for it, and others beside."""
    is_beside = unit.kind == "row" and unit.table in tables
    if not is_beside and any(_stands(name, heading) for heading in (*unit.heading_path, *unit.quotes[: unit.leading])):
        return True
    if not _stands(name, unit.body):
        return False
    begins = any(key(unit.body).startswith(spelling) for spelling in name.alternatives)
    is_short = len(unit.body) <= len(name.text) + _LITTLE_MORE and not _ENUMERATES.search(unit.body)
    return unit.kind == "row" or begins or is_short


def _has_cell(row: Unit, term: Term) -> bool:
    return any(key(cell.strip()) in term.alternatives for cell in row.body.split("\t"))


def _stands(name: Term, text: str) -> bool:
    folded = key(text)
    return any(stands_in(spelling, folded) for spelling in name.alternatives)
