"""Whether each clause of a statement is said in one place: words gathered from here and there make another statement.

Of 785 claims that were written to be false about an answer in an assembly (NTCIR-16 PoliInfo-4, made in a game) 145
have nearly all their words in the answer; most of these join the subject of one sentence with the predicate of another.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.text import Span, sentence_spans

_CLAUSE: Final = re.compile(r"[^、。，．,;；:：!?！？\n]+")
_COMMA: Final = re.compile(r"[、，,]\s*")
# The end of a clause that says nothing without the next one: for what, by what, as what.
_DEPENDENT: Final = re.compile(
    r"(?:に向け(?:て|まして)?|ため(?:に)?|として|により(?:まして)?|によって|を?通じ(?:て)?|ことで|に応じ(?:て)?"
    r"|を?踏まえ(?:て)?|に対し(?:て)?|に基づき|に伴い|よう(?:に)?|[のへでには])$"
)
_VERB_END: Final = re.compile(r"[うくぐすつぬぶむるた]$")
# A subject with what is said of it: 区域は港湾, 区域：港湾.
_OF_ITS_OWN: Final = re.compile(r"(?<=[^ぁ-ん\s])(?:は|が)(?=\S)|^[^：:、。]{1,30}[：:]\s*\S")
_SENTENCE: Final = re.compile(r"[。．.!?！？][」』）)】”\"]*\s*$")


def together(statement: str, quotes: Sequence[str], context: Sequence[str] = ()) -> float:
    """The share, in [0, 1], of the content words of `statement` that stand with the others of their clause in one
    sentence of the quotes, in one item, or in their tables; a clause that depends on the next one (…に向け、…) is one
    with it. Headings and labels, which end in no full stop, stand with each; so does `context`. 0 where there is no
    content word.
    """
    held, words = _held(statement, _places(tuple(quotes), tuple(context)))
    return held / words if words else 0.0


def apart(statement: str, sources: Sequence[tuple[str, Sequence[str]]]) -> float:
    """The share, in [0, 1], of the content words of `statement` that stand in the sources, but in another sentence than
    the rest of their clause.

    A source is a quote with the headings over it, which stand with its own sentences alone. What is quoted on its own
    and ends in a verb (…を提供する) is a sentence too; the rows of a table stand with each.
    """
    rows = tuple(text for quote, context in sources if "\t" in quote for text in (quote, *context))
    places = list(_places((), rows)) if rows else []
    for quote, context in sources:
        if "\t" not in quote:
            places += _places((f"{quote}。" if _VERB_END.search(quote) else quote,), (*context, *rows))
    held, words = _held(statement, places)
    found, _ = _held(statement, [frozenset().union(*places)])
    return (found - held) / words if words else 0.0


def _held(statement: str, places: Sequence[frozenset[str]]) -> tuple[int, int]:
    """How many words of each clause stand in the one place that has most of them, and how many there are."""
    figures = find_figures(statement)
    words = [t for t in content_tokens(statement) if not any(f.start <= t.start and t.end <= f.end for f in figures)]
    count = held = 0
    for start, end in clauses(statement):
        inside = [{t.form, *synonyms(t.form)} for t in words if start <= t.start < end]
        count += len(inside)
        held += max((sum(not place.isdisjoint(forms) for forms in inside) for place in places), default=0)
    return held, count


def clauses(statement: str) -> list[Span]:
    """The clauses of `statement`; one that depends on the next one is one with it."""
    found: list[Span] = []
    for clause in _CLAUSE.finditer(statement):
        start, end = clause.span()
        if found:
            first, last = found[-1]
            if _COMMA.fullmatch(statement, last, start) and _DEPENDENT.search(statement[first:last].rstrip()):
                start = found.pop()[0]
        found.append((start, end))
    return found


@lru_cache(maxsize=512)
def _places(quotes: tuple[str, ...], context: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The words of each sentence, and those of all tables, with those that stand with every sentence."""
    items = [quote for quote in quotes if is_item(quote)]
    pieces = [quote[a:b] for quote in quotes if quote not in items for a, b in sentence_spans(quote)]
    rows = [p for p in pieces if "\t" in p]
    own = [p for p in pieces if is_sentence(p)]
    common = _forms((*context, *(p for p in pieces if "\t" not in p and not is_sentence(p))))
    # What a row says of its own subject is not said of that of a sentence beside the table.
    places = [_forms((p,)) for p in (*own, *items)] + ([_forms(rows)] if rows else [])
    return tuple(words | common for words in places) or (common,)


def is_sentence(piece: str) -> bool:
    """Whether a piece of a quote ends as sentences do; a row of a table is none."""
    return "\t" not in piece and bool(_SENTENCE.search(piece))


def is_item(quote: str) -> bool:
    """Whether a quote says something of its own although it ends in no full stop: 東部署が受け持つ区域は港湾."""
    is_line = "\t" not in quote and not any(is_sentence(quote[a:b]) for a, b in sentence_spans(quote))
    return is_line and bool(_OF_ITS_OWN.search(quote))


def _forms(pieces: Sequence[str]) -> frozenset[str]:
    return frozenset(t.form for piece in pieces for t in content_tokens(piece))
