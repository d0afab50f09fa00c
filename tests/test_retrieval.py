"""The legs of the search, how they are fused, and the reader over them: what is found, and in which order."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from lsqa.catalogue import DocumentFilter, DocumentRecord
from lsqa.chunks import make_chunk
from lsqa.errors import QuestionError
from lsqa.ingest import ingest
from lsqa.legs import other_names, search
from lsqa.library import Library, WritableLibrary
from lsqa.models.passage_reading import PassageReading
from lsqa.questions import analyse
from lsqa.retrieval import Hit, Retriever, diversified
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


CERTAIN = 1000.0  # a logit that outweighs whatever the legs say


class WordReader:
    """Prefers the passages that hold a word, marks it, and notes what it was given."""

    def __init__(self, word: str, *, is_calibrated: bool = True) -> None:
        self.word = word
        self.is_calibrated = is_calibrated
        self.given: list[int] = []

    def read(self, query: str, passages: Sequence[str]) -> Sequence[PassageReading]:
        self.given.append(len(passages))
        return [self._reading(passage) for passage in passages]

    def _reading(self, passage: str) -> PassageReading:
        at = passage.find(self.word)
        return PassageReading(CERTAIN, (at, at + len(self.word)), 0.9) if at >= 0 else PassageReading(-CERTAIN)


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


def test_a_pair_of_characters_finds_what_no_word_does(library: Library) -> None:
    # 洋観 is no word; only a pair of characters finds it, and by that the page it stands on.
    question = analyse("洋観")
    candidates = search(library, question, np.ones(64, dtype=np.float32), None)
    by_pairs = {place: row[2] for place, row in zip(candidates.places, candidates.scores, strict=True) if row[2] > 0}
    assert list(by_pairs) == [(doc_id(library, "minato"), 2)]
    assert not candidates.keyword_ranks


def test_the_other_name_of_an_abbreviation_is_searched_for(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(
        "# 概要\n\n海洋観測網整備プログラム(K-Net)を始める。\n\n"
        "# 経費\n\n海洋観測網整備プログラムに12億円を充てる。\n\n# 他\n\n創薬の基盤。",
        encoding="utf-8",
    )
    with WritableLibrary.open_for_writing(tmp_path / "home", "words") as writable:
        ingest([path], writable, WordEmbeddings())
    with Library.open(tmp_path / "home", "words") as opened:
        hits = Retriever(opened, WordEmbeddings()).retrieve(analyse("K-Netの経費"), 10)
        assert {hit.chunk.page for hit in hits if hit.keyword_rank} == {1, 2}
        assert dict(other_names(opened, analyse("K-Netとは"))) == {"K-Net": "海洋観測網整備プログラム"}
        assert other_names(opened, analyse("K-Networkとは")) == ()


# Hits


def test_hits_stand_best_first_with_the_ranks_of_both_legs(retriever: Retriever) -> None:
    hits = retriever.retrieve(analyse("あけぼの計画の予算はいくらか"), 10)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert sorted(hit.vector_rank for hit in hits if hit.vector_rank) == list(range(1, len(hits) + 1))
    keyword_ranks = sorted(hit.keyword_rank for hit in hits if hit.keyword_rank)
    assert keyword_ranks == list(range(1, len(keyword_ranks) + 1))
    assert {(hit.rerank_score, hit.answer, hit.certainty) for hit in hits} == {(None, None, None)}


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


# Reading


@pytest.mark.parametrize("is_calibrated", [True, False])
def test_what_the_reader_prefers_comes_first(library: Library, is_calibrated: bool) -> None:
    question = analyse("あけぼの計画の予算はいくらか")
    reader = WordReader("鯨", is_calibrated=is_calibrated)
    (hit,) = Retriever(library, WordEmbeddings(), reader).retrieve(question, 1)
    assert "鯨" in hit.chunk.text
    assert hit.rerank_score == CERTAIN
    assert reader.given == [4]


def test_the_words_that_the_reader_marks_are_those_of_the_page(library: Library) -> None:
    reader = WordReader("12億円")
    hit = Retriever(library, WordEmbeddings(), reader).retrieve(analyse("経費はいくらか"), 1)[0]
    assert hit.answer is not None
    page = library.catalogue.page(hit.chunk.doc_id, hit.chunk.page)
    assert page.text[slice(*hit.answer)] == "12億円"
    assert hit.certainty == 0.9


def test_a_mark_in_the_title_over_a_passage_marks_nothing_of_it(library: Library) -> None:
    hits = Retriever(library, WordEmbeddings(), WordReader("みなと計画の経費")).retrieve(analyse("鯨の数は？"), 4)
    marked = [hit for hit in hits if hit.chunk.page == 2 and hit.title == "みなと計画の経費"]
    assert [hit.answer for hit in marked] == [None]


def test_without_the_reader_nothing_is_read(library: Library) -> None:
    reader = WordReader("鯨")
    retriever = Retriever(library, WordEmbeddings(), reader)
    question = analyse("あけぼの計画の予算はいくらか")
    assert retriever.retrieve(question, 4, read=False) == Retriever(library, WordEmbeddings()).retrieve(question, 4)
    assert reader.given == []


def test_equals_keep_their_order_under_a_reader(library: Library) -> None:
    question = analyse("あけぼの計画の予算はいくらか")
    plain = Retriever(library, WordEmbeddings()).retrieve(question, 4)
    read = Retriever(library, WordEmbeddings(), WordReader("ぬ")).retrieve(question, 4)
    assert texts(read) == texts(plain)


# Several documents


def hit(document: str, score: float) -> Hit:
    return Hit(make_chunk(document, (), 1, 0, 1, f"{document} {score}"), document, score, None, None)


def test_one_document_does_not_fill_the_list_when_others_answer_too() -> None:
    ranked = diversified([hit("a", 0.9), hit("a", 0.8), hit("a", 0.7), hit("a", 0.6), hit("b", 0.5), hit("c", 0.1)])
    assert [h.chunk.doc_id for h in ranked] == ["a", "a", "b", "a", "a", "c"]


def test_a_document_that_alone_answers_keeps_its_places() -> None:
    hits = [hit("a", 0.9), hit("a", 0.8), hit("a", 0.7), hit("b", 0.2)]
    assert diversified(hits) == tuple(hits)


# Which documents


@pytest.mark.parametrize(
    ("where", "admitted"),
    [
        (DocumentFilter(), True),
        (DocumentFilter(documents=("d",)), True),
        (DocumentFilter(documents=("e",)), False),
        (DocumentFilter(publishers=("文部科学",)), True),
        (DocumentFilter(publishers=("厚生労働省", "文部科学省")), True),
        (DocumentFilter(publishers=("厚生労働省",)), False),
        (DocumentFilter(since="2025"), True),
        (DocumentFilter(since="2025-06-26", until="2025-06-26"), True),
        (DocumentFilter(since="2025-06-27"), False),
        (DocumentFilter(until="2025-06"), True),
        (DocumentFilter(until="2025-05"), False),
        (DocumentFilter(until="2024"), False),
        (DocumentFilter(kinds=("pdf",)), True),
        (DocumentFilter(kinds=("docx",), since="2025"), False),
    ],
)
def test_a_document_meets_every_condition_or_is_not_searched(where: DocumentFilter, admitted: bool) -> None:
    record = DocumentRecord("d", "題", "文部科学省", "2025-06-26", "", "", "", "pdf", "", 1, 1, ())
    assert where.admits(record) is admitted


@pytest.mark.parametrize("published", ["", "2024"])
def test_a_document_without_a_date_in_the_range_is_not_searched(published: str) -> None:
    record = DocumentRecord("d", "題", "", published, "", "", "", "pdf", "", 1, 1, ())
    assert not DocumentFilter(since="2025").admits(record)


@pytest.mark.parametrize(
    "written", ["2025/06", "令和7年", "25", "2025-6-1", "2025-13", "2025-02-30", "0000", "２０２５", 2025]
)
def test_what_is_no_date_is_refused(written: Any) -> None:
    for bound in ("since", "until"):
        with pytest.raises(QuestionError, match="is no date"):
            DocumentFilter(**{bound: written})


@pytest.mark.parametrize("day", [date(2025, 6, 26), datetime(2025, 6, 26, 12, tzinfo=UTC)])
def test_a_bound_may_be_a_day(day: date) -> None:
    assert DocumentFilter(since=day, until=day) == DocumentFilter(since="2025-06-26", until="2025-06-26")


def test_what_is_no_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(QuestionError, match=r"'md' is no kind of document — the kinds are pdf, .*markdown"):
        DocumentFilter(kinds=("pdf", "md"))


def test_one_name_alone_is_one_name() -> None:
    one: Any = "pdf"
    assert DocumentFilter(kinds=one, documents=one, publishers=one) == DocumentFilter(
        ("pdf",), ("pdf",), kinds=("pdf",)
    )


# Similarity


def test_the_similarity_is_the_cosine_to_the_question(retriever: Retriever) -> None:
    cosines = retriever.similarity(analyse("鯨の数は？"))
    same, near, far = cosines(["鯨の数は？", "鯨を数える", "令和7年度の予算"])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert same > near > far >= -1.0


def test_the_similarity_does_not_depend_on_what_else_is_read(retriever: Retriever) -> None:
    question = analyse("鯨の数は？")
    among_others = retriever.similarity(question)(["予算", "鯨"])[1]
    fresh = Retriever(retriever.library, retriever.embedder)  # with nothing kept
    assert fresh.similarity(question)(["鯨"])[0] == among_others


def test_more_documents_may_be_named_than_a_statement_has_room_for(retriever: Retriever, library: Library) -> None:
    wanted = [*(f"absent-{n}" for n in range(40_000)), doc_id(library, "minato")]
    hits = retriever.retrieve(analyse("計画の予算は？"), 10, wanted)
    assert {h.chunk.doc_id for h in hits} == {doc_id(library, "minato")}
    assert {h.keyword_rank for h in hits} >= {1}
