"""What readers tell of a file beside its pages: each sentence once, so that who shows them can say them in other
words."""

from typing import Final, NewType

Remark = NewType("Remark", str)
"""A sentence that `remark` made."""

REMARKS: Final[dict[str, str]] = {
    "hidden-one": "{where}1 character of hidden text ({reason}) was left out: {shown}",
    "hidden": "{where}{count} characters of hidden text ({reason}) were left out: {shown}",
    "pages-cut": "only the first {read} of {count} pages were read: divide the file",
    "page-cut": "page {number}: only its first {read} characters were read",
    "garbled": "the text on {places} comes out as garbage and was left out",
    "damaged": "{places} cannot be read and was left out",
    "picture": "{places} shows a picture without text; Tesseract would recognise it",
    "unrecognised": "page {number} could not be recognised: {reason}",
    "unshown": "{places} left out of the show by the author; the text was kept",
    "formula": "{where}{count} formula without a stored result was left out",
    "formulas": "{where}{count} formulas without a result were left out",
    "stored-breaks": "page numbers follow the breaks stored in the file; Word counted {count} pages",
    "hidden-sheet": "hidden sheet {name} was left out: {shown}",
    "hidden-sheet-empty": "hidden sheet {name} was left out",
}
"""By their keys. `where` is empty or names a place, as `slide 3: `; `places` are made by `places`; `shown` is the
beginning of a text, in quotes; `reason` is why no one sees it, or why recognition failed."""


def remark(key: str, **values: object) -> Remark:
    """The sentence of `REMARKS` with `values` put in."""
    return Remark(REMARKS[key].format(**values))
