"""What is shown of a slide: where it comes from, the boxes around what is quoted, and its text in blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lsqa.catalogue import Catalogue, DocumentRecord
from lsqa.catalogue.reading import unknown_document
from lsqa.documents import Block, BlockKind, Box, Page
from lsqa.sections import HeadingPath, heading_path_at
from lsqa.text import Span, fold, locate, trim

_SAME_LINE = 0.5  # of the lower box's height
_GAP = 0.02  # of the page's width: boxes that stand nearer are one


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that are to be shown in their page. `start`, `end` are where they stood when they were quoted, both -1
    where that is not known."""

    quote: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page's text; `is_quoted` where it is to be marked."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block of the page as text. `cells` hold one cell, or those of a table's row; each is a run of passages."""

    kind: BlockKind
    level: int
    cells: tuple[tuple[Passage, ...], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """A page that was opened. `boxes` are fractions of the page, in reading order; empty where the page has no image or
    nothing is quoted. `missing` are the quotes that do not stand on it (any more), `unplaced` those that do but were
    not found in its image.
    """

    document: DocumentRecord
    page: Page
    section: HeadingPath
    spans: tuple[Span, ...]
    boxes: tuple[Box, ...]
    missing: tuple[str, ...]
    unplaced: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[TextBlock, ...]:
        """The text of the page with what is quoted marked."""
        return tuple(_text_block(self.page, block, self.spans) for block in self.page.blocks)


def open_slide(catalogue: Catalogue, doc_id: str, number: int, quoted: Sequence[Quoted] = ()) -> Slide:
    """Page `number` (from 1) of a document, with the places of what is quoted from it.

    Raises `UnknownDocumentError`.
    """
    record = catalogue.record(doc_id)
    if record is None:
        raise unknown_document(doc_id)
    page = catalogue.page(doc_id, number)
    found = [(quote, _place(quote, page)) for quote in quoted]
    spans = tuple(sorted({span for _, span in found if span}))
    missing = tuple(quote.quote for quote, span in found if span is None)
    section = heading_path_at(page, spans[0][0]) if spans else _first_section(page)
    boxes = tuple(joined(box for span in spans for box in page.boxes_of(*span)))
    return Slide(record, page, section, spans, boxes, missing)


def _first_section(page: Page) -> HeadingPath:
    """The title of a slide; what a page of running text begins under, where that is a chapter of the page before."""
    if page.open_headings:
        return heading_path_at(page, 0)
    return (page.title,) if page.title else ()


def _place(quoted: Quoted, page: Page) -> Span | None:
    """Where the words stand: at their offsets, or where the document has changed since, wherever they stand now."""
    start, end = quoted.start, quoted.end
    if 0 <= start < end <= len(page.text) and fold(page.text[start:end]) == fold(quoted.quote):
        return trim(page.text, start, end)
    return next(iter(locate(quoted.quote, page.text)), None)


def joined(boxes: Iterable[Box]) -> list[Box]:
    """`boxes` with those that stand beside each other on one line made one: a line comes in pieces."""
    found: list[Box] = []
    for box in boxes:
        last = found[-1] if found else None
        if last is not None and _are_one(last, box):
            found[-1] = Box(
                min(last.left, box.left),
                min(last.top, box.top),
                max(last.right, box.right),
                max(last.bottom, box.bottom),
            )
        else:
            found.append(box)
    return found


def _are_one(first: Box, second: Box) -> bool:
    shared = min(first.bottom, second.bottom) - max(first.top, second.top)
    height = min(first.bottom - first.top, second.bottom - second.top)
    apart = max(first.left, second.left) - min(first.right, second.right)
    return shared > _SAME_LINE * height and apart < _GAP


def _text_block(page: Page, block: Block, spans: Sequence[Span]) -> TextBlock:
    if block.kind not in ("row", "head_row"):
        return TextBlock(block.kind, block.level, (_passages(page.text, block.start, block.end, spans),))
    cells: list[tuple[Passage, ...]] = []
    start = block.start
    for cell in page.text_of(block).split("\t"):
        cells.append(_passages(page.text, start, start + len(cell), spans))
        start += len(cell) + 1
    return TextBlock(block.kind, block.level, tuple(cells))


def _passages(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[Passage, ...]:
    """`text[start:end]` cut where what is quoted begins and ends."""
    cuts = sorted({start, end, *(at for span in spans for at in span if start < at < end)})
    return tuple(Passage(text[a:b], any(s <= a and b <= e for s, e in spans)) for a, b in pairwise(cuts))
