import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsqa.errors import ConversionError
from lsqa.models.bundled_encoder import convert_bundled
from lsqa.models.converted_weights import MANIFEST, ensure_converted, is_intact

CONTENTS = {"graph.bin": b"graph" * 1000, "weights.bin": b"weights" * 1000}


def write_files(folder: Path) -> None:
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)


def refuse_to_write(folder: Path) -> None:
    raise AssertionError(f"{folder} was to be left as it is")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != MANIFEST}


def test_conversion_happens_once(tmp_path: Path) -> None:
    folder = ensure_converted(tmp_path / "models" / "encoder", write_files)
    assert contents(folder) == CONTENTS
    assert ensure_converted(folder, refuse_to_write) == folder


def test_manifest_states_every_file(tmp_path: Path) -> None:
    folder = ensure_converted(tmp_path / "encoder", write_files)
    manifest = json.loads((folder / MANIFEST).read_text())
    assert {name: entry["bytes"] for name, entry in manifest.items()} == {"graph.bin": 5000, "weights.bin": 7000}


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)


def empty_the_manifest(path: Path) -> None:
    path.with_name(MANIFEST).write_text("{}")


def garble_the_manifest(path: Path) -> None:
    path.with_name(MANIFEST).write_text('{"weights.bin": ')


def list_in_the_manifest(path: Path) -> None:
    path.with_name(MANIFEST).write_text("[]")


def lose_the_manifest(path: Path) -> None:
    path.with_name(MANIFEST).unlink()


@pytest.mark.parametrize(
    "damage",
    [
        truncate,
        flip_a_bit,
        Path.unlink,
        lose_the_manifest,
        empty_the_manifest,
        garble_the_manifest,
        list_in_the_manifest,
    ],
)
def test_a_damaged_folder_is_made_anew(tmp_path: Path, damage: object) -> None:
    folder = ensure_converted(tmp_path / "encoder", write_files)
    assert callable(damage)
    damage(folder / "weights.bin")
    assert not is_intact(folder)
    ensure_converted(folder, write_files)
    assert is_intact(folder)
    assert contents(folder) == CONTENTS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder", "encoder.lock"]


def test_a_conversion_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail_half_way(folder: Path) -> None:
        (folder / "graph.bin").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ConversionError, match="No space left on device") as caught:
        ensure_converted(tmp_path / "encoder", fail_half_way)
    assert "free some space" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder.lock"]


def test_a_folder_that_cannot_be_made_is_a_conversion_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConversionError, match=r"Not a directory|File exists"):
        ensure_converted(tmp_path / "file" / "encoder", write_files)


@pytest.fixture(params=["500k", "40m", "70m"])
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of that size; the converted weights need 78 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", str(disk)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root on Linux can mount a small file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(ConversionError, match="No space left on device") as caught:
        convert_bundled(small_disk / "models")
    assert "\n" not in str(caught.value)
    assert [path.suffix for path in (small_disk / "models").iterdir()] == [".lock"]


SLOW_CONVERSION = """
import sys, time
from pathlib import Path
from lsqa.models.converted_weights import ensure_converted

def write_files(folder):
    with open(sys.argv[2], "a") as log:
        log.write("converted\\n")
    (folder / "graph.bin").write_bytes(b"graph")
    time.sleep(float(sys.argv[3]))
    (folder / "weights.bin").write_bytes(b"weights")

ensure_converted(Path(sys.argv[1]), write_files)
"""


def start_conversion(folder: Path, log: Path, seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SLOW_CONVERSION, str(folder), str(log), str(seconds)])


def test_of_several_processes_one_converts(tmp_path: Path) -> None:
    folder, log = tmp_path / "encoder", tmp_path / "log"
    processes = [start_conversion(folder, log, 0.5) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert log.read_text() == "converted\n"
    assert contents(folder) == {"graph.bin": b"graph", "weights.bin": b"weights"}


def test_what_a_killed_conversion_left_is_swept_up(tmp_path: Path) -> None:
    folder, log = tmp_path / "encoder", tmp_path / "log"
    process = start_conversion(folder, log, 60)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("encoder.unfinished-*/graph.bin")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL
    assert list(tmp_path.glob("encoder.unfinished-*"))
    assert not folder.exists()
    ensure_converted(folder, write_files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder", "encoder.lock", "log"]
    assert contents(folder) == CONTENTS
