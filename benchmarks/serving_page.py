"""The page on a free port of this machine, in a thread or as a process, to be measured, photographed and tested."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        server.force_exit = True  # browsers keep listening
        thread.join(20)
        listening.close()
        desk.close()


@contextmanager
def started(home: str | Path, *options: str, **environment: str) -> Iterator[str]:
    """`lsqa ui` as anyone starts it, and its address. Of the settings in the environment only those given hold."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    command = [sys.executable, "-m", "lsqa", "ui", "--home", str(home), "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**clean, **environment})
    assert process.stderr is not None
    try:
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"http://\S+", line):
                threading.Thread(target=process.stderr.read, daemon=True).start()  # its log, which would fill the pipe
                yield found[0]
                return
        raise AssertionError(f"the server did not start: {said}")
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
