"""Files that come over the network: measured, told apart by their content, kept in the data folder under their hash.

The name that a file comes with is shown and serves as a title. A folder named after the content decides where it lies,
and what is left of the name when everything but letters, digits and `_-` is gone is only the last part of the path.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from lsqa.api.problems import ProblemError
from lsqa.errors import DocumentError
from lsqa.ingest.files import UPLOADS
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


def shown_name(name: str) -> str:
    """The name as it may be shown: without folders and control characters, not too long."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode()
    return "".join(c for c in last if unicodedata.category(c)[0] != "C")[:200] or "document"


class UploadFolder:
    """Where uploads are kept. `most_bytes` a file may have."""

    def __init__(self, home: Path, most_bytes: int) -> None:
        self._folder = home.absolute() / UPLOADS
        self._most_bytes = most_bytes

    def keep(self, upload: Upload) -> Path:
        """The upload as a file of its own. Raises `ProblemError` where it is too large or of no kind that is read."""
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
        target = self._folder / digest.hexdigest()[:24] / f"{_stem(upload.name)}{suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as kept:
            while block := upload.file.read(_BLOCK):
                kept.write(block)
        return target

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

    def drop_all(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self.drop(path)


def _stem(name: str) -> str:
    stem = unicodedata.normalize("NFC", Path(shown_name(name)).stem)
    return _UNSAFE.sub("-", stem).strip("-")[:_STEM_CHARACTERS] or "document"
