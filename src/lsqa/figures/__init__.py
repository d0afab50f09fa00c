"""Figures: the amounts, counts, shares, ranks, years and dates of a text, each with one value for all its spellings.

`find_figures` reads them, `supports` compares an evidence's figure with a claim's, `unsupported_figures` lists what a
claim states without proof and `normal_form` turns a figure into a search token. A figure that cannot be read with
certainty is left as a bare `number`, which proves little; nothing is guessed.
"""

from lsqa.figures.columns import TableRow, table_rows
from lsqa.figures.finding import counted_twos, find_figures, proving_figures, unsupported_figures, written_in_kanji
from lsqa.figures.references import is_reference, without_references
from lsqa.figures.values import NOUNS_COUNTED, Figure, Kind, agree, normal_form, supports

__all__ = [
    "NOUNS_COUNTED",
    "Figure",
    "Kind",
    "TableRow",
    "agree",
    "counted_twos",
    "find_figures",
    "is_reference",
    "normal_form",
    "proving_figures",
    "supports",
    "table_rows",
    "unsupported_figures",
    "without_references",
    "written_in_kanji",
]
