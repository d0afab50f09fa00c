"""Negation and modality: 実施する is not 実施しない, 導入を検討する not 導入する, 努める not しなければならない.

Japanese and English markers share their names, so that an English claim is compared with a Japanese quote. A marker
governs the content word next to it, its head: 導入 in 導入を検討する, "introduce" in "may introduce".
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lsqa.lexicon import japanese_terms
from lsqa.text import Language, detect_language, fold_with_offsets, sentence_spans
from lsqa.tokens import Token, tokenize

Mood = Literal["obligation", "prohibition", "effort", "consideration", "possibility", "plan", "negation"]

_JAPANESE: Final[tuple[tuple[Mood, str], ...]] = (
    ("prohibition", r"てはならな|てはいけな|てはなりませ|禁止|禁じ"),
    (
        "obligation",
        r"(?<!努め)なければな(?:らな|りませ)|(?<!努め)なければいけ|(?<!努め)ねばな(?:らな|りませ)|なくてはな(?:らな|りませ)|ざるを得",
    ),
    ("obligation", r"べき(?!地)|義務[付づ]け|必要(?:が|は)あ|(?<=[るいた])ものとする"),
    ("effort", r"努め|努力"),  # a duty to make an effort is no more than that
    ("consideration", r"検討|考慮する"),
    (
        "possibility",
        r"ことが?(?:でき|出来)|でき(?=る(?!限|だけ)|ま|な|、)|可能性|可能(?=で|と|に|な|。|$)|(?<=[いきしちにびみりえけせてねべめれじ])(?:うる|得る)|かもしれ|てもよ",
    ),
    ("plan", r"予定|見込|目指|めざ"),
    (
        "negation",
        r"(?<!少)(?<!危)(?<!切)(?<!だけで)(?<!問わ)な(?:い|かった|く(?!な[りるっ]))(?!か[。、]|ものか|よう|ため)"
        r"|ませ?ん|(?<=[わかがさたなまらばせえけげてねめれべり])ず(?!つ|れ)(?:に|、|。|$)?|ことなく",
    ),
)
# What looks like a negation and affirms or limits nothing.
_AFFIRMING: Final = re.compile(
    r"(?:なければ|ねば|なくては)(?:なら|いけ|なり)(?:な[いか]|ませ)ん?|てはならない|てはいけない|てはなりません|かもしれ(?:ない|ません)|だけ(?:で)?な[くい]"
    r"|のみな?らず|に(?:とどま|かかわ|関わ|限)らず|欠かせない|欠かすことのできない|やむを得(?:ない|ず)|に過ぎ(?:ない|ません)"
    r"|問わず|(?:では|じゃ)ない(?:か|でしょうか)|ざるを得|少なく|思わず|引き続き|まず|必ず|はず|わけではな|間違いな|申し訳な"
    r"|とらわれ(?:ず|ない)|負けない|たゆまず|ほかな[らり]|少なくない|余儀な|限りな|途切れ(?:ず|な)|切れ目な|絶え間な|もれな|漏れな"
)
_ENGLISH: Final[tuple[tuple[Mood, str], ...]] = (
    ("prohibition", r"must not|shall not|may not|(?:is|are|be) (?:prohibited|forbidden|banned)"),
    (
        "obligation",
        r"(?:must|shall)(?! not| endeavou?r| strive| make|\w)|ha(?:s|ve) to|should|ought to"
        r"|(?:is|are) (?:required|obliged|obligated) to",
    ),
    ("effort", r"endeavou?rs?|striv\w+|make(?:s)? (?:every |an )?efforts?|tr(?:y|ies|ying) to|seeks? to"),
    ("consideration", r"consider(?:s|ing|ed|ation)?|examin(?:e|es|ing|ed)|explor(?:e|es|ing|ed)"),
    ("possibility", r"may(?! not)|might|can(?!not)|could|(?:is|are) able to|possibl[ey]"),
    (
        "plan",
        r"plan(?:s|ned|ning)? to|aim(?:s|ed|ing)?|intend(?:s|ed)?|(?:is|are) (?:expected|scheduled|due) to|expects?",
    ),
    (
        "negation",
        r"not(?! only)|cannot|never|no longer|\w+n['’]t|without|neither|nor|no|insufficient(?:ly)?|inadequate(?:ly)?"
        r"|lack(?:s|ed|ing)?|unable",
    ),
)
_JA_PATTERNS: Final = tuple((mood, re.compile(pattern)) for mood, pattern in _JAPANESE)
_EN_PATTERNS: Final = tuple((mood, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for mood, pattern in _ENGLISH)

# A word without which the sentence around says the same, so that it can be no head.
_LIGHT: Final = frozenset(
    re.findall(
        r"\S+",
        """
        為る 居る 有る 成る 行う 図る 進める 出来る 物 事 為 等 旨 方 様 因る 対する 付く 置く 参る 致す 御座る
        受ける 於く 無い 必要 可能 向ける 通る 基づく 踏まえる 取り組む 言う 考える 思う 中 際 上 下 点 その他 更
        よう 様 今後 引き続き
        """,
    )
)
# Verbs that are particles where they stand, or say no more than である: 2040年にかけて, 12件に上る, 9番目に多い,
# 拠点に位置付けられる, 見込まれる (a mood).
_GRAMMAR: Final = re.compile(
    r"(?<=に)(?:かけ(?=て)|わた(?=って|[りる])|渡(?=って|[りる])|よれ(?=ば))|(?<=[件人円名者社校回倍割%％]に)(?:上|のぼ|達)(?=[りるっし])"
    r"|(?<=番目に)(?:多|大き|高)い|(?<=[にと])位置[付づ]け(?=られ)|見込[まみむめん]"
)
_REACH: Final = 14  # characters between a marker and its head
# Where a word asserts: 導入する, 導入し、, 導入を進める, 導入。
_ASSERTED: Final = re.compile(
    r"(?:で(?:あ|す)|だ|を?(?:行|実施|進め|図|開始|す(?!べ)|し|さ|決定)|に(?:な[るりっ]|達)|[、。．.]|$|\s)"
)
# Where a word is what something is done to, or does it: コホートを設ける.
_ACTED_ON: Final = re.compile(r"(?:など|等)?[をがは]")
_INSUFFICIENT: Final = re.compile(r"不十分")
_ANNOUNCED: Final = re.compile(r"(?:ます|[うくぐすつぬぶむる])(?:[。．][」』）)]?)?\s*$")
_SENTENCE_END: Final = re.compile(r"[。！？!?\n]")
# Weak moods: what is said under them is not said without them.
_WEAK: Final[frozenset[Mood]] = frozenset({"effort", "consideration", "negation", "prohibition", "plan", "possibility"})
# What does not change, or differ, is as it was: no negation of a quote that says nothing of a change.
_CHANGE: Final = frozenset(
    {"増減", "変動", "変化", "変更", "異動", "差", "差異", "違い", "変わる", "チェンジ", "difference"}
)
# Moods that a word has to have in the quotes too, if it stands there.
_STRICT: Final[frozenset[Mood]] = frozenset({"negation", "obligation", "prohibition"})
# Moods that a claim may add where its quotes do not speak of the word at all.
_UNQUALIFIED: Final[frozenset[Mood]] = frozenset({"plan", "possibility"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker of `mood` that governs `head`, a normalised form; empty where no word stands near enough."""

    mood: Mood
    head: str


@dataclass(frozen=True, slots=True)
class Predicates:
    """The marks of a text; `heads` are all its content words, with how often each stands there."""

    marks: tuple[Mark, ...]
    heads: dict[str, int]
    asserted: frozenset[str]
    acted_on: frozenset[str]

    @property
    def moods(self) -> frozenset[Mood]:
        return frozenset(mark.mood for mark in self.marks)

    def governed(self, mood: Mood, head: str) -> int:
        return sum(mark.mood == mood and mark.head == head for mark in self.marks)


@lru_cache(maxsize=8192)
def content_tokens(text: str) -> tuple[Token, ...]:
    """The words of `text` that say something by themselves."""
    grammar = [m.span() for m in _GRAMMAR.finditer(text)]
    return tuple(
        t
        for t in tokenize(text)
        if t.form not in _LIGHT
        and t.part[1] != "数詞"
        and t.part[0] != "接尾辞"
        and not any(a <= t.start < b for a, b in grammar)
    )


def _japanese_marks(text: str, tokens: Sequence[Token]) -> Iterator[Mark]:
    folded = fold_with_offsets(text)
    affirming = [m.span() for m in _AFFIRMING.finditer(folded.text)]
    ends = [t.end for t in tokens]
    for mood, pattern in _JA_PATTERNS:
        for match in pattern.finditer(folded.text):
            if mood == "negation" and any(a <= match.start() < b or a < match.end() <= b for a, b in affirming):
                continue
            start = folded.starts[match.start()]
            i = bisect_left(ends, start + 1) - 1
            near = i >= 0 and start - tokens[i].end <= _REACH
            between = text[tokens[i].end : start] if near else ""
            yield Mark(mood, tokens[i].form if near and not _SENTENCE_END.search(between) else "")


def _english_marks(text: str, tokens: Sequence[Token]) -> Iterator[Mark]:
    starts = [t.start for t in tokens]
    for mood, pattern in _EN_PATTERNS:
        for match in pattern.finditer(text):
            i = bisect_left(starts, match.end())
            near = i < len(tokens) and tokens[i].start - match.end() <= _REACH
            yield Mark(mood, tokens[i].form if near else "")


@lru_cache(maxsize=4096)
def predicates(text: str) -> Predicates:
    """The moods of `text`, Japanese or English, and the words they govern."""
    text = _INSUFFICIENT.sub("十分でない", text)
    tokens = content_tokens(text)
    find = _japanese_marks if detect_language(text) == "ja" else _english_marks
    heads: dict[str, int] = {}
    for token in tokens:
        heads[token.form] = heads.get(token.form, 0) + 1
    asserted = frozenset(t.form for t in tokens if t.part[0] in ("動詞", "形容詞") or _ASSERTED.match(text, t.end))
    acted_on = frozenset(t.form for t in tokens if _ACTED_ON.match(text, t.end))
    return Predicates(tuple(find(text, tokens)), heads, asserted, acted_on)


@dataclass(frozen=True, slots=True)
class MoodMismatch:
    """`claimed` and `quoted` are moods; None is a plain assertion. `head` is the word that they are said of."""

    claimed: Mood | None
    quoted: Mood | None
    head: str


def mood_mismatch(claim: str, quotes: Sequence[str]) -> MoodMismatch | None:
    """How negation or modality of `claim` differs from that of its quotes; None where they agree."""
    stated = predicates(claim)
    text = "\n".join(quotes)
    quoted = predicates(text)
    return _added(stated, quoted, text) or _dropped(claim, stated, quoted, detect_language(claim))


def _added(stated: Predicates, quoted: Predicates, text: str) -> MoodMismatch | None:
    """A mood that the claim has and the quotes have nowhere, or of the same word have not."""
    for mark in stated.marks:
        if mark.mood == "negation" and mark.head in _CHANGE and mark.head not in quoted.heads:
            continue
        if mark.mood not in quoted.moods and not (mark.mood == "negation" and "prohibition" in quoted.moods):
            if mark.mood == "plan" and _is_announced(mark.head, text):
                continue
            if mark.mood not in _UNQUALIFIED or mark.head in quoted.heads:
                return MoodMismatch(mark.mood, None, mark.head)
        elif mark.mood in _STRICT and quoted.heads.get(mark.head):
            governed = quoted.governed(mark.mood, mark.head) or quoted.governed("prohibition", mark.head)
            if not governed and not (mark.mood == "obligation" and _close_with(mark, text)):
                return MoodMismatch(mark.mood, None, mark.head)
    return None


def _dropped(claim: str, stated: Predicates, quoted: Predicates, language: Language) -> MoodMismatch | None:
    """A mood under which the quotes say everything that they say of a word, and the claim says it without."""
    heads = stated.asserted
    if language == "en" and any(not head.isascii() for head in quoted.heads):
        heads = frozenset(
            t.form for found in japanese_terms(claim) for term in found.japanese for t in content_tokens(term)
        )
    for mark in quoted.marks:
        is_stated = mark.head in heads or (mark.mood == "consideration" and mark.head in stated.acted_on)
        if mark.mood not in _WEAK or not is_stated or mark.mood in stated.moods:
            continue
        if quoted.governed(mark.mood, mark.head) >= quoted.heads[mark.head]:
            return MoodMismatch(None, mark.mood, mark.head)
    return None


def _with_word(head: str, text: str) -> list[str]:
    """The sentences of a text that have the word `head`."""
    pieces = [text[a:b] for a, b in sentence_spans(text)]
    return [piece for piece in pieces if any(t.form == head for t in content_tokens(piece))]


def _is_announced(head: str, text: str) -> bool:
    """Whether a sentence says of the future that it is done: 策定する is no less than 策定する予定."""
    return any(_ANNOUNCED.search(piece) for piece in _with_word(head, text))


def _close_with(mark: Mark, text: str) -> bool:
    """Whether a sentence that has the word ends in the mood: A、Bを進め、Cを整えなければならない."""
    pattern = next(p for mood, p in _JA_PATTERNS if mood == mark.mood)
    return any(pattern.search(piece, max(0, len(piece) - _REACH)) for piece in _with_word(mark.head, text))


def closing_mood(sentence: str) -> Mood | None:
    """The weak mood in which a Japanese sentence ends; None for a plain one."""
    start = max(0, len(sentence) - _REACH)
    ends = (m for m in predicates(sentence[start:]).marks if m.mood in _WEAK)
    return next((m.mood for m in ends), None)


def weaker_mood(claim: str, quotes: Sequence[str]) -> Mood | None:
    """The weak mood in which each sentence of Japanese quotes ends, where an English `claim` has no weak mood."""
    if detect_language(claim) != "en" or any(detect_language(quote) != "ja" for quote in quotes):
        return None
    moods = [closing_mood(quote[a:b].strip()) for quote in quotes for a, b in sentence_spans(quote)]
    if not moods or not all(moods) or predicates(claim).moods & _WEAK:
        return None
    return moods[0]
