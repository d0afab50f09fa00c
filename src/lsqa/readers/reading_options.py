"""What the one who ingests may say about how files are read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Step = Literal["page", "recognised"]
Listener = Callable[[Step, int], None]


def _silent(step: Step, number: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """`password` opens encrypted PDFs beside the empty one. `ocr_languages` are Tesseract's, with `+` between them;
    empty where images are not to be read. `listener` hears of each page that was read or has to be recognised, by its
    number.
    """

    password: str = ""
    ocr_languages: str = ""
    ocr_page_seconds: float = 60.0
    listener: Listener = _silent


DEFAULT_OPTIONS = ReadingOptions()
