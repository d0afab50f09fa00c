"""Quotable units: the pieces of a page that can stand as an answer on their own.

A sentence; a list item; a table row with the head of its table; a block of labels or lines that belong together; a
heading with what stands
under it; a list with what introduces it. Each keeps the spans that are quoted, none of which crosses a block, so that
every
quote stands in the source without a mark of the markup between.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from lsqa.documents import Block, Page
from lsqa.sections import HeadingPath, Section, page_sections
from lsqa.text import Span, trim

UnitKind = Literal["sentence", "row", "label", "pair", "labels", "list", "heading", "headed", "section"]

LONGEST_GROUP = 300
_SHORT_SECTION = 160
_RUN_OF_LABELS = 120
# What announces that it goes on below, even below the next heading.
_LEADS_IN = re.compile(r"以下|次の(?:とおり|通り)|下記|the following", re.IGNORECASE)
# What announces the next sentence of its own block: 以下 alone may be a limit (5%以下), 次の a successor (次の世代).
_ANNOUNCES = re.compile(
    r"(?:以下|下記)(?:の|に(?:示|掲|記)|[：:])|次に(?:示|掲)|次の(?:語|もの|とおり|通り|項目|事項|[一二三四五六七八九十0-9０-９]*[つ点]|いずれ|うち)"
    r"|as follows|the following",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[」』）)】”\"]*|[^。！？!?]+$", re.DOTALL)


@dataclass(frozen=True)
class Unit:
    """`spans` are what is quoted, in characters of `page.text`, in reading order; `caption` is what stands over a
    table or a list.

    `leading` counts the spans at the front that name the rest and do not answer by themselves: a heading, the head of
    a table. Its texts are cut out of the page once: every feature asks for them.
    """

    kind: UnitKind
    page: Page
    heading_path: HeadingPath
    spans: tuple[Span, ...]
    caption: str = ""
    leading: int = 0

    @cached_property
    def body(self) -> str:
        """What is quoted without what only names it."""
        return "\n".join(self.quotes[self.leading :])

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        return tuple(self.page.text[a:b] for a, b in self.spans)

    @cached_property
    def text(self) -> str:
        return "\n".join(self.quotes)

    @property
    def start(self) -> int:
        return min(a for a, _ in self.spans)

    @property
    def end(self) -> int:
        return max(b for _, b in self.spans)

    @property
    def table(self) -> tuple[object, ...]:
        """What rows of one table have in common: their page, head and what stands over them."""
        return id(self.page), self.spans[: self.leading], self.heading_path, self.caption

    def overlaps(self, other: "Unit") -> bool:
        """Whether the two would quote the same words; rows of one table may share its head."""
        ours, theirs = self.spans[self.leading :], other.spans[other.leading :]
        return self.page == other.page and any(a < d and c < b for a, b in ours for c, d in theirs)

    def holds(self, other: "Unit") -> bool:
        """Whether this unit quotes all that the other quotes, and more."""
        return self.page == other.page and len(self.spans) > len(other.spans) and set(other.spans) <= set(self.spans)


def page_units(page: Page) -> tuple[Unit, ...]:
    """All quotable units of a page, small ones and the groups they form; they overlap."""
    sections = page_sections(page)
    units = [unit for section in sections for unit in _section_units(page, section)]
    units += [
        Unit("pair", page, section.heading_path, (_span(section.blocks[-1]), _span(following.blocks[0])))
        for section, following in pairwise(sections)
        if _LEADS_IN.search(page.text_of(section.blocks[-1]))
    ]
    return tuple(units)


def _section_units(page: Page, section: Section) -> Iterator[Unit]:
    blocks = section.blocks
    body = [b for b in blocks if b.kind != "note"]
    if 1 < len(body) <= 12 and _size(body) <= _SHORT_SECTION:
        yield _group("section", page, section, body)
    head: Block | None = None
    caption = ""
    for index, block in enumerate(blocks):
        if block.kind == "head_row":
            head = block
        elif block.kind == "row":
            spans = (_span(head), _span(block)) if head else (_span(block),)
            yield Unit("row", page, section.heading_path, spans, caption, leading=len(spans) - 1)
        else:
            head = None
            caption = page.text_of(block) if block.kind in ("label", "paragraph", "heading") else caption
            yield from _block_units(page, section.heading_path, block)
        yield from _groups(page, section, index)


def _block_units(page: Page, path: HeadingPath, block: Block) -> Iterator[Unit]:
    if block.kind == "heading":
        yield Unit("heading", page, path, (_span(block),))
    elif block.kind == "label":
        yield Unit("label", page, path, (_span(block),))
    else:
        for span in block_sentences(page.text, block):
            yield Unit("sentence", page, path, (span,))


def block_sentences(text: str, block: Block) -> tuple[Span, ...]:
    """The sentences of a block; line breaks do not end one, so that wrapped lines and blocks of labelled lines stay
    whole. A sentence that announces the next is quoted with it.
    """
    spans = (
        trim(text, block.start + m.start(), block.start + m.end())
        for m in _SENTENCE.finditer(text[block.start : block.end])
    )
    whole: list[Span] = []
    for a, b in spans:
        if whole and _ANNOUNCES.search(text, *whole[-1]):
            whole[-1] = (whole[-1][0], b)
        elif a < b:
            whole.append((a, b))
    return tuple(whole)


def _groups(page: Page, section: Section, index: int) -> Iterator[Unit]:
    """The groups that begin at block `index`: a run of labels, a heading with the block under it, a list with its
    introduction.
    """
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
    leading = 1 if blocks[0].kind == "heading" else 0
    return Unit(kind, page, section.heading_path, tuple(_span(b) for b in blocks), leading=leading)


def _span(block: Block) -> Span:
    return block.start, block.end
