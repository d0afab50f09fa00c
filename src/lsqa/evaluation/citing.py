"""Citation recall and precision as ALCE defines them (Gao et al., 2023, arXiv 2305.14627, section 3).

In the place of ALCE's entailment model stands the check that lsqa shows answers by: citations support a claim where
every quote stands on the page that it cites, and the figures and binding words of the claim stand in the quotes. It
says nothing of the wording of a claim beyond that.
"""

from collections.abc import Callable, Sequence

from lsqa.chunks import make_chunk
from lsqa.citations import Citation, Claim, check
from lsqa.evaluation.outcomes import CitedQuote, ShownClaim
from lsqa.evidence import Evidence
from lsqa.text import locate

_PageText = Callable[[str, int], str]


def citation_recall(claims: Sequence[ShownClaim], page_text: _PageText) -> float:
    """The share of the claims that their citations together support; a claim without citations is not supported."""
    return sum(supports(claim.citations, claim.text, page_text) for claim in claims) / len(claims)


def citation_precision(claims: Sequence[ShownClaim], page_text: _PageText) -> float:
    """The share of the citations that are of use: those of a supported claim that support it alone, or without which
    the others do not."""
    useful = [_is_useful(claim, index, page_text) for claim in claims for index in range(len(claim.citations))]
    return sum(useful) / len(useful) if useful else 0.0


def _is_useful(claim: ShownClaim, index: int, page_text: _PageText) -> bool:
    citations = claim.citations
    if not supports(citations, claim.text, page_text):
        return False
    alone = supports(citations[index : index + 1], claim.text, page_text)
    return alone or not supports(citations[:index] + citations[index + 1 :], claim.text, page_text)


def supports(citations: Sequence[CitedQuote], claim: str, page_text: _PageText) -> bool:
    """Whether `citations` support `claim`; none of them do not."""
    evidence = [_evidence(label, citation, page_text) for label, citation in enumerate(citations, 1)]
    stated = Claim(claim, tuple(Citation(label, c.quote) for label, c in enumerate(citations, 1)))
    (checked,) = check([stated], evidence)
    return checked.verdict == "supported"


def quote_stands(citation: CitedQuote, page_text: _PageText) -> bool:
    """Whether a quote stands on its page, character for character after folding."""
    return bool(locate(citation.quote, page_text(citation.doc_id, citation.page)))


def _evidence(label: int, citation: CitedQuote, page_text: _PageText) -> Evidence:
    text = page_text(citation.doc_id, citation.page)
    return Evidence(label, make_chunk(citation.doc_id, (), citation.page, 0, len(text), text), "", 0.0)
