"""A process that draws pages of PDF files and finds quotes on them, and the line to it.

What it says comes as JSON, not as pickle: a process that a document has taken over cannot make the program run code.
"""

import contextlib
import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from lsqa.documents import Box, Page
from lsqa.errors import DocumentError
from lsqa.isolation.process import limit_memory
from lsqa.slides.placing import Wanted, place
from lsqa.slides.views import joined

if TYPE_CHECKING:
    from lsqa.readers.pdfium_engine import PdfiumFile

DRAWING_VERSION: Final = 1
LONGER_SIDE: Final = 1600  # pixels
_MOST_SCALE: Final = 6.0  # pixels a point: a page the size of a stamp is not drawn larger
_SECONDS: Final = 20.0
_MEMORY_MB: Final = 1024
_HINT: Final = "ingest the file again"


class DrawingProcess:
    """Draws one page after another. A process that crashes or takes too long is replaced at the next page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def start(self) -> None:
        with self._lock:
            self._started()

    def draw(self, source: Path, sha256: str, number: int, target: Path) -> None:
        """Write page `number` of the file, which has to have that hash, as PNG to `target`. Raises `DocumentError`."""
        self._ask({"source": str(source), "sha256": sha256, "number": number, "target": str(target)})

    def count(self, source: Path, sha256: str) -> int:
        """The number of pages. Raises `DocumentError`."""
        return int(self._ask({"source": str(source), "sha256": sha256}))

    def find(self, source: Path, sha256: str, number: int, wanted: Sequence[Wanted]) -> tuple[tuple[Box, ...], ...]:
        """The boxes of each quote on page `number`; none where it was not found. Raises `DocumentError`."""
        quotes = [(w.quote, w.place, w.count) for w in wanted]
        found = self._ask({"source": str(source), "sha256": sha256, "number": number, "wanted": quotes})
        return tuple(tuple(Box(*map(float, box)) for box in boxes) for boxes in found)

    def _ask(self, request: dict[str, Any]) -> Any:
        with self._lock:
            connection = self._started()
            try:
                connection.send_bytes(json.dumps(request).encode())
                if not connection.poll(_SECONDS):
                    self._kill()
                    raise DocumentError(f"drawing it took longer than {_SECONDS:.0f} seconds", hint=_HINT)
                reply = json.loads(connection.recv_bytes())
            except (EOFError, OSError, ValueError) as error:
                self._kill()
                raise DocumentError("the process that draws it crashed", hint=_HINT) from error
        if problem := reply.get("problem"):
            raise DocumentError(str(problem), hint=_HINT)
        return reply.get("found")

    def end(self) -> None:
        with self._lock:
            self._kill()

    def _started(self) -> Connection:
        if self._connection is None or self._process is None or not self._process.is_alive():
            self._kill()
            # Not forked: the program has threads, and libraries that do not survive it.
            context = get_context("spawn")
            ours, theirs = context.Pipe()
            with theirs:
                process = context.Process(target=serve, args=(theirs,), name="lsqa-drawing", daemon=True)
                process.start()
            self._process, self._connection = process, ours
        return self._connection

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None


def serve(connection: Connection) -> None:
    """Draw what is asked for until the program hangs up; the answer is an empty string, or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program decides what an interruption ends
    if sys.platform != "win32":
        os.setsid()
    limit_memory(_MEMORY_MB)
    opened: tuple[str, PdfiumFile] | None = None
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            request = json.loads(connection.recv_bytes())
            try:
                if opened is None or opened[0] != request["sha256"]:
                    opened = request["sha256"], _open(Path(request["source"]), request["sha256"])
                reply = {"found": _done(opened[1], request)}
            except DocumentError as error:
                reply = {"problem": error.message}
            except Exception as error:  # noqa: BLE001 — damage of every kind; the next page is another matter
                opened = None
                reply = {"problem": f"{type(error).__name__}: {error}"[:200]}
            connection.send_bytes(json.dumps(reply).encode())


def _done(file: "PdfiumFile", request: dict[str, Any]) -> Any:
    if "target" in request:
        return _draw(file, request["number"], Path(request["target"]))
    if "wanted" in request:
        page = _read(file, Path(request["source"]), request["number"])
        found = (place(page, Wanted(*quote)) for quote in request["wanted"])
        return [[(b.left, b.top, b.right, b.bottom) for b in joined(boxes)] for boxes in found]
    return len(file)


def _open(path: Path, sha256: str) -> "PdfiumFile":
    from lsqa.readers.pdfium_engine import PdfiumFile

    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentError(f"{path.name} has changed since it was ingested", hint=_HINT)
    return PdfiumFile(content, path.name)


def _draw(file: "PdfiumFile", number: int, target: Path) -> None:
    page = file.page(number)
    try:
        longer = max(page.width, page.height, 1.0)
        image = page.image(min(_MOST_SCALE, LONGER_SIDE / longer))
    finally:
        page.close()
    partial = target.with_suffix(f".{os.getpid()}.partial")
    image.save(partial, "PNG", compress_level=1)  # a tenth of the time of the usual level, a third larger
    os.replace(partial, target)


def _read(file: "PdfiumFile", source: Path, number: int) -> Page:
    """One page as the reader of PDF reads it, with the boxes of its letters."""
    from pypdfium2 import PdfDocument

    from lsqa.readers.pdf import read_pdf

    if not 1 <= number <= len(file):
        raise DocumentError(f"there is no page {number}", hint=_HINT)
    alone, content = PdfDocument.new(), io.BytesIO()
    whole = PdfDocument(source)
    alone.import_pages(whole, [number - 1])
    alone.save(content)
    alone.close()
    whole.close()
    return read_pdf(content.getvalue(), source.name).pages[0]
