"""An encoder with a memory gives what the encoder gives, and asks it once."""

import threading

import pytest
from langchain_core.embeddings import Embeddings

from lsqa.known_vectors import KnownVectors


class Counting(Embeddings):
    """Tells texts apart, and passages from questions; `asked` are the texts that it encoded."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[1.0, float(len(text)), float(sum(map(ord, text)) % 97)] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        return [2.0, float(len(text)), 0.0]


def test_it_gives_what_the_encoder_gives_and_encodes_once() -> None:
    encoder = Counting()
    known = KnownVectors(encoder)
    first = known.embed_documents(["予算", "期間", "予算"])
    assert first == Counting().embed_documents(["予算", "期間", "予算"])
    assert encoder.asked == ["予算", "期間"]
    assert known.embed_documents(["拠点", "期間"]) == Counting().embed_documents(["拠点", "期間"])
    assert encoder.asked == ["予算", "期間", "拠点"]


def test_a_question_is_no_passage() -> None:
    """An encoder has a vector for a question, and another for a passage of the same words."""
    known = KnownVectors(Counting())
    assert known.embed_documents(["予算"])[0][0] == 1.0
    assert known.embed_query("予算") == [2.0, 2.0, 0.0]
    assert known.embed_query("予算") == [2.0, 2.0, 0.0]
    assert known.embed_documents(["予算"])[0][0] == 1.0


def test_nothing_at_all_is_encoded_as_nothing() -> None:
    encoder = Counting()
    assert KnownVectors(encoder).embed_documents([]) == []
    assert encoder.asked == []


def test_it_forgets_within_its_bound() -> None:
    encoder = Counting()
    known = KnownVectors(encoder, limit=2_000)
    for _ in range(2):
        known.embed_documents([f"{number}番目の文" for number in range(20)])
    assert len(encoder.asked) > 20
    assert known._passages.size <= 2_000


def test_an_encoder_that_fails_leaves_nothing_behind() -> None:
    class Failing(Counting):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            super().embed_documents(texts)
            raise RuntimeError("no server")

    known = KnownVectors(Failing())
    for _ in range(2):
        with pytest.raises(RuntimeError):
            known.embed_documents(["予算"])


def test_threads_get_their_own_vectors() -> None:
    known = KnownVectors(Counting(), limit=3_000)
    texts = [f"{'文' * (number % 7)}{number}" for number in range(60)]
    wanted = Counting().embed_documents(texts)
    wrong: list[int] = []

    def ask(start: int) -> None:
        for number in range(300):
            at = (start + number) % 60
            if known.embed_documents([texts[at]]) != [wanted[at]]:
                wrong.append(at)

    threads = [threading.Thread(target=ask, args=(n * 7,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
