"""The noun phrases of a question: runs of nouns with what joins them (再生・細胞医療, 週11～20時間)."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from lsqa.lexicon import Translation, is_done, japanese_terms, synonyms
from lsqa.question_forms import GENERIC_EN
from lsqa.text import detect_language
from lsqa.tokens import Word, stem_english, words

_NOMINAL: Final = frozenset({"名詞", "接頭辞", "接尾辞", "形状詞"})
_JOINS: Final = re.compile(r"[・･／/～〜~ー×&＋+.,，()（）「」『』:：-]*")
_INTERROGATIVE: Final = re.compile(r"[何誰]|いくら|いつ|どこ|どれ|どちら")
_ASKED_FOR: Final = re.compile(r"(?:どの|何|どんな|どちらの|どこの)$")
_LATIN: Final = re.compile(r"[A-Za-z]")
_ENGLISH_NAME: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9][A-Za-z0-9]*(?:[-&.][A-Za-z0-9]+)*")
_SENTENCE_BEGINS: Final = re.compile(r"[.?!]\s+$")
_LOOK_BACK: Final = 8  # characters
# What a sentence may begin with beside the words that carry a question.
_INTERJECTIONS: Final = frozenset({"sorry", "yes", "ok", "okay", "thanks", "thank", "hmm", "hello", "hi", "actually"})
_FIELD: Final = re.compile(r"分野$|領域$|^物理$|^材料$|サイエンス$|(?<![大入留見通在進奨独私公国])学$")
_GOVERNS: Final = re.compile(r" (?:the |an? )?[A-Z]")
_UNION: Final = re.compile(r"(?:連合|諸国)$")
_WHICH: Final = re.compile(r"\b(?:which|what) $", re.IGNORECASE)
_ZERO: Final = re.compile(r"\bzero\b(?= [a-z])")
_EDITION: Final = re.compile(r"[^\d.,~～-](?:19|20)\d\d$")
_EVERYWHERE: Final = frozenset({"世界", "全国", "海外"})
_ARTICLE: Final = re.compile(r"(?:the |an? )?", re.IGNORECASE)
_COORDINATES: Final = re.compile(
    r"\s*(?:[、,]|と|及び|および|並びに|\band\b|&)(?:\s*and\b)?\s*(?:the )?", re.IGNORECASE
)

Sort = Literal["place", "field", "action", "asked", ""]
"""A country, region or town; a field of study; in English what is done (publish, selected) and what is asked for (which
universities); or none of these."""

# What a compound that names something ends in, beside proper names.
_NAMING: Final = frozenset(
    re.findall(
        r"\S+",
        "プログラム 事業 計画 戦略 拠点 センター プロジェクト 機構 機関 大学 研究所 会議 委員会 部会 "
        "分野 調査 基金 方針 地域",
    )
)
_ATTRIBUTE: Final = re.compile(r"budget|period|amount|number|deadline|date|goal|purpose|cost", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` is `question[start:end]`; `head` its last word in normal form. `is_latin`: a name in Latin letters."""

    text: str
    start: int
    end: int
    head: str
    is_name: bool
    is_latin: bool
    has_number: bool
    sort: Sort = ""


@lru_cache(maxsize=512)
def phrases(question: str) -> tuple[Phrase, ...]:
    """The noun phrases of a question in order, interrogatives left out."""
    return _english(question) if detect_language(question) == "en" else _japanese(question)


def _japanese(question: str) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    run: list[Word] = []
    for word in (*words(question), None):
        joins = (
            word is not None and word.token.part[0] in _NOMINAL and not _INTERROGATIVE.match(question, word.token.start)
        )
        if joins and word is not None and _ASKED_FOR.search(question[: word.token.start]):
            joins = False
        if run and (word is None or not joins or not _JOINS.fullmatch(question[run[-1].token.end : word.token.start])):
            found.append(_phrase(question, run))
            run = []
        if joins and word is not None:
            run.append(word)
    return tuple(found)


def _phrase(question: str, run: list[Word]) -> Phrase:
    start, end = run[0].token.start, run[-1].token.end
    text = question[start:end]
    is_latin = bool(_LATIN.search(text))
    # 白書2025 is a 白書: the year of its edition is no head.
    named = next((w for w in reversed(run) if w.token.part[1] != "数詞"), run[-1])
    head = named.parts[-1].form if named.parts else named.token.form
    short_units = sum(len(w.parts) for w in run)
    is_name = is_latin or any(w.token.part[1] == "固有名詞" for w in run)
    is_name = is_name or (short_units > 1 and (head in _NAMING or bool(_EDITION.search(text))))
    return Phrase(text, start, end, head, is_name, is_latin, any(c.isdigit() for c in text), _sort(text))


@lru_cache(maxsize=2048)
def _sort(japanese: str) -> Sort:
    bare = japanese.removesuffix("全体")
    # Sudachi takes names in capitals for the word they spell, whatever that names.
    names = synonyms(bare) if bare.isascii() else (bare, *synonyms(bare))
    if bare in _EVERYWHERE or any(_is_place(name) for name in names):
        return "place"
    return "field" if _FIELD.search(japanese) else ""


def names_its_sort(phrase: Phrase) -> bool:
    """Whether a name says of what sort its thing is: 海洋計画 and the ocean plan, and not UTOPIA."""
    return " " in phrase.text if phrase.is_latin and phrase.text.isascii() else phrase.head in _NAMING


def place_within(phrase: Phrase) -> Phrase | None:
    """The place that an English phrase names first: the Osaka of the Osaka hub."""
    found = next((t for t in japanese_terms(phrase.text) if _sort(t.japanese[0]) == "place"), None)
    if found is None or found.start > 0 or found.end == len(phrase.text):
        return None
    text = phrase.text[: found.end]
    return replace(phrase, text=text, end=phrase.start + found.end, head=stem_english(text), sort="place")


def begins_with_place(japanese: str) -> bool:
    """Whether a name tells a place first: 千葉大学."""
    found = words(japanese)
    return bool(found) and found[0].parts[0].part[2] == "地名"


def _is_place(name: str) -> bool:
    found = words(name)
    if len(found) == 1 and found[0].token.part[2] == "地名":
        return found[0].token.end == len(name)
    return bool(found) and found[0].parts[0].part[2] == "地名" and bool(_UNION.search(name))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A term of the lexicon or a word with a capital, before neighbours are joined."""

    start: int
    end: int
    sort: Sort = ""


def _english(question: str) -> tuple[Phrase, ...]:
    terms = (t for t in japanese_terms(question) if not t.english.startswith(("how", "what", "who", "which")))
    pieces = [_Piece(t.start, t.end, _sort_of_term(question, t)) for t in terms]
    pieces += [_Piece(*m.span()) for m in _ZERO.finditer(question)]
    for match in _ENGLISH_NAME.finditer(question):
        overlapping = [p for p in pieces if p.start < match.end() and match.start() < p.end]
        # A-STEP is no step.
        is_wider = all(match.start() <= p.start and p.end <= match.end() for p in overlapping) and "-" in match[0]
        if not _only_begins(match) and (is_wider or not overlapping):
            pieces = [p for p in pieces if p not in overlapping] + [_Piece(*match.span())]
    joined: list[_Piece] = []
    for piece in _marked_asked(question, sorted(pieces, key=lambda p: p.start)):
        if joined and _belong_together(question, joined[-1], piece):
            joined[-1] = _Piece(joined[-1].start, piece.end, "field" if piece.sort == "field" else "")
        else:
            joined.append(piece)
    return tuple(_english_phrase(question, piece) for piece in joined)


def _marked_asked(question: str, pieces: list[_Piece]) -> list[_Piece]:
    """`pieces` with what is asked for marked, and without what it does: which | institutions | support | the hubs."""
    marked: list[_Piece] = []
    for piece in pieces:
        last = marked[-1] if marked else None
        if _WHICH.search(question[max(0, piece.start - _LOOK_BACK) : piece.start]):
            marked.append(replace(piece, sort="asked"))
        elif not (last and last.sort == "asked" and piece.start == last.end + 1 and _is_done(question, piece)):
            marked.append(piece)
    return marked


def _is_done(question: str, piece: _Piece) -> bool:
    text = question[piece.start : piece.end]
    return piece.sort == "action" or (text.islower() and text.endswith("s") and " " not in text)


def _only_begins(name: re.Match[str]) -> bool:
    """Whether a word has its capital from the sentence it begins, or carries the question: What about … Who runs it?"""
    word = name[0]
    if not word.isalpha() or not word[1:].islower():
        return False
    before = name.string[max(0, name.start() - _LOOK_BACK) : name.start()]
    is_first = not before or bool(_SENTENCE_BEGINS.search(before))
    return is_first or word.lower() in GENERIC_EN or word.lower() in _INTERJECTIONS


def _sort_of_term(question: str, term: Translation) -> Sort:
    sort = _sort(term.japanese[0]) or ("field" if any(_sort(j) == "field" for j in term.japanese) else "")
    is_past = question[term.start : term.end].endswith("ed") and not term.english.endswith("ed")
    return "action" if not sort and (is_past or is_done(term.english)) else sort


def _belong_together(question: str, left: _Piece, right: _Piece) -> bool:
    """Whether two neighbours make one phrase. What is done belongs to no name: China | publish, hosts | UTOPIA."""
    first, second = question[left.start : left.end], question[right.start : right.end]
    if left.sort == "asked" or _ATTRIBUTE.search(second) or not re.fullmatch(r"[ -]", question[left.end : right.start]):
        return False
    if right.sort == "action" and second[0].islower():
        governs = second.endswith("s") and _GOVERNS.match(question, right.end)
        if second.endswith("ed") or first.split()[-1][0].isupper() or governs:
            return False
    return not (left.sort == "action" and first[0].islower() and (first.endswith("ed") or second[0].isupper()))


def _english_phrase(question: str, piece: _Piece) -> Phrase:
    text = question[piece.start : piece.end]
    is_long = " " in text and not _ATTRIBUTE.search(text)
    is_name = piece.sort != "asked" and (is_long or any(c.isupper() or c.isdigit() for c in text))
    named = next((word for word in reversed(text.split()) if not word.isdigit()), text)
    has_number = any(c.isdigit() for c in text)
    return Phrase(text, piece.start, piece.end, stem_english(named), is_name, True, has_number, piece.sort)


def whole_phrase(text: str) -> Phrase | None:
    """A text that names one thing, or several side by side, as one phrase (chemistry and materials, 化学と材料); None
    where it says anything else.

    A name alone is no sentence, so its capital is one of a name: Moonshot.
    """
    lead = "the " if detect_language(text) == "en" else ""
    found = [
        replace(p, start=p.start - len(lead), end=p.end - len(lead))
        for p in phrases(lead + text)
        if p.start >= len(lead)
    ]
    if not found or not _ARTICLE.fullmatch(text[: found[0].start]) or found[-1].end != len(text):
        return None
    if not all(_COORDINATES.fullmatch(text[a.end : b.start]) for a, b in pairwise(found)):
        return None
    first, last = found[0], found[-1]
    sort: Sort = next((p.sort for p in found if p.sort), "")
    whole = replace(last, text=text[first.start :], start=first.start, is_name=any(p.is_name for p in found))
    return replace(whole, sort=sort, has_number=any(p.has_number for p in found))
