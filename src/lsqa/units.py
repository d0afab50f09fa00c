"""Quotable units: the pieces of a page that can stand as an answer on their own.

A sentence; a list item; a table row with the head of its table; a block of labels or lines that belong together; a heading with what stands
under it; a list with what introduces it. Each keeps the spans that are quoted, none of which crosses a block, so that every
quote stands in the source without a mark of the markup between.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lsqa.documents import Block, Page
from lsqa.sections import HeadingPath, Section, page_sections
from lsqa.text import Span, trim

UnitKind = Literal["sentence", "row", "label", "pair", "labels", "list", "heading", "headed", "section"]

LONGEST_GROUP = 300
_SHORT_SECTION = 160
_RUN_OF_LABELS = 120
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[」』）)】”\"]*|[^。！？!?]+$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unit:
    """`spans` are what is quoted, in characters of `page.text`, in reading order; `caption` is what stands over a table or a list."""

    kind: UnitKind
    page: Page
    heading_path: HeadingPath
    spans: tuple[Span, ...]
    caption: str = ""

    @property
    def quotes(self) -> tuple[str, ...]:
        return tuple(self.page.text[a:b] for a, b in self.spans)

    @property
    def text(self) -> str:
        return "\n".join(self.quotes)

    @property
    def start(self) -> int:
        return min(a for a, _ in self.spans)

    @property
    def end(self) -> int:
        return max(b for _, b in self.spans)

    def overlaps(self, other: "Unit") -> bool:
        """Whether the two would quote the same words."""
        same_page = self.page is other.page or self.page == other.page
        return same_page and any(a < d and c < b for a, b in self.spans for c, d in other.spans)


def page_units(page: Page) -> tuple[Unit, ...]:
    """All quotable units of a page, small ones and the groups they form; they overlap."""
    return tuple(unit for section in page_sections(page) for unit in _section_units(page, section))


def _section_units(page: Page, section: Section) -> Iterator[Unit]:
    blocks = section.blocks
    body = [b for b in blocks if b.kind != "note"]
    if 1 < len(body) <= 8 and _size(body) <= _SHORT_SECTION:
        yield _group("section", page, section, body)
    head: Block | None = None
    caption = ""
    for index, block in enumerate(blocks):
        if block.kind == "head_row":
            head = block
        elif block.kind == "row":
            spans = ((head.start, head.end), (block.start, block.end)) if head else ((block.start, block.end),)
            yield Unit("row", page, section.heading_path, spans, caption)
        else:
            head = None
            caption = page.text_of(block) if block.kind in ("label", "paragraph", "heading") else caption
            yield from _block_units(page, section.heading_path, block)
        yield from _groups(page, section, index)


def _block_units(page: Page, path: HeadingPath, block: Block) -> Iterator[Unit]:
    if block.kind == "heading":
        yield Unit("heading", page, path, ((block.start, block.end),))
    elif block.kind == "label":
        yield Unit("label", page, path, ((block.start, block.end),))
    else:
        for span in block_sentences(page.text, block):
            yield Unit("sentence", page, path, (span,))


def block_sentences(text: str, block: Block) -> tuple[Span, ...]:
    """The sentences of a block; line breaks do not end one, so that wrapped lines and blocks of labelled lines stay whole."""
    spans = (
        trim(text, block.start + m.start(), block.start + m.end())
        for m in _SENTENCE.finditer(text[block.start : block.end])
    )
    return tuple((a, b) for a, b in spans if a < b)


def _groups(page: Page, section: Section, index: int) -> Iterator[Unit]:
    """The groups that begin at block `index`: a run of labels, a heading with the block under it, a list with its introduction."""
    blocks = section.blocks
    block = blocks[index]
    if block.kind == "label":
        run = _run(blocks, index, "label")
        if len(run) > 1:
            yield _group("pair", page, section, run[:2])
        if len(run) > 2 and _size(run) <= _RUN_OF_LABELS and not _in_run(blocks, index):
            yield _group("labels", page, section, run)
    if block.kind == "heading" and len(blocks) > index + 1 and _size(blocks[index : index + 2]) <= LONGEST_GROUP:
        yield _group("headed", page, section, blocks[index : index + 2])
    following = _run(blocks, index + 1, "item")
    if block.kind in ("heading", "label", "paragraph") and following:
        group = (block, *following)
        while _size(group) > LONGEST_GROUP:
            group = group[:-1]
        if len(group) > 2:
            yield _group("list", page, section, group)


def _size(blocks: Sequence[Block]) -> int:
    return sum(b.end - b.start for b in blocks)


def _in_run(blocks: Sequence[Block], index: int) -> bool:
    return index > 0 and blocks[index - 1].kind == "label"


def _run(blocks: Sequence[Block], start: int, kind: str) -> tuple[Block, ...]:
    end = start
    while end < len(blocks) and blocks[end].kind == kind:
        end += 1
    return tuple(blocks[start:end])


def _group(kind: UnitKind, page: Page, section: Section, blocks: Sequence[Block]) -> Unit:
    return Unit(kind, page, section.heading_path, tuple((b.start, b.end) for b in blocks))
