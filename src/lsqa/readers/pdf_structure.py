"""A page as an engine sees it into a page as a reader does."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lsqa.documents import Page
from lsqa.readers.glyphs import PageContent, Rect, is_garbage, is_odd
from lsqa.readers.pdf_block_lines import BlockLine, block_lines
from lsqa.readers.pdf_blocks import build_page
from lsqa.readers.pdf_layout import reading_order
from lsqa.readers.pdf_lines import Frame, page_turns, pieces_of
from lsqa.readers.pdf_tables import find_tables

_PAGE_NUMBER: Final = re.compile(
    r"^(?:[-–—‐－\s]*(?:p\.?|page)?\s*\d{1,4}\s*(?:[/／]\s*\d{1,4}|頁|ページ)?[-–—‐－\s]*)$", re.IGNORECASE
)
_MARGIN: Final = 0.1  # of the page's height: where headers, footers and page numbers stand
_BULLETS: Final = range(0xF000, 0xF100)  # symbol fonts' private characters: marks before items


@dataclass(slots=True)
class PageStructure:
    """A page with the lines that its characters make, in reading order, and the frame that these run level in."""

    content: PageContent
    frame: Frame
    lines: list[BlockLine]


def page_structure(content: PageContent) -> PageStructure:
    """The lines of a page."""
    _drop_lost(content)
    frame = Frame(page_turns(content), content.width, content.height)
    found = find_tables(content, frame)
    pieces = pieces_of(found.rest, content, frame)
    regions = list(reading_order(pieces, found.tables, content.panels, found.boxes, frame))
    return PageStructure(content, frame, block_lines(regions, content, frame))


def build_pages(pages: Sequence[PageStructure]) -> tuple[Page, ...]:
    """The pages, without what stands on most of them at one height: headers, footers, page numbers."""
    kept = _without_furniture([page.lines for page in pages], [page.content for page in pages])
    return tuple(build_page(lines, page.content, page.frame) for page, lines in zip(pages, kept, strict=True))


def _drop_lost(content: PageContent) -> None:
    """Single characters that the file has no Unicode for say nothing; those of symbol fonts are bullets."""
    kept = []
    for glyph in content.glyphs:
        text = glyph.text
        if is_odd(text):
            if ord(text[0]) in _BULLETS:
                glyph.text = "•"
            elif any(map(is_garbage, text)) and not text.isspace():
                continue
        kept.append(glyph)
    content.glyphs = kept


def _without_furniture(pages: Sequence[list[BlockLine]], contents: Sequence[PageContent]) -> list[list[BlockLine]]:
    """The pages without lines of their margins that stand, but for their digits, on more than half of them. A page that
    holds nothing else keeps them."""
    margins = [[_in_margin(line, content) for line in page] for page, content in zip(pages, contents, strict=True)]
    seen = Counter(
        key
        for page, margin in zip(pages, margins, strict=True)
        for key in {_furniture_key(line) for line, is_outer in zip(page, margin, strict=True) if is_outer}
    )
    limit = max(3, len(pages) // 2 + 1)

    def is_furniture(line: BlockLine, is_outer: bool) -> bool:
        return is_outer and (seen[_furniture_key(line)] >= limit or bool(_PAGE_NUMBER.match(line.text)))

    kept = [
        [line for line, is_outer in zip(page, margin, strict=True) if not is_furniture(line, is_outer)]
        for page, margin in zip(pages, margins, strict=True)
    ]
    return [some or whole for some, whole in zip(kept, pages, strict=True)]


def _furniture_key(line: BlockLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)


def _in_margin(line: BlockLine, content: PageContent) -> bool:
    """Whether a line stands in the upper or lower margin of the page as it is shown, however its frame is turned."""
    if line.kind:
        return False
    middle = Rect(0.0, _MARGIN * content.height, content.width, (1 - _MARGIN) * content.height)
    return not any(middle.holds(*g.centre) for part in line.parts for g in part.places if g is not None)
