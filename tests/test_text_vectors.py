"""Vectors that are kept are those that would be made again, within a bound of memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from langchain_core.embeddings import Embeddings

from lsqa.text_vectors import TextVectors


class Counted(Embeddings):
    """Vectors of letters; `encoded` are the texts that were given, questions with a mark."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        self.encoded.append(f"?{text}")
        return [1.0, float(len(text))]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.encoded += texts
        return [[0.0, float(len(text))] for text in texts]


def test_a_text_is_encoded_once() -> None:
    embedder = Counted()
    vectors = TextVectors(embedder)
    first = vectors.passages(["a", "bb", "a"])
    again = vectors.passages(["bb", "ccc", "a"])
    assert embedder.encoded == ["a", "bb", "ccc"]
    assert [v.tolist() for v in first] == [[0, 1], [0, 2], [0, 1]]
    assert [v.tolist() for v in again] == [[0, 2], [0, 3], [0, 1]]
    assert vectors.passages([]) == ()


def test_a_question_is_no_passage() -> None:
    embedder = Counted()
    vectors = TextVectors(embedder)
    (passage,) = vectors.passages(["a"])
    assert vectors.question("a").tolist() == vectors.question("a").tolist() != passage.tolist()
    assert embedder.encoded == ["a", "?a"]


def test_memory_is_bounded() -> None:
    vectors = TextVectors(Counted(), limit=4_000)
    for number in range(1_000):
        (vector,) = vectors.passages([str(number) * 20])
        assert vector.dtype == np.float32
    assert vectors.size <= 4_000


def test_nobody_changes_what_another_is_given() -> None:
    vectors = TextVectors(Counted())
    assert not vectors.question("a").flags.writeable
    assert not any(v.flags.writeable for v in vectors.passages(["a", "b"]))


def test_threads_may_share_it() -> None:
    vectors = TextVectors(Counted(), limit=4_000)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: vectors.passages(["x" * (n % 50), "y" * (n % 7)]), range(2_000)))
    assert all([v[1] for v in pair] == [n % 50, n % 7] for n, pair in enumerate(found))
