"""A process that reads files for the program: `python -m lsqa.isolation.process DESCRIPTOR PROGRAM`, the end of a
socket pair and the number of the program's process.

It may be killed at any moment, by its own limits or by the program; nothing but the file it reads is lost.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from lsqa.documents import Document
from lsqa.errors import DocumentError
from lsqa.isolation.messages import REPLIES, REQUESTS, ReadDocuments, ReadFailure, ReadReply, ReadRequest, ReadStep
from lsqa.readers import read_file
from lsqa.readers.reading_options import ReadingOptions

if sys.platform != "win32":
    import resource

_MIB = 1024**2
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_RESAVE = "save it again with the program that made it, or convert it to PDF, Markdown or text"
_log = logging.getLogger(__name__)


def serve(connection: Connection) -> None:
    """Answer requests until the program hangs up."""
    gc.disable()  # a page makes thousands of objects and no cycles: looking for them again and again costs a tenth
    while True:
        try:
            request = REQUESTS.validate_json(connection.recv_bytes())
        except EOFError:
            return
        limit_memory(request.memory_mb)
        connection.send_bytes(REPLIES.dump_json(_reply(request, connection)))
        gc.collect()


def _reply(request: ReadRequest, connection: Connection) -> ReadDocuments | ReadFailure:
    try:
        return ReadDocuments(_read(request, connection))
    except DocumentError as error:
        return ReadFailure(error.message, error.hint, error.status)
    except MemoryError:
        reason = f"reading it takes more than {request.memory_mb} MB of memory"
        return ReadFailure(reason, "divide the file, or raise file_memory_mb", "failed")


def _read(request: ReadRequest, connection: Connection) -> tuple[Document, ...]:
    def tell(step: ReadReply) -> None:
        connection.send_bytes(REPLIES.dump_json(step))

    options = ReadingOptions(
        password=request.password,
        ocr_languages=request.ocr_languages,
        ocr_page_seconds=request.ocr_page_seconds,
        listener=lambda step, number: tell(ReadStep(step, number)),
    )
    try:
        documents = read_file(Path(request.path), request.source, options)
        for document in documents:  # the catalogue holds UTF-8 only
            "".join((document.doc_id, document.title, *(page.text for page in document.pages))).encode()
    except UnicodeEncodeError as error:
        raise DocumentError("its text holds half a surrogate pair", hint="correct the file") from error
    except (DocumentError, MemoryError, BrokenPipeError):
        raise
    except Exception as error:
        # Readers meet every kind of damage, and their libraries raise what they like; one file must not stop the rest.
        _log.debug("reading %s failed", request.path, exc_info=True)
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DocumentError(f"the file cannot be read ({reason})", hint=_RESAVE) from error
    return documents


def limit_memory(mebibytes: int) -> None:
    """Allow this process that much more address space than it has now, where the system knows how."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError, ValueError):  # a stricter limit of whoever started the program stays
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = _mapped_bytes() + mebibytes * _MIB
        resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _mapped_bytes() -> int:
    """The address space of this process; a guess where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 512 * _MIB


def _die_with(program: int) -> None:
    """A reader in an endless loop does not outlive a program that was killed (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != program:  # it was killed before that held
        sys.exit()


def main() -> None:
    _die_with(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program decides what an interruption ends
    with Connection(int(sys.argv[1])) as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        serve(connection)


if __name__ == "__main__":
    main()
