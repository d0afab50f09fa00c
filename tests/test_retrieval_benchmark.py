"""The benchmark of the search measures what it says: intervals, refusals, and the same pages for every way to rank."""

from pathlib import Path

import numpy as np
import pytest
from benchmarks.retrieval.questions import DevelopmentSet
from benchmarks.retrieval.refusals import auroc, halve, refused_right
from benchmarks.retrieval.table import Column, Row, difference, lines, mean
from langchain_core.embeddings import Embeddings

from lsqa.evaluation.cases import Case, Place
from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary


def test_the_interval_of_a_difference_is_paired() -> None:
    chance = np.random.default_rng(1)
    old = chance.random(200)
    by, low, high = difference(mean, old + 0.1, old)
    assert (by, low, high) == pytest.approx((0.1, 0.1, 0.1))
    by, low, high = difference(mean, chance.permutation(old), old)
    assert by == pytest.approx(0.0)
    assert low < -0.02
    assert high > 0.02


def test_every_row_but_the_first_stands_with_its_difference() -> None:
    rows = [Row("first", (np.array([0.0, 1.0]),)), Row("second", (np.array([1.0, 1.0]),))]
    first, second = list(lines("title", [Column("hit@1", mean)], rows))[2:]
    assert first.split()[-1] == "0.500"
    assert "1.000 +0.500 [+0.000, +1.000]" in second


def pairs(answerable: list[float], others: list[float]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([(score, 1.0) for score in answerable] + [(score, 0.0) for score in others])


def test_auroc_counts_the_pairs_in_order_and_ties_half() -> None:
    assert auroc(pairs([3, 2], [1, 0])) == 1.0
    assert auroc(pairs([1, 1], [1, 1])) == 0.5
    assert auroc(pairs([3, 1], [2, 2])) == 0.5
    assert np.isnan(auroc(pairs([1], [])))


def test_the_threshold_refuses_one_of_twenty_that_can_be_answered_and_no_more() -> None:
    answerable = [float(n) for n in range(1, 21)]
    assert refused_right(pairs(answerable, [0.5, 1.5, 2.5, 30.0])) == 0.5  # below 2: only the answerable 1 is refused
    assert refused_right(pairs([1.0] * 20, [1.0, 0.0])) == 0.5  # a tie is not refused


class Lengths(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0, float(len(text)), float(sum(map(ord, text)) % 97)]


@pytest.fixture
def development(tmp_path: Path) -> DevelopmentSet:
    file = tmp_path / "passages.jsonl"
    file.write_text("".join(f'{{"id": "p{n}", "title": "", "text": "第{n}の文。"}}\n' for n in range(12)), "utf-8")
    with WritableLibrary.open_for_writing(tmp_path / "home", "lengths") as library:
        assert not ingest([file], library, Lengths()).has_failures
    cases = tuple(
        Case(id=f"q{n}", question="何か", language="ja", kind="lookup", places=(Place(doc_id=f"p{n}"),))
        for n in range(10)
    )
    return DevelopmentSet("set", cases, tmp_path / "home")


def test_half_of_the_questions_lose_their_pages(development: DevelopmentSet, tmp_path: Path) -> None:
    halved = halve(development, "lengths", tmp_path / "halved")
    with Library.open(halved.home, "lengths") as library:
        left = {record.doc_id for record in library.catalogue.documents()}
    assert halved.answerable.tolist() == [float(case.places[0].doc_id in left) for case in halved.cases]
    assert halved.answerable.sum() == 5
    assert {"p10", "p11"} < left
    with Library.open(development.home, "lengths") as library:
        assert library.catalogue.document_count == 12
