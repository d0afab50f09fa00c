"""The data folder as such: its lock, its errors, and what the index in it was made with."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from lsqa.chunks import CHUNKING_VERSION
from lsqa.errors import HomeError, LockedError, StaleIndexError
from lsqa.ledger import LEDGER_VERSION
from lsqa.text import FOLDING_VERSION
from lsqa.tokens import TOKENS_VERSION

REBUILD_COMMAND = "lsqa ingest --rebuild"
HOLDER = "writer.pid"
_LOCK_SECONDS = 1.0


def index_fingerprint(encoder: str) -> str:
    """What an index was made with. `encoder` is the embedder's own fingerprint."""
    return (
        f"encoder={encoder};chunking={CHUNKING_VERSION};folding={FOLDING_VERSION};tokens={TOKENS_VERSION};"
        f"ledger={LEDGER_VERSION}"
    )


def take_lock(home: Path) -> FileLock:
    lock = FileLock(home / "lock", timeout=_LOCK_SECONDS)
    holder = home / HOLDER
    try:
        lock.acquire()
    except Timeout as error:
        pid = ""
        with suppress(OSError):  # the holder may just have ended
            pid = holder.read_text()
        raise LockedError(
            f"another process{pid and f' (pid {pid})'} is writing to {home}",
            hint="wait until it has ended, then try again",
        ) from error
    holder.write_text(str(os.getpid()))
    return lock


@contextmanager
def exclusively(home: Path) -> Iterator[None]:
    """Nobody writes meanwhile. Raises `LockedError`."""
    lock = take_lock(home)
    try:
        yield
    finally:
        release_lock(home, lock)


def release_lock(home: Path, lock: FileLock) -> None:
    (home / HOLDER).unlink(missing_ok=True)
    lock.release()


def refuse_file(home: Path) -> None:
    """Raise `HomeError` where a file stands in the place of the folder or of one above it."""
    existing = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise HomeError(
            f"the data folder {home} cannot be used: {existing} is a file",
            hint="choose another folder with --home or LSQA_HOME",
        )


def check_fingerprint(home: Path, found: str, wanted: str) -> None:
    if found != wanted:
        parts = zip(found.split(";"), wanted.split(";"), strict=False)
        changes = ", ".join(f"{old} (now {new})" for old, new in parts if old != new)
        raise StaleIndexError(
            f"the index in {home} was made with {changes or found}",
            hint=f"make it again with `{REBUILD_COMMAND}`, or set back the encoder",
        )


@contextmanager
def home_errors(home: Path) -> Iterator[None]:
    """What the operating system or SQLite has against the data folder, as a `HomeError`."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise HomeError(
            f"cannot use the data folder {home}: {error}",
            hint="check its permissions and the free space of its disk, or choose another with --home or LSQA_HOME",
        ) from error
