"""Rows of a table whose figure is lost or not told: the largest of the others is not the largest of all."""

import re
from collections.abc import Callable
from typing import Final

from lsqa.arithmetic.selecting import Selection
from lsqa.figures import find_figures, table_rows

_TELLS_NOTHING: Final = re.compile(r"[\W_]*")  # a dash stands for none


def rows_without_value(selection: Selection, page_text: Callable[[str, int], str]) -> tuple[str, ...]:
    """The names of those rows, of the column that a series is, that have words in the place of a figure."""
    if not selection.is_series:
        return ()
    first = selection.lines[0]
    text = page_text(first.doc_id, first.entry.page)
    rows = table_rows(text)
    starts = {line.entry.start for line in selection.lines}
    columns = {
        (row.heads, i) for row in rows for i, (a, b) in enumerate(row.cells) if any(a <= start < b for start in starts)
    }
    lost = []
    for row in rows:
        for i, (a, b) in enumerate(row.cells):
            cell = text[a:b]
            if (row.heads, i) in columns and not find_figures(cell) and not _TELLS_NOTHING.fullmatch(cell):
                name = row.cells[0]
                lost.append(text[name[0] : name[1]].strip())
    return tuple(lost)
