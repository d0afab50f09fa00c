"""What a question asks: the words an answer must be about, the figures it takes for granted, the kind of thing it
asks for.

All of it is read from the question's own surface: words by Sudachi, figures by `figures`, the kind asked for by the
interrogatives of both languages. English words are given their Japanese counterparts from the lexicon, so that an
English question can be held against a Japanese slide.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lsqa.errors import QuestionError
from lsqa.figures import Figure, find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.premises import is_premise
from lsqa.question_forms import (
    ABOUT_DOCUMENT,
    ADVERB_EN,
    ASKED,
    ASKED_LETTERS,
    ASKING,
    COMPARISON,
    COUNTER,
    FORM_JA,
    GENERIC_EN,
    GENERIC_JA,
    LIST,
    NAMED,
    NUMBER_ASKED,
    POLAR_JA,
    POLITE,
    RELATIONAL_EN,
    RELATIONAL_JA,
    AskedKind,
    asking_part,
    body_asked,
    counted_noun,
    is_polar,
    kinds_asked,
)
from lsqa.text import Language, Span, detect_language, spaced_with_offsets
from lsqa.tokens import Token, Word, stem_english, tokenize, words

MAX_QUESTION_CHARACTERS = 8_000
# Bounds on the work that one question can cause; no real question comes near them.
MOST_TERMS, MOST_PARTS = 48, 12
_STANDS_ALONE = 2  # so many naming words make a clause a question of its own

_IDENTIFIER = re.compile(r"[①-⑳]|(?<![A-Za-z0-9])[A-Za-z][A-Za-z-]*\d+(?![A-Za-z0-9])")
_ENGLISH_WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]|['’](?!s\b))+")  # B-cure's budget is that of B-cure
_LATIN_NAME = re.compile(r"[①-⑳]|(?<![A-Za-z0-9])\d{0,2}[A-Za-z][A-Za-z0-9]*(?:[-&+./][A-Za-z0-9]+)*")
_LETTERS = re.compile(r"[A-Z][A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*")
_GLOSS = re.compile(r"[（(]([^（）()]+)[）)]")
_NOMINAL = ("名詞", "接頭辞", "接尾辞", "形状詞")


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a compound: folded spellings, any of which counts as the word, and the short units it is made of."""

    alternatives: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or compound an answer has to be about.

    `alternatives` are folded, lower-case spellings, any of which counts as the term; `parts` are the words it is made
    of (one for a plain word). `importance` is 1 for what names something and less for verbs; `is_name` marks
    identifiers and proper names; `is_asked` what names the kind of thing asked for (予算額, 正式名称), which need not
    stand there by that name.
    """

    text: str
    alternatives: tuple[str, ...]
    parts: tuple[Part, ...]
    importance: float
    is_name: bool
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`premises` are the figures the question takes for granted; `asked` the kinds of thing it asks for (may be empty).

    `counter` is the unit of the count asked for (何人 asks for 人), `counted` what is to be counted (病院 of 病院の数),
    `body` the sort of organisation (どの大学 asks for 大学); each may be empty.
    """

    text: str
    language: Language
    terms: tuple[Term, ...]
    premises: tuple[Figure, ...]
    asked: frozenset[AskedKind]
    counter: str
    counted: str
    body: str
    wants_list: bool
    compares: bool
    about_document: bool


def check_question(text: str) -> str:
    """`text` without control characters and stripped.

    Raises `QuestionError` where nothing is left, it is longer than `MAX_QUESTION_CHARACTERS` or is no Unicode text.
    """
    stripped = text.strip()
    if not text.isprintable():
        stripped = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text).strip()
        if any(unicodedata.category(c) == "Cs" for c in stripped):
            raise QuestionError("the question is no valid Unicode text", hint="send it as UTF-8")
    if not stripped:
        raise QuestionError("the question is empty", hint="ask something, for example: lsqa ask 「B-cureの予算は？」")
    if len(stripped) > MAX_QUESTION_CHARACTERS:
        most = f"ask with at most {MAX_QUESTION_CHARACTERS:,} characters"
        raise QuestionError(f"the question has {len(stripped):,} characters", hint=most)
    return stripped


@lru_cache(maxsize=256)
def analyse(text: str) -> Question:
    """Read a question. Raises `QuestionError` for an empty or oversized one."""
    text = check_question(text)
    language = detect_language(text)
    figures = find_figures(text)
    # "the 1980s" is a time, not a year that has to stand there.
    premises = tuple(f for f in figures if is_premise(text, f))
    names = _names(text, language, figures)
    taken = [(f.start, f.end) for f in figures] + [m.span() for m in names]
    terms = tuple(_plain_term(m[0], (key(m[0]),), 1.2, is_name=True) for m in names)
    taken += [m.span() for m in POLITE.finditer(text)]
    terms += _english_terms(text, taken) if language == "en" else _japanese_terms(text, taken)
    asked = kinds_asked(text)
    marked = _mark_asked(_distinct(terms), text)
    question = Question(
        text=text,
        language=language,
        terms=_without_denied(_without_context(marked, text), text) if language == "ja" else marked,
        premises=premises,
        asked=asked,
        counter=_first(COUNTER, text),
        counted=counted_noun(text) if "count" in asked else "",
        body=body_asked(text),
        wants_list=not is_polar(text) and (bool(LIST.search(text)) or not ASKING.search(text)),
        compares=bool(COMPARISON.search(text)),
        about_document=bool(ABOUT_DOCUMENT.search(text)),
    )
    return with_other_names(question, _glosses(text, terms))


def _glosses(text: str, terms: Sequence[Term]) -> tuple[tuple[str, str], ...]:
    """What the question itself says twice, once in letters: 「AMR（薬剤耐性）」 stands there by either name. In
    「予算（補正）」 the bracket narrows instead."""
    told = {term.text for term in terms}
    found: list[tuple[str, str]] = []
    for gloss in _GLOSS.finditer(text):
        name = max((t for t in told if text[: gloss.start()].rstrip().endswith(t)), key=len, default="")
        inside = gloss[1].strip()
        if name and inside in told and bool(_LETTERS.fullmatch(name)) != bool(_LETTERS.fullmatch(inside)):
            found.append((name, inside))
    return tuple(found)


def with_other_names(question: Question, names: Sequence[tuple[str, str]]) -> Question:
    """`question` with terms that count as found under another name too: each pair is a name and the one it stands for.

    A long name that the question spells over several terms is none of them alone, and changes nothing.
    """
    others: dict[str, list[str]] = {}
    for one, other in ((key(a), key(b)) for a, b in names):
        others.setdefault(one, []).append(other)
        others.setdefault(other, []).append(one)

    def widened(term: Term) -> Term:
        more = [name for spelling in term.alternatives for name in others.get(spelling, ())]
        if not more:
            return term
        alternatives = tuple(dict.fromkeys((*term.alternatives, *more)))
        # A name that has no parts of its own is found by its other name as a whole.
        parts = (Part(alternatives, ()),) if len(term.parts) == 1 else term.parts
        return replace(term, alternatives=alternatives, parts=parts)

    return replace(question, terms=tuple(map(widened, question.terms)))


def _without_context(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """`terms` with half the importance for what only leads to the question, unless it names something or the part that
    asks says too little to stand by itself.
    """
    asking = asking_part(text)
    own = [t for t in terms if t.text in asking and t.importance >= 1 and not t.is_asked]
    if asking == text or len(own) < _STANDS_ALONE:
        return terms
    return tuple(t if t.is_name or t.text in asking else replace(t, importance=t.importance / 2) for t in terms)


def _without_denied(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """`terms` with half the importance for what is only denied: of スラッシュではなくハイフン the slash need not stand
    there."""
    denied = tuple(t for t in terms if re.search(re.escape(t.text) + r"(?:では|じゃ|で)(?:なく|ない)", text))
    return tuple(replace(t, importance=t.importance / 2, is_name=False) if t in denied else t for t in terms)


def _mark_asked(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    asking = {m[0].lower() for _, pattern in ASKED for m in pattern.finditer(text)}
    may_be_asked = {t for t in terms if not t.is_name or t.text in ASKED_LETTERS}
    return tuple(replace(t, is_asked=t in may_be_asked and any(t.text.lower() in a for a in asking)) for t in terms)


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((g for g in match.groups() if g), "") if match else ""


def _distinct(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple({t.alternatives: t for t in terms}.values())[:MOST_TERMS]


# Folding drops white space; here a blank between Latin words stays, so that `ai` is a word in "AI x".
# ① is not the figure 1: circled numbers name items and are kept apart from digits.
_CIRCLED = {0x2460 + i: 0xE060 + i for i in range(20)}


def key(text: str) -> str:
    """The form in which terms are compared: folded, lower case, circled numbers apart."""
    return spaced_with_offsets(text.translate(_CIRCLED)).text.lower()


def _plain_term(text: str, alternatives: tuple[str, ...], importance: float, *, is_name: bool) -> Term:
    return Term(text, alternatives, (Part(alternatives, ()),), importance, is_name)


def _names(text: str, language: Language, figures: tuple[Figure, ...]) -> list[re.Match[str]]:
    """What names something by its very letters: TRIP2, ③, and in a Japanese question every Latin word (B-cure, iPS)."""
    pattern = _LATIN_NAME if language == "ja" else _IDENTIFIER
    found = (m for m in pattern.finditer(text) if not (len(m[0]) == 1 and m[0].isascii()))
    return [m for m in found if not any(f.start < m.end() and m.start() < f.end for f in figures)]


def _japanese_terms(text: str, taken: list[Span]) -> tuple[Term, ...]:
    terms: list[Term] = []
    run: list[Word] = []

    def close() -> None:
        content = [w for w in run if not _is_generic(text, w.token) and not _is_asked_number(text, w.token)]
        # 東海大学以外 is no name; 「それ以外」 may be one.
        content = content[:-1] if len(content) > 1 and text[content[-1].token.start :].startswith("以外") else content
        if not all(_is_form(text, w.token) for w in content):
            terms.append(_compound(text, content))
        run.clear()

    for word in words(text):
        token = word.token
        nominal = token.part[0] in _NOMINAL and not _overlaps(token, taken)
        if run and (not nominal or run[-1].token.end != token.start):
            close()
        if nominal:
            run.append(word)
        elif token.part[0] in ("動詞", "形容詞") and not _is_generic(text, token) and not _overlaps(token, taken):
            surface = text[token.start : token.end]
            terms.append(_plain_term(surface, _with_synonyms(token.form, surface), 0.4, is_name=False))
    close()
    return tuple(terms)


def _is_generic(text: str, token: Token) -> bool:
    surface = text[token.start : token.end]
    if is_polar(text) and (token.form in POLAR_JA or surface in POLAR_JA):
        return False
    return token.form in GENERIC_JA or surface in GENERIC_JA or surface.startswith("何") or token.part[1] == "数詞"


def _is_asked_number(text: str, token: Token) -> bool:
    """Whether a word numbers what is asked for: 条 of 第何条, 番手 of 何番手. A unit (何ペタ) has to stand there."""
    return any(m.start() <= token.start and token.end <= m.end() for m in NUMBER_ASKED.finditer(text))


def _is_form(text: str, token: Token) -> bool:
    return token.form in FORM_JA or text[token.start : token.end] in FORM_JA


def _overlaps(token: Token, spans: list[Span]) -> bool:
    return any(token.start < end and start < token.end for start, end in spans)


def _compound(text: str, content: list[Word]) -> Term:
    """The compound from its first to its last word that is not generic; its parts are those words."""
    surface = text[content[0].token.start : content[-1].token.end]
    names = any(w.token.part[1] == "固有名詞" for w in content) or any(c.isascii() and c.isalpha() for c in surface)
    form = content[0].token.form if len(content) == 1 else surface
    # 系 or 的 stands everywhere; the word before it is what names.
    naming = [w for w in content if w.token.part[0] not in ("接尾辞", "接頭辞")] or content
    parts = tuple(dict.fromkeys(_part(text, w) for w in naming))[:MOST_PARTS]
    # 採択 or 減少 say what happened to the thing asked about; they may stand there in other words.
    is_action = all(w.token.part[2] in ("サ変可能", "副詞可能", "サ変形状詞可能") for w in content)
    # 橋渡し研究支援プログラム is called so, whatever its words do by themselves.
    is_action = is_action and not (len(content) > 1 and NAMED.search(surface))
    importance = 0.7 if is_action else 1.0
    tells_little = RELATIONAL_JA | POLAR_JA
    if all(w.token.form in tells_little or text[w.token.start : w.token.end] in tells_little for w in naming):
        importance = 0.5
    return Term(surface, _with_synonyms(form, surface), parts, importance, names and importance == 1.0)


def _part(text: str, word: Word) -> Part:
    surface = text[word.token.start : word.token.end]
    units = tuple(key(text[u.start : u.end]) for u in word.parts) if len(word.parts) > 1 else ()
    return Part(_with_synonyms(word.token.form, surface), units)


@lru_cache(maxsize=4096)
def _with_synonyms(form: str, surface: str) -> tuple[str, ...]:
    spellings = (surface, form, *synonyms(form), *synonyms(surface))
    return tuple(dict.fromkeys(key(s) for s in spellings))


def _translated(english: str, japanese: tuple[str, ...], importance: float, *, is_name: bool) -> Term:
    """A term of the lexicon; where its translation does not stand as a whole, the units it is made of may."""
    spellings = tuple(dict.fromkeys(key(s) for s in (*japanese, english)))
    units = tuple(key(japanese[0][t.start : t.end]) for t in tokenize(japanese[0]))
    return Term(english, spellings, (Part(spellings, units if len(units) > 1 else ()),), importance, is_name)


def _english_terms(text: str, taken: list[Span]) -> tuple[Term, ...]:
    terms: list[Term] = []
    for found in japanese_terms(text):
        if not any(found.start < end and start < found.end for start, end in taken):
            taken.append((found.start, found.end))
            if found.english.lower() not in GENERIC_EN:
                relational = stem_english(found.english) in RELATIONAL_EN or found.english in RELATIONAL_EN
                long_words = [w for w in text[found.start : found.end].split() if len(w) > 3]
                is_name = found.start > 0 and bool(long_words) and all(w[0].isupper() for w in long_words)
                terms.append(_translated(found.english, found.japanese, 0.5 if relational else 1.0, is_name=is_name))
    for match in _ENGLISH_WORD.finditer(text):
        word = match[0]
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        if word.lower() not in GENERIC_EN and stem_english(word) not in GENERIC_EN:
            is_name = word[1:] != word[1:].lower() or (word[0].isupper() and match.start() > 0)
            spellings = tuple(dict.fromkeys((key(word), stem_english(word))))
            is_plain = stem_english(word) in RELATIONAL_EN or ADVERB_EN.search(word)
            importance = 1.0 if is_name else 0.3 if is_plain else 0.6
            terms.append(_plain_term(word, spellings, importance, is_name=is_name))
    return tuple(terms)
