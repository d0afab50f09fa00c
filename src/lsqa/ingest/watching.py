"""Folders that are watched: what has changed in them, as paths that can be ingested."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from watchfiles import Change
from watchfiles import watch as watch_files

from lsqa.catalogue import Catalogue
from lsqa.errors import UsageError
from lsqa.ingest.addresses import is_address, shown
from lsqa.ingest.manifest import NAME
from lsqa.readers import READABLE_SUFFIXES

_TICK_MILLISECONDS = 1_000
_SETTLE_MILLISECONDS = 400  # without a further change, before what has changed is told: a file is written in pieces


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths of files and folders. `present` are new or have changed, `vanished` are no longer there."""

    present: frozenset[Path] = frozenset()
    vanished: frozenset[Path] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.present or self.vanished)

    def then(self, later: "Changes") -> "Changes":
        """Both together: of a path that changed twice, how it is now."""
        return Changes(
            (self.present - later.vanished) | later.present, (self.vanished - later.present) | later.vanished
        )


def watch(paths: Sequence[str | Path], home: Path, stop: Event | None = None) -> Iterator[Changes]:
    """What changes in `paths`, files and folders, about once a second; empty where nothing has. From the first one on
    no change is missed. Ends when `stop` is set.

    Raises `UsageError` for an address or a path that is not there.
    """
    roots = [_root(path) for path in paths]
    folders = {root if root.is_dir() else root.parent for root in roots}
    own = home.expanduser().resolve()

    def matters(_: Change, path: str) -> bool:
        return _matters(Path(path), roots, own)

    found = watch_files(
        *folders,
        watch_filter=matters,
        step=_SETTLE_MILLISECONDS,
        stop_event=stop,
        rust_timeout=_TICK_MILLISECONDS,
        yield_on_timeout=True,
    )
    for changes in found:
        changed = {Path(path) for _, path in changes}
        present = frozenset(path for path in changed if path.exists())
        yield Changes(present, frozenset(changed - present))


def paths_to_ingest(changes: Changes, catalogue: Catalogue, roots: Sequence[str | Path]) -> tuple[Path, ...]:
    """What to ingest, with `prune` where documents of vanished files are to be removed: files and folders as they are,
    a folder with a manifest in the place of what lies in it, and for what has vanished the files that documents came
    from."""
    tops = [_root(path) for path in roots if Path(path).expanduser().exists()]
    present = {_governing(path, tops) for path in changes.present}
    lost = {
        Path(record.path)
        for record in catalogue.documents()
        if not changes.vanished.isdisjoint((Path(record.path), *Path(record.path).parents))
    }
    return tuple(sorted(present | {path for path in lost if not path.exists()}))


def _root(path: str | Path) -> Path:
    if is_address(path):
        raise UsageError(
            f"{shown(str(path))} cannot be watched", hint="watch a folder; ingest addresses without --watch"
        )
    root = Path(path).expanduser().resolve()
    if not root.exists():
        raise UsageError(f"there is no {path} to watch", hint="check the path")
    return root


def _matters(path: Path, roots: Sequence[Path], home: Path) -> bool:
    if path.is_relative_to(home):
        return False
    inside = [path.relative_to(root).parts for root in roots if path.is_relative_to(root)]
    is_shown = any(not any(part.startswith(".") for part in parts) for parts in inside)
    # What has no known ending may be a folder, that came or went as a whole.
    is_readable = path.name == NAME or path.name.lower().endswith(READABLE_SUFFIXES)
    return is_shown and (is_readable or path.is_dir() or not path.exists())


def _governing(path: Path, roots: Sequence[Path]) -> Path:
    """`path`, or the outermost folder over it that a manifest governs."""
    above = [folder for folder in path.parents if any(folder.is_relative_to(root) for root in roots)]
    return next((folder for folder in reversed(above) if (folder / NAME).is_file()), path)
