"""A real Chroma server on this machine, which may be killed and started again over the same files."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from lsqa.settings import ChromaServer

_SECONDS = 30.0


class ChromaProcess:
    """`chroma run` over a folder, on a port of its own; a context manager that ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.server = ChromaServer(f"http://127.0.0.1:{self._port}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens. Skips the test where Chroma's program is not installed or does not start."""
        program = Path(sys.executable).with_name("chroma")
        if not program.exists():
            pytest.skip("the chroma program is not installed")
        command = [str(program), "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                pytest.skip(f"the chroma server does not start here (exit code {self._process.returncode})")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        self.kill()
        pytest.skip(f"the chroma server does not start here within {_SECONDS:.0f} s")

    def kill(self) -> None:
        """As `kill -9`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It is there, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
