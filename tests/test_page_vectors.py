"""The vectors of whole pages: as the catalogue has them, of unit length, and never older than it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.library.page_vectors import PageVectorReader


class LengthEmbeddings(Embeddings):
    """Vectors that are not of unit length and tell texts apart."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [3.0, float(len(text)), float(sum(map(ord, text)) % 97)]


def write(file: Path, *slides: str) -> Path:
    file.write_text("\n".join(f"# 頁{n}\n\n{text}\n" for n, text in enumerate(slides, 1)), encoding="utf-8")
    return file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    put(tmp_path / "home", write(tmp_path / "deck.md", "予算は12億円である。" * 60, "創薬の基盤を整える。"))
    return tmp_path / "home"


def put(home: Path, file: Path) -> None:
    with WritableLibrary.open_for_writing(home, "lengths") as library:
        assert not ingest([file], library, LengthEmbeddings()).has_failures


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with Library.open(home, "lengths") as library:
        yield library


def places(library: Library) -> list[tuple[str, int]]:
    return [(r.doc_id, number) for r in library.catalogue.documents() for number in range(1, r.pages + 1)]


def test_they_are_the_catalogues_in_reading_order(library: Library) -> None:
    wanted = list(library.catalogue.vectors())
    assert len(wanted) > 2
    for asked in (places(library), places(library)[::-1], places(library) * 2):
        found = library.pages.read([*asked, ("unknown", 1)])
        assert found.chunk_ids == tuple(r.vector_id.split(":")[0] for r in wanted)
        assert found.places == tuple((r.doc_id, r.page) for r in wanted)
        for vector, record in zip(found.vectors, wanted, strict=True):
            assert vector == pytest.approx(record.vector / np.linalg.norm(record.vector), abs=1e-6)


def test_no_page_has_no_vectors(library: Library) -> None:
    found = library.pages.read([("unknown", 1)])
    assert (found.chunk_ids, found.places, len(found.vectors)) == ((), (), 0)


def test_a_page_that_was_written_again_is_read_again(library: Library, home: Path, tmp_path: Path) -> None:
    before = library.pages.read(places(library))
    put(home, write(tmp_path / "deck.md", "短い。"))
    after = library.pages.read(places(library))
    assert after.chunk_ids == tuple(c.chunk_id for d, n in places(library) for c in library.catalogue.chunks_on(d, n))
    assert not set(after.chunk_ids) & set(before.chunk_ids)


def test_what_memory_has_no_room_for_is_read_again(library: Library) -> None:
    small = PageVectorReader(library.catalogue, limit=1)
    expected = library.pages.read(places(library))
    for _ in range(2):
        found = small.read(places(library))
        assert found.chunk_ids == expected.chunk_ids
        assert np.array_equal(found.vectors, expected.vectors)
