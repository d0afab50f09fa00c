"""Which rows of a table a question means: that of the country it names, those of the places it asks for, and no row of
a table on something else."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Final

from lsqa.asked_kinds import figures_in
from lsqa.documents import Page
from lsqa.figures.columns import column_figures
from lsqa.lexicon import japanese_terms
from lsqa.question_forms import NUMBER_WORDS, ORDINAL_WORDS
from lsqa.questions import Question, key
from lsqa.relevance import IN_CAPTION, IN_UNIT, stands_in
from lsqa.scoring import ScoredUnit
from lsqa.units import Unit

_OTHERS: Final = re.compile(
    r"以外|除[くいき]|他の|ほかの|より|\b(?:except|excluding|others?|besides|than|above|below)\b", re.IGNORECASE
)
_ALL: Final = re.compile(r"すべて|全て|全部|一覧|もれなく|\b(?:all|every)\b", re.IGNORECASE)
_N: Final = rf"(?:\d+|{'|'.join(NUMBER_WORDS)})"
# The foremost, from one place to another, or places one by one.
_RANKS: Final = re.compile(
    rf"(?:上位|トップ|ベスト|\btop )(?P<top>{_N})(?!\d|[％%]|割|\s*(?:percent|per cent))(?:位?(?:以内|まで))?|"
    rf"(?P<from>{_N})位(?:から|[〜～~-])(?P<to>{_N})位(?:まで)?|(?P<within>{_N})位(?:以内|まで)|"
    rf"(?P<one>{_N})位(?:と|、|及び|および)(?P<other>{_N})位|(?P<nth>{_N})番目に(?:多|大き|高)い|"
    rf"\b(?:comes?|came|ranks?|ranked|placed|finish(?:es|ed))(?: in)?(?: the)? (?P<nth_en>{'|'.join(ORDINAL_WORDS)})\b|"
    rf"\bin (?P<nth_place>{'|'.join(ORDINAL_WORDS)}) place\b",
    re.IGNORECASE,
)
_SAY_RANKS: Final = ("上位", "トップ", "ベスト", "top", "以内", "番目", *ORDINAL_WORDS)


@dataclass(frozen=True, slots=True)
class Ranks:
    """The `places` of a ranking asked for in `question.text[start:end]`."""

    places: frozenset[int]
    start: int
    end: int


def ranks_asked(question: Question, pages: Iterable[Page]) -> Ranks | None:
    """Which places a question asks for (上位3か国, 1位から3位), where one of `pages` has a table with places."""
    match = _RANKS.search(question.text)
    if match is None or not any(f.kind == "rank" for page in pages for f in column_figures(page.text)):
        return None
    return Ranks(_places(match), *match.span())


def _places(match: re.Match[str]) -> frozenset[int]:
    if match["one"]:
        return frozenset(_number(match[group]) for group in ("one", "other"))
    if nth := match["nth"] or match["nth_en"] or match["nth_place"]:
        return frozenset({ORDINAL_WORDS.get(nth.lower()) or _number(nth)})
    first = _number(match["from"]) if match["from"] else 1
    return frozenset(range(first, _number(match["to"] or match["top"] or match["within"]) + 1))


def without_ranks(question: Question, ranks: Ranks) -> Question:
    """The question without what says which rows it wants: no row has to hold that."""
    premises = tuple(f for f in question.premises if not (f.start < ranks.end and ranks.start < f.end))
    return replace(
        question, premises=premises, terms=tuple(t for t in question.terms if not t.text.endswith(_SAY_RANKS))
    )


def rows_within(
    question: Question, scored: Sequence[ScoredUnit], ranks: Ranks, subject: Sequence[int]
) -> list[list[ScoredUnit]]:
    """The rows that `ranks` speaks of, in their order, table by table: of the best table on the page of the best unit,
    and of those beside it that are as near to the `subject`. None where a table lacks one of the places."""
    tables: dict[tuple[object, ...], dict[int, ScoredUnit]] = {}
    for s in scored:
        if s.unit.kind == "row" and s.unit.page == scored[0].unit.page:
            for place in column_ranks(s.unit) & ranks.places:
                tables.setdefault(s.unit.table, {})[place] = s
    whole = [[rows[n] for n in sorted(rows)] for rows in tables.values() if len(rows) == len(ranks.places)]
    nearest = max(
        whole, key=lambda rows: (sum(_over_table(rows[0], subject)), max(s.score for s in rows)), default=None
    )
    if nearest is None:
        return []
    beside = (rows for rows in whole if not of_another_table(question, rows[0], nearest[0], subject))
    return [nearest, *(rows for rows in beside if rows is not nearest)]


def column_ranks(row: Unit) -> frozenset[int]:
    """The places that a row has by the head of its table."""
    return frozenset(int(f.value) for f in column_figures(row.text) if f.kind == "rank")


def _number(written: str) -> int:
    return int(written) if written.isdigit() else NUMBER_WORDS[written.lower()]


def without_other_rows(question: Question, scored: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """`scored` without the rows of those tables of which the question names another row: of 日本の順位 the row of 日本
    tells, and no other does. Where it compares or lists, at least two have to be named; where it asks for the others,
    all stay."""
    wants_several = question.compares or question.wants_list
    if not (question.asked or wants_several) or _OTHERS.search(question.text):
        return list(scored)
    said = _said(question)
    rows = [s.unit for s in scored if s.unit.kind == "row"]
    shared: Counter[tuple[object, str]] = Counter((row.table, cell) for row in rows for cell in _names_in(row))
    named = [s.unit.kind == "row" and _is_named(s.unit, said, shared) for s in scored]
    counts = Counter(s.unit.table for s, is_named in zip(scored, named, strict=True) if is_named)
    tables = {table for table, count in counts.items() if count > 1 or not wants_several}
    others = [
        s.unit
        for s, is_named in zip(scored, named, strict=True)
        if s.unit.kind == "row" and not is_named and s.unit.table in tables
    ]
    return [s for s in scored if not any(s.unit.overlaps(row) for row in others)]


def rows_of_group(question: Question, scored: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """All rows, in their order, of the group that the question names and that the best unit is a row of: those of one
    table with シナジー拠点 in a cell; all rows where it wants all of what the head names (すべての大学). None where it
    names more of that row, or wants no list, nor who or where."""
    # A table that is the best unit as a whole stands for its best row.
    rows = [s for s in scored if s.unit.kind == "row"]
    first = next((s.unit for s in rows if s is scored[0] or scored[0].unit.overlaps(s.unit)), None)
    wants_all = question.wants_list or bool(question.asked & {"organisation", "person"})
    if first is None or not wants_all or question.compares:
        return []
    said = _said(question)
    if question.language == "en":  # synergy hubs are シナジー and 拠点
        pairs = permutations([t.alternatives for t in question.terms], 2)
        said += [a + b for one, other in pairs for a in one for b in other]
    rows = [s for s in rows if s.unit.table == first.table]
    named = [{cell for cell in _names_in(s.unit) if any(cell in text for text in said)} for s in rows]
    wanted = next(names for s, names in zip(rows, named, strict=True) if s.unit is first)
    heads = {key(cell.strip()) for quote in first.quotes[: first.leading] for cell in quote.split("\t")}
    if not any(named) and _ALL.search(question.text) and any(len(h) > 1 and h in text for h in heads for text in said):
        return sorted(rows, key=lambda s: s.unit.spans[s.unit.leading])
    group = [s for s, names in zip(rows, named, strict=True) if wanted and wanted <= names]
    is_one_named = any(names - wanted for names in named)
    if is_one_named or not 1 < len(group) < len(rows):
        return []
    return sorted(group, key=lambda s: s.unit.spans[s.unit.leading])


def of_another_table(question: Question, row: ScoredUnit, first: ScoredUnit, subject: Sequence[int]) -> bool:
    """Whether `row` stands in a table beside that of the row `first` on one page, and less of the subject is found over
    it, or with it, than with `first`; `subject` are the places of its terms and figures."""
    if not row.unit.kind == first.unit.kind == "row" or row.unit.page != first.unit.page:
        return False
    if row.unit.table == first.unit.table:
        return False
    ours, theirs = (_subject_over(question, s, subject) for s in (first, row))
    pairs = list(zip(_over_table(first, subject), _over_table(row, subject), strict=True))
    # 化学分野 stands by its words over a table of 化学・材料分野, and by fewer over its neighbour.
    is_nearer = all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)
    return ours > theirs or (ours == theirs and is_nearer)


def _over_table(row: ScoredUnit, subject: Sequence[int]) -> list[float]:
    """How much of each of the subject stands over the table of a row: what stands in the row itself tells nothing of
    its table."""
    return [min(row.relevance.found[i], IN_CAPTION) for i in subject]


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


def _said(question: Question) -> list[str]:
    """The question, and what its English words are called in Japanese, folded."""
    return [key(question.text), *(key(t) for found in japanese_terms(question.text) for t in found.japanese)]


def _names_in(row: Unit) -> frozenset[str]:
    """The cells of a row that are no figures, folded."""
    cells = (cell.strip() for cell in row.body.split("\t"))
    return frozenset(key(cell) for cell in cells if len(cell) > 1 and not figures_in(cell))


def _is_named(row: Unit, said: Sequence[str], shared: Counter[tuple[object, str]]) -> bool:
    """Whether the first cell that is no figure and none of several rows, by which a row is called, stands in the
    question. `shared` counts the cells of each table."""
    cells = (key(cell.strip()) for cell in row.body.split("\t"))
    name = next((c for c in cells if len(c) > 1 and not figures_in(c) and shared[row.table, c] < 2), "")
    return bool(name) and any(name in text for text in said)
