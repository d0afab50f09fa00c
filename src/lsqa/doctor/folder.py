"""The files beside the catalogue: what interrupted work left, page images that belong to nothing, models."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsqa.catalogue import DocumentRecord
from lsqa.doctor.findings import CheckName, Finding, found
from lsqa.ingest.files import UPLOADS
from lsqa.models.converted_weights import MANIFEST, is_intact
from lsqa.slides.images import FOLDER_NAME as SLIDES
from lsqa.slides.images import image_name

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"IEND\xaeB`\x82"
_ABANDONED_SECONDS: Final = 3600  # what is not whole yet may still be written by another process


@dataclass(frozen=True, slots=True)
class Litter:
    """Files and folders that `repair` removes."""

    check: CheckName
    message: str
    paths: tuple[Path, ...]

    def findings(self) -> Iterator[Finding]:
        yield from found(self.check, self.message, (path.name for path in self.paths))


def litter(home: Path, records: Iterable[DocumentRecord]) -> tuple[Litter, ...]:
    """What lies in the data folder and serves nothing."""
    models = tuple(p for p in _entries(home / "models") if p.is_dir() and ".unfinished-" not in p.name)
    unfinished = (*_matching(home / "models", "*.unfinished-*"), *_matching(home / "downloads", ".partial-*"))
    partial = tuple(p for p in (*unfinished, *_matching(home / SLIDES, "*.partial")) if _is_abandoned(p))
    images = tuple(p for p in _entries(home / SLIDES) if p.suffix == ".png")
    damaged = tuple(p for p in images if not _is_whole(p))
    known = {image_name(r, n) for r in records for n in range(1, r.pages + 1)}
    strange = tuple(p for p in images if p.name not in known and p not in damaged)
    return (
        Litter("folder", "files and folders of interrupted work are left", partial),
        Litter("slides", "page images are damaged", damaged),
        Litter("slides", "page images are of pages that no document has", strange),
        Litter("models", "converted models are damaged", tuple(p for p in models if not _serves(p))),
    )


def notes(home: Path, records: Iterable[DocumentRecord]) -> Iterator[Finding]:
    """What is no defect: the catalogue holds the pages."""
    known = {record.path for record in records}
    vanished = [path for path in sorted(known) if not Path(path).exists()]
    hint = "`lsqa ingest FOLDER --prune` forgets documents whose files have gone"
    yield from found("files", "files of documents are not where they were", vanished, hint=hint, is_note=True)
    uploads = [p for p in (home.absolute() / UPLOADS).rglob("*") if p.is_file()]
    unused = [p.name for p in uploads if str(p) not in known and str(p.resolve()) not in known]
    hint = "`lsqa ingest` with their folder reads them in; nothing else needs them"
    yield from found("files", "uploaded files belong to no document", unused, hint=hint, is_note=True)


def _serves(folder: Path) -> bool:
    # Folders without a manifest are other people's: sentence-transformers keeps models there, too.
    return not (folder / MANIFEST).exists() or is_intact(folder)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _matching(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _is_abandoned(path: Path) -> bool:
    # A time in the future is no excuse: clocks jump.
    return abs(time.time() - path.stat().st_mtime) > _ABANDONED_SECONDS


def _is_whole(image: Path) -> bool:
    with image.open("rb") as stream:
        start = stream.read(len(_PNG))
        stream.seek(max(0, image.stat().st_size - len(_PNG_END)))
        return start == _PNG and stream.read() == _PNG_END
