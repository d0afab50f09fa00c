"""What a statement says otherwise than its quotes: a figure, a year, a name, negation, modality, strength."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from lsqa.figures import (
    NOUNS_COUNTED,
    Figure,
    counted_twos,
    find_figures,
    proving_figures,
    supports,
    unsupported_figures,
)
from lsqa.lexicon import japanese_terms
from lsqa.statements.causes import invented_cause
from lsqa.statements.completion import announced_only, not_yet
from lsqa.statements.conditions import dropped_condition
from lsqa.statements.counterparts import CALENDAR, counterpart
from lsqa.statements.directions import other_way
from lsqa.statements.limits import unlike_limit, with_limit
from lsqa.statements.multiples import other_base
from lsqa.statements.names import Name, is_described, names, plain, stands_in, unproven_names
from lsqa.statements.objects import other_object
from lsqa.statements.pairs import mispaired
from lsqa.statements.predicates import Mood, mood_mismatch, weaker_mood
from lsqa.statements.roles import other_role
from lsqa.statements.strength import overstatement
from lsqa.statements.tables import crossed_rows, rows_joined
from lsqa.text import detect_language

_DENYING: frozenset[Mood | None] = frozenset({"negation", "prohibition"})

Kind = Literal["figure", "year", "name", "predicate"]


@dataclass(frozen=True, slots=True)
class Difference:
    """`claimed` is what the statement says, `quoted` what the quotes say in its place, empty where they say nothing.

    A `predicate` differs in negation or modality, and both are then moods with the word that they are said of; or the
    statement has a word that says more than its quotes, or the opposite of what they say.
    """

    kind: Kind
    claimed: str
    quoted: str = ""
    leaves_open: bool = field(default=False, compare=False)
    """Whether what is quoted does not rule out what is claimed: 導入を検討する does not, 導入しない does."""


def differences(
    claim: str, quotes: Sequence[str], context: Sequence[str] = (), published: str = ""
) -> tuple[Difference, ...]:
    """All that `claim` says otherwise than its quotes; empty where figures, years, names and predicates agree.

    `context` are the headings and the title that the quotes stand under: they prove names, but no figures. `published`
    is the date of the document, ISO 8601.
    """
    quotes = rows_joined(tuple(quotes))
    found = [_figure(claim, figure, quotes, published) for figure in unsupported_figures(claim, quotes, published)]
    unproven = (n for n in unproven_names(claim, (*quotes, *context)) if not is_described(n, context))
    found += [_name(name, claim, quotes) for name in unproven]
    if not found and (pair := mispaired(claim, quotes, published, context)):
        found.append(Difference(pair.what, pair.claimed, pair.quoted))
    if not found and (base := other_base(claim, quotes)):
        found.append(Difference("year", *base))
    if not found and (counted := _counted_otherwise(claim, quotes, published)):
        found.append(counted)
    if not found and (limit := unlike_limit(claim, quotes, published)):
        mine, theirs, quote = limit
        found.append(Difference("figure", with_limit(claim, mine), with_limit(quote, theirs)))
    if mismatch := mood_mismatch(claim, quotes):
        claimed, quoted = _said(mismatch.claimed, mismatch.head), _said(mismatch.quoted, mismatch.head)
        found.append(Difference("predicate", claimed, quoted, not {mismatch.claimed, mismatch.quoted} & _DENYING))
    elif overstated := overstatement(claim, quotes):
        found.append(Difference("predicate", overstated.claimed, overstated.quoted))
    return tuple(found)


def recast(claim: str, quotes: Sequence[str]) -> tuple[Difference, ...]:
    """What `claim` says otherwise although its words stand in the quotes: of another row of a table, as rising what
    falls, with a reason that is none of theirs, as done what is only announced; a Japanese claim also of another
    object, by another body, or without the condition.
    """
    quotes = rows_joined(tuple(quotes))
    found: list[Difference] = []
    if crossed := crossed_rows(claim, quotes):
        found.append(Difference("name", crossed.claimed, crossed.quoted))
    if turned := other_way(claim, quotes):
        found.append(Difference("predicate", turned.claimed, turned.quoted))
    if cause := invented_cause(claim, quotes):
        found.append(Difference("predicate", cause))
    if detect_language(claim) == "ja":
        return (*found, *_recast_japanese(claim, quotes))
    if mood := weaker_mood(claim, quotes):
        found.append(Difference("predicate", _said(None, ""), _said(mood, "")))
    if early := not_yet(claim, quotes):
        found.append(Difference("predicate", early.claimed, early.quoted))
    return tuple(found)


def _recast_japanese(claim: str, quotes: Sequence[str]) -> tuple[Difference, ...]:
    found: list[Difference] = []
    if role := other_role(claim, quotes):
        found.append(Difference("name", role.claimed, role.quoted))
    if acted := other_object(claim, quotes):
        found.append(Difference("predicate", acted.claimed, acted.quoted))
    if early := announced_only(claim, quotes):
        found.append(Difference("predicate", early.claimed, early.quoted))
    if condition := dropped_condition(claim, quotes):
        found.append(Difference("predicate", _said(None, ""), condition))
    return tuple(found)


def _said(mood: Mood | None, head: str) -> str:
    return f"{head} ({mood or 'assertion'})".strip()


def _figure(claim: str, figure: Figure, quotes: Sequence[str], published: str) -> Difference:
    kind: Kind = "year" if figure.kind in CALENDAR else "figure"
    return Difference(kind, claim[figure.start : figure.end], counterpart(claim, figure, quotes, published))


def _counted_otherwise(claim: str, quotes: Sequence[str], published: str) -> Difference | None:
    """A bare number before an English noun that the quotes have of another noun alone: two hubs for 2大学."""
    terms = japanese_terms(claim)
    for figure in (*find_figures(claim), *counted_twos(claim)):
        noun = next((t for t in terms if figure.end <= t.start and not claim[figure.end : t.start].strip()), None)
        if figure.kind != "number" or noun is None:
            continue
        proofs = [f for text in quotes for f in proving_figures(text, published) if supports(f, figure)]
        if proofs and all(f.unit in NOUNS_COUNTED and not _is_called(f.unit, noun.japanese) for f in proofs):
            return Difference("figure", claim[figure.start : noun.end], f"{proofs[0].value:f}{proofs[0].unit}")
    return None


def _is_called(unit: str, terms: Sequence[str]) -> bool:
    return any(unit in term or term in unit for term in terms)


def _name(name: Name, claim: str, quotes: Sequence[str]) -> Difference:
    """An unproven name with the one that stands in its place: of its kind, and not in the claim."""
    held = plain(claim)
    others = [n.text for text in quotes for n in names(text) if n.kind == name.kind and not stands_in(n, held)]
    return Difference("name", name.text, others[0] if others and name.kind else "")
