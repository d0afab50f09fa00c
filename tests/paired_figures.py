"""Sentences made by a program that give figures to several names of the corpus, with claims that say a figure of its
own name in other words, or of another one."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.altered_figures import Case, statements

from lsqa.chunks import make_chunk
from lsqa.citations import Citation, Claim
from lsqa.evidence import Evidence
from lsqa.statements.names import names

# What is quoted: three names with their figures, in this order or turned round.
_LISTS: tuple[str, ...] = (
    "{a}は{x}、{b}は{y}、{c}は{z}である。",
    "{a}の{what}は{x}で、{b}の{what}は{y}、{c}の{what}は{z}である。",
    "{what}は{a}が{x}、{b}が{y}、{c}が{z}である。",
    "{what}は、{a}に{x}、{b}に{y}、{c}に{z}とする。",
    "{what}の内訳は、{a}（{x}）、{b}（{y}）、{c}（{z}）である。",
    "{what}は{x}（{a}）、{y}（{b}）、{z}（{c}）となった。",
    "{a}、{b}、{c}の{what}は、それぞれ{x}、{y}、{z}である。",
    "{a}と{b}と{c}の{what}はそれぞれ{x}と{y}と{z}である。",
    "{a}及び{b}の{what}はそれぞれ{x}及び{y}であり、{c}の{what}は{z}である。",
    "{a}：{x}、{b}：{y}、{c}：{z}",
    "{a} {x}、{b} {y}、{c} {z}",
    "{what}として{x}を{a}に、{y}を{b}に、{z}を{c}に割り当てる。",
    "令和7年度の{what}は、{a}が{x}であるのに対し、{b}は{y}、{c}は{z}にとどまる。",
    "政府は{a}に{x}、{b}に{y}、{c}に{z}の{what}を認めた。",
)
_CLAIMS: tuple[str, ...] = (
    "{n}の{what}は{v}です。",
    "{n}は{v}である。",
    "{what}は{n}が{v}である。",
    "{n}には{v}の{what}がある。",
    "{what}が{v}となったのは{n}である。",
    "{n}について、{what}は{v}とされている。",
    "{n}（{what}は{v}）",
)
_LISTS_EN: tuple[str, ...] = (
    "{a} received {x}, {b} received {y} and {c} received {z}.",
    "{a} received {x}, {b} {y} and {c} {z}.",
    "The {what} of {a} was {x}, that of {b} was {y} and that of {c} was {z}.",
    "{a}, {b} and {c} received {x}, {y} and {z}, respectively.",
    "The ministry allocated {x} to {a}, {y} to {b} and {z} to {c}.",
    "{a} ({x}), {b} ({y}) and {c} ({z}) are covered.",
    "While {a} received {x}, {b} received {y}, and {c} received {z}.",
)
_CLAIMS_EN: tuple[str, ...] = (
    "{n} received {v}.",
    "The {what} of {n} was {v}.",
    "{n} was given {v}.",
    "{v} went to {n}.",
)
_KINDS = (
    ("予算額", "億円", "budget", " billion yen"),
    ("参加人数", "人", "", ""),
    ("件数", "件", "", ""),
    ("参加校", "校", "", ""),
    ("割合", "％", "share", "%"),
    ("順位", "位", "", ""),
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, in words of `language`, with the names and their figures as a claim may write them."""

    text: str
    pairs: tuple[tuple[str, str], ...]
    claims: tuple[str, ...]
    what: str


def corpus_names() -> tuple[str, ...]:
    """The programmes and bodies that the corpus names, without those that are a part of another."""
    found = sorted({n.text for s in statements() for n in names(s.text) if n.kind or n.text.isupper() or "-" in n.text})
    alone = [n for n in found if not any(n != m and n in m for m in found)]
    return tuple(n for n in alone if [m.text for m in names(f"{n}が進める。")] == [n])


def _sentences(count: int, chance: random.Random, known: Sequence[str]) -> Iterator[_Sentence]:
    latin = [n for n in known if (n.isascii() and "-" in n) or n.isupper()]
    for i in range(count):
        what, unit, what_en, unit_en = chance.choice(_KINDS)
        values = chance.sample(range(2, 90), 3)
        if what_en and i % 3 == 2:
            of = tuple(chance.sample(latin, 3))
            written = tuple(f"{v}{unit_en}" for v in values)
            shown, lists, claims = what_en, _LISTS_EN, _CLAIMS_EN
        else:
            of = tuple(chance.sample(known, 3))
            written = tuple(f"{v}{unit}" for v in values)
            shown, lists, claims = what, _LISTS, _CLAIMS
        slots = dict(zip("abcxyz", (*of, *written), strict=True)) | {"what": shown}
        pairs = tuple(zip(of, written, strict=True))
        yield _Sentence(chance.choice(lists).format(**slots), pairs, claims, shown)


def paired(count: int, seed: int, *, swapped: bool) -> list[Case]:
    """`count` claims on such sentences, each figure with its own name, or with that of another figure if `swapped`."""
    chance = random.Random(seed)
    cases: list[Case] = []
    for sentence in _sentences(count, chance, corpus_names()):
        i = chance.randrange(3)
        name, own = sentence.pairs[i]
        value = chance.choice([v for j, (_, v) in enumerate(sentence.pairs) if j != i]) if swapped else own
        text = chance.choice(sentence.claims).format(n=name, v=value, what=sentence.what)
        chunk = make_chunk("corpus", (sentence.what,), 1, 0, len(sentence.text), sentence.text)
        claim = Claim(text, (Citation(1, sentence.text),))
        cases.append(Case(sentence.text, claim, Evidence(1, chunk, sentence.what, 1.0)))
    return cases
