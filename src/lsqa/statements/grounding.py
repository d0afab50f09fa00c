"""Whether the words of a statement stand in a text, and stand together there.

The lexical part of entailment: content words by their normalised forms (Sudachi, mode A), synonyms of the lexicon
included; for an English statement on a Japanese text, the lexicon's terms.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.question_forms import GENERIC_EN
from lsqa.statements.predicates import content_tokens
from lsqa.text import detect_language, fold, fold_with_offsets
from lsqa.tokens import stem_english, words

_TOGETHER: Final = 3  # content words between two that stand together
_FRAGMENT: Final = re.compile(r"[ぁぃぅぇぉっゃゅょんー、。をはがにでのへも](?![ァ-ヶ])")
_HEAD: Final = 6
_SHORT: Final = 2
# English verbs that link a thing to its figure and say nothing that a slide would write.
_LINKS: Final = frozenset(
    re.findall(
        r"\S+",
        """
        be have receive get give take make provide amount total include start begin run last reach stand rank use cover
        say state show call name
        """,
    )
)
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9’'-]+")


@dataclass(frozen=True, slots=True)
class Grounding:
    """`covered`: the share of the content words that stand in the text; `connected`: of the neighbouring ones, the
    share that stand together there too; both in [0, 1]. `missing` are the words that do not stand there. `words` counts
    the content words; where there is none, both shares are 0. `longest_gap` is the longest run of missing ones,
    `found` says of each word whether it stands there.
    """

    covered: float
    connected: float
    missing: tuple[str, ...]
    words: int
    longest_gap: int = 0
    found: tuple[bool, ...] = ()


@lru_cache(maxsize=8192)
def _positions(texts: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    positions: dict[str, list[int]] = {}
    # Each by itself: the headings over a quote are those of others too, and have been split into words for them.
    for i, token in enumerate(chain.from_iterable(map(content_tokens, texts))):
        positions.setdefault(token.form, []).append(i)
    return {form: tuple(at) for form, at in positions.items()}


def grounding(statement: str, *texts: str) -> Grounding:
    """How far the words of `statement` stand in `texts`, which follow one another."""
    if detect_language(statement) == "en" and detect_language(text := "\n".join(texts)) == "ja":
        return _translated(statement, text)
    figures = find_figures(statement)  # compared by their value, elsewhere
    tokens = [t for t in content_tokens(statement) if not any(f.start <= t.start and t.end <= f.end for f in figures)]
    if detect_language(statement) == "en":
        tokens = [t for t in tokens if t.form not in GENERIC_EN | _LINKS]
    positions = _positions(texts)
    stands = [_stands(token.form, positions) for token in tokens]
    missing = [statement[t.start : t.end] for t, at in zip(tokens, stands, strict=True) if not at]
    pairs = list(pairwise(stands))
    connected = sum(_near(a, b) for a, b in pairs)
    count = len(tokens)
    covered = (count - len(missing)) / count if count else 0.0
    return Grounding(
        covered,
        connected / len(pairs) if pairs else covered,
        tuple(missing),
        count,
        _longest_gap(stands),
        tuple(map(bool, stands)),
    )


def _longest_gap(stands: Sequence[Sequence[int]]) -> int:
    longest = run = 0
    for positions in stands:
        run = 0 if positions else run + 1
        longest = max(longest, run)
    return longest


def _stands(form: str, positions: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    return positions.get(form) or next((positions[s] for s in synonyms(form) if s in positions), ())


def _near(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether a position of `a` is at most `_TOGETHER` from one of `b` but not the same; both in order."""
    for at in a:
        i = bisect_left(b, at - _TOGETHER)
        if any(other != at for other in b[i : i + 2] if other <= at + _TOGETHER):
            return True
    return False


def _translated(statement: str, text: str) -> Grounding:
    """English on Japanese: each term of the lexicon by its translations, other words by their letters.

    Words that the lexicon does not know and that do not stand there by their letters cannot be looked up and do not
    count; where they are more than the others, nothing is known of the statement and `words` is 0.
    """
    folded = fold(text).lower()
    figures = find_figures(statement)
    terms = [
        t
        for t in japanese_terms(statement)
        if t.english.lower() not in GENERIC_EN
        and t.english not in _LINKS
        and not any(f.start <= t.start < f.end for f in figures)
    ]
    found = [any(fold(j).lower() in folded for j in t.japanese) or fold(t.english).lower() in folded for t in terms]
    spans = [(t.start, t.end) for t in japanese_terms(statement)] + [(f.start, f.end) for f in figures]
    missing = tuple(statement[t.start : t.end] for t, stands in zip(terms, found, strict=True) if not stands)
    others = unknown = 0
    for match in _ENGLISH_WORD.finditer(statement):
        taken = any(a <= match.start() < b for a, b in spans)
        if not taken and stem_english(match[0]) not in GENERIC_EN | _LINKS and len(match[0]) > _SHORT:
            if fold(match[0]).lower() in folded:
                others += 1
            else:
                unknown += 1
    count = len(terms) + others
    if unknown > count:  # mostly unknown: another language, or another field
        return Grounding(0.0, 0.0, missing, 0)
    covered = (count - len(missing)) / count if count else 0.0
    return Grounding(covered, covered, missing, count, found=tuple(found))


def is_fragment(statement: str, text: str) -> bool:
    """Whether `statement` was cut out of `text` in the middle of a word, or begins as no sentence does."""
    folded = fold(statement)
    if detect_language(statement) == "en" or not folded:
        return False
    source = fold_with_offsets(text)
    at = source.text.find(folded[: max(_HEAD, len(folded) // 3)])
    if at < 0:
        return bool(_FRAGMENT.match(folded)) and not _is_word_start(statement)
    start = source.starts[at]
    cuts = any(w.token.start < start < w.token.end for w in words(text))
    return cuts or (at > 0 and not _is_word_start(statement))


def _is_word_start(statement: str) -> bool:
    """Whether the first word of the statement is one with a meaning of its own: no particle, auxiliary or mark."""
    found = words(statement)
    if not found:
        return False
    lead = statement[: found[0].token.start].strip()
    return found[0].token.part[0] != "接尾辞" and (not lead or not re.match(r"[ぁ-んー、。]", lead))
