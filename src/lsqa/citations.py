"""Verdicts on claims: does each quote stand in the evidence it cites, and each figure of the claim in its quotes?

Pure and deterministic. No similarity, no threshold: a quote stands there, folded, or it does not. A claim that fails
is marked, never
repaired. What is checked here comes from a language model or from our own quoting; both are treated as untrusted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lsqa.documents import Page
from lsqa.evidence import Evidence
from lsqa.figures import unsupported_figures
from lsqa.sections import HeadingPath, heading_path_at
from lsqa.text import Span, fold, locate

CitationVerdict = Literal["quote_found", "quote_missing", "number_mismatch", "unknown_label"]
ClaimVerdict = Literal["supported", "unsupported"]

# How binding a sentence is. A claim may not be stronger or weaker than the sentence that it stands on.
_BINDING = re.compile(
    r"努めなければならない|しなければならない|なければならない|してはならない|努めるものとする|努める|ものとする|することができる|検討する"
)


@dataclass(frozen=True, slots=True)
class Citation:
    """What a drafter states: evidence `label` says `quote`, word for word. Untrusted."""

    label: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a drafter states, and what it stands on. Untrusted."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """A citation with its verdict.

    `start`, `end` are offsets in the text of the cited page, both -1 where the quote is not found; `section` is the
    heading path at the quote.
    """

    citation: Citation
    verdict: CitationVerdict
    evidence: Evidence | None
    start: int = -1
    end: int = -1
    section: HeadingPath = ()


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim is supported when it has citations, all of them are found, and its figures and its binding words stand
    in their quotes.
    """

    text: str
    citations: tuple[CheckedCitation, ...]
    verdict: ClaimVerdict


def check(claims: Sequence[Claim], evidence: Sequence[Evidence]) -> tuple[CheckedClaim, ...]:
    """A verdict for every claim and for every citation in it, in the order given."""
    by_label = {item.label: item for item in evidence}
    return tuple(_check_claim(claim, by_label) for claim in claims)


def _check_claim(claim: Claim, by_label: dict[int, Evidence]) -> CheckedClaim:
    checked = [_check_citation(citation, by_label.get(citation.label)) for citation in claim.citations]
    found = [c for c in checked if c.verdict == "quote_found"]
    if len(found) == len(checked) and not _states_what_is_quoted(claim.text, [c.citation.quote for c in found]):
        checked = [replace(c, verdict="number_mismatch") for c in checked]
        found = []
    supported = bool(checked) and len(found) == len(checked)
    return CheckedClaim(claim.text, tuple(checked), "supported" if supported else "unsupported")


def _check_citation(citation: Citation, evidence: Evidence | None) -> CheckedCitation:
    if evidence is None:
        return CheckedCitation(citation, "unknown_label", None)
    spans = locate(citation.quote, evidence.chunk.text)
    if not spans:
        return CheckedCitation(citation, "quote_missing", evidence)
    start, end = _in_page(spans[0], evidence)
    return CheckedCitation(citation, "quote_found", evidence, start, end, evidence.chunk.heading_path)


def _in_page(span: Span, evidence: Evidence) -> Span:
    return evidence.chunk.start + span[0], evidence.chunk.start + span[1]


def _states_what_is_quoted(claim: str, quotes: Sequence[str]) -> bool:
    if unsupported_figures(claim, quotes):
        return False
    bound = {m[0] for m in _BINDING.finditer(fold(claim))}
    quoted = {m[0] for quote in quotes for m in _BINDING.finditer(fold(quote))}
    return bound <= quoted


def place_in_sections(
    claims: Sequence[CheckedClaim], pages: Mapping[tuple[str, int], Page]
) -> tuple[CheckedClaim, ...]:
    """The claims with the exact section of every quote; a chunk that spans sections knows only what they share.

    `pages` holds pages by document id and number.
    """

    def place(checked: CheckedCitation) -> CheckedCitation:
        if checked.evidence is None or checked.start < 0:
            return checked
        page = pages.get((checked.evidence.chunk.doc_id, checked.evidence.chunk.page))
        return replace(checked, section=heading_path_at(page, checked.start)) if page else checked

    return tuple(replace(claim, citations=tuple(place(c) for c in claim.citations)) for claim in claims)
