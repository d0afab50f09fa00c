"""What a reader makes of a file: a document of pages, a page of text with marked blocks.

A page's `text` is the truth that citations point into: every offset of a block, a chunk or a quote is an index into it.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from lsqa.text import fold

BlockKind = Literal["heading", "paragraph", "item", "head_row", "row", "label", "note"]
OpenHeadings = tuple[tuple[int, str], ...]  # level and text in one line, each level deeper than the one before
DocumentKind = Literal["pdf", "pptx", "docx", "xlsx", "csv", "html", "markdown", "text", "passage"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page: `page.text[start:end]`, in characters.

    `level` is the depth of a heading (1 is the slide's title) or of a list item (0 is the outermost), else 0. `ocr` is
    the mean confidence, 0 to 1, of text that was recognised in an image, None for text that the file holds.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    ocr: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, as fractions of its width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where a line, or a piece of one, stands on the page image: the characters `page.text[start:end]`.

    Character i reaches from `edges[i]` to `edges[i + 1]` along the line, so there are `end - start + 1` edges:
    fractions of the page's width from the left, or where `is_vertical` of its height from the top.
    """

    start: int
    end: int
    box: Box
    edges: tuple[float, ...]
    is_vertical: bool = False

    def part(self, start: int, end: int) -> Box | None:
        """The rectangle around the characters of `page.text[start:end]` that stand in this line."""
        first, last = max(start, self.start), min(end, self.end)
        if first >= last:
            return None
        low, high = self.edges[first - self.start], self.edges[last - self.start]
        if self.is_vertical:
            return Box(self.box.left, low, self.box.right, high)
        return Box(low, self.box.top, high, self.box.bottom)


@dataclass(frozen=True, slots=True)
class Page:
    """A page or slide. `number` counts from 1; `blocks` stand in reading order and do not overlap.

    `boxes` stand in the order of the text; empty where the file has no page image (all but PDF). `open_headings` are
    those of earlier pages that the page begins under: in running text a chapter goes on over the end of a page, while a
    slide begins anew.
    """

    number: int
    text: str
    blocks: tuple[Block, ...]
    boxes: tuple[TextBox, ...] = ()
    open_headings: OpenHeadings = ()

    def text_of(self, block: Block) -> str:
        return self.text[block.start : block.end]

    def boxes_of(self, start: int, end: int) -> tuple[Box, ...]:
        """Where `text[start:end]` stands on the page image, a rectangle a line."""
        return tuple(part for line in self.boxes if (part := line.part(start, end)))

    @property
    def title(self) -> str:
        """The first heading of level 1, or an empty string where the title was lost."""
        return next((self.text_of(b) for b in self.blocks if b.kind == "heading" and b.level == 1), "")


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a file beside its content; empty strings where nothing is known.

    `published` is an ISO 8601 date (YYYY, YYYY-MM or YYYY-MM-DD).
    """

    doc_id: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `sha256` is the hash of the file's bytes (of the line, for a passage).

    `warnings` say what of the file is not in its pages, one sentence each: hidden text, pages without text.
    """

    doc_id: str
    title: str
    publisher: str
    published: str
    url: str
    licence: str
    sha256: str
    kind: DocumentKind
    pages: tuple[Page, ...]
    warnings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(page.text.strip() for page in self.pages)


def make_document(
    source: Source,
    *,
    sha256: str,
    kind: DocumentKind,
    pages: tuple[Page, ...],
    title: str = "",
    fallback: str,
    warnings: tuple[str, ...] = (),
) -> Document:
    """A document with the metadata of `source`; where it names no title, `title`, else the first slide's, else
    `fallback`. A title is one line: it stands in lists and before quotes."""
    title = source.title or title or next((p.title for p in pages if p.title), "") or fallback
    return Document(
        source.doc_id,
        " ".join(line for line in map(str.strip, title.splitlines()) if line),
        source.publisher,
        source.published,
        source.url,
        source.licence,
        sha256,
        kind,
        pages,
        warnings,
    )


def with_id(document: Document, doc_id: str) -> Document:
    return replace(document, doc_id=doc_id)


def content_hash(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def same_heading(a: str, b: str) -> bool:
    return fold(a).strip("*#:：・-") == fold(b).strip("*#:：・-")
