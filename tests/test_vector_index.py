"""Chroma behind its door: cosine, filters, damage found, two processes side by side, a server."""

import gc
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from tests.chroma_server import ChromaProcess

from lsqa.catalogue import VectorRecord
from lsqa.errors import IndexUnavailableError, LibraryError
from lsqa.settings import ChromaServer
from lsqa.vector_index import ExactIndex, VectorIndex
from lsqa.vector_index.sparse import makes_sparse_indexes

VECTORS = np.random.default_rng(7).normal(size=(60, 16)).astype(np.float32)


def records(count: int = 60) -> tuple[VectorRecord, ...]:
    return tuple(VectorRecord(f"c{n}:k", f"d{n % 3}", 1, VECTORS[n]) for n in range(count))


def filled(
    home: Path, count: int = 60, *, name: str = "lsqa-test-1", server: ChromaServer | None = None
) -> VectorIndex:
    index = VectorIndex(home, name, server=server)
    assert index.open_for_writing()
    index.upsert(records(count))
    return index


@pytest.fixture
def index(tmp_path: Path, chroma: ChromaServer | None) -> Iterator[VectorIndex]:
    index = filled(tmp_path, name=f"lsqa-{uuid.uuid4().hex[:12]}-1", server=chroma)
    yield index
    index.close()


@pytest.mark.both_storages
def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    cosine = unit @ unit[5]
    found = index.query(VECTORS[5] * 3, 4)
    assert [i for i, _ in found] == [f"c{n}:k" for n in np.argsort(-cosine)[:4]]
    assert [s for _, s in found] == pytest.approx(sorted(cosine, reverse=True)[:4], abs=1e-4)


@pytest.mark.both_storages
def test_documents_filter_and_k_may_exceed_the_count(index: VectorIndex) -> None:
    assert {int(i[1:-2]) % 3 for i, _ in index.query(VECTORS[0], 60, ["d1", "d2"])} == {1, 2}
    assert len(index.query(VECTORS[0], 500)) == 60
    assert index.query(VECTORS[0], 5, []) == ()
    assert index.query(VECTORS[0], 5, ["unknown"]) == ()
    assert index.query(VECTORS[0], 0) == ()


@pytest.mark.both_storages
def test_upserting_again_changes_nothing_and_deleting_twice_does_no_harm(index: VectorIndex) -> None:
    index.upsert(records())
    assert index.count == 60
    index.delete(["c1:k", "c2:k"])
    index.delete(["c1:k", "unknown"])
    left = {r.vector_id: r for r in records() if r.vector_id not in ("c1:k", "c2:k")}
    assert index.ids() == frozenset(left)
    stored = list(index.stored())
    assert [(s.vector_id, s.doc_id) for s in stored] == [(i, left[i].doc_id) for i in (s.vector_id for s in stored)]
    assert len(stored) == len(left)
    assert all(np.allclose(s.vector, left[s.vector_id].vector, atol=1e-6) for s in stored)


@pytest.mark.both_storages
def test_more_vectors_than_are_asked_for_at_a_time(index: VectorIndex) -> None:
    index.upsert(VectorRecord(f"m{n}:k", "m", 1, VECTORS[n % 60]) for n in range(2100))
    assert len(index.ids()) == len(list(index.stored())) == 2160


@pytest.mark.both_storages
def test_neither_storage_offers_sparse_indexes(index: VectorIndex) -> None:
    """Where this fails, Chroma has learned them: docs/reliability.md says why words are searched in SQLite."""
    before = (index.ids(), index.others(), [c.name for c in index._client.list_collections()])
    assert not index.offers_sparse()
    assert (index.ids(), index.others(), [c.name for c in index._client.list_collections()]) == before


class Offering:
    """A Chroma that has sparse indexes, as far as it is asked."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.left: list[str] = []

    def create_collection(self, name: str, **_: object) -> None:
        self.made.append(name)
        self.left.append(name)

    def delete_collection(self, name: str) -> None:
        self.left.remove(name)


def test_what_is_made_to_find_out_is_removed() -> None:
    client = Offering()
    assert makes_sparse_indexes(client)
    assert (len(client.made), client.left) == (1, [])


def test_an_answer_that_is_neither_yes_nor_no_is_an_error(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path, "lsqa-test-1", server=ChromaServer("http://127.0.0.1:9"))
    with pytest.raises(IndexUnavailableError):
        index.offers_sparse()


def test_exact_search_agrees_with_chroma(index: VectorIndex) -> None:
    for doc_ids in (None, ["d1"]):
        exact = ExactIndex(records()).query(VECTORS[9], 5, doc_ids)
        found = index.query(VECTORS[9], 5, doc_ids)
        assert [i for i, _ in exact] == [i for i, _ in found]
        assert [s for _, s in exact] == pytest.approx([s for _, s in found], abs=1e-4)


def test_a_reader_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="missing"):
        VectorIndex(tmp_path, "lsqa-test-1").load()
    assert not (tmp_path / "chroma").exists()


MANY = np.random.default_rng(1).normal(size=(1500, 16)).astype(np.float32)
SAMPLE = tuple(VectorRecord(f"c{n}:k", "d", 1, MANY[n]) for n in range(0, 1500, 100))


def big(home: Path) -> None:
    """An index whose graph has been written to its files, as Chroma does from 1,000 vectors on."""
    index = VectorIndex(home, "lsqa-test-1")
    assert index.open_for_writing()
    for start in range(0, 1500, 500):
        index.upsert([VectorRecord(f"c{n}:k", "d", 1, MANY[n]) for n in range(start, start + 500)])
    index.close()


def segment(folder: Path) -> Path:
    return next(p for p in folder.iterdir() if p.is_dir())


def _put_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "folder gone": shutil.rmtree,
    "a file in its place": _put_file,
    "database gone": lambda f: (f / "chroma.sqlite3").unlink(),
    "database garbage": lambda f: (f / "chroma.sqlite3").write_bytes(b"garbage" * 1000),
    "graph gone": lambda f: shutil.rmtree(segment(f)),
    "graph header empty": lambda f: os.truncate(segment(f) / "header.bin", 0),
    "graph ids garbage": lambda f: (segment(f) / "index_metadata.pickle").write_bytes(b"abc"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_to_a_reader_and_mended_by_the_writer(tmp_path: Path, damage: str) -> None:
    big(tmp_path)
    DAMAGE[damage](tmp_path / "chroma")
    reader = VectorIndex(tmp_path, "lsqa-test-1")
    assert not _serves(reader)
    reader.close()
    writer = VectorIndex(tmp_path, "lsqa-test-1")
    assert not (writer.open_for_writing() and writer.is_sound(SAMPLE))
    writer.refill(records())
    assert writer.query(VECTORS[3], 1)[0][0] == "c3:k"
    assert writer.count == 60
    writer.close()


def _serves(reader: VectorIndex) -> bool:
    try:
        return reader.load() and reader.is_sound(SAMPLE)
    except LibraryError as error:
        return "lsqa ingest --rebuild" not in error.hint


def test_a_sound_index_is_found_sound(tmp_path: Path) -> None:
    big(tmp_path)
    assert _serves(VectorIndex(tmp_path, "lsqa-test-1"))


def test_a_marker_left_behind_means_that_the_folder_is_not_to_be_trusted(tmp_path: Path) -> None:
    filled(tmp_path).close()
    (tmp_path / "chroma.writing").touch()
    index = VectorIndex(tmp_path, "lsqa-test-1")
    assert not index.load()
    assert not index.open_for_writing()
    index.refill(records(3))
    assert index.count == 3
    assert not (tmp_path / "chroma.writing").exists()
    index.close()


def test_opened_twice_nothing_of_it_stays_after_it_is_closed(tmp_path: Path) -> None:
    """Chroma shares what is open of a folder: whoever came next would get what was there before."""
    index = filled(tmp_path)
    assert index.open_for_writing()
    index.close()
    shutil.rmtree(tmp_path / "chroma")
    anew = filled(tmp_path, 3)
    assert anew.count == 3
    anew.close()


def test_a_graph_that_lost_vectors_is_noticed(index: VectorIndex) -> None:
    assert index.is_sound(records())
    index.delete([r.vector_id for r in records()[::3]])
    assert not index.is_sound(records())


@pytest.mark.both_storages
def test_collections_of_other_encoders_are_dropped(
    index: VectorIndex, tmp_path: Path, chroma: ChromaServer | None
) -> None:
    name = index.collection[:-1] + "2"
    other = VectorIndex(tmp_path, name, server=chroma)
    assert other.open_for_writing()
    other.upsert([VectorRecord("c:k", "d", 1, np.ones(3, dtype=np.float32))])
    assert other.others() == (index.collection,)
    other.drop_others()
    assert other.others() == ()
    assert other.count == 1
    other.close()
    index.close()
    with pytest.raises(LibraryError, match="does not exist"):
        index.load()


WRITER = """
import sys; from pathlib import Path; import numpy as np
from lsqa.catalogue import VectorRecord; from lsqa.vector_index import VectorIndex
index = VectorIndex(Path(sys.argv[1]), "lsqa-test-1"); assert index.open_for_writing(); print("ready", flush=True)
vectors = np.random.default_rng(1).normal(size=(6000, 16)).astype(np.float32)
for start in range(0, 6000, 200):
    index.upsert([VectorRecord(f"w{n}:k", "w", 1, vectors[n]) for n in range(start, start + 200)])
    index.delete([f"w{n}:k" for n in range(start, start + 20)])
index.close()
"""


def test_a_reader_beside_a_writing_process(tmp_path: Path) -> None:
    filled(tmp_path).close()
    reader, rounds = VectorIndex(tmp_path, "lsqa-test-1"), 0
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        while writer.poll() is None:
            assert reader.load()
            for n in range(20):
                assert reader.query(VECTORS[n], 3, ["d0", "d1", "d2"])[0][0] == f"c{n}:k"
            reader.close()
            rounds += 1
    assert writer.returncode == 0
    assert rounds > 0
    assert reader.load()
    assert reader.count == 60 + 6000 - 30 * 20
    assert len(reader.query(VECTORS[0], 2000)) == 2000
    reader.close()


# A server. Chroma's client leaves its connection to the garbage collector where a server refuses it.

REFUSED = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning"
)


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[ChromaProcess]:
    with ChromaProcess(tmp_path / "server") as process:
        yield process


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="LSQA_CHROMA_URL"):
        VectorIndex(tmp_path, "lsqa-test-1", server=ChromaServer("http://127.0.0.1:9")).load()


def test_a_server_needs_no_folder(tmp_path: Path, chroma_process: ChromaProcess) -> None:
    index = filled(tmp_path / "home", server=chroma_process.server)
    assert index.follows_others
    assert not (tmp_path / "home").exists()
    index.close()


@REFUSED
def test_a_tenant_that_is_not_there_is_named(tmp_path: Path, chroma_process: ChromaProcess) -> None:
    server = ChromaServer(chroma_process.server.url, tenant="nobody")
    with pytest.raises(LibraryError, match="LSQA_CHROMA_TENANT") as error:
        VectorIndex(tmp_path, "lsqa-test-1", server=server).load()
    assert not isinstance(error.value, IndexUnavailableError)
    gc.collect()


@REFUSED
def test_a_token_goes_along_and_is_shown_nowhere(tmp_path: Path) -> None:
    heard: dict[str, str] = {}

    class Hosted(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.update(self.headers)
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hosted) as hosted:
        thread = threading.Thread(target=hosted.serve_forever)
        thread.start()
        server = ChromaServer(f"http://127.0.0.1:{hosted.server_port}", token="geheim-0123456789")
        with pytest.raises(LibraryError, match="LSQA_CHROMA_TOKEN") as error:
            VectorIndex(tmp_path, "lsqa-test-1", server=server).load()
        hosted.shutdown()
        thread.join()
        gc.collect()
    assert heard["X-Chroma-Token"] == "geheim-0123456789"
    assert heard["Authorization"] == "Bearer geheim-0123456789"
    assert "geheim" not in f"{error.value}{server!r}"


def test_a_collection_that_another_process_made_anew_is_found_again(
    tmp_path: Path, chroma_process: ChromaProcess
) -> None:
    name = f"lsqa-{uuid.uuid4().hex[:12]}-1"
    reader, writer = (filled(tmp_path, name=name, server=chroma_process.server) for _ in range(2))
    writer.refill(records(5))
    assert len(reader.query(VECTORS[4], 60)) == 5
    writer.close()
    reader.close()


def test_a_server_that_was_killed_is_told_and_used_again_with_all_it_had(
    tmp_path: Path, killable: ChromaProcess
) -> None:
    index = filled(tmp_path, server=killable.server)
    killable.kill()
    for _ in range(2):
        with pytest.raises(IndexUnavailableError):
            index.query(VECTORS[0], 3)
    with pytest.raises(IndexUnavailableError):
        index.upsert(records(3))
    killable.start()
    assert index.query(VECTORS[7], 1)[0][0] == "c7:k"
    assert index.ids() == frozenset(r.vector_id for r in records())
    index.close()


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path, killable: ChromaProcess) -> None:
    filled(tmp_path, server=killable.server).close()
    killable.pause()
    started = time.monotonic()
    with pytest.raises(IndexUnavailableError):
        VectorIndex(tmp_path, "lsqa-test-1", server=killable.server).load()
    assert time.monotonic() - started < 15  # a request may take 20
    killable.go_on()
    index = VectorIndex(tmp_path, "lsqa-test-1", server=killable.server)
    assert index.load()
    index.close()
