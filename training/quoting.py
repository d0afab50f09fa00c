"""Fits the numbers of `lsqa.scoring` and `lsqa.answerability` on development suites, and says what they are worth on
questions they were not fitted on.

    python -m training.quoting SUITE.jsonl … --document FILE … [--corpus FOLDER SUITE.jsonl …]

Every suite is asked of every document, alone in a library; those after a corpus, of all its documents together. The
weights of the units are fitted by listwise softmax (Cao et al. 2007) over the foremost units of a question, those right
whose text holds the gold, and held to numbers that were chosen by hand; the coefficients of answerability by logistic
regression over what is then chosen to be quoted. A question is in one fold with all suites and documents that it is
asked in.
"""

import argparse
import math
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from benchmarks.answers import Case, plain, read_suite
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from lsqa import Assistant
from lsqa.answerability import COEFFICIENTS, answer_features
from lsqa.found_pages import frequency_in, ranked_pages
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.questions import Question, analyse
from lsqa.quoting import choose, slide_name
from lsqa.relevance import question_weights
from lsqa.scoring import BY_MEANING, WEIGHTS, ScoredUnit, part_weight, score_by_meaning, score_units, unit_features

FOLDS: Final = 10
_PASSAGES: Final = 14
_FOREMOST: Final = 50
# What `scoring.WEIGHTS` were before anything was fitted, in their order.
BY_HAND: Final = (1.0, 0.45, 0.6, 0.15, -0.12, -0.25, 0.15, 0.12, -0.2, 0.1, 0.8, -0.1, 0.04, -0.15)
_SHARPNESS: Final = 8.0  # of the softmax: scores lie within about one of each other
_LOOSE: Final = 0.3  # scikit-learn's C
_HELD: Final = 0.1  # how strongly the weights are held to those by hand


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with the units of its pages, foremost first by the weights as they are: `features` (n, `WEIGHTS`), `more`
    (n,) what does not come from them, `right` (n,) the share of the gold that the unit holds."""

    case: Case
    question: Question
    weights: tuple[float, ...]
    units: tuple[ScoredUnit, ...]
    features: NDArray[np.float64]
    more: NDArray[np.float64]
    right: NDArray[np.float64]


def collect(source: Path, cases: Sequence[Case], home: Path) -> list[Asked]:
    """Ask the cases of a library that holds `source`, a document or a folder, alone."""
    with WritableLibrary.open_for_writing(home, embedder_fingerprint("bundled")) as library:
        ingest([source], library, open_embedder("bundled", home / "models"))
    with Assistant.open(home=str(home), embedder="bundled", reranker="none", llm="none") as assistant:
        return [_ask(assistant, case) for case in cases]


def _ask(assistant: Assistant, case: Case) -> Asked:
    question, catalogue = analyse(case.question), assistant.library.catalogue
    pages = ranked_pages(question, assistant.retriever.retrieve(question, _PASSAGES), catalogue)
    weight = part_weight(frequency_in(assistant.library), catalogue.chunk_count)
    scored = score_by_meaning(score_units(question, pages, weight), assistant.retriever.similarity(question))
    units = tuple(scored[:_FOREMOST])
    features = np.array([unit_features(question, s.unit, s.relevance, s.ranked_page.score) for s in units])
    features = features.reshape(len(units), len(WEIGHTS))
    texts = [plain(s.unit.text) for s in units]
    right = np.array([np.mean([_stands(group, text) for group in case.gold] or [0.0]) for text in texts])
    more = np.array([s.score for s in units]) - features @ np.array(list(WEIGHTS.values()))
    return Asked(case, question, question_weights(question, weight), units, features, more, right)


def _stands(group: Iterable[str], text: str) -> bool:
    return any(plain(spelling) in text for spelling in group)


def fit_weights(asked: Sequence[Asked]) -> NDArray[np.float64]:
    """Weights that put the units first that hold most of the gold."""
    sets = [(a.features, a.more, (a.right > 0) & (a.right == a.right.max())) for a in asked if len(a.right)]
    sets = [(values, more, right) for values, more, right in sets if right.any() and not right.all()]
    start = np.array(BY_HAND)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        away = weights - start
        total, slope = _HELD * float(away @ away), 2 * _HELD * away
        for values, more, right in sets:
            scores = _SHARPNESS * (values @ weights + more)
            shares = np.exp(scores - scores.max())
            of_all, of_right = shares / shares.sum(), np.where(right, shares, 0) / shares[right].sum()
            total -= math.log(max(shares[right].sum() / shares.sum(), 1e-300)) / len(sets)
            slope = slope + _SHARPNESS * values.T @ (of_all - of_right) / len(sets)
        return total, slope

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What would be quoted: the values of `answerability.COEFFICIENTS`, and whether the gold stands in it."""

    features: tuple[float, ...]
    holds: bool


def choose_units(asked: Asked, weights: NDArray[np.float64]) -> Chosen:
    scores = asked.features @ weights + asked.more
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], len(asked.units[i].unit.text)))
    scored = [_rescored(asked.units[i], float(scores[i])) for i in order]
    chosen = choose(asked.question, scored, asked.weights)
    if not chosen:
        return Chosen((0.0,) * len(COEFFICIENTS), False)
    shown = plain("\n".join(text for s in chosen for text in (slide_name(s), *s.unit.quotes)))
    holds = bool(asked.case.gold) and all(_stands(group, shown) for group in asked.case.gold)
    return Chosen(answer_features(asked.question, chosen, asked.weights), holds)


def _rescored(unit: ScoredUnit, score: float) -> ScoredUnit:
    return ScoredUnit(unit.ranked_page, unit.unit, unit.relevance, score)


def fit_answerability(features: NDArray[np.float64], answerable: NDArray[np.bool_]) -> LogisticRegression:
    """Over the features as they are, so that what is rare in the suites weighs little: none of their questions for a
    reason can be answered."""
    return LogisticRegression(C=_LOOSE, max_iter=5000).fit(features, answerable)


def folds_of(asked: Sequence[Asked]) -> NDArray[np.int64]:
    """A fold for each case, the same for the same question."""
    questions = sorted({a.case.question for a in asked})
    fold = dict(zip(questions, np.random.default_rng(0).integers(0, FOLDS, len(questions)).tolist(), strict=True))
    return np.array([fold[a.case.question] for a in asked])


def cross_validated(asked: Sequence[Asked]) -> tuple[NDArray[np.float64], list[Chosen]]:
    """For each case the probability that it is answered, and what is chosen, by numbers not fitted on its question."""
    fold, answerable = folds_of(asked), np.array([a.case.is_answerable for a in asked])
    probabilities, chosen = np.zeros(len(asked)), [Chosen((), False)] * len(asked)
    for n in range(FOLDS):
        weights = fit_weights([a for a, f in zip(asked, fold, strict=True) if f != n])
        found = [choose_units(a, weights) for a in asked]
        features = np.array([c.features for c in found])
        model = fit_answerability(features[fold != n], answerable[fold != n])
        for i in np.flatnonzero(fold == n).tolist():
            chosen[i] = found[i]
            probabilities[i] = model.predict_proba(features[i : i + 1])[0, 1] if any(found[i].features) else 0.0
    return probabilities, chosen


def print_worth(asked: Sequence[Asked], probabilities: NDArray[np.float64], chosen: Sequence[Chosen]) -> None:
    """What thresholds would give: the facts shown, answerable and other questions refused."""
    answerable = np.array([a.case.is_answerable for a in asked])
    holds = np.array([c.holds for c in chosen])
    separated = roc_auc_score(answerable, probabilities)
    print(f"AUROC {separated:.3f}, gold in what is chosen {holds[answerable].mean():.3f}")
    for threshold in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8):
        answered = probabilities >= threshold
        print(
            f"  {threshold:.2f}  facts {(holds & answered)[answerable].mean():.3f}"
            f"  answerable refused {1 - answered[answerable].mean():.3f}"
            f"  others refused {1 - answered[~answerable].mean():.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.quoting", description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path)
    parser.add_argument("--document", type=Path, action="append", required=True, help="may be given again")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], metavar=("FOLDER", "SUITE"))
    options = parser.parse_args()
    of_one = [case for suite in options.suites for case in read_suite(suite)]
    of_all = [case for suite in options.corpus[1:] for case in read_suite(suite, None)]
    sources = [*((document, of_one) for document in options.document), *((f, of_all) for f in options.corpus[:1])]
    asked: list[Asked] = []
    for source, cases in sources:
        with tempfile.TemporaryDirectory() as home:
            asked += collect(source, cases, Path(home))
    weights = fit_weights(asked)
    found = [choose_units(a, weights) for a in asked]
    answerable: Any = np.array([a.case.is_answerable for a in asked])
    model = fit_answerability(np.array([c.features for c in found]), answerable)
    print("WEIGHTS", dict(zip(WEIGHTS, weights.round(2).tolist(), strict=True)), f"beside BY_MEANING {BY_MEANING}")
    print("COEFFICIENTS", dict(zip(COEFFICIENTS, model.coef_[0].round(2).tolist(), strict=True)))
    print("INTERCEPT", round(float(model.intercept_[0]), 2))
    print(f"{len(asked)} questions in {FOLDS} folds")
    print_worth(asked, *cross_validated(asked))


if __name__ == "__main__":
    main()
