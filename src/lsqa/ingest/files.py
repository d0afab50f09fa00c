"""Which files an ingest reads: paths as given, folders walked, manifests followed, addresses downloaded."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, cast

from lsqa.documents import Source
from lsqa.errors import DocumentError
from lsqa.ingest.addresses import is_address, shown
from lsqa.ingest.download import Download
from lsqa.ingest.manifest import NAME, read_manifest
from lsqa.ingest.report import FileResult, FileStatus
from lsqa.isolation import FileToRead
from lsqa.readers import READABLE_SUFFIXES, READING_VERSION

UPLOADS: Final = "uploads"
"""The folder in the data folder for files that were handed in over the network."""

Fetch = Callable[[str], Download]
"""An address -> the file that it leads to. Raises `DocumentError`."""


def find_files(
    paths: Sequence[str | Path], home: Path, fetch: Fetch
) -> tuple[tuple[FileToRead, ...], tuple[FileResult, ...]]:
    """The files behind `paths`, each once, in order; and a failed result for every path that leads to none.

    What lies in the data folder `home` is left out, but for what was uploaded: its models and indexes are no documents.
    Addresses are downloaded by `fetch`.
    """
    own = home.resolve()
    files: dict[Path, FileToRead] = {}
    failures: list[FileResult] = []
    for given in paths:
        for found in _downloaded(str(given), fetch) if is_address(given) else _behind(given):
            if isinstance(found, FileResult):
                failures.append(found)
            elif found.address or not found.path.is_relative_to(own) or found.path.is_relative_to(own / UPLOADS):
                files.setdefault(found.path, found)
    return tuple(files.values()), tuple(failures)


def printable(path: str | Path) -> str:
    """A path as text, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def shown_path(file: FileToRead) -> str:
    """How a file is called in results: by its address where it has one."""
    return shown(file.address) if file.address else printable(file.path)


def signature(file: FileToRead, reading: str) -> str:
    """What decides whether a file is read again: its bytes, what the manifest says of it, the version of the readers
    and `reading`, how they are set. Raises `OSError`."""
    with file.path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    known = "\x1f".join((READING_VERSION, reading, *(getattr(file.source, name) for name in Source.__slots__)))
    return f"{content}:{hashlib.sha256(known.encode()).hexdigest()[:16]}"


def _behind(given: str | Path) -> Iterator[FileToRead | FileResult]:
    path = Path(given).expanduser()
    if not path.exists():
        yield _failure(given, "there is no such file or folder — check the path")
    elif path.is_dir():
        found = tuple(_walk(path, frozenset()))
        yield from found or (_failure(given, "no readable file in it — readable are " + ", ".join(READABLE_SUFFIXES)),)
    elif path.is_file():
        yield _single(path.resolve())
    else:
        yield _failure(given, "this is no regular file — give a file or a folder")


def _downloaded(address: str, fetch: Fetch) -> Iterator[FileToRead | FileResult]:
    try:
        download = fetch(address)
    except DocumentError as error:
        yield FileResult(shown(address), cast(FileStatus, error.status), reason=str(error))
    else:
        yield FileToRead(download.path.resolve(), Source(url=download.url), address)


def _single(path: Path) -> FileToRead | FileResult:
    """A file given by its own name; a manifest beside it tells what is known of it."""
    manifest = path.parent / NAME
    try:
        known = dict(read_manifest(manifest)) if manifest.is_file() else {}
    except DocumentError as error:
        return _failure(path, str(error))
    return FileToRead(path, known.get(path, Source()))


def _walk(folder: Path, ancestors: frozenset[Path]) -> Iterator[FileToRead | FileResult]:
    folder = folder.resolve()
    if folder in ancestors:  # a symbolic link back up
        return
    try:
        if (folder / NAME).is_file():
            yield from (FileToRead(path, source) for path, source in read_manifest(folder / NAME))
            return
        entries = sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name))
    except DocumentError as error:
        yield _failure(folder / NAME, str(error))
        return
    except OSError as error:
        yield _failure(folder, f"cannot list the folder: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, ancestors | {folder})
        elif entry.is_file() and entry.name.lower().endswith(READABLE_SUFFIXES):
            yield FileToRead(entry.resolve(), Source())


def _failure(path: str | Path, reason: str) -> FileResult:
    return FileResult(printable(path), "failed", reason=reason)
