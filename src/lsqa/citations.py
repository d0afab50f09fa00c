"""Verdicts on claims: does each quote stand in the evidence it cites, and each figure of the claim in its quotes?

Pure and deterministic. No similarity, no threshold: a quote stands there, folded, or it does not. A claim that fails is marked, never
repaired. What is checked here comes from a language model or from our own quoting; both are treated as untrusted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lsqa.evidence import Evidence
from lsqa.figures import unsupported_figures
from lsqa.text import Span, fold, locate

CitationVerdict = Literal["quote_found", "quote_missing", "number_mismatch", "unknown_label"]
ClaimVerdict = Literal["supported", "unsupported"]

# How binding a sentence is. A claim may not be stronger or weaker than the sentence that it stands on.
_BINDING = re.compile(r"努めなければならない|しなければならない|なければならない|してはならない|努めるものとする|努める|ものとする|することができる|検討する")


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
    """A citation with its verdict; `start`, `end` are offsets in the text of the cited page, both -1 where the quote is not found."""

    citation: Citation
    verdict: CitationVerdict
    evidence: Evidence | None
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim is supported when it has citations, all of them are found, and its figures and its binding words stand in their quotes."""

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
        checked = [CheckedCitation(c.citation, "number_mismatch", c.evidence, c.start, c.end) for c in checked]
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
    return CheckedCitation(citation, "quote_found", evidence, start, end)


def _in_page(span: Span, evidence: Evidence) -> Span:
    return evidence.chunk.start + span[0], evidence.chunk.start + span[1]


def _states_what_is_quoted(claim: str, quotes: Sequence[str]) -> bool:
    if unsupported_figures(claim, quotes):
        return False
    bound = {m[0] for m in _BINDING.finditer(fold(claim))}
    quoted = {m[0] for quote in quotes for m in _BINDING.finditer(fold(quote))}
    return bound <= quoted
