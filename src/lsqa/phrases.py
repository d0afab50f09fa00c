"""The noun phrases of a question: runs of nouns with what joins them (再生・細胞医療, 週11～20時間)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lsqa.lexicon import japanese_terms
from lsqa.text import detect_language
from lsqa.tokens import Word, stem_english, words

_NOMINAL: Final = frozenset({"名詞", "接頭辞", "接尾辞", "形状詞"})
_JOINS: Final = re.compile(r"[・･／/～〜~ー×&＋+.,，()（）「」『』:：-]*")
_INTERROGATIVE: Final = re.compile(r"[何誰]|いくら|いつ|どこ|どれ|どちら")
_ASKED_FOR: Final = re.compile(r"(?:どの|何|どんな|どちらの)$")
_LATIN: Final = re.compile(r"[A-Za-z]")
_ENGLISH_NAME: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9][A-Za-z0-9]*(?:[-&.][A-Za-z0-9]+)*")


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
    head = run[-1].parts[-1].form if run[-1].parts else run[-1].token.form
    short_units = sum(len(w.parts) for w in run)
    is_name = is_latin or any(w.token.part[1] == "固有名詞" for w in run) or (short_units > 1 and head in _NAMING)
    return Phrase(text, start, end, head, is_name, is_latin, any(c.isdigit() for c in text))


def _english(question: str) -> tuple[Phrase, ...]:
    spans = [(t.start, t.end) for t in japanese_terms(question) if not t.english.startswith(("how", "what", "who"))]
    for match in _ENGLISH_NAME.finditer(question):
        is_first = match.start() == 0 and match[0][1:].islower()
        if not is_first and not any(a < match.end() and match.start() < b for a, b in spans):
            spans.append(match.span())
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        attribute = bool(_ATTRIBUTE.search(question[start:end]))
        if joined and not attribute and re.fullmatch(r"[ -]", question[joined[-1][1] : start]):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return tuple(_english_phrase(question, start, end) for start, end in joined)


def _english_phrase(question: str, start: int, end: int) -> Phrase:
    text = question[start:end]
    is_long = " " in text and not _ATTRIBUTE.search(text)
    is_name = is_long or any(c.isupper() or c.isdigit() for c in text)
    return Phrase(text, start, end, stem_english(text.split()[-1]), is_name, True, any(c.isdigit() for c in text))
