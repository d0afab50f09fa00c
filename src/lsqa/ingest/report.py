"""What an ingest says of itself: a result for each file, totals, and progress on the way."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

FileStatus = Literal["indexed", "unchanged", "empty", "locked", "garbled", "unsupported", "failed"]
FINE: frozenset[str] = frozenset({"indexed", "unchanged"})


@dataclass(frozen=True, slots=True)
class FileResult:
    """How one file ended. `doc_id` is empty for a file of passages and where nothing was made of it; `reason` for a
    file that is fine. `warnings` say what of it was left out: hidden text, pages without text.

    `pages` and `chunks` count what the library now holds of the file, `seconds` what reading, encoding and writing it
    took.
    """

    path: str
    status: FileStatus
    doc_id: str = ""
    documents: int = 0
    pages: int = 0
    chunks: int = 0
    reason: str = ""
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def is_failure(self) -> bool:
        return self.status not in FINE

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the contract: nothing is null but `doc_id` and `reason`."""
        plain = asdict(self)
        return {
            **plain,
            "doc_id": self.doc_id or None,
            "reason": self.reason or None,
            "seconds": round(self.seconds, 3),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All files of one ingest in the order in which they were met. `removed` are ids of documents that are gone."""

    files: tuple[FileResult, ...]
    removed: tuple[str, ...] = ()
    rebuilt: int = 0
    encoded: int = 0
    seconds: float = 0.0

    @property
    def has_failures(self) -> bool:
        return any(result.is_failure for result in self.files)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the contract."""
        statuses = Counter(result.status for result in self.files)
        totals = {
            "files": len(self.files),
            **{status: statuses[status] for status in FileStatus.__args__},  # type: ignore[attr-defined]
            "documents": sum(result.documents for result in self.files),
            "pages": sum(result.pages for result in self.files),
            "chunks": sum(result.chunks for result in self.files),
            "encoded": self.encoded,
            "rebuilt": self.rebuilt,
            "removed": len(self.removed),
            "seconds": round(self.seconds, 3),
        }
        return {"files": [result.to_dict() for result in self.files], "removed": list(self.removed), "totals": totals}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an ingest stands. `chunks` counts those encoded of the `chunks_known` that reading has found so far.

    `file` is what is being read (or downloaded), `path` where it lies as its result will say, `pages` counts what was
    read; `bytes` what came of a download. `ended` are the results since the progress that was told before.
    """

    file: str
    files: int
    files_total: int
    chunks: int
    chunks_known: int
    pages: int = 0
    bytes: int = 0
    path: str = ""
    ended: tuple[FileResult, ...] = ()
