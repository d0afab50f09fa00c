"""Who does it, and whose it is: 文部科学大臣が認定した is not 厚生労働大臣が認定した, 世界のバイオバンク not 日本の.

Japanese only, by the particles が, により and の, and by a body written before what it does (厚生労働大臣承認).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lsqa.lexicon import synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.tokens import Token

_PASSIVE: Final = re.compile(r"[^、。]{0,3}(?:さ|[かがたなばまらわ])れ|[^、。]{0,2}られ")
_BODY: Final = re.compile(r"(?:大臣|知事|市長|町長|村長|区長|省|庁|機構|協会|委員会)$")
_BY: Final = frozenset({"により", "による", "によって"})
# Whose, where the name does not say that it is a place.
_WHERE: Final = frozenset({"世界", "国内", "海外", "全国", "国外", "欧米", "アジア", "我が国", "各国", "日本"})
_HOME: Final = frozenset({"国内", "我が国", "日本", "全国"})


@dataclass(frozen=True, slots=True)
class Role:
    """`who` does, or has, `what`; the words as written."""

    who: frozenset[str]
    what: str
    written: str


@dataclass(frozen=True, slots=True)
class OtherRole:
    """`claimed` is who does or has it in the claim's words, `quoted` in those of the quotes."""

    claimed: str
    quoted: str


@lru_cache(maxsize=2048)
def _actors(text: str) -> tuple[Role, ...]:
    return tuple(_doing(text, content_tokens(text)))


def _doing(text: str, tokens: Sequence[Token]) -> Iterator[Role]:
    for i in range(1, len(tokens)):
        between = text[tokens[i - 1].end : tokens[i].start]
        run = _run(tokens, i - 1)
        written = text[run[0].start : run[-1].end]
        is_action = tokens[i].part[0] == "動詞" or "サ変" in tokens[i].part[2]
        if between == "が":
            acts = not _PASSIVE.match(text, tokens[i].end)
        else:
            acts = is_action and (between in _BY or (between == "" and bool(_BODY.search(written))))
        if acts:
            yield Role(frozenset(t.form for t in run), tokens[i].form, text[run[0].start : tokens[i].end])


def _run(tokens: Sequence[Token], last: int) -> Sequence[Token]:
    """The words written without a gap up to `last`."""
    first = last
    while first and tokens[first - 1].end == tokens[first].start:
        first -= 1
    return tokens[first : last + 1]


@lru_cache(maxsize=2048)
def _places(text: str) -> tuple[Role, ...]:
    tokens = content_tokens(text)
    return tuple(
        Role(frozenset({a.form}), b.form, text[a.start : b.end])
        for a, b in pairwise(tokens)
        if text[a.end : b.start] == "の" and (a.form in _WHERE or a.part[1] == "固有名詞")
    )


def other_role(claim: str, quotes: Sequence[str]) -> OtherRole | None:
    """The first thing that `claim` says somebody does, or has, and the quotes say of others alone."""
    text = "\n".join(quotes)
    for mine in _actors(claim):
        theirs = [a for a in _actors(text) if a.what == mine.what]
        if theirs and not any(_are_alike(mine.who, a.who) for a in theirs):
            return OtherRole(mine.written, theirs[0].written)
    forms = {t.form for t in content_tokens(text)}
    for mine in _places(claim):
        theirs = [a for a in _places(text) if a.what == mine.what and not (a.who & _HOME and mine.who & _HOME)]
        if theirs and mine.who.isdisjoint(forms):
            return OtherRole(mine.written, theirs[0].written)
    return None


def _are_alike(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether one of them says all that the other says, and perhaps more."""
    wider = theirs | {s for form in theirs for s in synonyms(form)}
    return mine <= wider or theirs <= mine | {s for form in mine for s in synonyms(form)}
