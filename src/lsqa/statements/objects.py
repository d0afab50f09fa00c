"""What is done to what: サービスを開始した is not サービスの利用に関する支援を開始した.

Japanese only, by the particle を: the noun before it is the object of the word behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lsqa.lexicon import synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.tokens import Token

_JOINED: Final = frozenset(
    {"", "の", "・", "や", "、", "と", "及び", "および", "など", "等", "など、", "等、", "、また"}
)
# An object that may be anything: 利用することを予定, こうした取り組みを支援.
_ANY: Final = frozenset({"こと", "の", "事", "取り組み", "取組", "物", "方", "内容", "対策"})


@dataclass(frozen=True, slots=True)
class _Acted:
    """A word behind を, with the nouns before it: `head` stands next to it, `stem` before that without a gap (研究 of
    研究費), `nouns` are those joined to it too.
    """

    head: Token
    stem: str
    nouns: frozenset[str]
    actions: frozenset[str]
    is_verb: bool
    written: str


@dataclass(frozen=True, slots=True)
class OtherObject:
    """`claimed` is the object and what is done to it in the claim's words, `quoted` in those of the quotes."""

    claimed: str
    quoted: str


@lru_cache(maxsize=2048)
def _acted(text: str) -> tuple[_Acted, ...]:
    return tuple(_found(text, content_tokens(text)))


def _found(text: str, tokens: Sequence[Token]) -> Iterator[_Acted]:
    for i in range(1, len(tokens)):
        if text[tokens[i - 1].end : tokens[i].start] != "を" or not _is_action(tokens[i]):
            continue
        last = i
        while last + 1 < len(tokens) and tokens[last + 1].start == tokens[last].end and _is_action(tokens[last + 1]):
            last += 1
        first = i - 1
        while first and text[tokens[first - 1].end : tokens[first].start] in _JOINED:
            first -= 1
        yield _Acted(
            tokens[i - 1],
            tokens[i - 2].form if i > 1 and tokens[i - 2].end == tokens[i - 1].start else "",
            frozenset(t.form for t in tokens[first:i]),
            frozenset(t.form for t in tokens[i : last + 1]),
            tokens[i].part[0] == "動詞",
            text[tokens[i - 1].start : tokens[last].end],
        )


def _is_action(token: Token) -> bool:
    return token.part[0] == "動詞" or (token.part[0] == "名詞" and "サ変" in token.part[2])


def other_object(claim: str, quotes: Sequence[str]) -> OtherObject | None:
    """The first thing that `claim` says to be acted on where the quotes say that of other things alone.

    Where the quotes have the two words beside each other, in whatever form (サービスの開始), or leave the object open
    (取り組みを支援), they agree.
    """
    text = "\n".join(quotes)
    tokens = content_tokens(text)
    for mine in _acted(claim):
        head = mine.head.form if len(mine.head.form) > 1 or not mine.stem else mine.stem
        forms = {head, *synonyms(head)}
        theirs = [a for a in _acted(text) if a.actions & mine.actions and a.is_verb == mine.is_verb]
        if not theirs or any(_agrees(forms, a) for a in theirs) or _beside(forms, mine.actions, tokens):
            continue
        return OtherObject(mine.written, theirs[0].written)
    return None


def _agrees(forms: set[str], acted: _Acted) -> bool:
    if acted.head.form in _ANY or not forms.isdisjoint(acted.nouns):
        return True
    # サイト for ウェブサイト, or the reverse.
    return any(form.endswith(noun) or noun.endswith(form) for form in forms for noun in acted.nouns)


def _beside(forms: set[str], actions: frozenset[str], tokens: Sequence[Token]) -> bool:
    neighbours = {(a.form, b.form) for a, b in pairwise(tokens)}
    return any((a, b) in neighbours or (b, a) in neighbours for a in forms for b in actions)
