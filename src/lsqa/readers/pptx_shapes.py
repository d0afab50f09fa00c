"""The shapes of a slide: where they stand, in which order they are read, what they inherit from layout and master."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lsqa.readers.drawingml import body_text
from lsqa.readers.ooxml import A, Package, integer, local
from lsqa.readers.reading_order import Box, bounds, reading_order
from lsqa.readers.theme_colours import Theme, read_theme

P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
FURNITURE: Final = ("sldNum", "ftr", "dt", "hdr")
TITLES: Final = ("title", "ctrTitle")
_YES: Final = ("1", "true")
_SHAPES: Final = ("sp", "pic", "graphicFrame")

_Matrix = tuple[float, float, float, float]  # scale and shift in x, scale and shift in y
_AS_IT_STANDS: Final[_Matrix] = (1.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Shape:
    """`place` is its box in EMU on the slide, None where nothing says it; `placeholder` the type of a placeholder.

    `holders` are its own element and those that it inherits from, the nearest first.
    """

    element: Any
    holders: tuple[Any, ...]
    place: Box | None
    placeholder: str | None
    is_hidden: bool = False  # by its author, by itself or with its group

    @property
    def box(self) -> Box:
        return self.place or Box(0, 0, 0, 0)

    @property
    def shows_text(self) -> bool:
        """Whether it may hold text of the slide itself: numbers, dates and footers are none."""
        if local(self.element) == "sp":
            return self.placeholder not in FURNITURE and bool(body_text(self.element.find(P + "txBody")))
        return local(self.element) == "graphicFrame"


@dataclass(frozen=True, slots=True)
class Group:
    members: "tuple[Node, ...]"


Node = Shape | Group


@dataclass(frozen=True, slots=True)
class Inherited:
    """Where a slide's placeholders take their place and their style from: `roots` are layout and master."""

    roots: tuple[Any, ...] = ()
    theme: Theme = field(default_factory=Theme)
    found: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    @property
    def text_styles(self) -> Any:
        return self.roots[-1].find(P + "txStyles") if self.roots else None

    def ancestors(self, placeholder: Any) -> list[Any]:
        """The placeholders that `placeholder` inherits from, the nearest first."""
        kind, index = placeholder.get("type", "obj"), placeholder.get("idx", "")
        if (kind, index) not in self.found:
            matches = [_find_placeholder(tree, kind, index) for tree in map(shape_tree, self.roots) if tree is not None]
            self.found[kind, index] = [shape for shape in matches if shape is not None]
        return self.found[kind, index]


def inherited_from(package: Package, layout: str) -> Inherited:
    """What the slides of a layout inherit; nothing where there is no such part."""
    root = package.root(layout) if layout else None
    if root is None:
        return Inherited()
    part = next((r.part for r in package.related(layout).values() if r.kind == "slideMaster"), "")
    master = package.root(part) if part else None
    if master is None:
        return Inherited((root,))
    mapping = master.find(P + "clrMap")
    theme = next((r.part for r in package.related(part).values() if r.kind == "theme"), "")
    return Inherited((root, master), read_theme(package.root(theme), {} if mapping is None else dict(mapping.attrib)))


def shape_tree(root: Any) -> Any:
    """The p:spTree of a slide, layout or master."""
    return root.find(f"{P}cSld/{P}spTree")


def _find_placeholder(tree: Any, kind: str, index: str) -> Any:
    """The placeholder of a layout or master by its index, else by its type; bodies of all kinds are one type."""
    holders = [(ph, shape) for shape in tree.iterchildren(P + "sp") for ph in shape.iter(P + "ph")]
    same_index = [shape for ph, shape in holders if index and ph.get("idx") == index]
    same_kind = [shape for ph, shape in holders if _family(ph.get("type", "obj")) == _family(kind)]
    return next(iter(same_index + same_kind), None)


def _family(kind: str) -> str:
    return "title" if kind in TITLES else kind if kind in FURNITURE else "body"


def members(
    tree: Any, inherited: Inherited, matrix: _Matrix = _AS_IT_STANDS, *, is_hidden: bool = False
) -> Iterator[Node]:
    """What stands in a shape tree or a group, in the order in which it is painted."""
    for element in tree:
        kind, names = local(element), element.find(f"*/{P}cNvPr")
        is_gone = is_hidden or (names is not None and names.get("hidden") in _YES)
        if kind == "grpSp":
            inside = _combine(matrix, element.find(f"{P}grpSpPr/{A}xfrm"))
            yield Group(tuple(members(element, inherited, inside, is_hidden=is_gone)))
        elif kind in _SHAPES:
            placeholder = element.find(f"*/{P}nvPr/{P}ph")
            holders = (element,) if placeholder is None else (element, *inherited.ancestors(placeholder))
            places = (
                [element.find(P + "xfrm")]
                if kind == "graphicFrame"
                else [xfrm for holder in holders if (xfrm := holder.find(f"{P}spPr/{A}xfrm")) is not None]
            )
            box = _box(places[0], matrix) if places and places[0] is not None else None
            kind_of = None if placeholder is None else placeholder.get("type", "obj")
            yield Shape(element, holders, box, kind_of, is_gone)


def _numbers(place: Any, tag: str, first: str, second: str) -> tuple[int, int]:
    element = place.find(A + tag)
    return (0, 0) if element is None else (integer(element.get(first)), integer(element.get(second)))


def _box(place: Any, matrix: _Matrix) -> Box:
    """The box of an xfrm on the slide; what is turned by a quarter keeps its middle (20.1.7.6)."""
    (x, y), (width, height) = _numbers(place, "off", "x", "y"), _numbers(place, "ext", "cx", "cy")
    if 45 <= integer(place.get("rot")) / 60_000 % 180 < 135:
        x, y, width, height = x + (width - height) // 2, y + (height - width) // 2, height, width
    sx, dx, sy, dy = matrix
    return Box(sx * x + dx, sy * y + dy, sx * (x + width) + dx, sy * (y + height) + dy)


def _combine(matrix: _Matrix, place: Any) -> _Matrix:
    """The way from coordinates inside a group to the slide, given that of what holds the group (20.1.7.5)."""
    if place is None:
        return matrix
    (x, y), (width, height) = _numbers(place, "off", "x", "y"), _numbers(place, "ext", "cx", "cy")
    (cx, cy), (cw, ch) = _numbers(place, "chOff", "x", "y"), _numbers(place, "chExt", "cx", "cy")
    kx, ky = (width / cw if cw else 1.0), (height / ch if ch else 1.0)
    sx, dx, sy, dy = matrix
    return sx * kx, sx * (x - cx * kx) + dx, sy * ky, sy * (y - cy * ky) + dy


def leaves(nodes: Iterable[Node]) -> Iterator[Shape]:
    """The shapes of all groups, in the order in which they are painted."""
    for node in nodes:
        if isinstance(node, Shape):
            yield node
        else:
            yield from leaves(node.members)


def in_order(nodes: Iterable[Node]) -> list[Shape]:
    """All shapes in reading order; a group is read in one go unless something else stands in the midst of it."""
    found = list(nodes)
    everything = list(leaves(found))
    units: list[Node] = []
    waiting = found[::-1]
    while waiting:
        node = waiting.pop()
        own = list(leaves((node,)))
        if isinstance(node, Group) and own and not _stands_alone(own, everything):
            waiting += reversed(node.members)
        elif own:
            units.append(node)
    ordered: list[Shape] = []
    for index in reading_order([bounds([leaf.box for leaf in leaves((unit,))]) for unit in units]):
        unit = units[index]
        ordered += [unit] if isinstance(unit, Shape) else in_order(unit.members)
    return ordered


def _stands_alone(own: Sequence[Shape], everything: Sequence[Shape]) -> bool:
    around = bounds([shape.box for shape in own])
    middles = (((s.box.left + s.box.right) / 2, (s.box.top + s.box.bottom) / 2) for s in everything)
    inside = sum(around.left <= x <= around.right and around.top <= y <= around.bottom for x, y in middles)
    return inside <= len(own)


def paragraph_styles(shape: Shape, paragraph: Any, inherited: Inherited) -> Iterator[Any]:
    """The properties that holders of a paragraph have for its level, the nearest first (21.1.2.4)."""
    own = paragraph.find(A + "pPr")
    level = f"{A}lvl{integer(None if own is None else own.get('lvl')) + 1}pPr"
    for holder in shape.holders:
        style = holder.find(f"{P}txBody/{A}lstStyle/{level}")
        if style is not None:
            yield style
    family = "otherStyle" if shape.placeholder is None else _family(shape.placeholder) + "Style"
    style = None if inherited.text_styles is None else inherited.text_styles.find(f"{P}{family}/{level}")
    if style is not None:
        yield style
