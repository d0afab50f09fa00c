"""Fits the numbers of `lsqa.fusion` on development sets, and says by cross-validation what they are worth.

    python -m training.fusion SET=HOME …        SET: allganize-ja or localgovfaq; HOME: a library of its documents

Fitted by listwise softmax (Cao et al. 2007) over the candidates of each question, every set counting alike; measured in
ten folds over questions, and with each set left out in turn.
"""

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from lsqa.chunks import embedding_text
from lsqa.evaluation.cases import Case
from lsqa.evaluation.suites import load_suite
from lsqa.fusion import BY_LEGS, leg_features
from lsqa.legs import search
from lsqa.library import Library
from lsqa.models.bundled_encoder import open_bundled
from lsqa.models.bundled_reader import BundledReader
from lsqa.questions import analyse

READ = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its candidates, best first by the legs as they are fused now.

    `features` (n, 4) are those that `fusion.BY_LEGS` weighs, `relevance` (n,) what the reader says, NaN where it has
    not read; `gains` (n,) the relevance of their documents, `pages` (n,) number the pages, `most` lists all relevant
    gains.
    """

    features: NDArray[np.float64]
    relevance: NDArray[np.float64]
    gains: NDArray[np.float64]
    pages: NDArray[np.int64]
    most: tuple[int, ...]


def collect(cases: Sequence[Case], library: Library, embedder: Any, reader: BundledReader | None) -> list[Asked]:
    """Every question's candidates by lsqa's own search, the foremost `READ` read."""
    found = []
    titles = {record.doc_id: record.title for record in library.catalogue.documents()}
    for case in cases:
        question = analyse(case.question)
        vector = np.asarray(embedder.embed_query(question.text), dtype=np.float32)
        candidates = search(library, question, vector, None)
        features = leg_features(candidates.scores, candidates.bounds)
        wanted = {place.doc_id: place.relevance for place in case.places}
        gains = np.array([wanted.get(doc_id, 0) for doc_id, _ in candidates.places], dtype=np.float64)
        pages = {place: i for i, place in enumerate(dict.fromkeys(candidates.places))}
        relevance = np.full(len(features), np.nan)
        if reader is not None:
            order = np.argsort(-(features @ np.array(BY_LEGS)))[:READ]
            chunks = library.catalogue.chunks([candidates.chunk_ids[i] for i in order])
            texts = [embedding_text(chunk, titles[chunk.doc_id]) for chunk in chunks]
            relevance[order] = [reading.relevance for reading in reader.read(question.text, texts)]
        numbers = np.array([pages[place] for place in candidates.places])
        found.append(Asked(features, relevance, gains, numbers, tuple(sorted(wanted.values(), reverse=True))))
    return found


def matrix(asked: Asked, *, with_reader: bool) -> NDArray[np.float64]:
    """What is weighed: the legs' features, with the reader only of what it has read."""
    if not with_reader:
        return asked.features
    read = ~np.isnan(asked.relevance)
    return np.hstack((asked.features, np.where(read, asked.relevance, 0.0)[:, None], read[:, None] * 1.0))


def fit(sets: Sequence[Sequence[Asked]], *, with_reader: bool, l2: float = 1e-3) -> NDArray[np.float64]:
    """Weights that make the relevant candidates most probable; every set counts alike."""
    prepared = [
        [(matrix(a, with_reader=with_reader), a.gains > 0) for a in asked if (a.gains > 0).any()] for asked in sets
    ]
    width = prepared[0][0][0].shape[1]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = l2 * float(weights @ weights), 2 * l2 * weights
        for questions in prepared:
            for values, right in questions:
                scores = values @ weights
                shares = np.exp(scores - scores.max())
                all_shares, right_shares = shares / shares.sum(), np.where(right, shares, 0) / shares[right].sum()
                total -= math.log(max(shares[right].sum() / shares.sum(), 1e-300)) / len(questions)
                slope = slope + values.T @ (all_shares - right_shares) / len(questions)
        return total, slope

    return np.asarray(minimize(loss, np.zeros(width), jac=True, method="L-BFGS-B").x)


def measure(asked: Sequence[Asked], scores: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """The means of `measured`."""
    return {name: round(float(np.mean(values)), 3) for name, values in measured(asked, scores).items()}


def measured(asked: Sequence[Asked], scores: Sequence[NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """hit@1, hit@5, R@10 and nDCG@10 of each question, over pages, each by its best chunk."""
    hit1, hit5, recall, ndcg = [], [], [], []
    for a, s in zip(asked, scores, strict=True):
        best = np.full(a.pages.max() + 1, -np.inf)
        np.maximum.at(best, a.pages, s)
        gains = np.zeros(len(best))
        np.maximum.at(gains, a.pages, a.gains)
        ranked = gains[np.argsort(-best, kind="stable")][:10]
        hit1.append(ranked[0] > 0)
        hit5.append((ranked[:5] > 0).any())
        recall.append((ranked > 0).sum() / len(a.most))
        discount = 1 / np.log2(np.arange(2, 12))
        ideal = ((2.0 ** np.array(a.most[:10]) - 1) * discount[: len(a.most[:10])]).sum()
        ndcg.append(((2.0**ranked - 1) * discount[: len(ranked)]).sum() / ideal)
    names = ("hit@1", "hit@5", "R@10", "nDCG@10")
    return {n: np.array(v, dtype=np.float64) for n, v in zip(names, (hit1, hit5, recall, ndcg), strict=True)}


def cross_validated(
    sets: Sequence[Sequence[Asked]], *, with_reader: bool, folds: int = 10
) -> list[list[NDArray[np.float64]]]:
    """For each set the scores of each question's candidates, by weights that were not fitted on the question."""
    chance = np.random.default_rng(0)
    fold = [chance.integers(0, folds, len(asked)) for asked in sets]
    scores: list[list[Any]] = [[None] * len(asked) for asked in sets]
    for n in range(folds):
        weights = fit(
            [[a for a, f in zip(asked, of, strict=True) if f != n] for asked, of in zip(sets, fold, strict=True)],
            with_reader=with_reader,
        )
        for asked, of, out in zip(sets, fold, scores, strict=True):
            for i in np.flatnonzero(of == n).tolist():
                out[i] = matrix(asked[i], with_reader=with_reader) @ weights
    return scores


def calibrated(
    sets: Sequence[Sequence[Asked]], weights: NDArray[np.float64], *, with_reader: bool
) -> tuple[list[float], float]:
    """The weights on the scale, and with the intercept, at which the score is the logit that a candidate is relevant.

    By logistic regression over the foremost `READ` of each question, every set counting alike.
    """
    scores, truth, counts = [], [], []
    for asked in sets:
        values = [matrix(a, with_reader=with_reader) @ weights for a in asked]
        foremost = [np.argsort(-v)[:READ] for v in values]
        scores += [v[i] for v, i in zip(values, foremost, strict=True)]
        truth += [a.gains[i] > 0 for a, i in zip(asked, foremost, strict=True)]
        total = sum(map(len, foremost))
        counts += [np.full(len(i), 1e4 / total) for i in foremost]
    model = LogisticRegression(C=1e6).fit(
        np.concatenate(scores)[:, None], np.concatenate(truth), sample_weight=np.concatenate(counts)
    )
    return (float(model.coef_[0, 0]) * weights).round(3).tolist(), round(float(model.intercept_[0]), 3)


def report(names: Sequence[str], sets: Sequence[Sequence[Asked]], *, with_reader: bool) -> None:
    """What is fitted on all, in cross-validation, and on the other sets only."""
    fitted = fit(sets, with_reader=with_reader)
    print("with the reader" if with_reader else "the legs alone", calibrated(sets, fitted, with_reader=with_reader))
    for name, asked, scores in zip(names, sets, cross_validated(sets, with_reader=with_reader), strict=True):
        print("  cross-validated", name, json.dumps(measure(asked, scores)))
    for i, name in enumerate(names) if len(sets) > 1 else ():
        weights, scores = fitted_on_others(sets, i, with_reader=with_reader)
        print("  fitted on the others", name, json.dumps(measure(sets[i], scores)), weights.round(3).tolist())


def fitted_on_others(
    sets: Sequence[Sequence[Asked]], left_out: int, *, with_reader: bool
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The weights that the other sets give, and by them the scores of each question's candidates in the set
    `left_out`."""
    weights = fit([s for i, s in enumerate(sets) if i != left_out], with_reader=with_reader)
    return weights, [matrix(a, with_reader=with_reader) @ weights for a in sets[left_out]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.fusion", description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="SET=HOME")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True, help="the folder of the converted encoder")
    parser.add_argument("--reader", type=Path, help="reader.onnx; without it the legs alone are fitted")
    options = parser.parse_args()
    embedder = open_bundled(options.models)
    reader = open_reader(options.models, options.reader) if options.reader else None
    names, sets = [], []
    for item in options.sets:
        name, _, home = item.partition("=")
        cases = load_suite(name, options.data, options.models).for_retrieval().cases
        with Library.open(Path(home), embedder.fingerprint) as library:
            names.append(name)
            sets.append(collect(cases, library, embedder, reader))
    report(names, sets, with_reader=False)
    if reader is not None:
        report(names, sets, with_reader=True)


def open_reader(models: Path, weights: Path) -> BundledReader:
    from lsqa.models.bundled_encoder import convert_bundled

    return BundledReader(convert_bundled(models), weights)


if __name__ == "__main__":
    main()
