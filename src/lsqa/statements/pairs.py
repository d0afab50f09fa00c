"""Figures with what they are said of: 43億円 of 令和7年度 and of B-cure is not 43億円 of 令和6年度 or of K-cure.

A figure stands with the year that governs it: the head of its column, the bracket behind it, else the nearest year
before it in its sentence or row. Where a quote says no year or names nothing beside the figure, nothing is held
against the claim.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lsqa.figures import Figure, TableRow, find_figures, proving_figures, supports, table_rows
from lsqa.figures.counted import UNKNOWN, counted_years
from lsqa.lexicon import japanese_terms
from lsqa.statements.bindings import Binding, Subject, binding_of, bindings, said_of_another
from lsqa.statements.names import Name, holds, names, plain, stands_in
from lsqa.statements.stages import Staged, stage_at, stages_in, unlike_stage
from lsqa.text import Span, detect_language, fold

_TIMES: Final = frozenset({"fiscal_year", "year", "month", "date"})
_SENTENCE: Final = re.compile(r"[^。！？!?\n]*(?:[。！？!?\n]|(?<=[a-z0-9)])\.(?=\s)|$)")
_CLAUSE_END: Final = re.compile(r"[、，,;；]")
_BARE_NUMBER: Final = re.compile(r"[\d.,%％\s]*")
_ENUMERATORS: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮※・ 　"
_DIGIT: Final = re.compile(r"\d")
_BRACKET: Final = re.compile(r"\s*[（(]([^（）()]{1,20})[）)]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands: its `year`, None where none governs it; the `text` of its sentence or row; what its row
    and the other rows of its table are called; the stage of the budget that an amount is of; what
    the figure is said of in its sentence.
    """

    year: Figure | None
    text: str
    label: str = ""
    other_labels: tuple[str, ...] = ()
    stage: Staged | None = None
    binding: Binding | None = None


def _is_time(figure: Figure) -> bool:
    return figure.kind in _TIMES or (figure.kind == "ordinal" and figure.unit in ("年度", "年"))


@lru_cache(maxsize=2048)
def _sentences(text: str) -> tuple[Span, ...]:
    return tuple(m.span() for m in _SENTENCE.finditer(text) if m[0].strip())


def _sentence_at(text: str, at: int) -> Span:
    spans = _sentences(text)
    i = bisect_right(spans, (at, len(text) + 1)) - 1
    return spans[i] if i >= 0 else (0, len(text))


@lru_cache(maxsize=2048)
def _times(text: str, published: str) -> tuple[Figure, ...]:
    """The years and dates of a text in order, with the years that it counts from the one before."""
    found = [f for f in proving_figures(text, published) if _is_time(f)]
    return tuple(sorted([*found, *_counted(text)], key=lambda f: f.start))


@lru_cache(maxsize=2048)
def _counted(text: str) -> tuple[Figure, ...]:
    return counted_years(text, find_figures(text))


def _governing(times: Sequence[Figure], figure: Figure, text: str, sentence: Span) -> Figure | None:
    bracket = _BRACKET.match(text, figure.end)
    if bracket:
        inside = [t for t in times if bracket.start(1) <= t.start < bracket.end(1)]
        # （令和6年度） says of when the figure is, （令和6年度補正予算額は12億円） speaks of another one.
        if inside and not _DIGIT.search(text, max(t.end for t in inside), bracket.end(1)):
            return inside[0]
    own = [t for t in times if sentence[0] <= t.start < sentence[1]]
    before = [t for t in own if t.start < figure.start]
    # 43億円で、前年度より5億円増えた: what is counted behind a figure is another year than its own.
    behind = [t for t in own if t not in _counted(text)]
    return before[-1] if before else behind[0] if behind else None


def _row_place(text: str, row: TableRow, rows: Sequence[TableRow], figure: Figure, published: str) -> Place:
    column = next(i for i, (a, b) in enumerate(row.cells) if a <= figure.start < b)
    span = row.cells[0][0], row.cells[-1][1]
    over = [f for f in proving_figures(row.heads[column], published) if _is_time(f)]
    inside = [t for t in _times(text, published) if span[0] <= t.start < span[1] and t.start < figure.start]
    year = over[0] if over else inside[-1] if inside else None
    own = _label(text, row)
    others = tuple(label for label in dict.fromkeys(_label(text, r) for r in rows) if label and label != own)
    head = row.heads[column] + "\n" + own
    stage = stage_at(head, (0, len(head)), (len(head), len(head)))
    return Place(year, text[span[0] : span[1]] + "\n" + "\n".join(row.heads), own, others, stage)


def _label(text: str, row: TableRow) -> str:
    """What a row is called: its first cell that is no bare number, as a rank before it is."""
    cells = [text[a:b].strip() for a, b in row.cells]
    label = next((cell for cell in cells if not _BARE_NUMBER.fullmatch(fold(cell))), cells[0])
    return label.lstrip(_ENUMERATORS)


def _places(text: str, figure: Figure, published: str) -> Iterator[Place]:
    """Every place of `text` that proves `figure`."""
    rows = table_rows(text)
    for found in proving_figures(text, published):
        if not supports(found, figure):
            continue
        row = next((r for r in rows if r.cells[0][0] <= found.start < r.cells[-1][1]), None)
        if row is not None:
            yield _row_place(text, row, rows, found, published)
        else:
            sentence = _sentence_at(text, found.start)
            year = _governing(_times(text, published), found, text, sentence)
            stage = stage_at(text, sentence, (found.start, found.end))
            yield Place(year, text[sentence[0] : sentence[1]], stage=stage, binding=binding_of(text, sentence, found))


def _clause_names(claim: str, figure: Figure) -> tuple[Name, ...]:
    """The names of the figure's clause, else of the sentence up to it, else of the sentence."""
    start, end = _sentence_at(claim, figure.start)
    inside = [n for n in names(claim) if start <= n.start < end]
    cuts = [m.end() for m in _CLAUSE_END.finditer(claim, start, figure.start)]
    clause = [n for n in inside if (cuts[-1] if cuts else start) <= n.start < figure.start]
    return tuple(clause or [n for n in inside if n.start < figure.start] or inside)


def _mentions(claim: str, figure: Figure, labels: Sequence[str]) -> bool:
    """Whether the clause of `figure`, up to it, says one of `labels`; an English sentence anywhere, as it names things
    behind their figures too, and in the Japanese that the lexicon has for its words."""
    start, end = _sentence_at(claim, figure.start)
    if detect_language(claim) == "en":
        said = claim[start:end]
        said = "\n".join((said, *(japanese for term in japanese_terms(said) for japanese in term.japanese)))
    else:
        cuts = [m.end() for m in _CLAUSE_END.finditer(claim, start, figure.start)]
        said = claim[cuts[-1] if cuts else start : figure.start]
    clause = plain(said)
    return any(len(label) > 1 and holds(clause, plain(label)) for label in labels)


@dataclass(frozen=True, slots=True)
class Mispairing:
    """A figure of the claim whose year, or what it is said of, is another in the quotes.

    `claimed` is the year, the name, the stage or the figure itself in the claim's words, `quoted` what stands in its
    place, empty where nothing does.
    """

    figure: Figure
    what: Literal["year", "name", "figure"]
    claimed: str
    quoted: str


def mispaired(claim: str, quotes: Sequence[str], published: str = "", context: Sequence[str] = ()) -> Mispairing | None:
    """The first figure of `claim` that the quotes prove only of another year, name or stage of a budget; None if there
    is none. `context` are the headings over the quotes."""
    text = "\n".join(quotes)
    if out_of_place := _out_of_place(claim, text):
        return out_of_place
    times = _times(claim, published)
    for figure in find_figures(claim):
        places = list(_places(text, figure, published))
        if not places:
            continue
        if _is_time(figure):
            wrong = _wrong_name(claim, figure, places) if all(p.label for p in places) else None
        else:
            wrong = (
                _wrong_year(claim, figure, times, places, _counted(text))
                or _wrong_name(claim, figure, places)
                or _wrong_subject(claim, figure, places)
                or _wrong_thing(claim, figure, places, text)
                or _wrong_stage(claim, figure, places, (text, *context))
            )
        if wrong:
            return wrong
    return None


@lru_cache(maxsize=2048)
def _frames(text: str) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The sentences of a text without their figures, folded, and the figures of each in order."""
    frames: list[tuple[str, tuple[Figure, ...]]] = []
    for start, end in _sentences(text):
        inside = tuple(f for f in find_figures(text) if start <= f.start < end)
        if inside:
            ends = [start, *(f.end for f in inside)]
            starts = [*(f.start for f in inside), end]
            frame = "#".join(fold(text[a:b]) for a, b in zip(ends, starts, strict=True))
            frames.append((frame.rstrip("。.#"), inside))
    return tuple(frames)


def _out_of_place(claim: str, text: str) -> Mispairing | None:
    """A figure in a sentence that the quotes hold word for word, in the place of another figure."""
    for frame, claimed in _frames(claim):
        quoted = [
            figures
            for other, figures in _frames(text)
            if other == frame
            and len(figures) == len(claimed)
            and not _of_another_year(claimed, figures, _counted(text))
        ]
        if not quoted or len(frame.strip("#")) < len(claimed):
            continue
        wrong = [next((p for p in zip(claimed, q, strict=True) if not supports(p[1], p[0])), None) for q in quoted]
        if all(wrong) and wrong[0] is not None:
            mine, theirs = wrong[0]
            what: Literal["year", "figure"] = "year" if _is_time(mine) else "figure"
            return Mispairing(mine, what, claim[mine.start : mine.end], text[theirs.start : theirs.end])
    return None


def _of_another_year(claimed: Sequence[Figure], quoted: Sequence[Figure], counted: Sequence[Figure]) -> bool:
    """Whether the claim speaks of a year that the quotes call 前年度, in the words that they have for the one after it:
    then not only the year is another."""
    pairs = [p for p in zip(claimed, quoted, strict=True) if not supports(p[1], p[0])]
    is_counted = any(supports(year, mine) for mine, _ in pairs for year in counted)
    return is_counted and all(
        _is_time(mine) or (mine, theirs) in pairs for mine, theirs in zip(claimed, quoted, strict=True)
    )


def _wrong_year(
    claim: str, figure: Figure, times: Sequence[Figure], places: Sequence[Place], counted: Sequence[Figure]
) -> Mispairing | None:
    claimed = _governing(times, figure, claim, _sentence_at(claim, figure.start))
    years = [p.year for p in places]
    if claimed is not None and claimed.unit == UNKNOWN and any(year in counted for year in years):
        return None  # both say 前年度
    if figure.kind == "duration" or figure.unit == "倍":  # 令和7年度から令和11年度までの5年間, 2020年の20倍: of both
        years += [t for p in places for t in find_figures(p.text) if _is_time(t)]
    if claimed is None or any(year is None or _same_time(year, claimed) for year in years):
        return None
    year = next(y for y in years if y is not None)
    shown = _shown(year)
    return Mispairing(figure, "year", claim[claimed.start : claimed.end], shown)


def _same_time(quoted: Figure, claimed: Figure) -> bool:
    if supports(quoted, claimed):
        return True
    # A year and a fiscal year, or a date and a fiscal year, may both be right; only two of a kind exclude each other.
    return quoted.kind != claimed.kind and not (
        claimed.kind == "ordinal"
        or quoted.kind == "ordinal"
        or {quoted.kind, claimed.kind} <= {"year", "month", "date"}
    )


def _shown(year: Figure) -> str:
    value = int(year.value)
    if year.kind == "fiscal_year":
        return f"{value}年度"
    if year.kind == "year":
        return f"{value}年"
    if year.kind == "ordinal":
        return f"{value}{year.unit}"
    digits = str(value)
    return "-".join(part for part in (digits[:-4] or digits[:-2], digits[-4:-2] or digits[-2:], digits[-2:]) if part)


def _wrong_row(claim: str, figure: Figure, places: Sequence[Place]) -> Mispairing | None:
    """What is claimed of one row of a table and stands in others alone."""
    if not all(p.label for p in places) or _mentions(claim, figure, [p.label for p in places]):
        return None
    mentioned = [other for p in places for other in p.other_labels if _mentions(claim, figure, [other])]
    if not mentioned:
        return None
    claimed = _clause_names(claim, figure)
    return Mispairing(figure, "name", claimed[0].text if claimed else mentioned[0], places[0].label)


def _wrong_name(claim: str, figure: Figure, places: Sequence[Place]) -> Mispairing | None:
    if _mentions(claim, figure, [p.label for p in places if p.label]):
        return None
    if wrong := _wrong_row(claim, figure, places):
        return wrong
    claimed = _clause_names(claim, figure)
    if not claimed:
        return None
    for place in places:
        if any(stands_in(name, plain(place.text)) for name in claimed) or not names(place.text):
            return None
    return Mispairing(figure, "name", claimed[0].text, names(places[0].text)[0].text)


def _wrong_subject(claim: str, figure: Figure, places: Sequence[Place]) -> Mispairing | None:
    """What is claimed of one thing and said of another in the same sentence, wherever it stands."""
    mine = binding_of(claim, _sentence_at(claim, figure.start), figure)
    if mine is None:
        return None
    found = [said_of_another(mine.own, p.binding, claim) if p.binding else None for p in places]
    if not all(found) or found[0] is None:
        return None
    claimed, quoted = found[0]
    return Mispairing(figure, "name", claim[claimed.start : claimed.end], quoted.spellings[0])


def _wrong_thing(claim: str, figure: Figure, places: Sequence[Place], text: str) -> Mispairing | None:
    """What is claimed of a thing of which the quotes state another figure of the kind, in another sentence; or of one
    that bears only the last word of the name that they state it of."""
    mine = binding_of(claim, _sentence_at(claim, figure.start), figure)
    stated = [p.binding.own if p.binding else () for p in places]
    if mine is None or not all(stated) or any("\t" in p.text for p in places) or detect_language(claim) != "ja":
        return None
    claimed = [s for s in mine.own if s.start < figure.start]
    if any(c.matches(s) and not _is_modified(claim, c, s) for c in claimed for own in stated for s in own):
        return None
    others = _stated_elsewhere(text, figure)
    heads = [c.start for c in claimed if any(c.matches(s) for own in stated for s in own)]
    modifying = [c for c in claimed if any(claim[c.end : head] == "の" for head in heads)]
    wrong = [c for c in claimed if any(c.matches(o) for o in others)]
    wrong += [c for c in modifying if c.spellings[0] in plain(text)]
    if not wrong:
        return None
    return Mispairing(figure, "name", claim[wrong[0].start : wrong[0].end], stated[0][0].spellings[0])


def _stated_elsewhere(text: str, figure: Figure) -> list[Subject]:
    """What the sentences of a text state other figures of this kind of."""
    found = [b for sentence in _sentences(text) for b in bindings(text, *sentence)]
    alike = [b for b in found if (b.figure.kind, b.figure.unit) == (figure.kind, figure.unit)]
    return [s for b in alike if not supports(b.figure, figure) for s in b.own]


def _is_modified(claim: str, mine: Subject, theirs: Subject) -> bool:
    """Whether 企業出身の研究者 stands in a claim for 外国籍研究者: the head alone is the same."""
    whole = theirs.spellings[0]
    head = next((s for s in mine.spellings if whole.endswith(s) and s != whole), "")
    return bool(head) and whole[: -len(head)] not in plain(claim)


def _wrong_stage(claim: str, figure: Figure, places: Sequence[Place], texts: Sequence[str]) -> Mispairing | None:
    if figure.kind != "amount":
        return None
    claimed = stage_at(claim, _sentence_at(claim, figure.start), (figure.start, figure.end))
    other = unlike_stage(claimed, [p.stage for p in places], stages_in(texts))
    if claimed is None or other is None:
        return None
    return Mispairing(figure, "figure", claimed.words, "" if other is claimed else other.words)
