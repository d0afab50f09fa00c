"""`lsqa serve --workers N`: several processes that answer on one address, over one library."""

import atexit
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

_HUNG_SECONDS: Final = 10  # a worker that is that long silent is replaced; one that dies while asked is noticed so late
_LOOK_SECONDS: Final = 1.0
_STARTUP_FAILURE: Final = 3  # uvicorn's word for: another start would fail in the same way


def run_workers(settings: Settings, listening: socket.socket, count: int) -> bool:
    """Serve until a signal ends it; a worker that dies is replaced. False where the workers cannot start."""
    from uvicorn.supervisors import Multiprocess

    from lsqa.api import server_configuration

    config = server_configuration(
        partial(_application, settings, os.getpid()),
        factory=True,
        workers=count,
        timeout_worker_healthcheck=_HUNG_SECONDS,
    )
    supervisor = Multiprocess(config, sockets=[listening])
    supervisor.run()
    return all(process.exitcode != _STARTUP_FAILURE for process in supervisor.processes)


def _application(settings: Settings, parent: int) -> "FastAPI":
    """What each worker serves, made in the worker."""
    from lsqa.api import Service, create_app, log_in_lines
    from lsqa.cli.network import traced, warm_up

    log_in_lines()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    service = Service(settings)
    try:
        atexit.register(traced())
        app = create_app(service)
        warm_up(service)
    except LsqaError as error:
        logging.getLogger("lsqa").error("%s", error)
        sys.exit(_STARTUP_FAILURE)
    return app


def _end_with(parent: int) -> None:
    """A supervisor that was killed takes its workers along: they would keep the address."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
