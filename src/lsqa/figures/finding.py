"""Find every figure of a text, and those of a claim that nothing proves."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from lsqa.figures.columns import column_figures
from lsqa.figures.counted import counted_years
from lsqa.figures.dates import find_calendar
from lsqa.figures.named_counts import named_counts
from lsqa.figures.numerals import find_numerals
from lsqa.figures.quantities import Span, find_quantities, mark_approximate, name_spans
from lsqa.figures.references import is_reference, without_references
from lsqa.figures.relative import relative_figures
from lsqa.figures.spacing import fold_spaced
from lsqa.figures.units import unit_after
from lsqa.figures.values import Figure, agree, supports
from lsqa.text import fold, fold_with_offsets

_SELDOM_IN_KANJI = frozenset(
    {"箇所", "歳", "本", "個", "台", "冊", "名", "点", "枠", "例", "ページ", "日", "分", "か国", "ha"}
)

_TWO = re.compile(
    r"(?<!the )(?<!these )(?<!those )(?<!of )(?<!between )(?<!or )(?<![\w-])two"
    r"(?= (?:(?!or\b|of\b)[a-z-]+ ){0,2}[a-z-]+s\b)",
    re.IGNORECASE,
)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _inside(spans: list[Span], figure: Figure) -> bool:
    i = bisect_right(spans, (figure.start, figure.end)) - 1
    return i >= 0 and spans[i][0] <= figure.start < spans[i][1]


@lru_cache(maxsize=1024)
def find_figures(text: str) -> tuple[Figure, ...]:
    """The figures of `text`, in order of start and without overlap; the longest reading wins, a range yields its ends.

    Numbers inside names (SPring-8, TRIP1, Top10%, 2型), labels (図3, 資料5-4) and enumerators are not figures. Time is
    linear in the length of `text`.
    """
    spaced = fold_spaced(text)
    names = _merge(name_spans(spaced.text))
    calendar = [f for f in find_calendar(spaced.text) if not _inside(names, f)]
    taken = _merge([*names, *((f.start, f.end) for f in calendar)])
    found: list[Figure] = []
    for figure in sorted([*calendar, *find_quantities(spaced.text, taken)], key=lambda f: (f.start, -f.end)):
        if not found or figure.start >= found[-1].end:
            found.append(figure)
    marked = mark_approximate(spaced.text, found)
    return tuple(replace(f, start=spaced.starts[f.start], end=spaced.ends[f.end - 1]) for f in marked)


def proving_figures(text: str, published: str = "") -> tuple[Figure, ...]:
    """All figures by which `text` can prove one: those written there, those that a column's head gives their unit,
    those that the noun beside them gives theirs (8校の大学), and those that it names by `published`, its own date
    (ISO 8601), as 今年度.
    """
    found = find_figures(text)
    return (*found, *column_figures(text), *named_counts(text, found), *relative_figures(text, published))


def unsupported_figures(claim: str, evidence: Iterable[str], published: str = "") -> tuple[Figure, ...]:
    """The figures of `claim` that no figure of the evidence texts supports, in order; offsets are those of `claim`.

    `published` is the date of the evidence, ISO 8601, where it is known.
    """
    claimed = find_figures(claim)
    unread, twos = _unread_kanji(claim, claimed), counted_twos(claim)
    if not claimed and not unread and not twos:
        return ()
    texts = tuple(evidence)
    together = "\n".join(texts)
    found = [
        *(f for t in texts for f in without_references(t, proving_figures(t, published))),
        *counted_years(together, find_figures(together)),
    ]
    proofs = {replace(f, start=0, end=0, approximate=False) for f in found}
    # スライド11 is proved by スライド11, and 11件 is not.
    claimed = tuple(f for f in claimed if not (is_reference(claim, f) and _is_referred_to(f, texts)))
    named = {f.start: f for f in named_counts(claim, claimed)}
    unproven = [f for f in (*claimed, *twos) if not any(supports(proof, f) for proof in proofs)]
    unproven = [f for f in unproven if f.start not in named or not any(supports(p, named[f.start]) for p in proofs)]
    unproven = [f for f in unproven if not _stands_in_kanji(claim, f, texts)]
    unproven += [f for f in unread if not _is_counted(claim, f, texts)]
    return tuple(sorted(unproven, key=lambda f: f.start))


def _is_referred_to(figure: Figure, texts: Sequence[str]) -> bool:
    return any(agree(found, figure) for text in texts for found in find_figures(text) if is_reference(text, found))


def _unread_kanji(claim: str, read: Sequence[Figure]) -> tuple[Figure, ...]:
    """Numerals in kanji that are no figures by their counter, but hardly part of a word: 三か所, 二〇二〇大会.

    In the evidence they prove nothing by themselves; in a claim they have to stand in the evidence as they are.
    """
    spaced = fold_spaced(claim)
    found: list[Figure] = []
    for n in find_numerals(spaced.text):
        start, end = spaced.starts[n.start], spaced.ends[n.end - 1]
        is_long = n.end - n.start > 1 and n.value > 10
        if n.form != "kanji" or any(f.start < end and start < f.end for f in read):
            continue
        if is_long or ((unit := unit_after(spaced.text, n.end)) and unit[0].name in _SELDOM_IN_KANJI):
            found.append(Figure("number", n.value, "", False, start, end))
    return tuple(found)


def counted_twos(claim: str) -> tuple[Figure, ...]:
    """The twos that count a noun: "two new hubs", not "the two hubs", which may be any two that were named before."""
    return tuple(
        Figure("number", Decimal(2), "", False, *match.span())
        for match in _TWO.finditer(claim)
        if not any(f.start < match.end() and match.start() < f.end for f in find_figures(claim))
    )


def _is_counted(claim: str, figure: Figure, evidence: Iterable[str]) -> bool:
    """Whether the evidence holds a numeral of this value before the same character."""
    after = fold(claim[figure.end : figure.end + 1])
    return any(
        n.value == figure.value and folded[n.end : n.end + 1] == after
        for folded in map(fold, evidence)
        for n in find_numerals(folded)
    )


def _stands_in_kanji(claim: str, figure: Figure, evidence: Iterable[str]) -> bool:
    return any(written_in_kanji(claim, figure, text) for text in evidence)


def written_in_kanji(claim: str, figure: Figure, text: str) -> tuple[Figure, ...]:
    """Where a count of `claim` stands in `text` in kanji, before the same character: 4戸 for 四戸, 第2子 for 第二子.

    Such numerals are read as figures only before the counters that are listed.
    """
    if figure.kind not in ("number", "count", "duration", "ordinal"):
        return ()
    written = fold(claim[figure.start : figure.end + 1])
    numeral = next((n for n in find_numerals(written) if n.form == "digits"), None)
    if numeral is None or numeral.end == len(written):
        return ()
    context = "第" if written.startswith("第") else "", written[numeral.end]
    folded = fold_with_offsets(text)
    return tuple(
        replace(figure, start=folded.starts[n.start], end=folded.ends[n.end - 1])
        for n in find_numerals(folded.text)
        if n.form == "kanji"
        and n.value == numeral.value
        and context == ("第" if folded.text[: n.start].endswith("第") else "", folded.text[n.end : n.end + 1])
    )
