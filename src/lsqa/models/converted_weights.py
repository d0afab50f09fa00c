"""The folder of converted weights: made once, whole or not at all, and checked before every use.

models/multilingual-e5-small-1571fc982750-2/     the weights' hash and the conversion's version
    encoder.onnx  encoder.weights  pieces.txt  scores.f32  tokenizer.json
    manifest.json                                size and SHA-256 of each file; written last
models/multilingual-e5-small-1571fc982750-2.lock
"""

import contextlib
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from lsqa.errors import ConversionError

MANIFEST: Final = "manifest.json"
_LOCK_SECONDS: Final = 120.0
_FAILED: Final = "the encoder's weights cannot be converted"
_HINT: Final = "free some space (100 MB), or name a writable data folder with --home or LSQA_HOME"

logger = logging.getLogger(__name__)


def ensure_converted(folder: Path, write_files: Callable[[Path], None]) -> Path:
    """`folder`, complete: as it stands if its files are what its manifest says, otherwise written anew.

    `write_files` fills an empty folder. It runs under a file lock, so of several processes one converts and the
    others wait for it. What a killed conversion left behind is swept up by the next.

    Raises:
        ConversionError: the folder cannot be written, the disk is full, or `onnx` cannot be imported.
    """
    if is_intact(folder):
        return folder
    with _conversion_errors(folder), _exclusive(folder):
        if not is_intact(folder):
            _sweep(folder)
            _write_whole(folder, write_files)
    return folder


def is_intact(folder: Path) -> bool:
    """Whether `folder` holds a manifest and every file in it has the size and SHA-256 the manifest states."""
    try:
        manifest: dict[str, dict[str, object]] = json.loads((folder / MANIFEST).read_bytes())
        return bool(manifest) and all(_describe(folder / name) == stated for name, stated in manifest.items())
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError) as error:
        logger.warning("the converted weights in %s cannot be read (%s)", folder, error)
        return False


def _describe(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


@contextlib.contextmanager
def _conversion_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConversionError(f"{_FAILED} into {folder}: {error.strerror or error}", hint=_HINT) from error
    except ImportError as error:
        raise ConversionError(
            f"{_FAILED}: {error}", hint="reinstall the package: pip install --force-reinstall onnx"
        ) from error


@contextlib.contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    import filelock  # only a first start or a damaged folder needs it

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        with lock.acquire(timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        raise ConversionError(
            f"another process has been converting the encoder's weights into {folder} for {_LOCK_SECONDS:.0f} s",
            hint="wait for it to end, or end it, and try again",
        ) from error


def _sweep(folder: Path) -> None:
    """Remove a damaged folder and what killed conversions left; only the holder of the lock may do so."""
    for left_over in folder.parent.glob(f"{folder.name}.unfinished-*"):
        shutil.rmtree(left_over)
    if folder.exists():
        logger.warning("the converted weights in %s are damaged and will be converted again", folder)
        discarded = _unfinished(folder, "discarded")
        folder.replace(discarded)
        shutil.rmtree(discarded)


def _write_whole(folder: Path, write_files: Callable[[Path], None]) -> None:
    unfinished = _unfinished(folder, "new")
    try:
        unfinished.mkdir()
        write_files(unfinished)
        manifest = {path.name: _describe(path) for path in sorted(unfinished.iterdir())}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        unfinished.replace(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _unfinished(folder: Path, purpose: str) -> Path:
    return folder.with_name(f"{folder.name}.unfinished-{purpose}-{os.getpid()}")
