"""The disk is full or cannot be written, the clock jumps: what is told, what goes on, and what is there afterwards."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.test_ingest import HashEmbeddings

from lsqa.doctor import examine, repair
from lsqa.errors import HomeError
from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.tokens import index_tokens

ONES = np.ones(16, dtype=np.float32)


def passages(path: Path, first: int, count: int) -> Path:
    lines = (
        json.dumps({"id": f"p{n}", "text": f"第{n}の文である。" * 5}, ensure_ascii=False)
        for n in range(first, first + count)
    )
    path.write_text("\n".join(lines))
    return path


def filled(home: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with WritableLibrary.open_for_writing(home, "hash") as library:
        ingest([passages(folder / "first.jsonl", 0, 40)], library, HashEmbeddings())
    return home


def serves(home: Path, count: int) -> None:
    with Library.open(home, "hash") as reader:
        assert reader.catalogue.document_count == count
        assert len(reader.nearest(ONES, count)) == count
        assert len(reader.keywords.search(index_tokens("文"), (), 10_000)) == count


LIMITED = """
import resource, sys
from pathlib import Path
from tests.test_ingest import HashEmbeddings
from lsqa.errors import LsqaError
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
home, file, room = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    with WritableLibrary.open_for_writing(home, "hash") as library:
        ingest([file], library, HashEmbeddings())
except LsqaError as error:
    sys.exit(f"told: {error}")
"""


@pytest.mark.parametrize("more", [20_000, 300_000])
def test_a_file_that_may_not_grow_is_told_and_what_was_there_stays(tmp_path: Path, more: int) -> None:
    """A quota needs no privilege, unlike a small disk; the writes that fail are the same."""
    home = filled(tmp_path / "home", tmp_path / "docs")
    room = max(p.stat().st_size for p in home.rglob("*") if p.is_file()) + more
    file = passages(tmp_path / "docs" / "second.jsonl", 100, 600)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(home), str(file), str(room)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "told: " in done.stderr
    assert "Traceback" not in done.stderr
    with Library.open(home, "hash") as reader:  # as it was, or with whole documents more
        count = reader.catalogue.document_count
        assert len(reader.nearest(ONES, count)) == count
    found = examine(home, "hash")
    assert found.is_sound or repair(found, home, "hash", HashEmbeddings).is_sound
    with WritableLibrary.open_for_writing(home, "hash") as library:  # there is room again
        assert not ingest([file], library, HashEmbeddings()).has_failures
    serves(home, 640)
    assert examine(home, "hash").findings == ()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    point = tmp_path / "mount"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(point)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield point
    subprocess.run(["umount", "-l", str(point)], check=True)


def test_a_library_on_a_disk_that_became_read_only_is_read_and_not_written(mount: Path, tmp_path: Path) -> None:
    closed = filled(mount / "closed", tmp_path / "docs")
    with WritableLibrary.open_for_writing(closed, "hash") as library:
        expected = library.nearest(ONES, 5)
        home = Path(
            shutil.copytree(closed, mount / "home")
        )  # with SQLite's log, as a process that was killed leaves it
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    with Library.open(home, "hash") as reader:  # without Chroma, whose lock is a file
        assert [i for i, _ in reader.nearest(ONES, 5)] == [i for i, _ in expected]
        assert len(reader.keywords.search(index_tokens("文"), (), 100)) == 40
    for opening in (lambda: WritableLibrary.open_for_writing(home, "hash"), lambda: examine(home, "hash")):
        with pytest.raises(HomeError, match="Read-only"):
            opening()
    with pytest.raises(HomeError, match="permissions"):  # SQLite would have to make its log
        Library.open(closed, "hash")
    subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True)
    serves(home, 40)
    assert examine(home, "hash").findings == ()


@pytest.mark.parametrize("time", [1, 4_102_444_800], ids=["1970", "2100"])
def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, time: int) -> None:
    """What is new is told by content and by numbers that count up, never by times."""
    home, docs = filled(tmp_path / "home", tmp_path / "docs"), tmp_path / "docs"
    for path in [*home.rglob("*"), *docs.rglob("*")]:
        os.utime(path, (time, time))
    assert examine(home, "hash").findings == ()
    with Library.open(home, "hash") as reader:
        assert len(reader.nearest(ONES, 50)) == 40
        with WritableLibrary.open_for_writing(home, "hash") as library:
            encoder = HashEmbeddings()
            report = ingest([docs, passages(docs / "second.jsonl", 100, 3)], library, encoder)
        assert {file.status for file in report.files} == {"unchanged", "indexed"}
        assert len(encoder.texts) == 3
        assert len(reader.nearest(ONES, 50)) == 43
    (docs / "second.jsonl").write_text((docs / "second.jsonl").read_text().replace("第100の", "第999の"))
    os.utime(docs / "second.jsonl", (time, time))  # written at the same moment, as far as the clock tells
    with WritableLibrary.open_for_writing(home, "hash") as library:
        assert ingest([docs], library, HashEmbeddings()).encoded == 1
    assert examine(home, "hash").findings == ()
