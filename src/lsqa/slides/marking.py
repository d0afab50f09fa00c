"""A page image with what is quoted marked in it, for whoever has no page to lay marks over it."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from lsqa.documents import Box

MARKING_VERSION: Final = 1
_AROUND: Final = 0.004  # of the page: a mark with some air is easier to see
_PAPER, _MARK, _LINE = (255, 255, 255), (255, 230, 120), (199, 154, 0)
_LINE_PIXELS: Final = 2


def marked_image(image: Path, boxes: Sequence[Box], width: int | None = None) -> bytes:
    """`image` as PNG with the boxes (fractions of the page) coloured like by a marker, which leaves letters dark; at
    most `width` pixels wide, where that is given. It is never made larger. Raises `OSError`."""
    with Image.open(image) as opened:
        page = opened.convert("RGB")
    if width is not None and width < page.width:
        page = page.resize((width, max(1, round(page.height * width / page.width))), Image.Resampling.LANCZOS)
    if boxes:
        marks = Image.new("RGB", page.size, _PAPER)
        draw = ImageDraw.Draw(marks)
        for box in boxes:
            draw.rectangle(_pixels(box, page.size), fill=_MARK)
        for box in boxes:
            left, _, right, bottom = _pixels(box, page.size)
            draw.rectangle((left, bottom - _LINE_PIXELS, right, bottom), fill=_LINE)
        page = ImageChops.multiply(page, marks)
    made = io.BytesIO()
    page.save(made, "PNG", compress_level=1)
    return made.getvalue()


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    wide, high = size
    left, top = max(0.0, box.left - _AROUND), max(0.0, box.top - _AROUND)
    right, bottom = min(1.0, box.right + _AROUND), min(1.0, box.bottom + _AROUND)
    left, top = min(left, 1.0), min(top, 1.0)
    x, y = int(left * wide), int(top * high)
    return x, y, max(x, int(right * wide)), max(y + _LINE_PIXELS, int(bottom * high))
