"""The catalogue: what goes in comes out, readers see published documents only, and a broken file says so."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lsqa.catalogue import FILE_NAME, Catalogue, CatalogueWriter, Entry, vector_id
from lsqa.chunks import chunk_document, make_chunk
from lsqa.documents import Block, Document, Page
from lsqa.errors import HomeError, UnknownDocumentError

TEXT = "B-cure\n予算は53億円（令和7年度）である。\x00 端。"
PAGES = (Page(1, TEXT, (Block("heading", 0, 6, 1), Block("paragraph", 7, len(TEXT)))), Page(2, "二枚目。", ()))
DOCUMENT = Document(
    "b-cure", "計画", "文部科学省", "2025-06-26", "https://example.org", "PDL1.0", "ab" * 32, "pdf", PAGES
)


def entry(document: Document = DOCUMENT, path: str = "/deck.pdf", seed: str = "k") -> Entry:
    chunks = chunk_document(document)
    return Entry(document, path, chunks, tuple(f"{seed}{n:031d}" for n in range(len(chunks))))


def add(writer: CatalogueWriter, *entries: Entry, publish: bool = True) -> None:
    with writer.transaction():
        for item in entries:
            writer.add_embeddings({key: np.arange(4, dtype=np.float32) for key in item.embedding_keys})
            writer.add_pending(item)
            if publish:
                writer.publish(item.document.doc_id)


@pytest.fixture
def writer(tmp_path: Path) -> CatalogueWriter:
    return CatalogueWriter.open(tmp_path)


def test_a_page_keeps_the_headings_that_it_begins_under_and_rows_from_before_there_were_such_read(
    writer: CatalogueWriter,
) -> None:
    carried = replace(PAGES[0], number=2, open_headings=((1, "6 コード表"), (3, "季節")))
    add(writer, entry(replace(DOCUMENT, pages=(PAGES[0], carried))))
    assert writer.page("b-cure", 2) == carried
    assert writer.document("b-cure").pages[1].open_headings == carried.open_headings
    rows = [tuple(row) for row in writer.connection.execute("SELECT blocks FROM pages ORDER BY number")]
    assert rows[0] == (f'[["heading",0,6,1,null],["paragraph",7,{len(TEXT)},0,null]]',)


def test_a_document_comes_out_as_it_went_in(writer: CatalogueWriter) -> None:
    add(writer, entry())
    assert writer.document("b-cure") == DOCUMENT
    assert writer.page("b-cure", 2) == PAGES[1]
    assert writer.chunks_of("b-cure") == chunk_document(DOCUMENT)
    assert (writer.document_count, writer.chunk_count) == (1, len(chunk_document(DOCUMENT)))
    record = writer.documents()[0]
    assert (record.doc_id, record.path, record.pages, record.kind) == ("b-cure", "/deck.pdf", 2, "pdf")


def test_chunks_come_in_the_order_asked_for_and_unknown_ids_are_left_out(writer: CatalogueWriter) -> None:
    chunks = tuple(make_chunk("b-cure", ("計画", "予算"), 1, i, i + 2, TEXT[i : i + 2]) for i in range(5))
    add(writer, Entry(DOCUMENT, "/deck.pdf", chunks, tuple(f"{c.chunk_id}" for c in chunks)))
    asked = (chunks[3].chunk_id, "unknown", chunks[0].chunk_id)
    assert writer.chunks(asked) == (chunks[3], chunks[0])


def test_a_pending_document_is_seen_by_no_reader(writer: CatalogueWriter, tmp_path: Path) -> None:
    add(writer, entry(), publish=False)
    reader = Catalogue.open(tmp_path)
    identifier = entry().vector_ids[0]
    assert (reader.document_count, reader.chunk_count, reader.documents()) == (0, 0, ())
    assert reader.chunks([c.chunk_id for c in entry().chunks]) == ()
    assert reader.visible_vectors([identifier]) == frozenset()
    assert identifier in reader.vector_ids()  # but the vector index has to hold it
    with pytest.raises(UnknownDocumentError):
        reader.document("b-cure")


def test_a_new_version_replaces_the_old_one_and_its_vectors_become_garbage(writer: CatalogueWriter) -> None:
    add(writer, entry())
    old = set(entry().vector_ids)
    changed = replace(DOCUMENT, title="新しい計画")
    add(writer, entry(changed, seed="n"))
    assert writer.document("b-cure") == changed
    assert set(writer.garbage()) == old
    assert writer.document_count == 1


def test_a_vector_that_is_needed_again_is_no_garbage(writer: CatalogueWriter) -> None:
    add(writer, entry())
    with writer.transaction():
        writer.drop("b-cure")
    assert writer.garbage()
    add(writer, entry())
    assert writer.garbage() == ()


def test_an_exception_undoes_the_transaction(writer: CatalogueWriter) -> None:
    def fail() -> None:
        with writer.transaction():
            writer.add_pending(entry())
            raise KeyError("halt")

    with pytest.raises(KeyError):
        fail()
    assert writer.pending() == ()


def test_embeddings_come_back_bit_for_bit(writer: CatalogueWriter) -> None:
    vector = np.random.default_rng(1).normal(size=384).astype(np.float32)
    with writer.transaction():
        writer.add_embeddings({"key": vector})
    assert np.array_equal(writer.embeddings(["key", "unknown"])["key"], vector)


def test_more_keys_than_one_statement_takes(writer: CatalogueWriter) -> None:
    keys = [f"key{n}" for n in range(2500)]
    with writer.transaction():
        writer.add_embeddings({key: np.zeros(2, dtype=np.float32) for key in keys})
    assert set(writer.embeddings(keys)) == set(keys)


def test_a_vector_id_changes_with_what_was_encoded() -> None:
    assert vector_id("chunk", "a" * 32) != vector_id("chunk", "b" * 32)


def test_a_reader_cannot_write(writer: CatalogueWriter, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        Catalogue.open(tmp_path).connection.execute("DELETE FROM documents")


@pytest.mark.parametrize("content", [b"", b"no database at all, whatever its name says" * 99], ids=["empty", "garbage"])
def test_a_damaged_catalogue_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(HomeError, match=FILE_NAME):
        Catalogue.open(tmp_path)


def test_a_catalogue_of_another_layout_is_refused(writer: CatalogueWriter, tmp_path: Path) -> None:
    writer.set_meta("schema", "0")
    with pytest.raises(HomeError, match="layout 0"):
        Catalogue.open(tmp_path)
