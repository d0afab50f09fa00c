"""Do the chosen units answer the question? A few readable conditions, then a logistic model of thirteen features.

The conditions are logical, not fitted: a figure that the question takes for granted has to stand with the answer, the
kind of thing asked for with the subject, and no name of the subject may be another's (`absent_names`). The coefficients
were fitted by logistic regression (L2, C = 0.3) on the development questions in `evals/` (`training/quoting.py`); how
well they do on questions they were not fitted on stands in docs/design.md. What asks by one or two words only is seldom
sure, hence their number.
"""

import math
from collections.abc import Sequence

from lsqa.questions import Question
from lsqa.relevance import ON_PAGE
from lsqa.scoring import ScoredUnit

COEFFICIENTS: dict[str, float] = {
    "subject near": 0.18,
    "kind near the subject": 4.36,
    "premises": 0.59,
    "absent words": -0.66,
    "broken compound": -1.11,
    "weakest name": 1.83,
    "weakest word": 0.25,
    "asked of something far": -0.64,
    "asks for a reason": -1.93,
    "English": 0.90,
    "words of the question": 0.66,
    "level of its words": 1.36,
    "quotes": -0.14,
}
INTERCEPT = -6.43
# The operating point: 4.1 % of the answerable development questions are refused, 89 % of the others, each by
# coefficients that were not fitted on it (docs/design.md).
THRESHOLD = 0.55
_KIND_FLOOR = 0.1
_FEW_WORDS = 3  # more of them make a question no surer: counted further, the model does not carry to longer questions


def answer_features(question: Question, chosen: Sequence[ScoredUnit], weights: Sequence[float]) -> tuple[float, ...]:
    """The values of `COEFFICIENTS`, in their order. `weights` are those of the question's terms, then of its premises.

    A comparison or a list is held against all chosen units together, any other question against the first.
    """
    subject = subject_terms(question)
    if not subject and not question.about_document:
        return (0.0,) * len(COEFFICIENTS)  # a question about nothing in particular
    if set.intersection(*(set(s.relevance.elsewhere) for s in chosen)):
        return (0.0,) * len(COEFFICIENTS)  # about another programme, another group, a part where the whole is asked
    together = chosen if question.compares or question.wants_list else chosen[:1]
    levels = [tuple(max(column) for column in zip(*(s.relevance.found for s in together), strict=True))]
    levels += [s.relevance.found for s in chosen]
    nearness = [_near(found, subject, weights) for found in levels]
    kinds = [max(s.relevance.kind for s in together), *(s.relevance.kind for s in chosen)]
    premises = [max(s.relevance.premises for s in together), *(s.relevance.premises for s in chosen)]
    # What one unit holds is not said of what another names, but where they are set side by side.
    near_subject = [k * n * p for k, n, p in zip(kinds, nearness, premises, strict=True)]
    naming = [i for i in subject if i < len(question.terms) and question.terms[i].importance >= 1]
    important = [i for i, term in enumerate(question.terms) if term.importance >= 1]
    weakest_name = min((levels[0][i] for i in naming if question.terms[i].is_name), default=1.0)
    weakest_word = min((levels[0][i] for i in naming if not question.terms[i].is_name), default=1.0)
    return (
        nearness[0],
        max(near_subject if question.compares or not question.asked else near_subject[1:]),
        premises[0],
        min(s.relevance.absent for s in together),
        min(s.relevance.broken for s in together),
        weakest_name,
        weakest_word,
        1.0 if question.asked and min(weakest_name, weakest_word) <= ON_PAGE else 0.0,
        1.0 if "reason" in question.asked else 0.0,
        1.0 if question.language == "en" else 0.0,
        float(min(len(question.terms), _FEW_WORDS)),
        sum(levels[0][i] for i in important) / len(important) if important else 1.0,
        float(len(chosen)),
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
