"""What of a checked draft may be shown: plain words about what is quoted, and no more.

The check (`citations`) says whether quotes stand where they are cited and figures stand in them. A model that obeys a
document, or the question, can pass it with a true quote beside a sentence of another matter, with a link, or with a
quote that is itself an order to it. Such claims fail here. Nothing is repaired.
"""

from collections.abc import Sequence
from dataclasses import replace

from lsqa.citations import CheckedClaim, Failing
from lsqa.guarding.grounding import is_grounded
from lsqa.guarding.markup import harmless, is_plain, without_labels
from lsqa.guarding.orders import gives_orders, stands_among_orders

__all__ = ["guard", "guarded"]


def guard(claims: Sequence[CheckedClaim]) -> tuple[CheckedClaim, ...]:
    """The claims, in their order, those that may not be shown `unsupported`; the text of each in plain words."""
    return tuple(guarded(claim) for claim in claims)


def guarded(claim: CheckedClaim) -> CheckedClaim:
    """As `guard`, for one claim. The verdicts of its citations stay as they were."""
    failing = claim.failing if claim.verdict != "supported" else _failing(claim)
    if failing or claim.verdict != "supported":
        return replace(claim, text=harmless(claim.text), verdict="unsupported", failing=failing)
    return replace(claim, text=without_labels(claim.text, {c.citation.label for c in claim.citations}))


def _failing(claim: CheckedClaim) -> Failing:
    quotes = [c.citation.quote for c in claim.citations]
    if not is_plain(claim.text, quotes, {c.citation.label for c in claim.citations}):
        return "markup"
    if gives_orders(claim.text) or any(stands_among_orders(c) for c in claim.citations):
        return "orders"
    places = [" ".join((c.evidence.title, *c.section)) for c in claim.citations if c.evidence]
    return "" if is_grounded(claim.text, [*quotes, *places]) else "own_words"
