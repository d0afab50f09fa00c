"""Ruled tables of a page: cells between drawn lines, read row by row.

Lines that touch make a grid; a line that is missing between two cells joins them. A table has at least two rows and two
columns; any other grid is layout, a box with a heading or boxes side by side, and is read box by box.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from lsqa.readers.glyphs import Glyph, PageContent, Panel, Rect, around
from lsqa.readers.pdf_lines import Frame

_TOUCH: Final = 3.0  # points between lines that meet
_SAME: Final = 3.0  # points between two lines of one edge
_THIN: Final = 4.0
_COVERED: Final = 0.6  # of a cell's side, to be an edge of it
_MOST_LINES: Final = 3_000
_MOST_CELLS: Final = 6_000
_LEAST_ROWS: Final = 5
_OPEN: Final = 20.0  # points: the least width of a column at an open side
_FEWEST_LEVEL: Final = 3
_IN_LINE: Final = 0.75  # of the rows
_SAME_TOP: Final = 0.8  # points
_MOST_CUT: Final = 2
_CUT_SHARE: Final = 0.1  # of the filled cells
_MOST_STACKED: Final = 3  # boxes on each other; more are rows that only level lines part


@dataclass(slots=True)
class Cell(Rect):
    """A cell in the frame: its first row and column, how many it spans, and what stands in it."""

    row: int
    column: int
    rows: int
    columns: int
    glyphs: list[Glyph]
    is_shaded: bool = False


@dataclass(slots=True)
class Table(Rect):
    """A grid of cells, by rows."""

    cells: list[Cell]

    def row_cells(self) -> list[list[Cell]]:
        """The cells by the row they begin in, from left to right."""
        count = max(cell.row for cell in self.cells) + 1
        rows: list[list[Cell]] = [[] for _ in range(count)]
        for cell in sorted(self.cells, key=lambda c: (c.row, c.column)):
            rows[cell.row].append(cell)
        return rows


@dataclass(slots=True)
class PageTables:
    """The tables of a page from top to bottom, the characters that stand in none, and the boxes that lines draw around
    some of these, in the frame."""

    tables: list[Table]
    rest: list[Glyph]
    boxes: list[Rect]


def find_tables(content: PageContent, frame: Frame) -> PageTables:
    """What the lines of a page are: tables, boxes, or neither."""
    drawn = [frame.seen(r) for r in content.rules]
    drawn += [e for p in content.panels if p.is_framed for e in _edges(p, frame)]
    grids = list(_tables(drawn))
    tables = [g for g in grids if _has_rows_and_columns(g)]
    # Shades make cells only where no lines do: in a ruled table they lie behind single lines of text.
    shades = [p for p in content.panels if not p.is_framed and p.colour is not None and min(p.colour) <= 250]
    free = [
        p
        for p in shades
        if not any(t.overlaps_down(s) > 0 < t.overlaps_across(s) for t in tables for s in [frame.seen(p)])
    ]
    tables += filter(_has_rows_and_columns, _tables([e for p in free for e in _edges(p, frame)]))
    left = _fill(tables, content.glyphs, frame)
    cut = _cut_texts(tables, content.glyphs)
    kept = [t for t, count in zip(tables, cut, strict=True) if _is_table(t, count) and not _is_part(t, left, frame)]
    diagrams = [t for t, count in zip(tables, cut, strict=True) if count > _MOST_CUT]
    boxes = [b for g in grids if not any(g is t for t in (*kept, *diagrams)) for b in _boxes(g)]
    returned = {id(g) for t in tables if not any(t is k for k in kept) for c in t.cells for g in c.glyphs}
    for table in kept:
        _shade(table, [p for p in content.panels if p.colour is not None and min(p.colour) < 245], frame)
    if returned:  # in the order in which they were drawn
        stay = {id(g) for g in left} | returned
        left = [g for g in content.glyphs if id(g) in stay]
    return PageTables(sorted(kept, key=lambda t: (t.top, t.left)), left, boxes)


def _has_rows_and_columns(grid: Table) -> bool:
    return len({c.row for c in grid.cells}) > 1 and len({c.column for c in grid.cells}) > 1


def _boxes(grid: Table) -> Iterator[Rect]:
    """A grid that is no table as boxes: its fields, and those that stand in one row or column as a whole."""
    if not _has_rows_and_columns(grid):
        yield grid
    if len({c.row for c in grid.cells}) <= _MOST_STACKED:
        yield from grid.cells


def _tables(lines: list[Rect]) -> Iterator[Table]:
    straight = [r for r in lines if min(r.width, r.height) <= _THIN < max(r.width, r.height)]
    if 2 <= len(straight) <= _MOST_LINES:
        for group in _groups(straight):
            yield from _grid(group)


def _edges(panel: Panel, frame: Frame) -> Iterator[Rect]:
    """The four sides of a panel: cells are often drawn as boxes."""
    r = frame.seen(panel)
    yield Rect(r.left, r.top, r.right, r.top)
    yield Rect(r.left, r.bottom, r.right, r.bottom)
    yield Rect(r.left, r.top, r.left, r.bottom)
    yield Rect(r.right, r.top, r.right, r.bottom)


def _groups(lines: list[Rect]) -> list[list[Rect]]:
    """Lines that touch each other, directly or through others."""
    parents = list(range(len(lines)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    order = sorted(range(len(lines)), key=lambda i: lines[i].left)
    active: list[int] = []
    for i in order:
        active = [j for j in active if lines[j].right + _TOUCH >= lines[i].left]
        for j in active:
            if lines[i].top - _TOUCH <= lines[j].bottom and lines[j].top - _TOUCH <= lines[i].bottom:
                parents[root(i)] = root(j)
        active.append(i)
    groups: dict[int, list[Rect]] = {}
    for i, line in enumerate(lines):
        groups.setdefault(root(i), []).append(line)
    return list(groups.values())


def _grid(lines: list[Rect]) -> Iterator[Table]:
    """The table that touching lines make, if they make one."""
    level = [r for r in lines if r.height <= _THIN and r.width > _THIN]
    upright = [r for r in lines if r.width <= _THIN and r.height > _THIN]
    ys = _edges_of([(r.top + r.bottom) / 2 for r in level])
    xs = _with_open_sides(_edges_of([(r.left + r.right) / 2 for r in upright]), level)
    if min(len(ys), len(xs)) < 2 or (len(ys) - 1) * (len(xs) - 1) > _MOST_CELLS:
        return
    walls = _Walls(level, upright, xs, ys)
    cells = list(_cells(walls, xs, ys))
    if cells:
        box = around(tuple(cells))
        yield Table(box.left, box.top, box.right, box.bottom, cells)


def _edges_of(places: list[float]) -> list[float]:
    """Places that lie close together as one."""
    merged: list[list[float]] = []
    for place in sorted(places):
        if merged and place - merged[-1][-1] <= _SAME:
            merged[-1].append(place)
        else:
            merged.append([place])
    return [sum(group) / len(group) for group in merged]


def _with_open_sides(xs: list[float], level: list[Rect]) -> list[float]:
    """The edges between columns, and the ends of the level lines where most reach beyond the outermost edges: tables
    are often open at their left and right."""
    if len(xs) < 2 or len(level) < _FEWEST_LEVEL:
        return xs
    left, right = median(r.left for r in level), median(r.right for r in level)
    return [*([left] if left < xs[0] - _OPEN else []), *xs, *([right] if right > xs[-1] + _OPEN else [])]


class _Walls:
    """Which sides of a grid's fields are drawn."""

    def __init__(self, level: list[Rect], upright: list[Rect], xs: list[float], ys: list[float]) -> None:
        self.below = [[False] * (len(xs) - 1) for _ in ys]  # of edge y, over column x
        self.right = [[False] * len(xs) for _ in range(len(ys) - 1)]  # in row y, at edge x
        for y, edge in enumerate(ys):
            spans = [(r.left, r.right) for r in level if abs((r.top + r.bottom) / 2 - edge) <= _SAME]
            for x in range(len(xs) - 1):
                self.below[y][x] = _covers(spans, xs[x], xs[x + 1])
        for x, edge in enumerate(xs):
            spans = [(r.top, r.bottom) for r in upright if abs((r.left + r.right) / 2 - edge) <= _SAME]
            for y in range(len(ys) - 1):
                self.right[y][x] = _covers(spans, ys[y], ys[y + 1])


def _covers(spans: Sequence[tuple[float, float]], low: float, high: float) -> bool:
    covered = 0.0
    reached = low
    for start, end in sorted(spans):
        start, end = max(start - _TOUCH / 2, reached), min(end + _TOUCH / 2, high)
        if end > start:
            covered += end - start
            reached = end
    return covered >= _COVERED * (high - low)


def _cells(walls: _Walls, xs: list[float], ys: list[float]) -> Iterator[Cell]:
    """The fields of the grid, joined where no wall parts them into a rectangle."""
    taken: set[tuple[int, int]] = set()
    for y in range(len(ys) - 1):
        for x in range(len(xs) - 1):
            if (y, x) in taken:
                continue
            wide = 1
            while x + wide < len(xs) - 1 and not walls.right[y][x + wide] and (y, x + wide) not in taken:
                wide += 1
            high = 1
            while y + high < len(ys) - 1 and not any(walls.below[y + high][x : x + wide]):
                high += 1
            taken.update((y + j, x + i) for j in range(high) for i in range(wide))
            if _is_closed(walls, x, y, wide, high):
                yield Cell(xs[x], ys[y], xs[x + wide], ys[y + high], y, x, high, wide, [])


def _is_closed(walls: _Walls, x: int, y: int, wide: int, high: int) -> bool:
    """Whether a field lies inside the table: tables are often open at their left and right sides, not in the middle."""
    level = any(walls.below[y][x : x + wide]) and any(walls.below[y + high][x : x + wide])
    upright = any(walls.right[y + j][x] or walls.right[y + j][x + wide] for j in range(high))
    return level and upright


def _fill(tables: list[Table], glyphs: Sequence[Glyph], frame: Frame) -> list[Glyph]:
    """Put characters into the cells they stand in; what is left stands in no table."""
    if not tables:
        return list(glyphs)
    left: list[Glyph] = []
    rows = [_by_top(table) for table in tables]
    for glyph in glyphs:
        x, y = frame.seen(glyph).centre
        cell = next(
            (c for t, r in zip(tables, rows, strict=True) if t.holds(x, y, 1.0) and (c := _cell_at(r, x, y))), None
        )
        if cell is None:
            left.append(glyph)
        else:
            cell.glyphs.append(glyph)
    return left


def _by_top(table: Table) -> tuple[list[float], list[Cell]]:
    cells = sorted(table.cells, key=lambda c: c.top)
    return [c.top for c in cells], cells


def _cell_at(ordered: tuple[list[float], list[Cell]], x: float, y: float) -> Cell | None:
    tops, cells = ordered
    for cell in reversed(cells[: bisect_right(tops, y + 1.0)]):
        if cell.holds(x, y):
            return cell
    return None


def _cut_texts(tables: Sequence[Table], glyphs: Sequence[Glyph]) -> list[int]:
    """How many texts each grid cuts in two: the lines of a diagram lead past its words, those of a table do not."""
    owner = {id(g): (number, id(cell)) for number, t in enumerate(tables) for cell in t.cells for g in cell.glyphs}
    counts = [0] * len(tables)
    for a, b in pairwise(glyphs) if owner else ():
        at, then = owner.get(id(a)), owner.get(id(b))
        if at != then and not (a.text.isspace() or b.text.isspace()) and _touch(a, b):
            for number in {place[0] for place in (at, then) if place}:
                counts[number] += 1
    return counts


def _is_part(table: Table, outside: Sequence[Glyph], frame: Frame) -> bool:
    """Whether a grid is only the shaded or ruled part of a wider table without lines: nearly each of its rows stands on
    one line with text to its left or right."""
    tops = [frame.seen(g).top for g in outside if not g.text.isspace() and frame.seen(g).overlaps_down(table) > 0]
    places = sorted(tops)
    rows = [[frame.seen(g).top for c in row for g in c.glyphs] for row in table.row_cells()]
    filled = [row for row in rows if row]
    in_line = sum(1 for row in filled if any(_has_near(places, top) for top in row))
    return len(filled) >= _LEAST_ROWS and in_line >= _IN_LINE * len(filled)


def _has_near(places: Sequence[float], at: float) -> bool:
    index = bisect_left(places, at - _SAME_TOP)
    return index < len(places) and places[index] <= at + _SAME_TOP


def _touch(a: Glyph, b: Glyph) -> bool:
    """Whether two characters stand close beside each other on one line, in one size."""
    gap = 0.15 * max(a.size, b.size)
    return abs(a.size - b.size) < gap and abs(a.baseline - b.baseline) < gap and -gap < b.left - a.right < gap


def _is_table(table: Table, cut: int) -> bool:
    """Whether a grid is one: filled fields in two rows and columns at least, not one field that holds it all, and
    `cut`, the texts that it divides, few."""
    filled = [c for c in table.cells if any(not g.text.isspace() for g in c.glyphs)]
    if cut > max(_MOST_CUT, _CUT_SHARE * len(filled)):
        return False
    if len({c.row for c in filled}) < 2 or len({c.column for c in filled}) < 2 or len(filled) < 4:
        return False
    longest = max(len(c.glyphs) for c in filled)
    total = sum(len(c.glyphs) for c in filled)
    return longest <= 400 or longest < 0.6 * total


def _shade(table: Table, panels: Sequence[Panel], frame: Frame) -> None:
    cells = sorted(table.cells, key=lambda c: c.centre[1])
    heights = [c.centre[1] for c in cells]
    for panel in panels:
        area = frame.seen(panel)
        if area.area > 0.9 * table.area:
            continue
        for cell in cells[bisect_left(heights, area.top) : bisect_right(heights, area.bottom)]:
            if area.left <= cell.centre[0] <= area.right:
                cell.is_shaded = True
