"""One score for each passage out of what the legs and the reader say: a small linear model, fitted on development sets.

The score is the logit that a passage is one of those asked for, calibrated among the twenty foremost. BM25 is divided
by what a passage could have at most (every word of the question, as often as it likes), so that it means the same for a
long and a short question; the cosine is taken from `USUAL_COSINE`, around which e5's lie. `training/fusion.py` fits the
weights by listwise softmax over the candidates of a question (Cao et al. 2007), then one slope and the intercept by
logistic regression. What they were fitted on and what they are worth elsewhere stands in docs/design.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

USUAL_COSINE: Final = 0.85
USUAL_SPREAD: Final = 0.02
COSINE_SCALE: Final = 10.0
BY_LEGS: Final = (1.74, 1.68, 0.72, 2.24)
"""For the values of `leg_features`."""
INTERCEPT: Final = -3.46
BY_LEGS_WITH_READER, BY_READER, INTERCEPT_WITH_READER = 1.0, 0.026, 0.0
"""Fitted with a reader of 1,200 steps; another reader has to be fitted anew."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The highest BM25 that the question's words can reach in a chunk and in a page, and its bigrams in a page."""

    chunk_words: float
    page_words: float
    page_bigrams: float


def leg_features(scores: NDArray[np.float64], bounds: Bounds) -> NDArray[np.float64]:
    """What is weighed of the scores of the legs, (n, `legs.FEATURES`): shares of the bounds, and the cosine over what
    is usual, in tenths."""
    most = np.array([bounds.chunk_words, bounds.page_words, bounds.page_bigrams])
    return np.hstack((scores[:, :3] / np.maximum(most, 1e-9), (scores[:, 3:] - USUAL_COSINE) * COSINE_SCALE))


def as_usual(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosines of another encoder, moved to where those of e5 lie among the candidates of a question."""
    spread = float(cosines.std()) if len(cosines) else 0.0
    scale = USUAL_SPREAD / spread if spread > 0 else 0.0
    moved: NDArray[np.float64] = USUAL_COSINE + scale * (cosines - cosines.mean())
    return moved


def leg_scores(scores: NDArray[np.float64], bounds: Bounds) -> NDArray[np.float64]:
    """The logits of n candidates from the scores of the legs, without the reader."""
    logits: NDArray[np.float64] = leg_features(scores, bounds) @ np.array(BY_LEGS) + INTERCEPT
    return logits


def read_scores(legs: Sequence[float], relevance: Sequence[float]) -> tuple[float, ...]:
    """The logits of passages that the reader has read: those of the legs and the reader's, together."""
    return tuple(
        BY_LEGS_WITH_READER * leg + BY_READER * read + INTERCEPT_WITH_READER
        for leg, read in zip(legs, relevance, strict=True)
    )


def probability(log_odds: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + math.exp(-max(-27.0, min(27.0, log_odds))))


def logit(probability: float) -> float:
    """The inverse of `probability`."""
    inside = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(inside / (1 - inside))
