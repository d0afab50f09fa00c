"""Do the chosen units answer the question? A few readable conditions, then a logistic model of ten features.

The conditions are logical, not fitted: a figure that the question takes for granted has to stand with the answer, and
the kind of thing asked for
has to stand with the subject. The coefficients were fitted by logistic regression (L2, C = 1) on the development
questions in `evals/`; how
well they do on questions they were not fitted on stands in docs/design.md.
"""

import math
from collections.abc import Sequence

from lsqa.questions import Question
from lsqa.relevance import ON_PAGE
from lsqa.scoring import ScoredUnit

COEFFICIENTS: dict[str, float] = {
    "subject near": -0.09,
    "kind near the subject": 5.07,
    "premises": 0.55,
    "absent words": -0.92,
    "broken compound": -1.45,
    "weakest name": 2.67,
    "weakest word": 0.47,
    "asked of something far": -0.76,
    "asks for a reason": -1.88,
    "English": 1.13,
}
INTERCEPT = -4.78
# The operating point: 8 % of the answerable questions it was chosen on are refused, 11 % of others (docs/design.md).
THRESHOLD = 0.6
_KIND_FLOOR = 0.1


def answer_features(question: Question, chosen: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[float, ...]:
    """The values of `COEFFICIENTS`, in their order. `weights` are those of the question's terms, then of its premises.

    A comparison or a list is held against all chosen units together, any other question against the first.
    """
    subject = subject_terms(question)
    if not subject and not question.about_document:
        return (0.0,) * len(COEFFICIENTS)  # a question about nothing in particular
    together = chosen if question.compares or question.wants_list else chosen[:1]
    levels = [tuple(max(column) for column in zip(*(s.relevance.found for s in together), strict=True))]
    levels += [s.relevance.found for s in chosen]
    nearness = [_near(found, subject, weights) for found in levels]
    kinds = [max(s.relevance.kind for s in together), *(s.relevance.kind for s in chosen)]
    premises = [max(s.relevance.premises for s in together), *(s.relevance.premises for s in chosen)]
    naming = [i for i in subject if i < len(question.terms) and question.terms[i].importance >= 1]
    weakest_name = min((levels[0][i] for i in naming if question.terms[i].is_name), default=1.0)
    weakest_word = min((levels[0][i] for i in naming if not question.terms[i].is_name), default=1.0)
    return (
        nearness[0],
        max(k * n * p for k, n, p in zip(kinds, nearness, premises, strict=True)),
        premises[0],
        min(s.relevance.absent for s in together),
        min(s.relevance.broken for s in together),
        weakest_name,
        weakest_word,
        1.0 if question.asked and min(weakest_name, weakest_word) <= ON_PAGE else 0.0,
        1.0 if "reason" in question.asked else 0.0,
        1.0 if question.language == "en" else 0.0,
    )


def subject_terms(question: Question) -> tuple[int, ...]:
    """The places, among terms and then premises, of what is asked about: not 予算 in 「B-cureの予算」."""
    count = len(question.terms)
    return (*(i for i, t in enumerate(question.terms) if not t.is_asked), *range(count, count + len(question.premises)))


def near(unit: ScoredUnit, subject: Sequence[int], weights: Sequence[float]) -> float:
    """How much of the subject stands in the unit, its caption or its headings, from 0 to 1."""
    return _near(unit.relevance.found, subject, weights)


def _near(found: Sequence[float], subject: Sequence[int], weights: Sequence[float]) -> float:
    """Coverage of the subject by what stands in the unit, its caption or its headings; the rest of the page does not
    count.
    """
    total = sum(weights[i] for i in subject)
    near = sum(weights[i] * found[i] for i in subject if found[i] > ON_PAGE)
    return near / total if total else 1.0


def probability(features: Sequence[float]) -> float:
    """How probable it is, in [0, 1], that units with these features answer; 0 where a condition fails."""
    by_name = dict(zip(COEFFICIENTS, features, strict=True))
    if by_name["premises"] == 0 or by_name["kind near the subject"] < _KIND_FLOOR:
        return 0.0
    z = INTERCEPT + sum(c * f for c, f in zip(COEFFICIENTS.values(), features, strict=True))
    return 1 / (1 + math.exp(-z))
