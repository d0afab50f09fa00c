"""Files that come over the network: measured, told apart by their content, kept in the data folder under their hash.

The name that a file comes with is shown and serves as a title. A folder named after the content decides where it lies,
and what is left of the name when everything but letters, digits and `_-` is gone is only the last part of the path.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from lsqa.api.problems import ProblemError
from lsqa.errors import DocumentError
from lsqa.ingest.files import UPLOADS
from lsqa.library import WritableLibrary, home_errors
from lsqa.readers import decode
from lsqa.readers.ooxml import office_kind

_UNSAFE: Final = re.compile(r"[^\w-]+")
_STEM_CHARACTERS: Final = 60
_BLOCK: Final = 1024**2
_PDF: Final = b"%PDF-"
_PACKAGE: Final = b"PK\x03\x04"
_TEXT_SUFFIXES: Final = frozenset({".md", ".markdown", ".txt", ".html", ".htm", ".csv", ".tsv"})
_SNIFFED: Final = 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came, open for reading. `name` is whatever the client said."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Placed:
    """An upload that is taken, the hash of its content, and where it is to lie."""

    upload: Upload
    sha256: str
    path: Path


def shown_name(name: str) -> str:
    """The name as it may be shown: without folders and control characters, not too long."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode()
    return "".join(c for c in last if unicodedata.category(c)[0] != "C")[:200] or "document"


class UploadFolder:
    """Where uploads are kept. `most_bytes` a file may have."""

    def __init__(self, home: Path, most_bytes: int) -> None:
        self._home = home
        self._folder = (home / UPLOADS).resolve()  # as the catalogue knows paths
        self._most_bytes = most_bytes

    def place(self, upload: Upload, replaces: str = "") -> Placed:
        """The upload with its place, which is free of other documents' files where it replaces one. Raises
        `ProblemError` where it is too large or of no kind that is read."""
        digest, size = hashlib.sha256(), 0
        while block := upload.file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if size > self._most_bytes:
                raise ProblemError(
                    413, "too-large", f"{shown_name(upload.name)} has more than {self._most_bytes:,} bytes"
                )
        upload.file.seek(0)
        suffix = self._suffix(upload)
        upload.file.seek(0)
        sha256 = digest.hexdigest()
        own = hashlib.sha256(f"{sha256}\0{replaces}".encode()).hexdigest() if replaces else sha256
        return Placed(upload, sha256, self._folder / own[:24] / f"{_stem(upload.name)}{suffix}")

    def keep(self, placed: Placed) -> bool:
        """Put an upload into its place, whole or not at all; whether nothing was there before.

        A file that is there whole is left alone: it is that of a document. To be called by the library's one writer.
        Raises `HomeError`.
        """
        with home_errors(self._home):
            was_there = placed.path.exists()
            if not was_there or _sha256(placed.path) != placed.sha256:
                _write(placed.upload.file, placed.path)
        return not was_there

    def _suffix(self, upload: Upload) -> str:
        """The ending by which the content is read; the name only decides between kinds of text."""
        start = upload.file.read(_SNIFFED)
        if _PDF in start:
            return ".pdf"
        rest = start + upload.file.read()
        try:
            if start.startswith(_PACKAGE):
                if kind := office_kind(rest):
                    return f".{kind}"
            else:
                decode(rest, shown_name(upload.name))
                claimed = Path(shown_name(upload.name)).suffix.lower()
                return claimed if claimed in _TEXT_SUFFIXES else ".txt"
        except DocumentError as error:
            raise ProblemError(415, "unsupported", str(error)) from error
        raise ProblemError(
            415, "unsupported", f"{shown_name(upload.name)} is of no kind that is read: give PDF, Office files or text"
        )

    def drop(self, path: Path) -> None:
        """Remove a file that came over the network; others are not ours."""
        if path.is_relative_to(self._folder):
            with suppress(OSError):
                path.unlink()
                path.parent.rmdir()  # stays where another name has the same content


@contextmanager
def kept(library: WritableLibrary, folder: UploadFolder, placed: Sequence[Placed]) -> Iterator[None]:
    """While uploads lie in their places to be read in. What this puts there and no document came of by the end is taken
    away again; a file that was there is a document's, and stays whatever became of reading it. Raises `HomeError`."""
    made: list[Path] = []
    try:
        for one in placed:
            if folder.keep(one):
                made.append(one.path)
        yield
    finally:
        for path in made:
            if not library.catalogue.records_at(str(path)):
                folder.drop(path)


def _write(content: BinaryIO, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.parent / f".{os.getpid()}.part"  # there is one writer
    try:
        with partial.open("wb") as file:
            while block := content.read(_BLOCK):
                file.write(block)
        partial.replace(target)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
            target.parent.rmdir()  # stays where it holds more
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stem(name: str) -> str:
    stem = unicodedata.normalize("NFC", Path(shown_name(name)).stem)
    return _UNSAFE.sub("-", stem).strip("-")[:_STEM_CHARACTERS] or "document"
