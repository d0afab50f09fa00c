"""`lsqa serve --workers N`: several processes that answer on one address, over one library."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from lsqa.errors import LsqaError
from lsqa.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_HUNG_SECONDS: Final = 60  # that a worker may be silent, also while it starts on a machine that is busy
_LOOK_SECONDS: Final = 1.0


def run_workers(settings: Settings, listening: socket.socket, count: int) -> bool:
    """Serve until a signal ends it; a worker that dies is replaced. False where the workers cannot start."""
    from uvicorn.config import STARTUP_FAILURE

    from lsqa.api import server_configuration
    from lsqa.cli.supervising import Supervisor

    config = server_configuration(
        partial(_application, settings, os.getpid()),
        factory=True,
        workers=count,
        timeout_worker_healthcheck=_HUNG_SECONDS,
    )
    supervisor = Supervisor(config, sockets=[listening])
    supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def _application(settings: Settings, parent: int) -> "FastAPI":
    """What each worker serves, made in the worker."""
    from uvicorn.config import STARTUP_FAILURE

    from lsqa.api import Service, create_app, log_in_lines
    from lsqa.cli.network import traced, warm_up

    log_in_lines()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    service = Service(settings)
    end_traces = traced()

    def end() -> None:
        service.close()
        end_traces()

    try:
        # A worker dies of the signal that it has carried out: nothing that comes later is sure to be run.
        app = create_app(service, at_end=end)
        warm_up(service)
    except LsqaError as error:
        logging.getLogger("lsqa").error("%s", error)
        sys.exit(STARTUP_FAILURE)
    return app


def _end_with(parent: int) -> None:
    """A supervisor that was killed takes its workers along: they would keep the address."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
