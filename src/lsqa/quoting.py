"""The answer without a language model: verbatim quotes, best first, or what speaks against answering.

The best unit is taken, then those that add what the question asks for and the first does not hold, within
`ANSWER_CHARACTERS`. A unit is quoted
whole or not at all, and each quote is a citation that goes through the same check as those of a language model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from lsqa.answerability import answer_features, near, probability, subject_terms
from lsqa.asked_kinds import holds
from lsqa.chunks import Chunk
from lsqa.citations import Citation, Claim
from lsqa.evidence import Evidence
from lsqa.exclusions import as_found, left_out, others, rows_beside, without_left_out
from lsqa.figures import find_figures
from lsqa.question_forms import AskedKind
from lsqa.questions import Question, key
from lsqa.relevance import IN_CAPTION, ON_PAGE, question_weights, stands_in, union_coverage
from lsqa.rows_meant import (
    column_ranks,
    of_another_table,
    ranks_asked,
    rows_of_group,
    rows_within,
    without_other_rows,
    without_ranks,
)
from lsqa.scoring import Frequency, RankedPage, ScoredUnit, Similarity, part_weight, score_by_meaning, score_units
from lsqa.sections import title_over
from lsqa.text import Span, fold, trim
from lsqa.units import Unit

ANSWER_CHARACTERS = 400
MOST_UNITS = 6
KEEP_RATIO = 0.92  # a further quote has to reach this share of the score of the first
KEEP_RATIO_IN_COMPARISON = 0.83  # … where the other side is wanted too
WHOLE_RATIO = 0.85  # a list or section is taken in the place of a part of it at this share of its score
SAME_SUBJECT = 0.7  # … and be as near to the subject as this share of the first is
_GAIN, _GAIN_IN_COMPARISON = 0.5, 1.0
_CONSIDERED = 60
_NEAREST = 3
_QUOTE_OVERHEAD = 7  # brackets, label, line break
_CELL_OVERHEAD = 2  # a tab between cells is shown as a bar between blanks
_TITLE_LENGTH = 60
_DEFINES = re.compile(
    r"とは|って(?:何|なに)|の(?:役割|意味|定義|目的)|\b(?:what is|what does|define|meaning of)\b", re.IGNORECASE
)
_RANGE = ("-", "–", "〜", "～", "~", "から", "：")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The units chosen, best first, and how probable it is that they answer.

    `nearest` are the best units, chosen or not, and before them what holds a name that none of them holds. `missing`
    are the words and figures of the question that do not stand on the page of the first unit, `missing_kinds` the kinds
    of thing asked for that no chosen unit holds, `contradicted` the figures taken for granted that do not stand where
    the named subject is treated.
    """

    units: tuple[ScoredUnit, ...]
    nearest: tuple[ScoredUnit, ...]
    probability: float
    features: tuple[float, ...]
    missing: tuple[str, ...]
    missing_kinds: tuple[AskedKind, ...]
    contradicted: tuple[str, ...] = ()


def quote(
    question: Question, pages: Sequence[RankedPage], frequency: Frequency, chunks: int, similarity: Similarity
) -> Quotation:
    """The quotes among `pages` that answer `question` best.

    `frequency` and `chunks` are as in `scoring.part_weight`, `similarity` as in `scoring.score_by_meaning`.
    """
    if ranks := ranks_asked(question, (ranked.page for ranked in pages)):
        question = without_ranks(question, ranks)
    asked = question
    excluded = left_out(question)
    question, pages = without_left_out(question, pages, excluded)
    weight = part_weight(frequency, chunks)
    weights = question_weights(question, weight)
    scored = score_by_meaning(score_units(question, pages, weight), similarity)
    beside = rows_beside(question, scored, excluded)
    scored = others(scored, excluded) or scored
    meant = (
        rows_within(question, scored, ranks, subject_terms(question)) if ranks else [rows_of_group(question, scored)]
    )
    # What is about something else says neither what is missing nor where one might look.
    about = [s for s in scored if not s.relevance.elsewhere] or scored
    # An English name is translated word by word, and its words stand on many pages.
    able = about if question.language == "en" and not question.compares else scored
    chosen = _whole_rows([beside]) or _whole_rows(meant) or choose(question, able, weights)
    nearest = _nearest(question, about)
    if not chosen:
        return Quotation((), nearest, 0.0, (), tuple(t.text for t in question.terms), ())
    if ranks and not meant and chosen[0].unit.kind == "row" and column_ranks(chosen[0].unit):
        # Some of the places asked for would look like all of them.
        return Quotation(chosen, nearest, 0.0, (), (question.text[ranks.start : ranks.end],), ())
    if question is not asked:
        whole = as_found(asked, excluded, chosen, IN_CAPTION if chosen[0] in beside else ON_PAGE)
        features = answer_features(asked, whole, question_weights(asked, weight))
    else:
        features = answer_features(question, chosen, weights)
    absent = [k for k in question.asked if not any(holds(k, s.unit.text, question) for s in chosen)]
    missing = (about if chosen[0].relevance.elsewhere else chosen)[0].relevance.missing
    return Quotation(
        chosen,
        nearest,
        probability(features),
        features,
        missing,
        tuple(sorted(absent)),
        _contradicted(question, scored),
    )


def _nearest(question: Question, scored: Sequence[ScoredUnit]) -> tuple[ScoredUnit, ...]:
    """The best units; for each name in the question that none of them holds the best that does takes the place of the
    last of them, and stands first."""
    best = scored[:_NEAREST]
    named: list[ScoredUnit] = []
    for place, term in enumerate(question.terms):
        if term.is_name and not any(s.relevance.found[place] for s in (*named, *best)):
            named += _naming(place, scored)
    return tuple([*named, *best][:_NEAREST])


def _naming(place: int, scored: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """The unit that holds a term best, of equals the one that scored best; none where no unit does."""
    levels = [s.relevance.found[place] for s in scored]
    return [scored[levels.index(max(levels))]] if any(levels) else []


def _contradicted(question: Question, scored: Sequence[ScoredUnit]) -> tuple[str, ...]:
    """The figures taken for granted that do not stand on the page that treats the named subject best."""
    names = [i for i, term in enumerate(question.terms) if term.is_name]
    if not names:
        return ()
    levels = max(scored, key=lambda s: sum(s.relevance.found[i] for i in names)).relevance.found
    premises = zip(question.premises, levels[len(question.terms) :], strict=True)
    return tuple(question.text[f.start : f.end] for f, level in premises if level == 0)


def choose(question: Question, scored: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[ScoredUnit, ...]:
    """The units to quote: the best, then what adds most to the coverage of the question, within the characters there
    are.
    """
    chosen: list[ScoredUnit] = []
    room = ANSWER_CHARACTERS
    scored = without_other_rows(question, scored)
    while len(chosen) < MOST_UNITS and (best := _next(question, scored, chosen, weights, room)):
        if question.wants_list or not question.asked:
            best = _whole(question, best, scored, chosen, room)
        room -= cost(best, chosen)
        chosen.append(best)
    return tuple(chosen)


def _whole_rows(tables: Sequence[Sequence[ScoredUnit]]) -> tuple[ScoredUnit, ...]:
    """The rows that are meant, of each table all or none."""
    chosen: list[ScoredUnit] = []
    room = ANSWER_CHARACTERS
    for rows in filter(None, tables):
        # The head of the table is shown once.
        further = sum(_shown_length(row.unit.quotes[row.unit.leading :]) for row in rows[1:])
        needed = cost(rows[0], chosen) + further
        if needed <= room:
            chosen += rows
            room -= needed
    return tuple(chosen)


def _whole(
    question: Question, unit: ScoredUnit, scored: Sequence[ScoredUnit], chosen: Sequence[ScoredUnit], room: int
) -> ScoredUnit:
    """The largest group that holds `unit`, scores nearly as well and fits: a list is quoted whole, not by its first
    item, but for what the question names that stands in this item alone.
    """
    groups = [
        s
        for s in scored[:_CONSIDERED]
        if s.unit.holds(unit.unit)
        and s.score >= WHOLE_RATIO * unit.score
        and cost(s, chosen) <= room
        and not any(s.unit.overlaps(c.unit) for c in chosen)
        and (question.wants_list or not _is_singled_out(question, unit.unit, s.unit))
    ]
    return max(groups, key=lambda s: len(s.unit.spans), default=unit)


def _is_singled_out(question: Question, item: Unit, group: Unit) -> bool:
    """Whether a name of the question stands in `item` alone of all that `group` quotes: of TRIP2 its own line tells."""
    others = [key(quote) for span, quote in zip(group.spans, group.quotes, strict=True) if span not in item.spans]
    own = key(item.text)
    defines = bool(_DEFINES.search(question.text))
    is_any = defines or item.kind == "row"
    naming = [t.alternatives for t in question.terms if t.is_name or (is_any and t.importance >= 1 and not t.is_asked)]
    return any(
        any(stands_in(s, own) for s in spellings) and not any(stands_in(s, text) for s in spellings for text in others)
        for spellings in naming
    )


def cost(unit: ScoredUnit, chosen: Sequence[ScoredUnit]) -> int:
    """The characters that a unit takes in the answer, with the title of its slide where that is not there yet."""
    name = slide_name(unit)
    place = (unit.ranked_page.doc_id, unit.unit.page.number, name)
    is_new = place not in {(c.ranked_page.doc_id, c.unit.page.number, slide_name(c)) for c in chosen}
    return _shown_length(unit.unit.quotes) + (len(name) + _QUOTE_OVERHEAD if is_new else 0)


def _shown_length(quotes: Sequence[str]) -> int:
    return sum(len(q) + _CELL_OVERHEAD * q.count("\t") + _QUOTE_OVERHEAD for q in quotes)


def slide_name(unit: ScoredUnit) -> str:
    """The slide's own title in one line; for a row with the heading over its table, as two tables may hold such a row.

    Where the title was lost, or is that of another chapter on the page, the headings over the unit, the innermost ones
    that there is room for; else the document's title.
    """
    path = unit.unit.heading_path
    title = title_over(unit.unit.page, path)
    if title and unit.unit.kind == "row" and len(path) > 1:
        return shortened(f"{shortened(title, _TITLE_LENGTH // 2)} > {path[-1]}", _TITLE_LENGTH)
    headings = [h for h in path if h not in unit.unit.quotes]
    while len(headings) > 1 and len(" > ".join(headings)) > _TITLE_LENGTH:
        del headings[0]
    return shortened(title or " > ".join(headings) or unit.ranked_page.document_title, _TITLE_LENGTH)


def shortened(name: str, length: int) -> str:
    """`name` in at most `length` characters, no figure cut in two."""
    flat = " ".join(name.split())
    if len(flat) <= length:
        return flat
    cut = length - 1
    figures = find_figures(flat)
    # Half a figure would be another one: 2011-202… of 2011-2023; so would the first of a range: 2011… of 2011～2023.
    inside = (f.start for f in figures if f.start < cut < f.end)
    opened = (a.start for a, b in pairwise(figures) if a.end <= cut < b.end and flat[a.end : b.start].strip() in _RANGE)
    return flat[: min((*inside, *opened), default=cut)].rstrip(" -～~：:") + "…"


def _next(
    question: Question, scored: Sequence[ScoredUnit], chosen: Sequence[ScoredUnit], weights: Sequence[float], room: int
) -> ScoredUnit | None:
    free = [
        s for s in scored[:_CONSIDERED] if cost(s, chosen) <= room and not any(_repeats(s.unit, c.unit) for c in chosen)
    ]
    if not chosen:
        return next(iter(free), None)
    levels = [c.relevance.found for c in chosen]
    before = union_coverage(levels, weights)
    gain = _GAIN_IN_COMPARISON if question.compares else _GAIN

    def value(s: ScoredUnit) -> float:
        return s.score + gain * (union_coverage([*levels, s.relevance.found], weights) - before)

    limit = (KEEP_RATIO_IN_COMPARISON if question.compares else KEEP_RATIO) * chosen[0].score
    subject = subject_terms(question)

    def fits(s: ScoredUnit) -> bool:
        if value(s) < limit:
            return False
        if not question.compares and not question.wants_list and of_another_table(question, s, chosen[0], subject):
            return False
        # B-cure's budget is no better answered by adding another programme's, nor one year's by adding another's.
        if not question.compares and s.relevance.premises < chosen[0].relevance.premises:
            return False
        return question.compares or near(s, subject, weights) >= SAME_SUBJECT * near(chosen[0], subject, weights)

    return max((s for s in free if fits(s)), key=value, default=None)


def _repeats(unit: Unit, chosen: Unit) -> bool:
    """Whether a unit would quote the words of a chosen one, or the same words of another page: a row of a note's table
    that repeats the slide's."""
    return unit.overlaps(chosen) or _letters(unit.body) in _letters(chosen.body)


@lru_cache(maxsize=8192)
def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def cite(
    units: Sequence[ScoredUnit], evidence: Sequence[Evidence], page_chunks: Sequence[Chunk]
) -> tuple[tuple[Claim, ...], tuple[Evidence, ...]]:
    """A claim for each unit, its quotes cited; and the evidence they stand on, only what is cited, labelled from 1.

    `page_chunks` are all chunks of the quoted pages: the head of a table may stand in another chunk than its row.
    """
    scores = {e.chunk.chunk_id: e.score for e in evidence}
    labels: dict[str, Evidence] = {}
    claims: list[Claim] = []
    for unit in units:
        citations: list[Citation] = []
        for chunk, span in _pieces(unit, page_chunks):
            title = unit.ranked_page.document_title
            new = Evidence(len(labels) + 1, chunk, title, scores.get(chunk.chunk_id, 0.0))
            item = labels.setdefault(chunk.chunk_id, new)
            citations.append(Citation(item.label, unit.unit.page.text[span[0] : span[1]]))
        claims.append(Claim(unit.unit.text, tuple(citations)))
    return tuple(claims), tuple(labels.values())


def _pieces(unit: ScoredUnit, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Span]]:
    """Each span of the unit with the chunk that holds it, cut where a chunk ends."""
    text = unit.unit.page.text
    for start, end in unit.unit.spans:
        for chunk in chunks:
            same_page = (chunk.doc_id, chunk.page) == (unit.ranked_page.doc_id, unit.unit.page.number)
            a, b = trim(text, max(start, chunk.start), min(end, chunk.end))
            if same_page and a < b:
                yield chunk, (a, b)
