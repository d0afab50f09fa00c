"""Does a claim speak of what it quotes? A share of its words has to stand there, not a similarity.

Of the true claims about answers in an assembly (NTCIR-16 PoliInfo-4, 415 of its training set) none has under .71 of its
content words in the answer; of the same claims beside another answer 1.2 % have .5 or more. A claim in another language
than its quotes is held against them through the lexicon, which does not know every word, so less is asked of it there.
"""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.question_forms import GENERIC_EN
from lsqa.statements.clauses import apart
from lsqa.text import detect_language, fold
from lsqa.tokens import stem_english, tokenize

SHARE: Final = 0.5
SHARE_ACROSS_LANGUAGES: Final = 0.34
APART: Final = 0.1
"""The share of the words found that may stand in another sentence than the rest of their clause."""
_PARTS: Final = frozenset({"名詞", "動詞", "形容詞", "形状詞", "代名詞"})
_LIGHT_PARTS: Final = frozenset({"数詞", "助数詞可能", "非自立可能"})
_LIGHT: Final = frozenset(
    {"為る", "有る", "居る", "成る", "行う", "事", "物", "為", "此れ", "其れ", "於く", "因る", "良い", "出来る"}
    | {"円", "年", "月", "日", "年度"}
)
_WORD: Final = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f'’-]*")


def is_grounded(claim: str, sources: Sequence[str]) -> bool:
    """Whether enough of the words of `claim` stand in `sources`: its quotes, and the names of where they stand."""
    source = "\n".join(sources)
    if detect_language(claim) == "ja":
        found, count = _japanese(claim, sources)
        share = SHARE if detect_language(source) == "ja" else SHARE_ACROSS_LANGUAGES
    else:
        found, count = _english(claim, source)
        share = SHARE_ACROSS_LANGUAGES if detect_language(source) == "ja" else SHARE
    # A claim of figures alone is the check's affair.
    return found >= share * count if count else bool(find_figures(claim))


def is_stitched(claim: str, sources: Sequence[tuple[str, Sequence[str]]]) -> bool:
    """Whether the words of a Japanese claim stand in its Japanese quotes, but those of one clause in several sentences.

    `sources` are the quotes, each with the names of where it stands.
    """
    if detect_language(claim) != "ja" or detect_language("\n".join(quote for quote, _ in sources)) != "ja":
        return False
    return apart(claim, sources) > APART


def _content(text: str) -> set[str]:
    return {
        t.form
        for t in tokenize(text)
        if t.part[0] in _PARTS and t.part[1] not in _LIGHT_PARTS and t.part[2] not in _LIGHT_PARTS
        if t.form not in _LIGHT
    }


def _japanese(claim: str, sources: Sequence[str]) -> tuple[int, int]:
    """How many content words of a Japanese claim stand in the sources, of how many."""
    words = _content(claim)
    terms = (term for source in sources for t in japanese_terms(source) for term in t.japanese)
    there = {t.form for text in (*sources, *terms) for t in tokenize(text)}
    return sum(w in there or any(s in there for s in synonyms(w)) for w in words), len(words)


def _english(claim: str, source: str) -> tuple[int, int]:
    """The same for an English claim: its words, or the Japanese terms for them."""
    folded = fold(source).lower()
    there = {stem_english(w[0]) for w in _WORD.finditer(source)}
    terms = japanese_terms(claim)
    in_figures = [(f.start, f.end) for f in find_figures(claim)]
    found = count = 0
    for word in _WORD.finditer(claim):
        if word[0].lower() in GENERIC_EN or any(a <= word.start() < b for a, b in in_figures):
            continue
        translated = (j for t in terms if t.start <= word.start() < t.end for j in t.japanese)
        count += 1
        found += stem_english(word[0]) in there or any(fold(j).lower() in folded for j in translated)
    return found, count
