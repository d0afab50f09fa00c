"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[str | None, typer.Option("--home", metavar="DIR", help="The data folder.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Batch = Annotated[
    Path | None,
    typer.Option("--batch", help="A JSONL file of questions instead of one; one JSON object a line comes out."),
]
Document = Annotated[str | None, typer.Option("--document", metavar="ID", help="Search this document only.")]
Count = Annotated[int, typer.Option("-k", metavar="N", min=1, max=10_000, help="How many passages.")]
Publisher = Annotated[
    list[str] | None, typer.Option("--publisher", metavar="NAME", help="Search documents of this publisher only.")
]
Since = Annotated[str, typer.Option("--since", metavar="DATE", help="… published on this day or later (2025-06-26).")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="… published on this day or earlier.")]
Kind = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="… of this kind: pdf, pptx, docx, xlsx, csv, html, markdown, text or passage.",
    ),
]
