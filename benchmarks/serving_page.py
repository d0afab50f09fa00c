"""The page on a free port of this machine, in a thread, for what is measured and photographed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from lsqa.ui.desk import Desk
from lsqa.ui.serving import page_app


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of the page over `desk`, which is closed at the end."""
    config = uvicorn.Config(page_app(desk), host="127.0.0.1", port=0, log_level="error")
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
        desk.close()
