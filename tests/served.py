"""`lsqa serve` as processes of their own, which may be killed and started again on the same port."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

_SECONDS = 60.0


class ServerProcess:
    """`lsqa serve --no-page` over the library in `home`. `settings` are variables without `LSQA_`."""

    def __init__(self, home: Path, *options: str, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
        self._variables = {**clean, "LSQA_API_RATE": "0", **{f"LSQA_{k.upper()}": v for k, v in settings.items()}}
        self._command = [sys.executable, "-m", "lsqa", "serve", "--no-page", "--home", str(home)]
        self._command += ["--port", str(self._port), *options]
        self._process: subprocess.Popen[str] | None = None
        self._said: list[str] = []
        self._hearing: threading.Thread | None = None
        self._serves = threading.Event()

    def start(self) -> None:
        """Returns when it says that it serves. Workers of one that was killed may hold the port for a moment."""
        until = time.monotonic() + _SECONDS
        while not self._has_started():
            assert time.monotonic() < until, "".join(self._said)
            time.sleep(0.3)

    def begin(self) -> None:
        """Returns at once, before it serves."""
        self._serves.clear()
        self._process = subprocess.Popen(
            self._command, stderr=subprocess.PIPE, text=True, env=self._variables, start_new_session=True
        )
        self._hearing = threading.Thread(target=self._hear, args=(self._process.stderr,), daemon=True)
        self._hearing.start()

    def _hear(self, stream: IO[str]) -> None:
        for line in stream:
            self._said.append(line)
            if "serving on" in line:
                self._serves.set()

    def _has_started(self) -> bool:
        self.begin()
        assert self._process is not None
        while not self._serves.wait(0.05):
            if self._process.poll() is not None:
                self._settle()
                return self._serves.is_set()
        return True

    def catches(self, number: signal.Signals) -> bool:
        """Whether the first process has taken a signal in hand, of which it would die else."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (caught,) = re.findall(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return bool(int(caught, 16) >> (number - 1) & 1)

    @property
    def said(self) -> str:
        """What came on stderr."""
        return "".join(self._said)

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        assert self._process is not None
        pid = self._process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return []
        return [int(child) for child in children if _is_worker(int(child))]

    def send(self, number: signal.Signals) -> None:
        """A signal to the first process."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def kill_worker(self) -> bool:
        """As `kill -9` of one; whether there was any."""
        workers = self.workers()
        for worker in workers[:1]:
            os.kill(worker, signal.SIGKILL)
        return bool(workers)

    def told(self, number: signal.Signals) -> int:
        """Its exit code, when it was told by a signal to end. A terminal sends SIGINT to all of its processes."""
        assert self._process is not None
        (os.killpg if number is signal.SIGINT else os.kill)(self._process.pid, number)
        code = self._process.wait(_SECONDS)
        self._settle()
        return code

    def kill(self) -> None:
        """As `kill -9` of the first process; its workers are left to themselves."""
        if self._process is not None:
            self._process.kill()
            self._settle()

    def end(self) -> None:
        """All of it, at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._settle()

    def _settle(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.wait()
        if self._hearing is not None:
            self._hearing.join()
        self._process.stderr.close()


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@contextmanager
def served(home: Path, *options: str, **settings: str) -> Iterator[tuple[httpx.Client, ServerProcess]]:
    """The server, and a client of it."""
    process = ServerProcess(home, *options, **settings)
    process.start()
    try:
        with httpx.Client(base_url=process.url, timeout=60) as client:
            yield client, process
    finally:
        process.end()
