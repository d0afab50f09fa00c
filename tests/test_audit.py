"""`make audit`, which `make lint` runs: known faults of dependencies fail it, a network that is away does not."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.conftest import PROJECT

UNREACHABLE = "http://127.0.0.1:9/"


@pytest.fixture
def service() -> Iterator[str]:
    """Somebody who answers in the place of the index."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}" if self.path == "/mirror" else b'{"vulnerabilities": []}')

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def audit(folder: Path, service: str, finds: str, target: str = "audit") -> subprocess.CompletedProcess[str]:
    """`make audit` with programs of our own: nothing is installed, and pip-audit says what it is told to."""
    programs = {"pip-audit": finds, "ruff": "exit 0", "lint-imports": "exit 0", "bandit": "exit 0"}
    for name, does in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    (folder / "python").symlink_to(sys.executable)
    own = [f"BIN={folder}", "PIP=true", "TEST_INSTALLED=", f"AUDIT_SERVICE={service}"]
    return subprocess.run(
        ["make", "--no-print-directory", target, *own], cwd=PROJECT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("target", ["audit", "lint"])
def test_known_faults_fail(tmp_path: Path, service: str, target: str) -> None:
    done = audit(tmp_path, service, "echo 'Found 1 known vulnerability'; exit 1", target)
    assert done.returncode != 0
    assert "Found 1 known" in done.stdout


def test_without_faults_it_goes_on(tmp_path: Path, service: str) -> None:
    done = audit(tmp_path, service, "exit 0", "lint")
    assert (done.returncode, "not audited" in done.stdout) == (0, False)


def test_without_a_network_it_says_so_and_goes_on(tmp_path: Path) -> None:
    done = audit(tmp_path, UNREACHABLE, "exit 1", "lint")
    assert done.returncode == 0
    assert f"not audited: {UNREACHABLE}" in done.stdout


def test_a_mirror_that_knows_of_no_faults_is_no_audit(tmp_path: Path, service: str) -> None:
    """pip-audit itself calls that "no known vulnerabilities found"."""
    done = audit(tmp_path, f"{service}mirror", "exit 1")
    assert done.returncode == 0
    assert "not audited" in done.stdout
