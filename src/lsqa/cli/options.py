"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path | None, typer.Option("--home", help="The data folder.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Batch = Annotated[
    Path | None,
    typer.Option("--batch", help="A JSONL file of questions instead of one; one JSON object a line comes out."),
]
Document = Annotated[str | None, typer.Option("--document", metavar="ID", help="Search this document only.")]


def text(home: Path | None) -> str | None:
    """The option as a setting."""
    return None if home is None else str(home)
