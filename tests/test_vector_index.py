"""Chroma behind its door: cosine, filters, damage found, two processes side by side, a server."""

import gc
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lsqa.catalogue import VectorRecord
from lsqa.errors import LibraryError
from lsqa.vector_index import VectorIndex, exact_search

VECTORS = np.random.default_rng(7).normal(size=(60, 16)).astype(np.float32)


def records(count: int = 60) -> tuple[VectorRecord, ...]:
    return tuple(VectorRecord(f"c{n}:k", f"d{n % 3}", 1, VECTORS[n]) for n in range(count))


def filled(home: Path, count: int = 60) -> VectorIndex:
    index = VectorIndex(home, "lsqa-test-1")
    assert index.open_for_writing()
    index.upsert(records(count))
    return index


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    index = filled(tmp_path)
    yield index
    index.close()


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    cosine = unit @ unit[5]
    found = index.query(VECTORS[5] * 3, 4)
    assert [i for i, _ in found] == [f"c{n}:k" for n in np.argsort(-cosine)[:4]]
    assert [s for _, s in found] == pytest.approx(sorted(cosine, reverse=True)[:4], abs=1e-4)


def test_documents_filter_and_k_may_exceed_the_count(index: VectorIndex) -> None:
    assert {int(i[1:-2]) % 3 for i, _ in index.query(VECTORS[0], 60, ["d1", "d2"])} == {1, 2}
    assert len(index.query(VECTORS[0], 500)) == 60
    assert index.query(VECTORS[0], 5, []) == ()
    assert index.query(VECTORS[0], 5, ["unknown"]) == ()
    assert index.query(VECTORS[0], 0) == ()


def test_upserting_again_changes_nothing_and_deleting_twice_does_no_harm(index: VectorIndex) -> None:
    index.upsert(records())
    assert index.count == 60
    index.delete(["c1:k", "c2:k"])
    index.delete(["c1:k", "unknown"])
    assert index.ids() == frozenset(r.vector_id for r in records()) - {"c1:k", "c2:k"}


def test_exact_search_agrees_with_chroma(index: VectorIndex) -> None:
    for doc_ids in (None, ["d1"]):
        exact = exact_search(records(), VECTORS[9], 5, doc_ids)
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


def test_a_graph_that_lost_vectors_is_noticed(index: VectorIndex) -> None:
    assert index.is_sound(records())
    index.delete([r.vector_id for r in records()[::3]])
    assert not index.is_sound(records())


def test_collections_of_other_encoders_are_dropped(index: VectorIndex, tmp_path: Path) -> None:
    other = VectorIndex(tmp_path, "lsqa-test-2")
    assert other.open_for_writing()
    other.upsert([VectorRecord("c:k", "d", 1, np.ones(3, dtype=np.float32))])
    other.drop_others()
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning")
def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="LSQA_CHROMA_URL"):
        VectorIndex(tmp_path, "lsqa-test-1", url="http://127.0.0.1:9").load()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("chroma")
    if not program.exists():
        pytest.skip("the chroma program is not installed")
    command = [str(program), "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(150):
        if process.poll() is not None:
            pytest.skip(f"the chroma server does not start here (exit code {process.returncode})")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.skip("the chroma server does not start here within 15 s")


# Chroma's client leaves its connections to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning")
def test_a_server_serves_like_the_folder(tmp_path: Path, server: str) -> None:
    writer = VectorIndex(tmp_path, "lsqa-test-1", url=server)
    assert writer.open_for_writing()
    writer.upsert(records())
    writer.delete(["c0:k"])
    reader = VectorIndex(tmp_path, "lsqa-test-1", url=server)
    assert reader.load()
    assert reader.query(VECTORS[4], 1)[0][0] == "c4:k"
    assert reader.ids() == frozenset(r.vector_id for r in records()) - {"c0:k"}
    writer.refill(records(5))
    assert writer.count == 5
    assert not (tmp_path / "chroma").exists()
    writer.close()
    reader.close()
    gc.collect()  # so that the connections that Chroma left end within this test
