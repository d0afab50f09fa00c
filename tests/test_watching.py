"""Folders that are watched: what changes is told as what can be ingested."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import INTERRUPTIBLE
from tests.test_ingest import HashEmbeddings

from lsqa.cli.ingesting import interruptions
from lsqa.errors import UsageError
from lsqa.ingest import ingest
from lsqa.ingest.watching import Changes, paths_to_ingest, watch
from lsqa.library import WritableLibrary


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("# 計画A\n\n予算は53億円である。\n")
    (folder / "sub" / "b.md").write_text("# 計画B\n\n予算は7億円である。\n")
    return folder


@pytest.fixture
def seen(docs: Path, tmp_path: Path) -> Iterator[Callable[[], Changes]]:
    """Watches `docs`; each call gives the next changes that are not empty, or none after three seconds."""
    stop = threading.Event()
    found = watch([docs], docs / "home", stop)
    next(found)

    def changes() -> Changes:
        end = time.monotonic() + 3
        for change in found:
            if change or time.monotonic() > end:
                return change
        return Changes()

    yield changes
    stop.set()
    assert list(found) == []


def test_a_file_that_is_new_changed_or_gone(seen: Callable[[], Changes], docs: Path) -> None:
    (docs / "c.md").write_text("# 新しい")
    assert seen() == Changes(frozenset({docs / "c.md"}))
    (docs / "c.md").write_text("# 変わった")
    assert seen() == Changes(frozenset({docs / "c.md"}))
    (docs / "c.md").rename(docs / "d.md")
    assert seen() == Changes(frozenset({docs / "d.md"}), frozenset({docs / "c.md"}))


def test_what_no_ingest_would_read_is_not_told(seen: Callable[[], Changes], docs: Path) -> None:
    (docs / "home").mkdir()
    (docs / "home" / "catalogue.md").write_text("# 内部")
    (docs / ".hidden.md").write_text("# 隠れた")
    (docs / "program.exe").write_bytes(b"MZ")
    (docs / "last.md").write_text("# 最後")
    assert seen().present - {docs / "home"} == {docs / "last.md"}


def test_a_folder_that_comes_and_goes_as_a_whole(seen: Callable[[], Changes], docs: Path, tmp_path: Path) -> None:
    (docs / "sub").rename(tmp_path / "elsewhere")
    assert docs / "sub" in seen().vanished
    (tmp_path / "elsewhere").rename(docs / "back")
    assert docs / "back" in seen().present


@pytest.mark.parametrize("path", ["https://example.org/a.pdf", "missing"])
def test_what_cannot_be_watched(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="watch"):
        next(watch([path], tmp_path))


def test_later_changes_win() -> None:
    a, b, c = Path("a"), Path("b"), Path("c")
    first = Changes(frozenset({a, b}), frozenset({c}))
    assert first.then(Changes(frozenset({c}), frozenset({a}))) == Changes(frozenset({b, c}), frozenset({a}))
    assert not Changes()


def test_changes_become_what_can_be_ingested(docs: Path, tmp_path: Path) -> None:
    with WritableLibrary.open_for_writing(tmp_path / "home", "hash") as library:
        ingest([docs], library, HashEmbeddings())

        def todo(present: set[Path], vanished: set[Path]) -> set[Path]:
            return set(paths_to_ingest(Changes(frozenset(present), frozenset(vanished)), library.catalogue, [docs]))

        assert todo({docs / "c.md"}, {docs / "never.md"}) == {docs / "c.md"}
        (docs / "sub" / "b.md").unlink()
        (docs / "sub").rmdir()
        assert todo(set(), {docs / "sub"}) == {docs / "sub" / "b.md"}
        assert [i[:2] for i in ingest([docs / "sub" / "b.md"], library, HashEmbeddings(), prune=True).removed] == ["b-"]
        (docs / "manifest.toml").write_text('[[document]]\nfile = "a.md"\n')
        assert todo({docs / "a.md", docs / "manifest.toml"}, set()) == {docs}


def test_the_command_follows_a_folder_until_it_is_interrupted(docs: Path, tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    command = [sys.executable, "-c", INTERRUPTIBLE, "ingest", "--watch", "--prune", "--json", str(docs)]
    with subprocess.Popen(
        [*command, "--home", str(tmp_path / "home")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean,
        cwd=tmp_path,
    ) as program:
        try:
            reports = _reports(program)
            assert _statuses(next(reports)) == {"a.md": "indexed", "b.md": "indexed"}
            (docs / "c.md").write_text("# 計画C\n\n予算は9億円である。\n")
            assert _statuses(next(reports)) == {"c.md": "indexed"}
            (docs / "a.md").rename(docs / "z.md")
            assert _statuses(next(reports)) == {"z.md": "unchanged"}
            (docs / "c.md").unlink()
            assert [i[:2] for i in next(reports)["removed"]] == ["c-"]
            program.send_signal(signal.SIGINT)
            assert program.wait(20) == 0
            assert program.stderr is not None
            assert program.stderr.read().splitlines()[-1] == "lsqa: watching has ended"
        finally:
            program.kill()  # where the test failed, nobody has interrupted it


def _reports(program: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """Every report that the program prints, one JSON object each."""
    assert program.stdout is not None
    text = ""
    for line in program.stdout:
        text += line
        if line == "}\n":
            yield json.loads(text)
            text = ""


def _statuses(report: dict[str, Any]) -> dict[str, str]:
    return {Path(f["path"]).name: f["status"] for f in report["files"]}


class _Finalised:
    """Is interrupted while it is finalised."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """As at a terminal; a shell has what it starts in the background pass over SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_meets_what_is_being_finalised_is_not_lost() -> None:
    """Python drops the `KeyboardInterrupt` there, and the watching went on for ever."""
    before = signal.getsignal(signal.SIGINT)
    with interruptions() as stop:
        assert not stop.is_set()
        _Finalised()
        assert stop.is_set()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_ends_what_runs_too() -> None:
    with pytest.raises(KeyboardInterrupt), interruptions() as stop:
        signal.raise_signal(signal.SIGINT)
    assert stop.is_set()
