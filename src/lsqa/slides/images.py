"""Page images of PDF documents, and of presentations where LibreOffice is installed, made from the very file that was
ingested and kept in the data folder.

A file is untrusted: it is drawn by a process of its own, which may crash or hang without harm.
"""

import hashlib
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Final

from lsqa.catalogue import DocumentRecord
from lsqa.errors import DocumentError
from lsqa.slides.drawing import DRAWING_VERSION, DrawingProcess
from lsqa.slides.office import SECONDS, OfficeConverter, find_office
from lsqa.slides.placing import wanted_of
from lsqa.slides.views import Slide

FOLDER_NAME: Final = "slides"
CONVERTED_NAME: Final = "slides-pdf"
_MOST_KEPT: Final = 2_000
_ROOM: Final = 200  # images that are removed at a time
AGAIN_SECONDS: Final = 600.0
"""After which a presentation that could not be converted is tried again, when somebody opens it."""
NO_IMAGE: Final = (
    "there is no image of it: pages of PDF files have one while the file is there, those of presentations where"
    " LibreOffice is installed, some seconds after they were first asked for"
)
_log = logging.getLogger(__name__)


class PageImages:
    """Images in `home/slides`, the only files of the data folder that a server has to hand out. For any number of
    threads.

    `office` is the program that converts presentations: `auto` for LibreOffice where it is installed, `none`, or a
    path. A presentation takes seconds and is converted while its text can be read, one at a time. `clock` tells
    seconds.
    """

    def __init__(
        self,
        home: Path,
        office: str = "auto",
        office_seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = home.absolute() / FOLDER_NAME
        self._process = DrawingProcess()
        program = find_office(office)
        folder = home.absolute() / CONVERTED_NAME
        self._converter = OfficeConverter(program, folder, office_seconds) if program else None
        self._thread = ThreadPoolExecutor(1, "lsqa-office")
        self._lock = Lock()
        self._conversions: dict[str, Future[None]] = {}
        self._failed_at: dict[str, float] = {}
        self._clock = clock
        self._hashes: dict[Path, str] = {}

    def warm_up(self) -> None:
        """Start the drawing process, so that the first image does not wait for it."""
        self._process.start()

    def image(self, record: DocumentRecord, number: int) -> Path | None:
        """The image of page `number`, a PNG whose longer side has 1,600 pixels; None where there is none.

        There is none for a kind of document without page images, and where the file has gone, has changed since it was
        ingested, or cannot be drawn. For a presentation there is none yet while `is_being_made`, which asking for one
        begins.
        """
        try:
            if (source := self._source(record)) is None:
                return None
            path = self.folder / image_name(record, number)
            if path.is_file():
                return path
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            self._process.draw(*source, number, path)
        except (DocumentError, OSError) as error:
            _log.warning("no image of page %d of %s: %s", number, record.doc_id, error)
            return None
        return path

    def is_being_made(self, record: DocumentRecord) -> bool:
        """Whether the document is being converted."""
        with self._lock:
            conversion = self._conversions.get(record.sha256)
        return conversion is not None and not conversion.done()

    def marked(self, slide: Slide) -> Slide:
        """A slide that has an image with the boxes of what is quoted in it. Those of a PDF are known; those of a
        presentation are looked for in its conversion, and `unplaced` are the quotes that were not found there."""
        if slide.document.kind != "pptx" or not slide.spans:
            return slide
        quotes = wanted_of(slide.page, slide.spans)
        try:
            source = self._source(slide.document)
            found = self._process.find(*source, slide.page.number, quotes) if source else ((),) * len(quotes)
        except (DocumentError, OSError) as error:
            _log.warning("no boxes on page %d of %s: %s", slide.page.number, slide.document.doc_id, error)
            found = ((),) * len(quotes)
        unplaced = tuple(w.quote for w, boxes in zip(quotes, found, strict=True) if not boxes)
        return replace(slide, boxes=tuple(box for boxes in found for box in boxes), unplaced=unplaced)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._process.end()

    def _source(self, record: DocumentRecord) -> tuple[Path, str] | None:
        """The PDF that a document is drawn from, and its hash; None where there is none, or none yet."""
        if record.kind == "pdf":
            return Path(record.path), record.sha256
        if record.kind != "pptx" or self._converter is None:
            return None
        if (path := self._converter.kept(record.sha256)) is None:
            self._begin(record, self._converter)
            return None
        if path not in self._hashes:
            self._hashes[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return path, self._hashes[path]

    def _begin(self, record: DocumentRecord, converter: OfficeConverter) -> None:
        """Convert a presentation. One that could not be converted is left alone for a while."""
        with self._lock:
            running = self._conversions.get(record.sha256)
            failed_at = self._failed_at.get(record.sha256)
            if running is not None and not running.done():
                return
            if failed_at is None or self._clock() - failed_at >= AGAIN_SECONDS:
                self._conversions[record.sha256] = self._thread.submit(self._convert, record, converter)

    def _convert(self, record: DocumentRecord, converter: OfficeConverter) -> None:
        def check(made: Path) -> None:
            pages = self._process.count(made, hashlib.sha256(made.read_bytes()).hexdigest())
            if pages != record.pages:  # then nobody knows which page is which slide
                raise DocumentError(f"LibreOffice made {pages} pages of {record.pages} slides", hint="open the file")

        try:
            path = converter.convert(Path(record.path), record.sha256, check)
        except (DocumentError, OSError) as error:
            _log.warning("no images of %s: %s", record.doc_id, error)
            self._failed_at[record.sha256] = self._clock()
        else:
            self._failed_at.pop(record.sha256, None)
            self._hashes.pop(path, None)  # of one that was made before

    def _make_room(self) -> None:
        with os.scandir(self.folder) as entries:
            kept = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.is_file()]
        if len(kept) >= _MOST_KEPT:
            for _, path in sorted(kept)[:_ROOM]:
                Path(path).unlink(missing_ok=True)


def image_name(record: DocumentRecord, number: int) -> str:
    """The file name of a page's image."""
    # By content: what an id or a path is made of never becomes part of a file name.
    key = f"{DRAWING_VERSION}\0{record.sha256}\0{number}"
    return hashlib.sha256(key.encode()).hexdigest()[:32] + ".png"
