"""The vocabulary of policy documents: Japanese terms for English ones, and Japanese words that name the same attribute.

`lexicon.toml`, written for lsqa, holds both. An English question finds Japanese slides by keyword, a spoken one what
the document writes: お金 finds 予算額. Nothing here is evidence; a term only widens what is searched for.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lsqa.text import fold
from lsqa.tokens import stem_english

# Full-width letters take one character each, so reading them as ASCII moves no offset.
_ASCII = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x2019: 0x27}
# U.S. and Ph.D.; 5.0; words with accents or macrons; a mark that ends a phrase and therefore any match.
_WORD = re.compile(r"(?:\b[A-Z][a-z]?\.){2,}|\d+(?:\.\d+)+|[A-Za-z0-9\u00c0-\u024f\u0300-\u036f]+|[.;:?!()]|\n\s*\n")
# Ends of stems that British and American spelling, or verb forms of one spelling, write differently.
_AMERICAN = {"tre": "ter", "our": "or", "ogue": "og", "nce": "ns", "nse": "ns", "nc": "ns", "isation": "ization"}
_AMERICAN |= {"is": "iz", "ise": "iz", "ys": "yz", "yse": "yz"}
_BRITISH = tuple(_AMERICAN)

_Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A term at `[start, end)` of the English text: its spelling in the lexicon and the Japanese terms, in order."""

    start: int
    end: int
    english: str
    japanese: tuple[str, ...]


@lru_cache(maxsize=8192)
def _key(word: str) -> str:
    """What plural, verb form, British and American spelling of `word` have in common; not itself a word."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    once = stem_english(word)
    stem = stem_english(once) if word[-1:] in "sS" else once  # meetings, speeds
    if len(stem) == 3 and stem[-1] == "s" and stem[-2] not in "sui":
        return stem[:2]  # start-ups; stem_english leaves short words alone
    if len(stem) <= 4:
        return stem  # "note" is not "not"
    if stem.endswith(_BRITISH):
        british = next(e for e in _BRITISH if stem.endswith(e))
        stem = stem[: -len(british)] + _AMERICAN[british]
    stem = stem.removesuffix("e").replace("ae", "e").replace("ll", "l")
    if stem[-1] == stem[-2] and stem[-1] not in "aeious":
        stem = stem[:-1]  # planned, modelling, programme
    return stem[:-1] + "y" if stem[-1] == "i" else stem


@cache
def _toml() -> dict[str, Any]:
    return tomllib.loads(files("lsqa").joinpath("lexicon.toml").read_text(encoding="utf-8"))


@cache
def _terms() -> dict[str, tuple[str, ...]]:
    lines = (line.split(" = ") for block in _toml()["english"].values() for line in block.splitlines())
    return {term: tuple(japanese.split(", ")) for term, japanese in lines}


@cache
def _done() -> frozenset[str]:
    return frozenset(line.split(" = ")[0] for line in _toml()["english"]["asked_and_done"].splitlines())


def is_done(english: str) -> bool:
    """Whether a term, in the lexicon's spelling, stands among what is asked and done (publish, hosted, certification)
    and not among the things that are spoken of.
    """
    return english in _done()


@cache
def _phrases() -> dict[str, list[tuple[_Keys, str]]]:
    """First word of a term -> the terms that begin with it, longest first."""
    phrases: dict[str, list[tuple[_Keys, str]]] = {}
    for term in _terms():
        plain = term.replace("'s", "")
        for spelling in {plain, plain.replace("-", "")}:  # start-up is also written start up and startup
            # A term with a capital is an everyday word without it (US, WHO, IT): it is found by its own letters.
            keys = tuple(map(_key, _WORD.findall(spelling))) if term.islower() else (term,)
            phrases.setdefault(keys[0], []).append((keys, term))
    for found in phrases.values():
        found.sort(key=lambda f: -len(f[0]))
    return phrases


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    groups: dict[str, dict[str, None]] = {}
    for group in _toml()["synonyms"]:
        for word in group:
            groups.setdefault(word.lower(), {}).update(dict.fromkeys(group))
    return {word: tuple(w for w in group if w.lower() != word) for word, group in groups.items()}


def japanese_terms(english_text: str) -> tuple[Translation, ...]:
    """The lexicon's terms in `english_text`, in order and without overlap; where several begin at a word, the longest.

    Offsets count characters of `english_text`. Text without a known term, Japanese text included, gives ().
    """
    terms = _terms()
    plain = english_text.translate(_ASCII)
    words = [m for m in _WORD.finditer(plain) if m.group() not in ("s", "S") or plain[m.start() - 1 : m.start()] != "'"]
    shown = [w.group().replace(".", "") if w.group()[0].isalpha() else w.group() for w in words]
    keys = [w if w in terms and not w.islower() else _key(w) for w in shown]
    phrases = _phrases()
    found: list[Translation] = []
    at = 0
    while at < len(words):
        fits = (p for p in phrases.get(keys[at], ()) if keys[at : at + len(p[0])] == list(p[0]))
        phrase, term = next(fits, ((keys[at],), ""))
        last = at + len(phrase) - 1
        if term:
            found.append(Translation(words[at].start(), words[last].end(), term, terms[term]))
        at = last + 1
    return tuple(found)


def synonyms(word: str) -> tuple[str, ...]:
    """The other words of every group that holds `word` (surface or normalised form, any width or case), or ()."""
    return _groups().get(fold(word).lower(), ())
