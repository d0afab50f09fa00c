"""Both legs of the search and how they are fused: what is found, in which order, by which rank."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.questions import analyse
from lsqa.retrieval import LONG_QUESTION, RRF_K, Hit, Retriever, fuse
from lsqa.tokens import index_tokens

DECKS = {
    "akebono": """\
# あけぼの計画の経費

令和7年度の予算は12億円である。

# あけぼの計画の創薬

創薬の基盤を札幌に整え、新しい薬の候補を探す。
""",
    "minato": """\
# みなと計画の経費

令和6年度の予算は30億円である。

# みなと計画の海洋観測

那覇で鯨の数を数え、毎年の変化を記録する。
""",
}


class WordEmbeddings(Embeddings):
    """A text as the sum of one random vector a word: texts of the same words lie close together."""

    def __init__(self, values: int = 64) -> None:
        self.values = values

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vectors = [self._vector(word) for word in ("", *index_tokens(text))]
        return [float(x) for x in np.sum(vectors, axis=0)]

    def _vector(self, word: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        return np.random.default_rng(seed).normal(size=self.values)


class LastFirst:
    """A reranker that prefers the passages that hold a word, and notes what it was given."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.given: list[int] = []

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        self.given.append(len(passages))
        return [float(passage.count(self.word)) for passage in passages]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("retrieval")
    paths = [folder / f"{name}.md" for name in DECKS]
    for path, deck in zip(paths, DECKS.values(), strict=True):
        path.write_text(deck, encoding="utf-8")
    with WritableLibrary.open_for_writing(folder / "home", "words") as writable:
        report = ingest(paths, writable, WordEmbeddings())
    assert [file.status for file in report.files] == ["indexed", "indexed"]
    with Library.open(folder / "home", "words") as readable:
        yield readable


@pytest.fixture
def retriever(library: Library) -> Retriever:
    return Retriever(library, WordEmbeddings())


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.text for hit in hits]


def doc_id(library: Library, name: str) -> str:
    (found,) = [r.doc_id for r in library.catalogue.documents() if r.doc_id.startswith(name)]
    return found


# Fusion


def rrf(*ranks: int, legs: int = 2) -> float:
    return sum(1 / (RRF_K + rank) for rank in ranks) / (legs / (RRF_K + 1))


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ((["a", "b"], ["a", "c"]), [("a", 1.0), ("b", rrf(2)), ("c", rrf(2))]),
        ((["a", "b"], ["b", "a"]), [("a", rrf(1, 2)), ("b", rrf(1, 2))]),
        ((["a", "b", "c"], ["c", "x"]), [("c", rrf(1, 3)), ("a", rrf(1)), ("b", rrf(2)), ("x", rrf(2))]),
        ((["a"], []), [("a", 0.5)]),
        (([], []), []),
        ((["a", "b"],), [("a", 1.0), ("b", rrf(2, legs=1))]),
    ],
    ids=["first in both", "a tie goes to the first leg", "both legs beat one", "one leg empty", "nothing", "one leg"],
)
def test_legs_are_fused_by_rank(legs: tuple[list[str], ...], expected: list[tuple[str, float]]) -> None:
    fused = fuse(*legs)
    assert [i for i, _ in fused] == [i for i, _ in expected]
    assert [score for _, score in fused] == pytest.approx([score for _, score in expected])


def test_two_middling_ranks_beat_one_good_one() -> None:
    legs = ["x1", "both", "x2"], ["y1", "y2", "both"]
    assert fuse(*legs)[0][0] == "both"


# What is found


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        ("あけぼの計画の予算はいくらか", "12億円"),
        ("2025年度の予算は？", "令和7年度"),
        ("R7年度の予算は？", "令和7年度"),
        ("2024年度の予算は？", "令和6年度"),
        ("鯨の数は？", "鯨"),
        ("Where is drug discovery done?", "創薬"),
        ("budget in FY2025", "令和7年度"),
        ("Which plan counts whales in the ocean?", "海洋"),
    ],
)
def test_what_fits_is_found_first(retriever: Retriever, question: str, stands: str) -> None:
    assert stands in texts(retriever.retrieve(analyse(question), 3))[0]


def test_an_english_question_is_searched_by_japanese_words(retriever: Retriever) -> None:
    found = {hit.chunk.text: hit for hit in retriever.retrieve(analyse("drug discovery"), 10)}
    (slide,) = [hit for text, hit in found.items() if "創薬" in text]
    assert slide.keyword_rank == 1


@pytest.mark.parametrize(("question", "year"), [("2025年度の経費は？", "令和7年度"), ("FY2024", "令和6年度")])
def test_a_year_is_found_by_keyword_however_it_is_written(retriever: Retriever, question: str, year: str) -> None:
    (hit,) = [hit for hit in retriever.retrieve(analyse(question), 10) if hit.keyword_rank == 1]
    assert year in hit.chunk.text


def test_a_long_question_is_searched_by_pairs_of_characters_too(retriever: Retriever) -> None:
    # 洋観 is no word; only a pair of characters finds it, and only in a long question.
    short, long = "洋観", "洋観" + "ぬ" * (LONG_QUESTION - 2)
    assert len(long) == LONG_QUESTION

    def by_keyword(text: str) -> list[str]:
        return [hit.chunk.text for hit in retriever.retrieve(analyse(text), 10) if hit.keyword_rank]

    assert by_keyword(short) == by_keyword(long[:-1]) == []
    assert any("海洋観測" in text for text in by_keyword(long))


# Hits


def test_hits_stand_best_first_with_the_ranks_of_both_legs(retriever: Retriever) -> None:
    hits = retriever.retrieve(analyse("あけぼの計画の予算はいくらか"), 10)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert sorted(hit.vector_rank for hit in hits if hit.vector_rank) == list(range(1, len(hits) + 1))
    keyword_ranks = sorted(hit.keyword_rank for hit in hits if hit.keyword_rank)
    assert keyword_ranks == list(range(1, len(keyword_ranks) + 1))
    for hit in hits:
        assert hit.score == pytest.approx(rrf(*(r for r in (hit.vector_rank, hit.keyword_rank) if r)))
        assert hit.rerank_score is None


def test_a_hit_knows_the_title_of_its_document(retriever: Retriever) -> None:
    hit = retriever.retrieve(analyse("鯨の数は？"), 1)[0]
    assert (hit.title, hit.chunk.page) == ("みなと計画の経費", 2)


def test_what_no_leg_of_words_finds_has_no_keyword_rank(retriever: Retriever) -> None:
    hits = retriever.retrieve(analyse("ぬぬぬ"), 10)
    assert hits
    assert {hit.keyword_rank for hit in hits} == {None}


@pytest.mark.parametrize(("k", "count"), [(0, 0), (-1, 0), (1, 1), (2, 2), (1000, 4)])
def test_as_many_as_are_asked_for(retriever: Retriever, k: int, count: int) -> None:
    assert len(retriever.retrieve(analyse("計画の予算は？"), k)) == count


def test_fewer_are_the_first_of_more(retriever: Retriever) -> None:
    question = analyse("あけぼの計画の予算はいくらか")
    assert retriever.retrieve(question, 2) == retriever.retrieve(question, 10)[:2]


@pytest.mark.parametrize("name", DECKS)
def test_only_the_documents_asked_for_are_searched(retriever: Retriever, library: Library, name: str) -> None:
    wanted = doc_id(library, name)
    hits = retriever.retrieve(analyse("あけぼの計画の予算は？"), 10, [wanted])
    assert {hit.chunk.doc_id for hit in hits} == {wanted}
    assert {hit.keyword_rank for hit in hits} >= {1}
    assert {hit.vector_rank for hit in hits} == {1, 2}


# Reranking


def test_a_reranker_has_the_last_word(library: Library) -> None:
    question = analyse("あけぼの計画の予算はいくらか")
    reranker = LastFirst("鯨")
    (hit,) = Retriever(library, WordEmbeddings(), reranker).retrieve(question, 1)
    assert "鯨" in hit.chunk.text
    assert hit.rerank_score == 1.0
    assert reranker.given == [4]


def test_equals_keep_their_order_under_a_reranker(library: Library) -> None:
    question = analyse("あけぼの計画の予算はいくらか")
    plain = Retriever(library, WordEmbeddings()).retrieve(question, 4)
    reranked = Retriever(library, WordEmbeddings(), LastFirst("ぬ")).retrieve(question, 4)
    assert texts(reranked) == texts(plain)


# Similarity


def test_the_similarity_is_the_cosine_to_the_question(retriever: Retriever) -> None:
    cosines = retriever.similarity(analyse("鯨の数は？"))
    same, near, far = cosines(["鯨の数は？", "鯨を数える", "令和7年度の予算"])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert same > near > far >= -1.0


def test_the_similarity_does_not_depend_on_what_else_is_read(retriever: Retriever) -> None:
    cosines = retriever.similarity(analyse("鯨の数は？"))
    assert cosines(["予算", "鯨"])[1] == pytest.approx(cosines(["鯨"])[0])
