"""Words of Japanese and English text, as the keyword index and the quoting see them.

Sudachi (mode A, the shortest units) splits and normalises Japanese: 引越し and 引っ越し, サーバー and サーバ become one
word.
English words are
lower-cased and stripped of the commonest endings. Figures are indexed in one normal form beside their spelling, so
that 2025年度
finds 令和7年度. Both sides of every comparison, index and question, go through the same functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import local
from typing import Any

from lsqa.figures import find_figures, normal_form
from lsqa.text import Folded, fold, spaced_with_offsets

TOKENS_VERSION = "4"
"""To be raised with any change to what the keyword index holds."""

_NO_WORD = frozenset({"空白", "補助記号", "記号", "助詞", "助動詞"})
# Sudachi reads at most 49,149 bytes at a time; a Japanese character takes three.
_PIECE = 12_000
_thread = local()


@dataclass(frozen=True, slots=True)
class Token:
    """A word: its normalised form, its part of speech (Sudachi's first three levels), its span in the source text."""

    form: str
    part: tuple[str, str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the dictionary lists it (Sudachi mode C: 経済産業大臣 is one) and the short units it is made of."""

    token: Token
    parts: tuple[Token, ...]


def _tokenizer() -> Any:
    # A tokenizer serves one thread; the dictionary behind it is memory-mapped once.
    if not hasattr(_thread, "tokenizer"):
        from sudachipy import Dictionary, SplitMode

        _thread.tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.C)
    return _thread.tokenizer


def stem_english(word: str) -> str:
    """`word` in lower case without plural and the commonest verb endings: enough to let "hubs" find "hub"."""
    word = word.lower()
    if word.endswith(("ss", "us", "is")):
        return word
    for ending, kept in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + kept
    return word


@lru_cache(maxsize=65536)
def _form(normalised: str) -> str:
    form = normalised.lower()
    return stem_english(form) if form.isascii() and form.isalpha() else form


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order, without particles, auxiliaries, punctuation and white space."""
    from sudachipy import SplitMode

    spaced = spaced_with_offsets(text)
    found: list[Word] = []
    for at in range(0, len(spaced.text), _PIECE):
        for morpheme in _tokenizer().tokenize(spaced.text[at : at + _PIECE]):
            part = morpheme.part_of_speech()
            if part[0] not in _NO_WORD:
                whole = _token(morpheme, part, spaced, at)
                # A word of one unit splits into nothing.
                units = morpheme.split(SplitMode.A, add_single=False) if len(morpheme) > 1 else ()
                parts = tuple(_token(unit, unit.part_of_speech(), spaced, at) for unit in units)
                found.append(Word(whole, parts or (whole,)))
    return tuple(found)


def _token(morpheme: Any, part: Sequence[str], spaced: Folded, at: int) -> Token:
    start, end = spaced.starts[at + morpheme.begin()], spaced.ends[at + morpheme.end() - 1]
    return Token(_form(morpheme.normalized_form()), (part[0], part[1], part[2]), start, end)


@lru_cache(maxsize=8192)
def tokenize(text: str) -> tuple[Token, ...]:
    """The short units of `text` (Sudachi mode A) in order, without particles, auxiliaries, punctuation and white
    space.
    """
    return tuple(part for word in words(text) for part in word.parts if part.part[0] not in _NO_WORD)


def figure_tokens(text: str) -> tuple[str, ...]:
    """The normal forms of the figures in `text`: 令和7年度, R7年度 and FY2025 are one token."""
    return tuple(normal_form(f) for f in find_figures(text) if f.kind != "number")


def index_tokens(text: str) -> list[str]:
    """What the keyword index holds of `text`: its words and the normal forms of its figures."""
    return [t.form for t in tokenize(text)] + list(figure_tokens(text))


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters of the folded text, in lower case."""
    folded = fold(text).lower()
    return [folded[i : i + 2] for i in range(len(folded) - 1)]
