"""What a reader or reranker makes of a passage."""

from dataclasses import dataclass

from lsqa.text import Span


@dataclass(frozen=True, slots=True)
class PassageReading:
    """`relevance` is the logit, or score, that the passage answers the question; `span` the characters of the passage
    that
    answer best, and `certainty` the probability of that span among all of the passage's. A reranker that marks no words
    gives an empty span.
    """

    relevance: float
    span: Span = (0, 0)
    certainty: float = 0.0
