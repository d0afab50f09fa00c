"""Text recognition in page images by Tesseract (through pytesseract), where it is installed."""

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word and its box in pixels of the image; `confidence` 0 to 1."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    is_vertical: bool = False


def recognise(image: Image.Image, languages: str, seconds: float) -> tuple[RecognisedWord, ...]:
    """The words of an image in reading order."""
    return ()
