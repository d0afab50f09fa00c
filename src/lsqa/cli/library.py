"""`lsqa ingest`, `lsqa documents` and `lsqa settings`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home, Json

if TYPE_CHECKING:
    from lsqa.ingest import IngestReport, Progress

documents_app = typer.Typer(help="The documents in the library.", invoke_without_command=True)


def ingest(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH…", help="Files and folders.")] = None,
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose file has vanished.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make both indexes again from the stored pages.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read files into the library. Unchanged files are skipped, changed ones replaced."""
    from lsqa.cli.output import echo_json
    from lsqa.errors import UsageError
    from lsqa.ingest import ingest as run
    from lsqa.library import WritableLibrary
    from lsqa.models import embedder_fingerprint, open_embedder
    from lsqa.settings import load_settings

    if not paths and not rebuild:
        raise UsageError("nothing to ingest was named", hint="lsqa ingest FILE_OR_FOLDER")
    settings, _ = load_settings(home=home)
    encoder = embedder_fingerprint(settings.embedder)
    with WritableLibrary.open_for_writing(
        settings.home, encoder, chroma_url=settings.chroma_url, rebuild=rebuild
    ) as library:
        embedder = open_embedder(settings.embedder, settings.home / "models", base_url=settings.llm_base_url)
        with _progress() as listener:
            report = run(paths or [], library, embedder, prune=prune, rebuild=rebuild, progress=listener)
    if as_json:
        echo_json(report.to_dict())
    else:
        _echo_report(report)
    if report.has_failures:
        failures = [result for result in report.files if result.is_failure]
        first = f"{failures[0].path}: {failures[0].reason}"
        typer.echo(f"lsqa: {len(failures)} of {len(report.files)} not ingested; the first is {first}", err=True)
        raise typer.Exit(1)


@contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """A bar on stderr that shows files, chunks, the rate and what is being read; silent where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[file]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    rate = TextColumn("{task.fields[rate]}")
    with Bars(*columns, rate, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", file="", rate="", total=None)

        def listen(now: "Progress") -> None:
            elapsed = bars.tasks[0].elapsed or 0.0
            rate = f"{now.chunks / elapsed:.0f} chunks/s" if elapsed > 1 else ""
            file = f"{now.files}/{now.files_total} {now.file[-40:]}"
            bars.update(task, completed=now.chunks, total=now.chunks_known, file=file, rate=rate)

        yield listen


def _echo_report(report: "IngestReport") -> None:
    for result in report.files:
        size = f"{result.pages} pages, {result.chunks} chunks" if result.pages else result.reason
        typer.echo(f"{result.status:<11} {result.path}  {size}".rstrip())
    for doc_id in report.removed:
        typer.echo(f"{'removed':<11} {doc_id}")
    failed = sum(result.is_failure for result in report.files)
    typer.echo(f"{len(report.files)} files, {failed} failed, {report.encoded} chunks encoded, {report.seconds:.1f} s")


@documents_app.callback()
def documents(context: typer.Context, *, home: Home = None, as_json: Json = False) -> None:
    """List the documents in the library."""
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from lsqa.cli.output import echo_json
    from lsqa.library import Library
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    with Library.open(settings.home, chroma_url=settings.chroma_url) as library:
        records = library.catalogue.documents()
    if as_json:
        echo_json({"documents": [asdict(record) for record in records]})
        return
    for record in records:
        typer.echo(f"{record.doc_id}  {record.title}  {record.pages} pages, {record.chunks} chunks  {record.published}")


@documents_app.command("remove")
def remove(
    doc_id: Annotated[str, typer.Argument(metavar="ID", help="As `lsqa documents` lists it.")],
    *,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove a document from the library."""
    from lsqa.cli.output import echo_json
    from lsqa.library import Library, WritableLibrary
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    with Library.open(settings.home, chroma_url=settings.chroma_url) as reader:
        encoder = reader.catalogue.meta("encoder")  # to remove takes no encoder: that of the index will do
    with WritableLibrary.open_for_writing(settings.home, encoder, chroma_url=settings.chroma_url) as library:
        library.remove([doc_id])
    if as_json:
        echo_json({"removed": doc_id})
    else:
        typer.echo(f"removed {doc_id}")


def settings(*, home: Home = None, as_json: Json = False) -> None:
    """Show what is set, and where each value came from; secrets are masked."""
    from dataclasses import asdict

    from lsqa.cli.output import echo_json
    from lsqa.settings import load_settings

    _, rows = load_settings(home=home)
    if as_json:
        echo_json({"settings": [asdict(row) for row in rows]})
        return
    for row in rows:
        typer.echo(f"{row.name:<14} {row.value or '-':<40} {row.origin}")
