"""Killed at any moment, or out of space: the next command works, nothing is doubled, the index stays readable."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest

from lsqa.errors import EmptyLibraryError, HomeError
from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.settings import ChromaServer
from lsqa.tokens import index_tokens

sys.path.insert(0, str(Path(__file__).parent))
from crash_child import ENCODER, Fuse, SlowEmbeddings, main

# Children are forked from a server that has the libraries imported and nothing of them started.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["chromadb", "lsqa.ingest", "sudachipy"])
COUNT = 600  # passages, in three batches
POINTS = ["encode", "pending stored", "half the vectors added", "vectors added", "published", "garbage deleted",
          "batch stored", "before noting files"]  # fmt: skip

State = tuple[frozenset[str], frozenset[str], tuple[tuple[str, int], ...]]


def write(file: Path, mark: str) -> Path:
    lines = (
        json.dumps({"id": f"p{n}", "text": f"第{n}の文は{mark if n % 2 else '同じ'}である。"}) for n in range(COUNT)
    )
    file.write_text("\n".join(lines))
    return file


def start(
    home: Path, file: Path, chroma: ChromaServer | None, point: str = "", count: int = 0, delay: float = 0.0
) -> BaseProcess:
    """A process that is about to ingest `file`."""
    is_writing = PROCESSES.Event()
    child = PROCESSES.Process(target=main, args=(home, file, chroma, point, count, delay, is_writing))
    child.start()
    assert is_writing.wait(60)
    return child


def state(library: Library) -> State:
    """Vector ids in Chroma, those of the catalogue, and how often each document is found by a word."""
    found = library.keywords.search(index_tokens("第文である"), (), 10 * COUNT)
    documents = [chunk.doc_id for chunk in library.catalogue.chunks([i for i, _ in found])]
    assert len(found) == len(documents) == len(set(documents))
    return library.vectors.ids(), library.catalogue.vector_ids(), tuple((d, 1) for d in sorted(documents))


def finish(home: Path, file: Path, chroma: ChromaServer | None) -> State:
    with WritableLibrary.open_for_writing(home, ENCODER, chroma=chroma) as library:
        assert not ingest([file], library, SlowEmbeddings(Fuse("", 0), 0.0)).has_failures
        return state(library)


def copied(home: Path, to: Path, chroma: ChromaServer | None) -> Path:
    """A library like that in `home`. On a server it has a collection of its own, under another name."""
    shutil.copytree(home, to)
    if chroma:
        with closing(sqlite3.connect(to / "catalogue.sqlite3")) as catalogue, catalogue:
            catalogue.execute("UPDATE meta SET value = ? WHERE key = 'library'", (uuid.uuid4().hex[:12],))
        WritableLibrary.open_for_writing(to, ENCODER, chroma=chroma).close()
    return to


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, chroma: ChromaServer | None) -> Path:
    return tmp_path_factory.mktemp("crash")


@pytest.fixture(scope="module")
def earlier(folder: Path, chroma: ChromaServer | None) -> tuple[Path, Path, State]:
    """A home with the first version of the file, the second version, and how a clean run of both leaves the home."""
    home, file = folder / "earlier", write(folder / "passages.jsonl", "一")
    finish(home, file, chroma)
    write(file, "二")
    return home, file, finish(copied(home, folder / "clean", chroma), file, chroma)


def reads(home: Path, chroma: ChromaServer | None) -> None:
    """A reader finds every document, by words and by vectors, whatever state the writer left."""
    with Library.open(home, ENCODER, chroma=chroma) as reader:
        assert reader.catalogue.document_count == COUNT
        for n in (0, 1, COUNT - 1):
            (chunk,) = reader.catalogue.chunks_of(f"p{n}")
            vector = next(v for v in reader.catalogue.vectors() if v.vector_id.startswith(chunk.chunk_id))
            hits = reader.nearest(vector.vector, 3)
            assert hits[0][0] == chunk.chunk_id
            assert hits[0][1] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("point", "count"), [*((point, 1) for point in POINTS), ("half the vectors added", 2), ("published", 2)]
)
def test_killed_at_a_point(
    earlier: tuple[Path, Path, State], tmp_path: Path, point: str, count: int, chroma: ChromaServer | None
) -> None:
    before, file, clean = earlier
    home = copied(before, tmp_path / "home", chroma)
    child = start(home, file, chroma, point, count)
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    reads(home, chroma)
    assert finish(home, file, chroma) == clean
    reads(home, chroma)


@pytest.mark.both_storages
def test_what_was_stored_is_finished_without_encoding_it_again(
    earlier: tuple[Path, Path, State], tmp_path: Path, chroma: ChromaServer | None
) -> None:
    before, file, _ = earlier
    home = copied(before, tmp_path / "home", chroma)
    child = start(home, file, chroma, "vectors added", 1)
    child.join(60)
    with WritableLibrary.open_for_writing(home, ENCODER, chroma=chroma) as library:
        assert library.catalogue.pending() == ()
        assert "二" in library.catalogue.chunks_of("p1")[0].text
        assert library.keywords.search((), ["は二"], 1)


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_a_random_time(
    earlier: tuple[Path, Path, State], tmp_path: Path, seed: int, chroma: ChromaServer | None
) -> None:
    before, file, clean = earlier
    home = copied(before, tmp_path / "home", chroma)
    child = start(home, file, chroma, delay=0.05)
    time.sleep(random.Random(seed).uniform(0.0, 0.8))
    child.kill()
    child.join(60)
    reads(home, chroma)
    assert finish(home, file, chroma) == clean


def test_killed_during_the_first_ingest(
    earlier: tuple[Path, Path, State], tmp_path: Path, chroma: ChromaServer | None
) -> None:
    _, file, clean = earlier
    home = tmp_path / "home"
    child = start(home, file, chroma, "pending stored", 1)
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with pytest.raises(EmptyLibraryError):
        Library.open(home, ENCODER, chroma=chroma)
    finished = finish(home, file, chroma)
    assert finished[2] == clean[2]
    assert {i.partition(":")[0] for i in finished[0]} == {i.partition(":")[0] for i in clean[0]}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    mount, size = tmp_path / "small", "size=6m"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", mount], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    yield mount
    subprocess.run(["umount", "-l", mount], check=True)


def test_a_full_disk_is_told_and_the_earlier_index_stays_readable(
    earlier: tuple[Path, Path, State], small_disk: Path, tmp_path: Path, chroma: ChromaServer | None
) -> None:
    before, file, clean = earlier
    home = small_disk / "home"
    shutil.copytree(before, home)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(bytes(max(0, free - 300_000)))
    with pytest.raises(HomeError, match=str(home)):
        finish(home, file, chroma)
    reads(home, chroma)
    (small_disk / "ballast").unlink()
    roomy = tmp_path / "roomy"
    shutil.copytree(home, roomy)
    assert finish(roomy, file, None) == clean


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/proc").is_dir(), reason="needs a folder in which even root cannot write"
)
def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(HomeError, match="/proc/lsqa"):
        WritableLibrary.open_for_writing(Path("/proc/lsqa"), ENCODER)


@pytest.mark.both_storages
def test_a_reader_beside_an_ingesting_process(
    earlier: tuple[Path, Path, State], tmp_path: Path, chroma: ChromaServer | None
) -> None:
    before, file, _ = earlier
    home = copied(before, tmp_path / "home", chroma)
    rounds = whole = 0
    with Library.open(home, ENCODER, chroma=chroma) as reader:
        child = start(home, file, chroma, delay=0.1)
        while child.is_alive():
            generation = reader.catalogue.generation
            hits = reader.nearest(np.ones(8, dtype=np.float32), 20)
            chunks = reader.catalogue.chunks([i for i, _ in hits])
            assert len(hits) == len({i for i, _ in hits}) == 20
            if reader.catalogue.generation == generation:  # else a batch was replaced between the two statements
                assert len(chunks) == 20
                whole += 1
            assert reader.catalogue.document_count == COUNT
            rounds += 1
        assert child.exitcode == 0
        assert rounds > 1
        assert whole > rounds / 2
        hits = reader.nearest(np.ones(8, dtype=np.float32), COUNT)
        assert sum("二" in chunk.text for chunk in reader.catalogue.chunks([i for i, _ in hits])) == COUNT // 2
