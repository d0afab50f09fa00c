"""Files into the library: found, read where they have changed, written; what has vanished removed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from langchain_core.embeddings import Embeddings

from lsqa.ingest.batches import BatchWriter
from lsqa.ingest.download import Download, Downloader, DownloadLimits
from lsqa.ingest.encoding import Encoder
from lsqa.ingest.files import find_files
from lsqa.ingest.intake import Intake
from lsqa.ingest.rebuild import rebuild_all
from lsqa.ingest.report import IngestReport, Progress
from lsqa.isolation import ReadingLimits, ReadingPool
from lsqa.library import WritableLibrary
from lsqa.readers.reading_options import DEFAULT_OPTIONS, ReadingOptions

Listener = Callable[[Progress], None]


def ingest(
    paths: Sequence[str | Path],
    library: WritableLibrary,
    embedder: Embeddings,
    *,
    prune: bool = False,
    rebuild: bool = False,
    force: bool = False,
    replaces: str = "",
    reading: ReadingOptions = DEFAULT_OPTIONS,
    limits: ReadingLimits | None = None,
    downloads: DownloadLimits | None = None,
    progress: Listener | None = None,
) -> IngestReport:
    """Bring `library` up to date with files, folders and addresses. A file that fails is reported and leaves its
    earlier version in place.

    `prune` removes documents whose file has gone from a given folder, or was given itself. `rebuild` first gives every
    stored document new chunks and embeddings (those of unchanged text by the same encoder are kept). `force` reads
    files that have not changed since they were read, too. `replaces` is the id of the document that the file, of which
    there is one then, is the next version of. `reading` says how files are read, `limits` what each may cost,
    `downloads` what one behind an address may.

    Raises:
        HomeError: the data folder cannot be written; what was finished before stays.
        ModelError: the encoder fails; likewise.
    """
    started = perf_counter()
    encoder = Encoder(embedder, library)
    rebuilt = rebuild_all(library, encoder, progress) if rebuild else 0
    gone = [p for p in paths if prune and not Path(p).exists() and library.catalogue.records_at(resolved(p))]
    downloader = Downloader(library.home / "downloads", downloads)

    def fetch(address: str) -> Download:
        def tell(size: int) -> None:
            if progress:
                progress(Progress(address, 0, len(paths), 0, 0, bytes=size))

        return downloader.fetch(address, tell)

    files, failures = find_files([p for p in paths if p not in gone], library.home, fetch)
    if replaces:
        files = tuple(replace(file, source=replace(file.source, doc_id=replaces)) for file in files)
    intake = Intake(library, BatchWriter(library, encoder), reading, progress, len(files), force=force)
    with ReadingPool(reading, limits or ReadingLimits()) as pool:
        intake.take_all(files, pool)
    removed = (*intake.removed, *(_prune(library, paths) if prune else ()))
    library.tidy()
    results = (*failures, *(intake.results[str(file.path)] for file in files))
    return IngestReport(results, removed, rebuilt, encoder.encoded, perf_counter() - started)


def resolved(path: str | Path) -> str:
    """A path as the catalogue knows it."""
    return str(Path(path).expanduser().resolve())


def _prune(library: WritableLibrary, paths: Sequence[str | Path]) -> tuple[str, ...]:
    """Remove the documents whose file has gone: under a folder that is still there, or at a path that was given
    itself."""
    given = [Path(resolved(path)) for path in paths]
    gone = tuple(
        record.doc_id
        for record in library.catalogue.documents()
        if not Path(record.path).exists()
        and any(
            path == Path(record.path) or (path.is_dir() and Path(record.path).is_relative_to(path)) for path in given
        )
    )
    library.remove(gone)
    return gone
