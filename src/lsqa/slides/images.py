"""Page images of PDF documents, made from the very file that was ingested and kept in the data folder.

A file is untrusted: it is drawn by a process of its own, which may crash or hang without harm.
"""

import hashlib
import logging
import os
from pathlib import Path
from typing import Final

from lsqa.catalogue import DocumentRecord
from lsqa.errors import DocumentError
from lsqa.slides.drawing import DRAWING_VERSION, DrawingProcess

FOLDER_NAME: Final = "slides"
_MOST_KEPT: Final = 2_000
_ROOM: Final = 200  # images that are removed at a time
_log = logging.getLogger(__name__)


class PageImages:
    """Images in `home/slides`, the only files of the data folder that a server has to hand out. For any number of
    threads."""

    def __init__(self, home: Path) -> None:
        self.folder = home.absolute() / FOLDER_NAME
        self._process = DrawingProcess()

    def warm_up(self) -> None:
        """Start the drawing process, so that the first image does not wait for it."""
        self._process.start()

    def image(self, record: DocumentRecord, number: int) -> Path | None:
        """The image of page `number`, a PNG whose longer side has 1,600 pixels; None where there is none.

        There is none for a kind of document without page images, and where the file has gone, has changed since it was
        ingested, or cannot be drawn.
        """
        if record.kind != "pdf":
            return None
        path = self.folder / image_name(record, number)
        if path.is_file():
            return path
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            self._process.draw(Path(record.path), record.sha256, number, path)
        except (DocumentError, OSError) as error:
            _log.warning("no image of page %d of %s: %s", number, record.doc_id, error)
            return None
        return path

    def close(self) -> None:
        self._process.end()

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
