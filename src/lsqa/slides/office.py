"""Slides of PowerPoint as PDF, by LibreOffice where it is installed.

A presentation is untrusted: it is converted in a process of its own, with a profile of its own in which macros and
active content are off, without a network where the system allows that (Linux' `unshare`), within limits of time,
memory and file size (`prlimit`). It reads a copy whose hash was compared, under a name that is not the file's.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from lsqa.errors import DocumentError

CONVERSION_VERSION: Final = 1
SECONDS: Final = 120.0  # a deck of a hundred slides takes ten on an idle core
_MEMORY_BYTES: Final = 6 * 2**30  # of address space, of which it uses a twentieth
_FILE_BYTES: Final = 512 * 2**20
_MOST_KEPT: Final = 200
_PROGRAMS: Final = ("soffice", "libreoffice")
_HINT: Final = "the text of the slides is shown"
# Hidden slides keep their places: a page of the PDF is a slide of the file.
_FORMAT: Final = 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
_OPTIONS: Final = ("--headless", "--norestore", "--nodefault", "--nologo", "--nolockcheck", "--nofirststartwizard")

# https://wiki.documentfoundation.org/Documentation/DeploymentGuide: what a profile says of macros, links and proxies.
_SETTINGS: Final = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
)
_PROXY: Final = (("ooInetProxyType", "2"), ("ooInetHTTPProxyName", "127.0.0.1"), ("ooInetHTTPProxyPort", "9"))


def find_office(setting: str) -> str | None:
    """The program that `auto`, `none` or a path names; None where there is none."""
    if setting == "none":
        return None
    names = _PROGRAMS if setting == "auto" else (setting,)
    return next((found for name in names if (found := shutil.which(name))), None)


class OfficeConverter:
    """Converts presentations with `program`, and keeps the PDFs in `folder`, by what they were made from."""

    def __init__(self, program: str, folder: Path, seconds: float = SECONDS) -> None:
        self._program = program
        self._folder = folder
        self._seconds = seconds

    def kept(self, sha256: str) -> Path | None:
        """The PDF of a presentation with that hash, where it was made before."""
        path = self._path(sha256)
        return path if path.is_file() else None

    def convert(self, source: Path, sha256: str, check: Callable[[Path], None]) -> Path:
        """The PDF of `source`, which has to have that hash. It is kept if `check` does not raise `DocumentError`.

        Raises `DocumentError`, `OSError`.
        """
        content = source.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DocumentError(f"{source.name} has changed since it was ingested", hint="ingest the file again")
        with tempfile.TemporaryDirectory(prefix="lsqa-office-", ignore_cleanup_errors=True) as folder:
            made = self._converted(Path(folder), content)
            check(made)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            partial = self._folder / f"{sha256[:16]}.{os.getpid()}.partial"
            shutil.copyfile(made, partial)
            os.replace(partial, path := self._path(sha256))
            return path

    def _converted(self, folder: Path, content: bytes) -> Path:
        (folder / "slides.pptx").write_bytes(content)
        _write_profile(folder / "profile")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [*_confinement(), self._program, profile, *_OPTIONS, "--convert-to", _FORMAT]
        command += ["--outdir", str(folder / "out"), str(folder / "slides.pptx")]
        code = self._run(command, folder)
        made = folder / "out" / "slides.pdf"
        if not made.is_file():
            raise DocumentError(f"LibreOffice made no PDF (exit code {code})", hint=_HINT)
        return made

    def _run(self, command: list[str], folder: Path) -> int:
        """Runs it to its end, or kills it with all it has started."""
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"},
        )
        try:
            return process.wait(self._seconds)
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"converting it took longer than {self._seconds:g} seconds", hint=_HINT) from error
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # what it has left running
            process.wait()

    def _path(self, sha256: str) -> Path:
        key = hashlib.sha256(f"{CONVERSION_VERSION}\0{sha256}".encode()).hexdigest()
        return self._folder / f"{key[:32]}.pdf"

    def _make_room(self) -> None:
        kept = sorted(self._folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime)
        for path in kept[: max(0, len(kept) - _MOST_KEPT + 1)]:
            path.unlink(missing_ok=True)


def _write_profile(folder: Path) -> None:
    items = [
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _SETTINGS
    ]
    items += [
        f'<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for name, value in _PROXY
    ]
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{"".join(items)}</oor:items>\n',
        encoding="utf-8",
    )


@cache
def _confinement() -> tuple[str, ...]:
    """What a command is begun with so that it runs confined, as far as this system can."""
    if sys.platform != "linux":
        return ()
    limits = ("prlimit", f"--as={_MEMORY_BYTES}", f"--fsize={_FILE_BYTES}", "--core=0")
    alone = ("unshare", "--net", "--map-root-user")
    return (*(limits if _works(limits) else ()), *(alone if _works(alone) else ()))


def _works(prefix: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
