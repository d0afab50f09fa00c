"""`lsqa documents` and `lsqa settings`."""

from typing import Annotated

import typer

from lsqa.cli.options import Home, Json

documents_app = typer.Typer(help="The documents in the library.", invoke_without_command=True)


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
    with Library.open(settings.home, chroma=settings.chroma) as library:
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
    with Library.open(settings.home, chroma=settings.chroma) as reader:
        encoder = reader.catalogue.meta("encoder")  # to remove takes no encoder: that of the index will do
    with WritableLibrary.open_for_writing(settings.home, encoder, chroma=settings.chroma) as library:
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
        typer.echo(f"{row.name:<24} {row.value or '-':<40} {row.origin}")
