"""Files read in processes of their own, several at a time: what a file does to its reader, it does to itself alone.

A process reads one file after another. One that crashes, or goes on beyond its time, is killed with all it has started,
and another takes its place.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from time import monotonic

from lsqa.documents import Document
from lsqa.errors import DocumentError
from lsqa.isolation.messages import REPLIES, REQUESTS, FileToRead, ReadDocuments, ReadRequest, ReadStep
from lsqa.readers.reading_options import ReadingOptions, Step

_AHEAD = 8  # files for each process that may be read before an earlier one is
_EXIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What reading one file may cost: `seconds`, `page_seconds` more for every page that was read and what
    `ReadingOptions.ocr_page_seconds` says for every one that is recognised; `memory_mb` MiB of address space.
    `processes` read at a time; 0 for one on each core."""

    seconds: float = 120.0
    page_seconds: float = 0.5
    memory_mb: int = 2048
    processes: int = 0

    @property
    def process_count(self) -> int:
        """As set, else one for each core that the program may use."""
        return self.processes or len(os.sched_getaffinity(0) if sys.platform == "linux" else range(os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """How the reading of a file ended: its documents, or why there are none. `seconds` is what it took."""

    file: FileToRead
    documents: tuple[Document, ...]
    error: DocumentError | None
    seconds: float


Listener = Callable[[FileToRead, Step], None]


class ReadingPool:
    """Reading processes, started when they are first needed; a context manager that ends them."""

    def __init__(self, options: ReadingOptions, limits: ReadingLimits) -> None:
        self._options = options
        self._limits = limits
        self._idle: list[_Process] = []
        self._busy: dict[_Process, _Task] = {}

    def __enter__(self) -> "ReadingPool":
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self._idle, *self._busy):
            process.kill()
        self._idle.clear()
        self._busy.clear()

    @property
    def reading(self) -> tuple[FileToRead, ...]:
        """The files that are being read now."""
        return tuple(task.file for task in self._busy.values())

    def read_all(self, files: Iterable[FileToRead], listener: Listener) -> Iterator[ReadFile]:
        """Each of `files` as it was read, in their order. `files` is asked for the next one when a process is free for
        it, so it may take its time; `listener` hears of every page."""
        waiting: deque[_Task] = deque()
        source = iter(files)
        count = self._limits.process_count
        exhausted = False
        while not exhausted or waiting:
            while not exhausted and len(self._busy) < count and len(waiting) < _AHEAD * count:
                file = next(source, None)
                if file is None:
                    exhausted = True
                else:
                    waiting.append(self._begin(file))
            while waiting and waiting[0].result is not None:
                yield waiting.popleft().result  # type: ignore[misc]  # mypy does not follow the condition
            if self._busy and (len(self._busy) == count or exhausted or len(waiting) >= _AHEAD * count):
                self._advance(listener)

    def _begin(self, file: FileToRead) -> "_Task":
        process = self._idle.pop() if self._idle else _Process()
        task = _Task(file, monotonic(), monotonic() + self._limits.seconds)
        self._busy[process] = task
        request = ReadRequest(
            str(file.path),
            file.source,
            self._options.password,
            self._options.ocr_languages,
            self._options.ocr_page_seconds,
            self._limits.memory_mb,
        )
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a dead process is noticed when it is heard
            process.connection.send_bytes(REQUESTS.dump_json(request))
        return task

    def _advance(self, listener: Listener) -> None:
        """Wait until a process says something, or is out of time."""
        by_connection = {process.connection: process for process in self._busy}
        left = min(task.deadline for task in self._busy.values()) - monotonic()
        for connection in wait(list(by_connection), timeout=max(0.0, left)):
            self._hear(by_connection[connection], listener)  # type: ignore[index]  # they are those we gave
        now = monotonic()
        for process, task in list(self._busy.items()):
            # Whoever asked for files may have been away: what a process has said meanwhile is heard first.
            if now >= task.deadline and not process.connection.poll():
                reason = f"reading it took longer than {now - task.started:.0f} seconds"
                self._lose(process, reason, "divide the file, or raise file_seconds")

    def _hear(self, process: "_Process", listener: Listener) -> None:
        task = self._busy[process]
        try:
            reply = REPLIES.validate_json(process.connection.recv_bytes())
        except (EOFError, OSError):
            self._lose(process, f"its reader crashed ({process.how_it_ended()})", "save the file again, or convert it")
            return
        except ValueError as error:  # not what our reader says
            self._lose(process, f"its reader went wrong ({str(error)[:80]})", "save the file again, or convert it")
            return
        if isinstance(reply, ReadStep):
            task.deadline += self._options.ocr_page_seconds if reply.step == "recognised" else self._limits.page_seconds
            listener(task.file, reply.step)
            return
        del self._busy[process]
        self._idle.append(process)
        if isinstance(reply, ReadDocuments):
            task.end(reply.documents)
        else:
            task.end((), DocumentError(reply.message, hint=reply.hint, status=reply.status))

    def _lose(self, process: "_Process", reason: str, hint: str) -> None:
        task = self._busy.pop(process)
        process.kill()
        task.end((), DocumentError(reason, hint=hint))


@dataclass(slots=True)
class _Task:
    file: FileToRead
    started: float
    deadline: float
    result: ReadFile | None = None

    def end(self, documents: tuple[Document, ...], error: DocumentError | None = None) -> None:
        self.result = ReadFile(self.file, documents, error, monotonic() - self.started)


class _Process:
    """One reading process and the line to it. A session of its own, so that what it starts can be ended with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lsqa.isolation.process", str(theirs.fileno()), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # a pool of threads would count as address space
            )
        self.connection = Connection(ours.detach())

    def how_it_ended(self) -> str:
        try:
            code = self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            return "it hung up"
        return signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit code {code}"

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.connection.close()
