"""Which rows of a table a question means: that of the country it names, and no row of a table on something else."""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import japanese_terms
from lsqa.questions import Question, key
from lsqa.relevance import IN_CAPTION, IN_UNIT, stands_in
from lsqa.scoring import ScoredUnit
from lsqa.units import Unit

_OTHERS: Final = re.compile(r"以外|除[くいき]|他の|ほかの|\b(?:except|excluding|others?|besides|than)\b", re.IGNORECASE)


def without_other_rows(question: Question, scored: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """`scored` without the rows of those tables of which the question names another row: of 日本の順位 the row of 日本
    tells, and no other does. Where it compares, lists or asks for the others, all stay."""
    if not question.asked or question.compares or question.wants_list or _OTHERS.search(question.text):
        return list(scored)
    said = [key(question.text), *(key(t) for found in japanese_terms(question.text) for t in found.japanese)]
    named = [s.unit.kind == "row" and _is_named(s.unit, said) for s in scored]
    tables = {_table(s.unit) for s, is_named in zip(scored, named, strict=True) if is_named}
    return [
        s
        for s, is_named in zip(scored, named, strict=True)
        if is_named or s.unit.kind != "row" or _table(s.unit) not in tables
    ]


def of_another_table(question: Question, row: ScoredUnit, first: ScoredUnit, subject: Sequence[int]) -> bool:
    """Whether `row` stands in a table beside that of the row `first` on one page, and under a heading that holds
    less of the subject than that of `first`; `subject` are the places of its terms and figures."""
    if not row.unit.kind == first.unit.kind == "row" or row.unit.page != first.unit.page:
        return False
    if _table(row.unit) == _table(first.unit):
        return False
    ours, theirs = (_subject_over(question, s, subject) for s in (first, row))
    return ours > theirs


def _subject_over(question: Question, row: ScoredUnit, subject: Sequence[int]) -> frozenset[int]:
    """What of the subject stands over the table of `row`, or in the row."""
    over, levels = _over(row.unit), row.relevance.found
    said = {
        i
        for i in subject
        if i < len(question.terms) and any(stands_in(s, over) for s in question.terms[i].alternatives)
    }
    # A term of several words stands there by its words; over a slide's other tables stands the slide's title.
    return frozenset(said | {i for i in subject if levels[i] in (IN_UNIT, IN_CAPTION)})


def _over(row: Unit) -> str:
    """The table's own heading; the slide's stands over its neighbour too."""
    return key("\n".join((*row.heading_path[-1:], row.caption)))


def _table(row: Unit) -> tuple[object, ...]:
    return (id(row.page), row.spans[: row.leading], row.heading_path, row.caption)


def _is_named(row: Unit, said: Sequence[str]) -> bool:
    """Whether the first cell that is no figure, by which a row is called, stands in the question."""
    cells = (cell.strip() for cell in row.body.split("\t"))
    name = key(next((c for c in cells if c and not find_figures(c)), ""))
    return len(name) > 1 and any(name in text for text in said)
