"""Files read in processes of their own: what one of them does harms neither the program nor the other files."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import pypdf
import pytest
from docx.enum.text import WD_BREAK

from lsqa.documents import Source
from lsqa.isolation import FileToRead, ReadFile, ReadingLimits, ReadingPool
from lsqa.readers.reading_options import ReadingOptions, Step

BRIEFING = Path(__file__).parent.parent / "corpus" / "briefing.pdf"
LINES = 300_000  # passages that take a reader many seconds
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


def read(
    files: Sequence[Path], limits: ReadingLimits | None = None, options: ReadingOptions | None = None
) -> list[ReadFile]:
    with ReadingPool(options or ReadingOptions(), limits or ReadingLimits()) as pool:
        return list(pool.read_all([FileToRead(f, Source()) for f in files], lambda file, step: None))


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slow") / "slow.jsonl"
    with path.open("w") as stream:
        stream.writelines(json.dumps({"id": str(n), "text": "# 題\n\n文である。"}) + "\n" for n in range(LINES))
    return path


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{n}.md" for n in range(20)]
    for n, path in enumerate(paths):
        path.write_text(f"# 題{n}\n\n予算は{n}億円である。\n")
    return paths


def readers() -> list[int]:
    """All reading processes of this machine."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and b"lsqa.isolation.process" in command_line(entry)
    ]


def command_line(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_files_come_back_in_their_order(notes: list[Path]) -> None:
    found = read([BRIEFING, *notes])
    assert [r.file.path for r in found] == [BRIEFING, *notes]
    assert [len(r.documents[0].pages) for r in found] == [18] + [1] * len(notes)
    assert found[3].documents[0].title == "題2"
    assert all(r.error is None and r.seconds > 0 for r in found)


def test_what_a_process_sends_is_the_document_as_it_was_read() -> None:
    from lsqa.readers import read_file

    (found,) = read([BRIEFING])
    assert found.documents == read_file(BRIEFING, Source())
    assert found.documents[0].pages[2].boxes


def test_a_process_sends_the_headings_that_a_page_begins_under(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("6 コード表", 1)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("春は三月からとする。")
    document.save(str(tmp_path / "plan.docx"))
    (found,) = read([tmp_path / "plan.docx"])
    assert found.documents[0].pages[1].open_headings == ((1, "6 コード表"),)


def test_several_files_are_read_at_a_time_and_every_page_is_told() -> None:
    steps: list[tuple[str, Step]] = []
    together: set[int] = set()
    with ReadingPool(ReadingOptions(), ReadingLimits(processes=2)) as pool:

        def listen(file: FileToRead, step: Step) -> None:
            steps.append((file.path.name, step))
            together.add(len(pool.reading))

        list(pool.read_all([FileToRead(BRIEFING, Source())] * 2, listen))
    assert steps == [("briefing.pdf", "page")] * 36
    assert 2 in together


def test_a_file_beyond_its_time_ends_alone(slow: Path, notes: list[Path]) -> None:
    started = time.monotonic()
    found = read([notes[0], slow, *notes[1:]], ReadingLimits(seconds=6.0))  # enough for a note on a busy machine
    assert time.monotonic() - started < 60
    assert [r.error is None for r in found] == [True, False] + [True] * (len(notes) - 1)
    error = found[1].error
    assert error is not None
    assert error.status == "failed"
    assert str(error).startswith("reading it took longer than ")
    assert "file_seconds" in error.hint


def test_each_page_gives_more_time() -> None:
    # 18 pages take longer than a tenth of a second with the start of the process, not than that and what pages add.
    assert read([BRIEFING], ReadingLimits(seconds=0.1, page_seconds=0.0))[0].error
    assert read([BRIEFING], ReadingLimits(seconds=5.0, page_seconds=5.0))[0].error is None


def test_who_reads_slowly_loses_no_file_that_was_read_in_time(notes: list[Path]) -> None:
    limits = ReadingLimits(seconds=8.0, page_seconds=0.0, processes=2)  # enough for a busy machine
    with ReadingPool(ReadingOptions(), limits) as pool:
        files = [FileToRead(path, Source()) for path in (notes[0], BRIEFING, BRIEFING, notes[1])]
        found = []
        for file in pool.read_all(files, lambda file, step: None):
            found.append(file)
            if len(found) == 1:
                time.sleep(9.0)  # as long as encoding may take
    assert [r.error for r in found] == [None] * 4


def test_a_file_that_takes_too_much_memory_ends_alone(tmp_path: Path, notes: list[Path]) -> None:
    bomb = tmp_path / "bomb.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as stream:
        for _ in range(400):
            stream.write(b" " * 1024**2)
    found = read([bomb, *notes], ReadingLimits(memory_mb=300, processes=1))
    assert found[0].error is not None
    assert str(found[0].error).startswith("reading it takes more than 300 MB of memory")
    assert all(r.error is None for r in found[1:])
    assert read([bomb], ReadingLimits(memory_mb=3000))[0].error is None


@needs_proc
def test_a_reader_that_crashes_costs_its_file_alone(notes: list[Path]) -> None:
    before = set(readers())

    def crash(file: FileToRead, step: Step) -> None:
        for reader in set(readers()) - before:
            os.kill(reader, signal.SIGSEGV)

    with ReadingPool(ReadingOptions(), ReadingLimits(processes=1)) as pool:
        files = [FileToRead(path, Source()) for path in (notes[0], BRIEFING, notes[1])]
        found = list(pool.read_all(files, crash))
    assert [r.error is None for r in found] == [True, False, True]
    assert "Segmentation fault" in str(found[1].error)


@needs_proc
def test_no_reader_outlives_the_pool(slow: Path, notes: list[Path]) -> None:
    before = set(readers())
    with ReadingPool(ReadingOptions(), ReadingLimits(processes=2)) as pool:
        files = [FileToRead(path, Source()) for path in (notes[0], slow, slow)]
        assert next(pool.read_all(files, lambda file, step: None)).error is None
        assert set(readers()) - before
    assert set(readers()) <= before


@needs_proc
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_no_reader_outlives_a_program_that_was_killed(slow: Path) -> None:
    before = set(readers())
    program = f"""
from pathlib import Path
from lsqa.documents import Source
from lsqa.isolation import FileToRead, ReadingLimits, ReadingPool
from lsqa.readers.reading_options import ReadingOptions
with ReadingPool(ReadingOptions(), ReadingLimits()) as pool:
    list(pool.read_all([FileToRead(Path({str(slow)!r}), Source())], lambda file, step: None))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as victim:
        assert comes_true(lambda: bool(set(readers()) - before))
        victim.kill()
    assert comes_true(lambda: set(readers()) <= before)


def comes_true(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether something holds within a time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_what_is_wrong_with_a_file_is_told_as_the_reader_tells_it(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "half.jsonl").write_bytes(b'{"id": "x", "text": "ok"}\nnot json\n')
    found = read([tmp_path / "binary.txt", tmp_path / "half.jsonl", tmp_path / "missing.md"])
    assert [r.error and r.error.status for r in found] == ["unsupported", "failed", "failed"]
    assert "line 2" in str(found[1].error)
    assert "missing.md" in str(found[2].error)


@pytest.mark.parametrize(("password", "status"), [("geheim", None), ("falsch", "locked"), ("", "locked")])
def test_a_password_reaches_the_reader(tmp_path: Path, password: str, status: str | None) -> None:
    writer = pypdf.PdfWriter(clone_from=BRIEFING)
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    (found,) = read([tmp_path / "locked.pdf"], options=ReadingOptions(password=password))
    assert (found.error and found.error.status) == status
    assert len(found.documents) == (status is None)
