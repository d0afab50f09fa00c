"""Lines of a page into its blocks, with the place of every letter."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from lsqa.documents import BlockKind, Box, Page, TextBox
from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.pdf_block_lines import BlockLine, Part
from lsqa.readers.pdf_joining import joined
from lsqa.readers.pdf_kinds import ITEM, body_size, continues, heading_level, larger_sizes, line_kind
from lsqa.readers.pdf_lines import Frame

_LONGEST_HEADING: Final = 90
_BACKWARDS: Final = 0.002  # of the page: less is letters set close
_MOST_HEADING_LINES: Final = 3


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
            is_text = open_kind == "heading" and level > 1 and _is_prose(open_lines)
            kind: BlockKind = "paragraph" if is_text else open_kind
            parts = joined(open_lines, kind, _column_edge(open_lines[0], lines), content, frame)
            _add(builder, boxes, kind, parts, 0 if is_text else level, content)
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
    before = len(builder)
    builder.add(kind, text, level, _confidence(parts))
    if len(builder) == before:
        return
    block = builder.blocks[-1]
    # What the builder strips from the start is white space that stands nowhere.
    at = block.start - (len(text.rstrip()) - (block.end - block.start))
    for part in parts:
        boxes.extend(_text_boxes(part, at, block.start, block.end, content))
        at += len(part.text)


def _is_prose(lines: Sequence[BlockLine]) -> bool:
    """Whether what looks like a heading under the title is text in a larger size."""
    length = sum(len(line.text) for line in lines)
    is_long = length > _LONGEST_HEADING or len(lines) > _MOST_HEADING_LINES
    return is_long or lines[-1].text.rstrip().endswith("。")


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


def _text_boxes(part: Part, at: int, start: int, end: int, content: PageContent) -> Iterator[TextBox]:
    """Where the characters of a part stand that belong to the block from `start` to `end`, in one box; in one for each
    where they run leftwards or upwards, for the edges of a box rise."""
    first, last = max(start - at, 0), min(end - at, len(part.text))
    places = part.places[first:last]
    if not any(places):
        return
    is_vertical = part.direction % 2 == 1
    edges = _edges(places, content.height if is_vertical else content.width, is_vertical)
    if list(edges) == sorted(edges) or all(a <= b + _BACKWARDS for a, b in pairwise(edges[:-1])):
        yield TextBox(at + first, at + last, _around(places, content), edges, is_vertical)
        return
    for i, glyph in enumerate(places, at + first):
        if glyph is not None:
            box = _around([glyph], content)
            ends = (box.top, box.bottom) if is_vertical else (box.left, box.right)
            yield TextBox(i, i + 1, box, ends, is_vertical)


def _around(places: Sequence[Glyph | None], content: PageContent) -> Box:
    drawn = [g for g in places if g is not None]
    wide, high = content.width, content.height
    return Box(
        _within(min([g.left for g in drawn]) / wide),
        _within(min([g.top for g in drawn]) / high),
        _within(max([g.right for g in drawn]) / wide),
        _within(max([g.bottom for g in drawn]) / high),
    )


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
