"""The folder of one address in `downloads`: the file, and the record of where it came from.

What comes in is written beside the folders, under a name that nobody else has. Once whole, the file is replaced first,
the record after it. A crash in between, or another process that does the same, leaves at worst a record that does not
fit its file, so that the next request goes without conditions; it never leaves half a file.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

RECORD = ".download.json"
_PARTIAL = ".partial-"
_PARTIAL_SECONDS = 86_400  # what an interrupted download left is removed when it is older


class DownloadRecord(BaseModel):
    """`.download.json`: the address asked for (in normal form), the one that gave the file, the file's name, what the
    server said for conditional requests, the time (ISO 8601, UTC), and the file's SHA-256 and size in bytes."""

    model_config = ConfigDict(frozen=True)

    url: str
    final_url: str
    file: str
    etag: str
    last_modified: str
    fetched: str
    sha256: str
    size: int


class DownloadFolder:
    """What an earlier download left in `path`. All methods raise `OSError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.earlier = _read_record(path)
        self._is_intact = self.earlier is not None and _is_intact(path, self.earlier)
        _remove_abandoned(path.parent)

    def conditions(self, url: httpx.URL) -> tuple[tuple[str, str], ...]:
        """The header fields with which `url` need not send the file that is here (RFC 9110, 13.1): none unless it gave
        that very file, for to another address its etag means nothing."""
        known = self.earlier
        if known is None or not self._is_intact or known.final_url != str(url):
            return ()
        fields = (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified))
        return tuple((name, value) for name, value in fields if value)

    @contextmanager
    def partial(self) -> Iterator[Path]:
        """A name for a file that is not whole yet; what is there at the end is removed."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        path = self.path.parent / f"{_PARTIAL}{secrets.token_hex(8)}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, partial: Path, record: DownloadRecord) -> None:
        """Put a file and its record in the place of the earlier ones."""
        self.path.mkdir(exist_ok=True)
        os.replace(partial, self.path / record.file)
        partial.write_text(record.model_dump_json(indent=2), encoding="utf-8")
        os.replace(partial, self.path / RECORD)
        if self.earlier is not None and self.earlier.file != record.file:
            (self.path / self.earlier.file).unlink(missing_ok=True)


def _read_record(folder: Path) -> DownloadRecord | None:
    """What is known of an earlier download whose file is there; a damaged record is none."""
    try:
        record = DownloadRecord.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError):
        return None
    is_name = Path(record.file).name == record.file and not record.file.startswith(".")
    return record if is_name and (folder / record.file).is_file() else None


def _is_intact(folder: Path, record: DownloadRecord) -> bool:
    with (folder / record.file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == record.sha256


def _remove_abandoned(downloads: Path) -> None:
    for partial in downloads.glob(f"{_PARTIAL}*"):
        with suppress(OSError):  # another process may do the same
            if time.time() - partial.stat().st_mtime > _PARTIAL_SECONDS:
                partial.unlink()
