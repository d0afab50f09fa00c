"""A process that draws pages of PDF files, and the line to it."""

import contextlib
import hashlib
import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from lsqa.errors import DocumentError
from lsqa.isolation.process import limit_memory

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
        with self._lock:
            connection = self._started()
            try:
                connection.send((str(source), sha256, number, str(target)))
                if not connection.poll(_SECONDS):
                    self._kill()
                    raise DocumentError(f"drawing it took longer than {_SECONDS:.0f} seconds", hint=_HINT)
                problem = connection.recv()
            except (EOFError, OSError) as error:
                self._kill()
                raise DocumentError("the process that draws it crashed", hint=_HINT) from error
        if problem:
            raise DocumentError(str(problem), hint=_HINT)

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
            source, sha256, number, target = connection.recv()
            try:
                if opened is None or opened[0] != sha256:
                    opened = sha256, _open(Path(source), sha256)
                _draw(opened[1], number, Path(target))
                connection.send("")
            except DocumentError as error:
                connection.send(error.message)
            except Exception as error:  # noqa: BLE001 — damage of every kind; the next page is another matter
                opened = None
                connection.send(f"{type(error).__name__}: {error}"[:200])


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
