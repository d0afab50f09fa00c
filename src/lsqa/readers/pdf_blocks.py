"""Lines of a page into its blocks, with the place of every letter."""

from collections.abc import Sequence
from typing import Final

from lsqa.documents import BlockKind, Box, Page, TextBox
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.pdf_block_lines import BlockLine, Part
from lsqa.readers.pdf_joining import joined
from lsqa.readers.pdf_kinds import ITEM, body_size, continues, heading_level, larger_sizes, line_kind
from lsqa.readers.pdf_lines import Frame

_LONGEST_HEADING: Final = 90


def build_page(lines: Sequence[BlockLine], content: PageContent, frame: Frame) -> Page:
    """The page of `lines`, with the places of its letters."""
    builder = PageBuilder()
    boxes: list[TextBox] = []
    body = body_size(lines)
    larger = larger_sizes(lines, body)
    open_lines: list[BlockLine] = []
    open_kind: BlockKind | None = None
    level = 0

    def close() -> None:
        if open_kind is not None:
            parts = joined(open_lines, open_kind, _column_edge(open_lines[0], lines), content, frame)
            _add(builder, boxes, open_kind, parts, level, content)
        open_lines.clear()

    for index, line in enumerate(lines):
        kind = line_kind(line, body, lines, index, frame.breadth / 2)
        if open_kind is None or not continues(open_kind, open_lines[-1], kind, line):
            close()
            open_kind, level = kind, heading_level(line, larger) if kind == "heading" else 0
        open_lines.append(line)
    close()
    page = builder.build(content.number)
    return Page(page.number, page.text, page.blocks, tuple(boxes))


def _add(
    builder: PageBuilder,
    boxes: list[TextBox],
    kind: BlockKind,
    parts: list[Part],
    level: int,
    content: PageContent,
) -> None:
    if kind == "item":
        mark = ITEM.match("".join(p.text for p in parts))
        parts = _without_start(parts, mark.end() if mark else 0)
    text = "".join(p.text for p in parts)
    if kind == "heading" and level > 1 and (len(text) > _LONGEST_HEADING or text.rstrip().endswith("。")):
        kind, level = "paragraph", 0
    before = len(builder)
    builder.add(kind, text, level, _confidence(parts))
    if len(builder) == before:
        return
    block = builder.blocks[-1]
    # What the builder strips from the start is white space that stands nowhere.
    at = block.start - (len(text.rstrip()) - (block.end - block.start))
    for part in parts:
        if (box := _text_box(part, at, block.start, block.end, content)) is not None:
            boxes.append(box)
        at += len(part.text)


def _column_edge(first: BlockLine, lines: Sequence[BlockLine]) -> float:
    """Where the lines end at most that stand in one region with `first`, in its size."""
    alike = (x.right for x in lines if x.region == first.region and not x.kind and abs(x.size - first.size) < 0.15)
    return max(alike, default=first.right)


def _confidence(parts: Sequence[Part]) -> float | None:
    known = [g.confidence for part in parts for g in part.places if g is not None and g.confidence is not None]
    return round(sum(known) / len(known), 3) if known else None


def _without_start(parts: list[Part], count: int) -> list[Part]:
    """`parts` without the first `count` characters."""
    kept: list[Part] = []
    for part in parts:
        cut = min(count, len(part.text))
        count -= cut
        kept.append(Part(part.text[cut:], part.places[cut:], part.direction) if cut else part)
    return kept


def _text_box(part: Part, at: int, start: int, end: int, content: PageContent) -> TextBox | None:
    first, last = max(start - at, 0), min(end - at, len(part.text))
    drawn = [g for g in part.places[first:last] if g is not None]
    if not drawn:
        return None
    wide, high = content.width, content.height
    is_vertical = part.direction % 2 == 1
    edges = _edges(part.places[first:last], high if is_vertical else wide, is_vertical)
    box = Box(
        _within(min([g.left for g in drawn]) / wide),
        _within(min([g.top for g in drawn]) / high),
        _within(max([g.right for g in drawn]) / wide),
        _within(max([g.bottom for g in drawn]) / high),
    )
    return TextBox(at + first, at + last, box, edges, is_vertical)


def _edges(places: Sequence[Glyph | None], length: float, is_vertical: bool) -> tuple[float, ...]:
    """Where each character begins along its line, as fractions of the page's `length`, and where the last one ends."""
    spans = [None if g is None else (g.top, g.bottom) if is_vertical else (g.left, g.right) for g in places]
    reached = next(span[0] for span in spans if span is not None)
    edges = []
    for span in spans:
        begin, reached = span or (reached, reached)
        edges.append(begin)
    return tuple([min(1.0, max(0.0, round(edge / length, 4))) for edge in (*edges, reached)])


def _within(fraction: float) -> float:
    return min(1.0, max(0.0, round(fraction, 4)))
