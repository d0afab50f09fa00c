"""`lsqa ingest`: once, or again and again as files change."""

import functools
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home, Json
from lsqa.errors import LockedError, UsageError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from lsqa.ingest import IngestReport, Progress
    from lsqa.readers.reading_options import ReadingOptions
    from lsqa.settings import Settings

_log = logging.getLogger(__name__)
_MIB = 1024**2


def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH_OR_URL…", help="Files, folders, addresses.")
    ] = None,
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose file has vanished.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make both indexes again from the stored pages.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: ingest again what changes, until Ctrl-C.")] = False,
    password: Annotated[str, typer.Option(metavar="TEXT", help="Opens encrypted PDFs.", show_default=False)] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read files into the library. Unchanged files are skipped, changed ones replaced."""
    from lsqa.models import open_embedder
    from lsqa.readers.reading_options import ReadingOptions
    from lsqa.readers.recognition import usable_languages
    from lsqa.settings import load_settings

    if not paths and (watch or not rebuild):
        raise UsageError("nothing to ingest was named", hint="lsqa ingest FILE_OR_FOLDER")
    settings, _ = load_settings(home=home)

    @functools.cache
    def embedder() -> "Embeddings":
        return open_embedder(settings.embedder, settings.home / "models", base_url=settings.llm_base_url)

    reading = ReadingOptions(password=password, ocr_languages=usable_languages(settings.ocr))
    job = _Job(settings, embedder, reading, as_json)
    if watch:
        _watch(job, paths or [], prune=prune, rebuild=rebuild)
        return
    report = job.run(paths or [], prune=prune, rebuild=rebuild)
    if report.has_failures:
        failures = [result for result in report.files if result.is_failure]
        first = f"{failures[0].path}: {failures[0].reason}"
        typer.echo(f"lsqa: {len(failures)} of {len(report.files)} not ingested; the first is {first}", err=True)
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Job:
    """All that stays the same from one ingest to the next. `embedder` opens the encoder once, when it is called."""

    settings: "Settings"
    embedder: "Callable[[], Embeddings]"
    reading: "ReadingOptions"
    as_json: bool

    def run(self, paths: Sequence[str], *, prune: bool, rebuild: bool) -> "IngestReport":
        """Ingest and print the report."""
        from lsqa.cli.output import echo_json
        from lsqa.ingest import DownloadLimits, ingest
        from lsqa.isolation import ReadingLimits
        from lsqa.library import WritableLibrary
        from lsqa.models import embedder_fingerprint

        known = self.settings
        encoder = embedder_fingerprint(known.embedder)
        with (
            WritableLibrary.open_for_writing(known.home, encoder, chroma=known.chroma, rebuild=rebuild) as library,
            _progress() as listener,
        ):
            report = ingest(
                paths,
                library,
                self.embedder(),
                prune=prune,
                rebuild=rebuild,
                reading=self.reading,
                limits=ReadingLimits(seconds=known.file_seconds, memory_mb=known.file_memory_mb),
                downloads=DownloadLimits(
                    max_bytes=known.max_download_mb * _MIB, allow_private=known.allow_private_addresses
                ),
                progress=listener,
            )
        if self.as_json:
            echo_json(report.to_dict())
        else:
            _echo_report(report)
        return report


def _watch(job: _Job, paths: Sequence[str], *, prune: bool, rebuild: bool) -> None:
    from lsqa.ingest.watching import Changes, paths_to_ingest, watch
    from lsqa.library import Library

    home = job.settings.home
    waiting = Changes()
    with suppress(KeyboardInterrupt), interruptions() as stop:
        for number, changes in enumerate(watch(paths, home, stop)):
            if number == 0:
                job.run(paths, prune=prune, rebuild=rebuild)
                typer.echo("lsqa: watching; Ctrl-C ends it", err=True)
            waiting = waiting.then(changes)
            if not waiting:
                continue
            with Library.open(home, chroma=job.settings.chroma) as library:
                todo = [str(p) for p in paths_to_ingest(waiting, library.catalogue, paths) if prune or p.exists()]
            try:
                if todo:
                    job.run(todo, prune=prune, rebuild=False)
            except LockedError as error:  # the changes wait for the other process
                _log.warning("%s", error)
            else:
                waiting = Changes()
    typer.echo("lsqa: watching has ended", err=True)


@contextmanager
def interruptions() -> Iterator[Event]:
    """An event that Ctrl-C sets before it raises `KeyboardInterrupt`: Python drops what is raised while an object is
    being finalised, so that an interruption would be lost that meets the library while it is closed."""
    stop = Event()
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):  # ignored: whoever started this does not want it interrupted
        yield stop
        return

    def note(number: int, frame: FrameType | None) -> None:
        stop.set()
        before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """A bar on stderr that shows files, pages, the rate and what is being read; silent where stderr is no terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TextColumn("{task.fields[counts]}"))
    with Bars(*columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", counts="", total=None)

        def listen(now: "Progress") -> None:
            elapsed = max(bars.tasks[0].elapsed or 0.0, 1.0)
            counts = f"{now.files}/{now.files_total} files, {now.pages} pages ({now.pages / elapsed:.0f}/s), "
            counts += f"{now.chunks}/{now.chunks_known} chunks ({now.chunks / elapsed:.0f}/s)"
            if now.bytes:
                counts = f"{now.bytes / _MIB:.1f} MiB"
            name = escape(now.file if len(now.file) <= 40 else "…" + now.file[-39:])
            # A file counts half when it is read and half when its chunks are encoded.
            encoded = now.chunks / now.chunks_known if now.chunks_known else 1.0
            done = now.files + (now.files_total - now.files) * 0.5 * (encoded if now.pages else 0.0)
            bars.update(task, completed=done, total=now.files_total or None, description=name, counts=counts)

        yield listen


def _echo_report(report: "IngestReport") -> None:
    """A line a file with what was left out of it, then a table of how they ended."""
    for result in report.files:
        size = f"{result.pages} pages, {result.chunks} chunks" if result.pages else result.reason
        typer.echo(f"{result.status:<11} {result.path}  {size}".rstrip())
        for warning in result.warnings if result.status == "indexed" else ():
            typer.echo(f"{'':<11} {warning}")
    for doc_id in report.removed:
        typer.echo(f"{'removed':<11} {doc_id}")
    typer.echo()
    _echo_totals(report)


def _echo_totals(report: "IngestReport") -> None:
    typer.echo(f"{'status':<11} {'files':>7} {'documents':>9} {'pages':>7} {'chunks':>7} {'seconds':>8}")
    for status in dict.fromkeys(result.status for result in report.files):
        ended = [result for result in report.files if result.status == status]
        documents, pages, chunks = (
            sum(getattr(result, name) for result in ended) for name in ("documents", "pages", "chunks")
        )
        seconds = sum(result.seconds for result in ended)
        typer.echo(f"{status:<11} {len(ended):>7} {documents:>9} {pages:>7} {chunks:>7} {seconds:>8.1f}")
    failed = sum(result.is_failure for result in report.files)
    typer.echo(f"{len(report.files)} files, {failed} failed, {report.encoded} chunks encoded, {report.seconds:.1f} s")
