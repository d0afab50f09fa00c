"""Slides as a reader sees them: the page image with the quoted words boxed, or its text with the quote marked.

`open_slide` says what of a page is shown, `PageImages` makes the image from the file that was ingested, and finds the
quoted words in it where the file itself does not say where they are; `marked_image` lays the marks into it. Nothing
here knows of a page on the web.
"""

from lsqa.slides.drawing import LONGER_SIDE
from lsqa.slides.images import NO_IMAGE, PageImages
from lsqa.slides.marking import marked_image
from lsqa.slides.views import Passage, Quoted, Slide, TextBlock, open_slide

__all__ = [
    "LONGER_SIDE",
    "NO_IMAGE",
    "PageImages",
    "Passage",
    "Quoted",
    "Slide",
    "TextBlock",
    "marked_image",
    "open_slide",
]
