"""The process over the workers of `lsqa serve --workers N`: looks whether each is well, and never waits for it.

uvicorn's own waits for the answer of each in turn, deaf to signals meanwhile, and takes a worker that is slow to start
for one that hangs.
"""

import socket
import time

from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors.multiprocess import Multiprocess, Process


class Worker(Process):
    """One worker, asked now and then whether it is there. `serves`: whether it has said that it is ready."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.serves = False
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
                self.serves = bool(self.parent_conn.recv())
                self._asked_at = None
        except (OSError, EOFError):
            return False
        return self._asked_at is None or time.monotonic() - self._asked_at < timeout


class Supervisor(Multiprocess):
    """Starts the workers, replaces those that end or hang, and ends all of them when it is told to.

    SIGHUP replaces each by a new one, SIGTTIN adds one, SIGTTOU ends the last but never the only one.
    """

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self._outdated: list[Process] = []  # to be replaced, one after the other
        self._successor: Worker | None = None  # of the first of them, while it starts
        self._ending: list[Process] = []  # told to end, with what they still have in hand

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
        self._ending = [worker for worker in self._ending if worker.process.is_alive()]
        self._replace_next()

    def restart_all(self) -> None:
        self._outdated = list(self.processes)

    def handle_ttin(self) -> None:
        self.processes_num += 1
        self.processes.append(self._started())

    def handle_ttou(self) -> None:
        if self.processes_num > 1:
            self.processes_num -= 1
            self._end(self.processes.pop())

    def terminate_all(self) -> None:
        if self._successor is not None:
            self._end(self._successor)
        super().terminate_all()

    def join_all(self) -> None:
        for worker in (*self.processes, *self._ending):
            worker.join()

    def _replace_next(self) -> None:
        """One step: the first of the outdated ends when its successor serves, and stays where that cannot."""
        self._outdated = [worker for worker in self._outdated if worker in self.processes]
        new = self._successor
        if new is None:
            self._successor = self._started() if self._outdated else None
        elif not new.is_alive(timeout=self.config.timeout_worker_healthcheck):
            new.kill()
            new.join()
            self._outdated, self._successor = [], None
        elif new.serves:
            self._successor = None
            self._put_in_place(new)

    def _put_in_place(self, new: Worker) -> None:
        if not self._outdated:  # what it should replace has ended meanwhile, and has been replaced
            self._end(new)
            return
        old = self._outdated.pop(0)
        self.processes[self.processes.index(old)] = new
        self._end(old)

    def _end(self, worker: Process) -> None:
        worker.terminate()
        self._ending.append(worker)

    def _started(self) -> Worker:
        worker = Worker(self.config, self.sockets)
        worker.start()
        return worker
