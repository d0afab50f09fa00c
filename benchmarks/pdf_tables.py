"""Compares the tables read from PDFs with expected ones, cell by cell.

    python benchmarks/pdf_tables.py FOLDER

FOLDER has PDFs, each with NAME.pN.segmentation.expected.json for the tables of its page N: `tables`, of `cells` with
`rowIndex`, `colStart` and `preview` (the text, `/` for a line break), and `forbiddenCellTokens`, which belong to no
table. A cell is reproduced when its text, folded, stands in the row of ours that holds most of the expected row's cells
(where the expectation has joined neighbouring cells, in these); a cell that spans rows stands in the first of them.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lsqa.documents import Page
from lsqa.readers.pdf import read_pdf
from lsqa.text import fold

NAME: Final = re.compile(r"(.+)\.p(\d+)\.segmentation\.expected\.json")


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """The folded texts of the cells that begin in a row, and of those that reach into it from above."""

    own: tuple[str, ...]
    from_above: tuple[str, ...]


def expected_rows(table: dict[str, Any]) -> Iterator[ExpectedRow]:
    cells = [(c["rowIndex"], c["rowSpan"], plain(c["preview"])) for c in table["cells"] if c["preview"].strip()]
    for row in range(table["rowCount"]):
        own = tuple(text for first, _, text in cells if first == row)
        above = tuple(text for first, span, text in cells if first < row < first + span)
        yield ExpectedRow(own, above)


def plain(preview: str) -> str:
    return fold(preview.replace("/", ""))


def our_rows(page: Page) -> list[str]:
    """The rows of the page, folded, which drops the tabs between cells."""
    return [fold(page.text_of(block)) for block in page.blocks if block.kind in ("row", "head_row")]


def missing_cells(row: ExpectedRow, ours: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row that do not stand in the row of ours that holds most of them."""
    best = max(ours, key=lambda text: sum(cell in text for cell in row.own), default="")
    return tuple(cell for cell in row.own if cell not in best)


def compare(expectation: Path, folder: Path) -> tuple[int, int]:
    """Print what is missing; how many cells were found, of how many."""
    match = NAME.fullmatch(expectation.name)
    if match is None:
        return 0, 0
    pdf, number = folder / f"{match[1]}.pdf", int(match[2])
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    page = read_pdf(pdf.read_bytes(), pdf.name).pages[number - 1]
    ours = our_rows(page)
    found = total = 0
    for index, table in enumerate(expected["tables"], 1):
        for row in expected_rows(table):
            missing = missing_cells(row, ours)
            total += len(row.own)
            found += len(row.own) - len(missing)
            for cell in missing:
                print(f"  {pdf.name}, page {number}, table {index}: {cell!r} is not in its row")
    forbidden = [token for token in expected["forbiddenCellTokens"] if any(plain(token) in row for row in ours)]
    print(f"{pdf.name}, page {number}: {found} of {total} cells; in a row but expected in none: {forbidden}")
    return found, total


def main() -> int:
    """1 where the folder is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    if not folder.is_dir():
        print(f"{folder} is not there: nothing measured. Name the folder that has PDFs with expected tables.")
        return 1
    counts = [compare(path, folder) for path in sorted(folder.glob("*.segmentation.expected.json"))]
    print(f"all: {sum(found for found, _ in counts)} of {sum(total for _, total in counts)} cells")
    return 0


if __name__ == "__main__":
    sys.exit(main())
