"""Sections know their headings; chunks hold every block once and can be found again by their offsets."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from lsqa.chunks import TARGET_CHARACTERS, Chunk, chunk_document, embedding_text, make_chunk
from lsqa.documents import Document, Page, Source, make_document
from lsqa.readers import read_file
from lsqa.readers.markup import read_markup
from lsqa.readers.page_builder import PageBuilder
from lsqa.sections import heading_path_at, page_sections

BRIEFING = Path(__file__).parent.parent / "corpus" / "briefing.pdf"
NESTED = "前文である。\n\n# 題\n\n## 甲\n\n甲の文。\n\n### 細目\n\n細目の文。\n\n## 乙\n\n乙の文。\n"


def document(*pages: str, doc_id: str = "d") -> Document:
    made = tuple(replace(read_markup(text)[0], number=number) for number, text in enumerate(pages, 1))
    return Document(doc_id, "文書", "", "", "", "", "0" * 64, "markdown", made)


@pytest.fixture(scope="module")
def briefing() -> Document:
    (found,) = read_file(BRIEFING, Source(doc_id="briefing"))
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_section_is_what_stands_below_its_heading() -> None:
    (page,) = read_markup(NESTED)
    assert [section.heading_path for section in page_sections(page)] == [
        (),
        ("題",),
        ("題", "甲"),
        ("題", "甲", "細目"),
        ("題", "乙"),
    ]


def test_sections_hold_every_block_once(briefing: Document) -> None:
    for page in briefing.pages:
        assert tuple(block for section in page_sections(page) for block in section.blocks) == page.blocks


@pytest.mark.parametrize(
    ("words", "path"),
    [("前文", ()), ("甲の文", ("題", "甲")), ("細目の文", ("題", "甲", "細目")), ("乙の文", ("題", "乙"))],
)
def test_the_section_of_an_offset(words: str, path: tuple[str, ...]) -> None:
    (page,) = read_markup(NESTED)
    assert heading_path_at(page, page.text.index(words)) == path


def test_a_slide_that_lost_its_title_takes_none_from_its_neighbour() -> None:
    pages = read_markup("# 甲\n\n## 概要\n\n文。\n\n## 概要\n\n別の文。\n\n# 乙\n\n文。\n")
    assert [page_sections(page)[-1].heading_path for page in pages] == [("甲", "概要"), ("概要",), ("乙",)]


def test_chunks_are_what_stands_at_their_offsets_and_leave_nothing_out(briefing: Document) -> None:
    chunks = chunk_document(briefing)
    for page in briefing.pages:
        own = [chunk for chunk in chunks if chunk.page == page.number]
        assert all(chunk.text == page.text[chunk.start : chunk.end] for chunk in own)
        assert all(a.end <= b.start for a, b in pairwise(own))
        assert squeezed("".join(chunk.text for chunk in own)) == squeezed(page.text)
    assert max(len(chunk.text) for chunk in chunks) <= TARGET_CHARACTERS
    assert len({chunk.chunk_id for chunk in chunks}) == len(chunks)


def test_a_block_is_not_divided_where_it_fits(briefing: Document) -> None:
    edges = {(chunk.page, edge) for chunk in chunk_document(briefing) for edge in (chunk.start, chunk.end)}
    for page in briefing.pages:
        for block in page.blocks:
            if block.end - block.start <= TARGET_CHARACTERS:
                assert not [edge for number, edge in edges if number == page.number and block.start < edge < block.end]


def test_a_long_block_is_divided_at_sentences_and_a_long_sentence_anywhere() -> None:
    sentence = "あ" * 199 + "。"
    chunks = chunk_document(document(sentence * 4))
    assert [chunk.text for chunk in chunks] == [sentence] * 4
    assert [len(c.text) for c in chunk_document(document("い" * 800))] == [360, 360, 80]


def test_short_neighbours_under_one_parent_are_joined_and_others_are_not() -> None:
    def paths(text: str) -> list[tuple[str, ...]]:
        return [chunk.heading_path for chunk in chunk_document(document(text))]

    assert paths("# 題\n\n## 甲\n\n文。\n\n## 乙\n\n文。\n") == [("題",)]
    assert len(paths("# 題\n\n## 甲\n\n### 一\n\n文。\n\n## 乙\n\n### 二\n\n文。\n")) > 1
    long = "う" * 150 + "。"
    assert paths(f"# 題\n\n## 甲\n\n{long}\n\n## 乙\n\n{long}\n") == [("題",), ("題", "乙")]
    assert paths(f"# 題\n\n{long}\n\n## 甲\n\n{long}\n\n## 乙\n\n{long}\n") == [("題",), ("題", "甲"), ("題", "乙")]


def test_ids_are_the_same_for_the_same_place_and_text_alone() -> None:
    before = chunk_document(document("# 題\n\n文。\n"))
    assert chunk_document(document("# 題\n\n文。\n")) == before
    others = [document("# 題\n\n文！\n"), document("前。", "# 題\n\n文。\n"), document("# 題\n\n文。\n", doc_id="e")]
    assert all(not ids(chunk_document(other)) & ids(before) for other in others)
    assert make_chunk("d", ("a",), 1, 0, 1, "x").chunk_id != make_chunk("d", ("a", "b"), 1, 0, 1, "x").chunk_id


def ids(chunks: tuple[Chunk, ...]) -> set[str]:
    return {chunk.chunk_id for chunk in chunks}


def test_an_empty_page_has_no_chunks() -> None:
    assert chunk_document(Document("d", "", "", "", "", "", "", "text", (Page(1, "", ()),))) == ()


def test_what_is_encoded_names_document_and_headings_once() -> None:
    chunk = make_chunk("d", ("題", "甲"), 1, 0, 4, "甲の文。")
    assert embedding_text(chunk, "文書") == "文書\n題\n甲の文。"
    assert embedding_text(make_chunk("d", (), 1, 0, 2, "文。"), "") == "文。"


def test_rows_that_begin_a_chunk_carry_the_head_of_their_table() -> None:
    rows = [f"事業{n}\t{'説明' * 20}{n}\t{n}億円" for n in range(20)]
    builder = PageBuilder()
    builder.add("head_row", "区分\t予算")
    builder.add("row", "甲\t1億円")
    builder.add("paragraph", "つなぎの文。" * 30)
    builder.add("head_row", "事業\t説明\t予算")
    for row in rows:
        builder.add("row", row)
    builder.add("paragraph", "終わりの文。" * 60)
    document = make_document(Source("d"), sha256="", kind="xlsx", pages=(builder.build(1),), fallback="x")
    chunks = chunk_document(document)
    beginning = [c for c in chunks if c.text.startswith("事業") and not c.text.startswith("事業\t")]
    assert beginning
    assert {c.table_head for c in beginning} == {"事業\t説明\t予算"}
    assert all(c.table_head == "" for c in chunks if c not in beginning)
    assert "事業\t説明\t予算" in embedding_text(beginning[0], "題")
