"""The process over the workers of `lsqa serve --workers N`: looks whether each is well, and never waits for it.

uvicorn's own waits for the answer of each in turn, deaf to signals meanwhile, and takes a worker that is slow to start
for one that hangs.
"""

import socket
import time

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process


class Worker(Process):
    """One worker, asked now and then whether it is there."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._asked_at: float | None = None

    def is_alive(self, timeout: float = 5) -> bool:
        """Whether it runs, and owes no answer for `timeout` seconds."""
        if not self.process.is_alive():
            return False
        try:
            if self._asked_at is None:
                self._asked_at = time.monotonic()
                self.parent_conn.send(b"ping")
            elif self.parent_conn.poll():
                self.parent_conn.recv()
                self._asked_at = None
        except (OSError, EOFError):
            return False
        return self._asked_at is None or time.monotonic() - self._asked_at < timeout


class Supervisor(Multiprocess):
    """Starts the workers, replaces those that end or hang, and ends all of them when it is told to."""

    def init_processes(self) -> None:
        self.processes[:] = [self._started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        for at, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if worker.is_alive(timeout=self.config.timeout_worker_healthcheck):
                continue
            worker.kill()
            worker.join()
            if worker.exitcode == STARTUP_FAILURE:  # another start would fail in the same way
                self.should_exit.set()
            else:
                self.processes[at] = self._started()

    def _started(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker
