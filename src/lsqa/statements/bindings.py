"""What each figure of a sentence is said of, where the sentence states several: B-cureは38億円、K-cureは43億円.

By structure alone: a figure belongs to what its clause names before it, else behind it (38億円をB-cureに), else to the
last name before its clause; names and figures that are only listed belong together in their order (AとBはそれぞれXとY).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lsqa.figures import Figure, find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.statements.names import Name, compounds, names, plain, short_spellings
from lsqa.text import Span, detect_language

_MEASURED: Final = frozenset({"amount", "count", "percent", "rank", "duration", "number"})
_OPENING: Final = "（(「『["
_CLOSING: Final = "）)」』]"
# 、 and its like end a clause; so does the と that joins two figures, behind the first one.
_CLAUSE_END: Final = re.compile(r"[、，,;；\n]|\b(?:while|whereas|but)\b", re.IGNORECASE)
_JOINED: Final = re.compile(
    r"(?:[)）」』]|を|の予算)?\s*(?:と|、|，|,|・|や|及び|および|並びに|ならびに|/|／|＋|\+|,?\s*(?:and|or)\b)?\s*(?:約|およそ|about\b)?"
    r"\s*[「『（(]?",
    re.IGNORECASE,
)
_CONNECTOR: Final = re.compile(r"と|、|，|,|・|や|及び|および|並びに|ならびに|/|／|\band\b|\bor\b", re.IGNORECASE)
_BRACKET: Final = re.compile(r"\s*[（(]([^（）()]{1,40})[）)]")
_OF: Final = re.compile(r"\s*(?:の|(?:was |were |is |are )?(?:for|to|of|in|by|at)\b)", re.IGNORECASE)
_TOPIC: Final = re.compile(r"」?(?:では|には|は)")
_CAPITALISED: Final = re.compile(r"\b[A-Z][A-Za-z]+(?:-[A-Za-z]+)*\b")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure may be said of: its spellings in the form of `plain`, and whether it is a name of its own."""

    spellings: tuple[str, ...]
    is_name: bool
    start: int
    end: int

    def matches(self, other: "Subject") -> bool:
        """Whether one of them is, or is a part of, the other."""
        return any(a == b or _is_part(a, b) or _is_part(b, a) for a in self.spellings for b in other.spellings)


def _is_part(part: str, whole: str) -> bool:
    """Whether `whole` begins or ends with `part`, not in the middle of a Latin word."""
    if len(part) < 2 or len(part) >= len(whole):
        return False
    if whole.startswith(part):
        return not (part[-1].isascii() and _is_word(whole[len(part)]))
    return whole.endswith(part) and not (part[0].isascii() and _is_word(whole[-len(part) - 1]))


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "-")


@dataclass(frozen=True, slots=True)
class Binding:
    """A figure and all that it is said of, `own`; of its sentence, what it alone is said of, `subjects`, and what only
    other figures of its kind are said of, `rivals`.
    """

    figure: Figure
    own: tuple[Subject, ...]
    subjects: tuple[Subject, ...] = ()
    rivals: tuple[Subject, ...] = ()


def _named(name: Name) -> Subject:
    return Subject(name.spellings, True, name.start, name.end)


@lru_cache(maxsize=2048)
def _subjects(text: str) -> tuple[Subject, ...]:
    """All names and nouns of a text, in order; what belongs to a figure is none."""
    figures = find_figures(text)
    found = [_named(n) for n in names(text)]
    free = _english_subjects(text) if detect_language(text) == "en" else _japanese_subjects(text)
    for subject in free:
        if not any(s.start < subject.end and subject.start < s.end for s in found):
            found.append(subject)
    return tuple(
        sorted(
            (s for s in found if not any(f.start < s.end and s.start < f.end for f in figures)),
            key=lambda s: s.start,
        )
    )


def _japanese_subjects(text: str) -> Iterator[Subject]:
    merged: Subject | None = None
    for run in compounds(text):
        start, end = run[0].token.start, run[-1].token.end
        written = text[start:end]
        if not any(w.token.part[0] in ("名詞", "記号") for w in run):
            continue
        is_name = any(w.token.part[1] == "固有名詞" for w in run)
        if merged and text[merged.end : start] == "・" and not merged.is_name:
            start = merged.start  # 科学技術・イノベーション基本計画
            written = text[start:end]
        elif merged:
            yield merged
        spellings = (written, *synonyms(written), *short_spellings(written))
        merged = Subject(tuple(dict.fromkeys(map(plain, spellings))), is_name, start, end)
    if merged:
        yield merged


def _english_subjects(text: str) -> Iterator[Subject]:
    for term in japanese_terms(text):
        is_name = text[term.start].isupper() and term.start > 0
        spellings = (text[term.start : term.end], *term.japanese)
        yield Subject(tuple(dict.fromkeys(map(plain, spellings))), is_name, term.start, term.end)
    known = [(t.start, t.end) for t in japanese_terms(text)]
    for match in _CAPITALISED.finditer(text):
        if match.start() and not any(a <= match.start() < b for a, b in known):
            yield Subject((plain(match[0]),), True, *match.span())


def _clauses(text: str, start: int, end: int, figures: Sequence[Figure]) -> list[Span]:
    """The clauses of a sentence; no bracket and no figure is cut."""
    depth = 0
    cuts = [start]
    depths: list[int] = []
    for character in text[start:end]:
        depth = max(0, depth + (character in _OPENING) - (character in _CLOSING))
        depths.append(depth)
    for match in _CLAUSE_END.finditer(text, start, end):
        if not depths[match.start() - start] and not any(f.start <= match.start() < f.end for f in figures):
            cuts.append(match.end())
    return list(pairwise([*cuts, end]))


def _listed(text: str, figures: Sequence[Figure], subjects: Sequence[Subject], start: int) -> dict[int, Subject]:
    """Figures that stand in a list, each with the name in its place: AとBはXとY. By the start of each figure."""
    bound: dict[int, Subject] = {}
    at = 0
    while at < len(figures):
        last = at
        while last + 1 < len(figures) and _are_joined(text, figures[last], figures[last + 1]):
            last += 1
        run = figures[at : last + 1]
        if len(run) > 1:
            since = figures[at - 1].end if at else start
            before = [s for s in subjects if since <= s.start < run[0].start]
            behind = [s for s in subjects if s.start >= run[-1].end and s.start < _next(figures, last, text)]
            for group in (_coordinated(text, before, len(run)), _coordinated(text, behind, len(run))):
                if group:
                    bound |= {f.start: s for f, s in zip(run, group, strict=True)}
                    break
        at = last + 1
    return bound


def _next(figures: Sequence[Figure], at: int, text: str) -> int:
    return figures[at + 1].start if at + 1 < len(figures) else len(text)


def _are_joined(text: str, one: Figure, other: Figure) -> bool:
    return (one.kind, one.unit) == (other.kind, other.unit) and bool(
        (match := _JOINED.fullmatch(text, one.end, other.start)) and _CONNECTOR.search(match[0])
    )


def _coordinated(text: str, subjects: Sequence[Subject], count: int) -> tuple[Subject, ...]:
    """The `count` subjects that are listed with one another: names, or else nouns, with a connector between."""
    for chosen in ([s for s in subjects if s.is_name], list(subjects)):
        for at in range(len(chosen) - count + 1):
            group = chosen[at : at + count]
            if all(_CONNECTOR.search(text, a.end, b.start) for a, b in pairwise(group)):
                return tuple(group)
    return ()


@lru_cache(maxsize=2048)
def bindings(text: str, start: int, end: int) -> tuple[Binding, ...]:
    """What the measured figures of the sentence at `[start, end)` are said of, in order."""
    figures = [f for f in find_figures(text) if f.kind in _MEASURED and start <= f.start < end]
    if not figures:
        return ()
    subjects = [s for s in _subjects(text) if start <= s.start < end]
    clauses = _clauses(text, start, end, figures)
    windows = [_window(text, figures, i, clauses, subjects) for i in range(len(figures))]
    listed = _listed(text[:end], figures, subjects, start)
    forward = not listed and _stand_before_names(windows)
    topic = _topic(text, figures[0], subjects, forward=forward)
    found: list[tuple[Subject, ...]] = []
    carried: tuple[Subject, ...] = ()
    for figure, window in zip(figures, windows, strict=True):
        own = (listed[figure.start],) if figure.start in listed else _own(text, figure, window, carried, forward)
        carried = tuple(s for s in own if s.is_name) or carried
        found.append(own if topic is None or topic in own else (topic, *own))
    return tuple(_with_rivals(figures, found))


@dataclass(frozen=True, slots=True)
class _Window:
    """The subjects around a figure: between its clause's beginning, or the figure before, and itself; from it to its
    clause's end, or the next figure; between the figure before and its clause.
    """

    before: tuple[Subject, ...]
    behind: tuple[Subject, ...]
    gap: tuple[Subject, ...]


def _window(
    text: str, figures: Sequence[Figure], i: int, clauses: Sequence[Span], subjects: Sequence[Subject]
) -> _Window:
    figure = figures[i]
    clause = next((c for c in clauses if c[0] <= figure.start < c[1]), (clauses[0][0], clauses[-1][1]))
    last = figures[i - 1].end if i else clauses[0][0]
    since = max(clause[0], last)
    until = min(clauses[-1][1] if detect_language(text) == "en" else clause[1], _next(figures, i, text))
    return _Window(
        tuple(s for s in subjects if since <= s.start < figure.start),
        tuple(s for s in subjects if figure.end <= s.start < until),
        tuple(s for s in subjects if last <= s.start < since),
    )


def _own(
    text: str, figure: Figure, window: _Window, carried: tuple[Subject, ...], forward: bool
) -> tuple[Subject, ...]:
    if forward and window.behind:
        return window.behind
    own = (*window.before, *_attached(text, figure, window.behind))
    if any(s.is_name for s in own):
        return own
    earlier = _names(window.gap)[-1:] or (() if forward else carried)
    # 43億円となったのはB-cureである
    return (*own, *(earlier or _names(window.behind) or (() if own else window.behind)))


def _names(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    return tuple(s for s in subjects if s.is_name)


def _stand_before_names(windows: Sequence[_Window]) -> bool:
    """Whether the sentence names things behind their figures: 38億円をB-cureに, "3.8 billion yen to B-cure"."""
    if not _names(windows[0].behind):
        return False
    if not _names(windows[0].before) and not _names(windows[0].gap):
        return True
    return len(windows) > 1 and all(
        _names(w.behind) and (i == 0 or not _names(w.before)) for i, w in enumerate(windows)
    )


def _topic(text: str, first: Figure, subjects: Sequence[Subject], *, forward: bool) -> Subject | None:
    """What the whole sentence is about: a name with は before another name of the first figure (文部科学省はAに…)."""
    named = [s for s in subjects if s.is_name and s.start < first.start]
    return next((s for s in (named if forward else named[:-1]) if _TOPIC.match(text, s.end)), None)


def _attached(text: str, figure: Figure, behind: Sequence[Subject]) -> tuple[Subject, ...]:
    """What stands in the bracket behind a figure, or is joined to it by の."""
    bracket = _BRACKET.match(text, figure.end)
    if bracket:
        return tuple(s for s in behind if bracket.start() <= s.start < bracket.end())
    return tuple(behind) if _OF.match(text, figure.end) else ()


def _with_rivals(figures: Sequence[Figure], found: Sequence[tuple[Subject, ...]]) -> Iterator[Binding]:
    for i, (figure, own) in enumerate(zip(figures, found, strict=True)):
        others = [
            s
            for j, theirs in enumerate(found)
            if j != i and (figures[j].kind, figures[j].unit) == (figure.kind, figure.unit)
            for s in theirs
        ]
        kept = tuple(s for s in own if not any(s.matches(o) for o in others))
        rivals = tuple(o for o in others if not any(o.matches(s) for s in own))
        yield Binding(figure, own, kept, tuple(dict.fromkeys(rivals)))


def binding_of(text: str, sentence: Span, figure: Figure) -> Binding | None:
    """The binding of the figure that begins where `figure` does; None where there is none."""
    return next((b for b in bindings(text, *sentence) if b.figure.start == figure.start), None)


def said_of_another(claimed: Sequence[Subject], place: Binding, text: str) -> tuple[Subject, Subject] | None:
    """The subject of the claim that `place` says another figure of, with the subject that it says this one of; None
    where the claim agrees, or where nothing speaks against it. `text` is the claim.
    """
    wrong = [c for c in claimed if any(c.matches(r) for r in place.rivals)]
    right = [c for c in claimed if any(c.matches(s) for s in place.subjects)]
    if not wrong or not place.subjects:
        return None
    named = [s for s in place.subjects if s.is_name]
    if named and any(c.is_name for c in wrong):
        right = [c for c in right if any(c.matches(s) for s in named)]
    if right and not any(_are_listed(text, a, b) for a in wrong for b in right):
        return None
    return wrong[0], (named or place.subjects)[0]


def _are_listed(text: str, one: Subject, other: Subject) -> bool:
    a, b = sorted((one, other), key=lambda s: s.start)
    return bool(_CONNECTOR.fullmatch(text[a.end : b.start].strip(" 「」『』")))
