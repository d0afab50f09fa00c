"""What of a checked draft may be shown: plain words about what is quoted, and no more.

The check (`citations`) says whether quotes stand where they are cited and figures stand in them. A model that obeys a
document, or the question, can pass it with a true quote beside a sentence of another matter, with a link, or with a
quote that is itself an order to it. Such claims fail here. Nothing is repaired.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from lsqa.citations import CheckedClaim, Failing, under_head
from lsqa.guarding.grounding import is_grounded, is_stitched
from lsqa.guarding.markup import harmless, is_plain, without_labels
from lsqa.guarding.orders import gives_orders, stands_among_orders
from lsqa.statements.differences import Difference, recast

__all__ = ["guard", "guarded"]


def guard(claims: Sequence[CheckedClaim]) -> tuple[CheckedClaim, ...]:
    """The claims, in their order, those that may not be shown `unsupported`; the text of each in plain words."""
    return tuple(guarded(claim) for claim in claims)


def guarded(claim: CheckedClaim) -> CheckedClaim:
    """As `guard`, for one claim. The verdicts of its citations stay as they were."""
    failing, differing = claim.failing, claim.differences
    if claim.verdict == "supported":
        failing, differing = _failing(claim)
    if failing or claim.verdict != "supported":
        text = harmless(claim.text)
        return replace(claim, text=text, verdict="unsupported", failing=failing, differences=differing)
    return replace(claim, text=without_labels(claim.text, {c.citation.label for c in claim.citations}))


def _failing(claim: CheckedClaim) -> tuple[Failing, tuple[Difference, ...]]:
    quotes = [c.citation.quote for c in claim.citations]
    if not is_plain(claim.text, quotes, {c.citation.label for c in claim.citations}):
        return "markup", ()
    if gives_orders(claim.text) or any(stands_among_orders(c) for c in claim.citations):
        return "orders", ()
    places = [(c.evidence.title, *c.section) for c in claim.citations if c.evidence]
    sources = list(zip(quotes, places, strict=True))
    if differing := recast(claim.text, under_head(claim.citations)):
        return "says_otherwise", differing
    if not is_grounded(claim.text, [*quotes, *chain.from_iterable(places)]) or is_stitched(claim.text, sources):
        return "own_words", ()
    return "", ()
