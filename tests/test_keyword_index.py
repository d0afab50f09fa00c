"""Keyword search: finds Japanese and English words and bigrams, and no token can break the query."""

import sqlite3
from collections.abc import Sequence

import pytest

from lsqa.chunks import make_chunk
from lsqa.keyword_index import KeywordIndex, KeywordRow, Weights, keyword_row, page_number
from lsqa.tokens import bigrams, index_tokens

TEXTS = (
    "B-cureの予算は53億円である。",
    "ゲノム研究の予算は12億円である。",
    "創薬エコシステムを強化する。",
    "The budget of B-cure is 5.3 billion yen.",
)


def index(rows: Sequence[KeywordRow]) -> KeywordIndex:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE documents (version INTEGER PRIMARY KEY, doc_id TEXT)")
    connection.execute("CREATE TABLE chunks (row INTEGER PRIMARY KEY, version INTEGER, chunk_id TEXT)")
    connection.executemany("INSERT INTO documents VALUES (?, ?)", [(r.number, f"d{r.number}") for r in rows])
    connection.executemany("INSERT INTO chunks VALUES (?, ?, ?)", [(r.number, r.number, f"c{r.number}") for r in rows])
    keywords = KeywordIndex(connection)
    keywords.create()
    keywords.add(rows)
    return keywords


@pytest.fixture(scope="module")
def keywords() -> KeywordIndex:
    return index([keyword_row(n, "資料", make_chunk("d", ("見出し",), 1, 0, len(t), t)) for n, t in enumerate(TEXTS)])


def ids(hits: tuple[tuple[str, float], ...]) -> list[str]:
    return [chunk_id for chunk_id, _ in hits]


def test_the_chunk_with_the_rarer_word_comes_first(keywords: KeywordIndex) -> None:
    hits = keywords.search(index_tokens("ゲノムの予算"), (), 10)
    assert ids(hits)[0] == "c1"
    assert "c2" not in ids(hits)
    assert all(score > 0 for _, score in hits)
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)


def test_bigrams_find_a_part_of_a_word(keywords: KeywordIndex) -> None:
    assert ids(keywords.search((), bigrams("薬エコ"), 10)) == ["c2"]


def test_k_bounds_the_hits_and_documents_filter_them(keywords: KeywordIndex) -> None:
    assert len(keywords.search(index_tokens("予算"), (), 1)) == 1
    assert ids(keywords.search(index_tokens("予算"), (), 10, doc_ids=["d1"])) == ["c1"]
    assert keywords.search(index_tokens("予算"), (), 10, doc_ids=[]) == ()
    assert keywords.search(index_tokens("予算"), (), 0) == ()


def test_a_field_of_weight_zero_does_not_match(keywords: KeywordIndex) -> None:
    assert len(keywords.search(index_tokens("見出し"), (), 10)) == len(TEXTS)
    assert keywords.search(index_tokens("見出し"), (), 10, weights=Weights(headings=0.0)) == ()
    assert keywords.search((), bigrams("薬エコ"), 10, weights=Weights(bigrams=0.0)) == ()


def test_a_heavier_field_ranks_higher() -> None:
    rows = [KeywordRow(1, "政策", "", "一 二", ""), KeywordRow(2, "計画", "", "政策 二", "")]
    assert ids(index(rows).search(["政策"], (), 2, weights=Weights(title=9.0)))[0] == "c1"
    assert ids(index(rows).search(["政策"], (), 2, weights=Weights(words=9.0)))[0] == "c2"


HOSTILE = (
    *('"', '"" OR words', "'", "NEAR(", "*", "a*", "^", "-", "(", ")", ":", "title:", "AND", "NOT", "\x00", "a\x00b"),
    *("🧬", "b-cure", "6.4", "\ud800", "a b", "　", "\n", "が\u3099", "\ue02d"),
)


@pytest.mark.parametrize("token", HOSTILE, ids=ascii)
def test_any_token_is_found_whole_and_alone(token: str) -> None:
    rows = [keyword_row(n, "", make_chunk("d", (), 1, 0, 1, "x")) for n in (1, 2)]
    from lsqa.keyword_index import _terms

    keywords = index([KeywordRow(1, "", "", _terms([token]), _terms([token])), rows[1]])
    assert ids(keywords.search([token], [token], 5)) == ["c1"]
    assert keywords.document_frequency(token) == 1


def test_a_token_with_punctuation_is_not_its_parts() -> None:
    from lsqa.keyword_index import _terms

    keywords = index([KeywordRow(1, "", "", _terms(["b-cure", "6.4"]), "")])
    assert keywords.search(["cure", "6", "4", "b"], (), 5) == ()


def test_document_frequency_counts_chunks_by_word(keywords: KeywordIndex) -> None:
    assert keywords.document_frequency("予算") == 2
    assert keywords.document_frequency("存在しない") == 0


def test_a_removed_row_is_found_no_more() -> None:
    keywords = index([KeywordRow(1, "", "", "政策", ""), KeywordRow(2, "", "", "政策", "")])
    keywords.remove([1])
    assert ids(keywords.search(["政策"], (), 5)) == ["c2"]
    assert keywords.document_frequency("政策") == 1


@pytest.mark.parametrize("words", [(), ("",)])
def test_an_empty_query_finds_nothing(keywords: KeywordIndex, words: tuple[str, ...]) -> None:
    assert keywords.search(words, (), 5) == ()


def test_a_query_of_thousands_of_words_is_answered(keywords: KeywordIndex) -> None:
    words = [f"語{n}" for n in range(20_000)] + ["ゲノム"]
    assert ids(keywords.search(words, (), 5)) == ["c1"]


def test_a_phrase_is_found_where_its_words_follow_each_other() -> None:
    rows = [KeywordRow(1, "", "", "医療 研究 機構", ""), KeywordRow(2, "", "", "機構 研究 医療", "")]
    rows += [KeywordRow(n, "", "", "計画", "") for n in range(3, 9)]
    keywords = index(rows)
    phrase = [["医療", "研究", "機構"]]
    assert ids(keywords.search((), (), 5, phrases=phrase)) == ["c1"]
    assert keywords.search((), (), 5, phrases=phrase, weights=Weights(title=0, headings=0, words=0)) == ()
    both = dict(keywords.search(["医療"], (), 5, phrases=phrase))
    alone = dict(keywords.search(["医療"], (), 5))
    assert both["c1"] == pytest.approx(alone["c1"] + dict(keywords.search((), (), 5, phrases=phrase))["c1"])
    assert both["c2"] == alone["c2"]
    assert keywords.search(["医療"], (), 5, phrases=[["医療"], ["", "医療"]]) == keywords.search(["医療"], (), 5)


def test_documents_filter_pages() -> None:
    keywords = index([])
    for version in (1, 2, 3):
        keywords._connection.execute("INSERT INTO documents VALUES (?, ?)", (version, f"d{version}"))
        text = "予算 " * version
        rows = [KeywordRow(page_number(version, page), "", "", text, "") for page in (1, 2)]
        keywords.add_pages(rows)
    found = keywords.search_pages(["予算"], (), 10, doc_ids=["d1", "d3", "unknown"])
    assert sorted(place for place, _ in found) == [("d1", 1), ("d1", 2), ("d3", 1), ("d3", 2)]
    assert keywords.search_pages(["予算"], (), 1, doc_ids=["d2"])[0][0] == ("d2", 1)
