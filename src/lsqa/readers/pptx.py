"""PPTX: every slide is a page; shapes are read in the order in which they stand, whatever group they are in.

The XML is walked itself (ECMA-376 part 1, 19: PresentationML): python-pptx 1.0 opens neither slide shows nor strict
files, and reads no SmartArt.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsqa.documents import Page
from lsqa.readers.drawingml import body_text, graphic_pieces, paragraph_text, paragraphs
from lsqa.readers.ooxml import A, Package, Piece, R, integer, local
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.reading import Reading
from lsqa.readers.reading_order import Box, bounds, reading_order

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_FURNITURE = ("sldNum", "ftr", "dt", "hdr")
_TITLES = ("title", "ctrTitle")
_BULLETS = {A + "buNone": False, A + "buChar": True, A + "buAutoNum": True, A + "buBlip": True}
_MARK = re.compile(r"^(?:[・•‣◦●○➢✓][^・•‣◦●○➢✓]|[-–] )")
_NOTE = re.compile(r"^(?:[（(]?注\s*[0-9０-９]*[)）:：.]?|[※＊*]|[（(]出典[)）]|出典|資料[:：])")
_SLIDE_WIDTH, _SLIDE_HEIGHT = 12_192_000, 6_858_000  # in EMU (914,400 to the inch), where the deck does not say
_USUAL_SIZE = 1800  # in hundredths of a point
_LABEL_LENGTH = 30
_LONGEST_TITLE = 80
_TITLE_RATIO = 1.1
_TITLE_ZONE = 0.25  # of the height of the slide

_Matrix = tuple[float, float, float, float]  # scale and shift in x, scale and shift in y


@dataclass(frozen=True, slots=True)
class _Shape:
    """What shows text: its box in EMU on the slide and, for placeholders, its type."""

    element: Any
    box: Box
    placeholder: str | None


@dataclass(frozen=True, slots=True)
class _Group:
    members: "tuple[_Shape | _Group, ...]"


@dataclass(frozen=True, slots=True)
class _Inherited:
    """Where a slide's placeholders take their place and their style from: shape trees of layout and master."""

    trees: tuple[Any, ...] = ()
    text_styles: Any = None
    found: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    def ancestors(self, placeholder: Any) -> list[Any]:
        """The placeholders that `placeholder` inherits from, the nearest first."""
        kind, index = placeholder.get("type", "obj"), placeholder.get("idx", "")
        if (kind, index) not in self.found:
            matches = [_find_placeholder(tree, kind, index) for tree in self.trees]
            self.found[kind, index] = [shape for shape in matches if shape is not None]
        return self.found[kind, index]


def read_pptx(content: bytes, name: str) -> Reading:
    """The slides of a deck, hidden ones too; a slide without text is an empty page, so that the numbers hold.

    Raises `DocumentError` with status `locked`, `unsupported` (too large, or of before 2007) or `failed`.
    """
    package = Package(content, name)
    main = package.main_part()
    presentation, related = package.root(main), package.related(main)
    size = presentation.find(_P + "sldSz")
    height = integer(None if size is None else size.get("cy"), _SLIDE_HEIGHT)
    layouts: dict[str, _Inherited] = {}
    pages: list[Page] = []
    for number, slide in enumerate(presentation.iterfind(f"{_P}sldIdLst/{_P}sldId"), 1):
        relationship = related.get(slide.get(R + "id", ""))
        part = "" if relationship is None else relationship.part
        builder = PageBuilder()
        for piece in _slide_pieces(package, part, layouts, height):
            builder.add(piece.kind, piece.text, piece.level)
        pages.append(builder.build(number))
    return Reading(tuple(pages))


def _slide_pieces(package: Package, part: str, layouts: dict[str, _Inherited], height: int) -> Iterator[Piece]:
    root = package.root(part)
    if root is None:
        return
    related = package.related(part)
    by_kind = {relationship.kind: relationship.part for relationship in related.values()}
    layout = by_kind.get("slideLayout", "")
    if layout not in layouts:
        layouts[layout] = _inherited(package, layout)
    inherited = layouts[layout]
    tree = root.find(f"{_P}cSld/{_P}spTree")
    shapes = [] if tree is None else _in_order(_members(tree, (1.0, 0.0, 1.0, 0.0), inherited))
    title = _title(shapes, inherited, height)
    if title is not None:
        yield Piece("heading", body_text(title.element.find(_P + "txBody")), 1)
    for shape in shapes:
        if shape is not title:
            yield from _shape_pieces(package, part, shape, inherited)
    yield from _notes(package, by_kind.get("notesSlide", ""))


def _inherited(package: Package, layout: str) -> _Inherited:
    root = package.root(layout) if layout else None
    if root is None:
        return _Inherited()
    master = next((r.part for r in package.related(layout).values() if r.kind == "slideMaster"), "")
    roots = [root] if not master or (found := package.root(master)) is None else [root, found]
    trees = [tree for each in roots if (tree := each.find(f"{_P}cSld/{_P}spTree")) is not None]
    return _Inherited(tuple(trees), roots[-1].find(_P + "txStyles"))


def _find_placeholder(tree: Any, kind: str, index: str) -> Any:
    """The placeholder of a layout or master by its index, else by its type; bodies of all kinds are one type."""
    holders = [(ph, shape) for shape in tree.iterchildren(_P + "sp") for ph in shape.iter(_P + "ph")]
    same_index = [shape for ph, shape in holders if index and ph.get("idx") == index]
    same_kind = [shape for ph, shape in holders if _family(ph.get("type", "obj")) == _family(kind)]
    return next(iter(same_index + same_kind), None)


def _family(kind: str) -> str:
    return "title" if kind in _TITLES else kind if kind in _FURNITURE else "body"


# Shapes, groups and where they stand


def _members(tree: Any, matrix: _Matrix, inherited: _Inherited) -> "Iterator[_Shape | _Group]":
    for element in tree:
        kind = local(element)
        if element.find(f"*/{_P}cNvPr[@hidden='1']") is not None:
            continue  # no reader of the slide sees it
        if kind == "grpSp":
            inside = _combine(matrix, element.find(f"{_P}grpSpPr/{A}xfrm"))
            yield _Group(tuple(_members(element, inside, inherited)))
        elif kind == "graphicFrame":
            yield _Shape(element, _box(element.find(_P + "xfrm"), matrix), None)
        elif kind == "sp" and body_text(element.find(_P + "txBody")):
            placeholder = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            holders = [element] if placeholder is None else [element, *inherited.ancestors(placeholder)]
            places = (holder.find(f"{_P}spPr/{A}xfrm") for holder in holders)
            place = next((p for p in places if p is not None), None)
            kind_of = None if placeholder is None else placeholder.get("type", "obj")
            if kind_of not in _FURNITURE:
                yield _Shape(element, _box(place, matrix), kind_of)


def _numbers(place: Any, tag: str, first: str, second: str) -> tuple[int, int]:
    element = None if place is None else place.find(A + tag)
    return (0, 0) if element is None else (integer(element.get(first)), integer(element.get(second)))


def _box(place: Any, matrix: _Matrix) -> Box:
    """The box of an xfrm on the slide; what is turned by a quarter keeps its middle (20.1.7.6)."""
    (x, y), (width, height) = _numbers(place, "off", "x", "y"), _numbers(place, "ext", "cx", "cy")
    if place is not None and 45 <= integer(place.get("rot")) / 60_000 % 180 < 135:
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


def _leaves(node: "_Shape | _Group") -> Iterator[_Shape]:
    if isinstance(node, _Shape):
        yield node
    else:
        for member in node.members:
            yield from _leaves(member)


def _in_order(nodes: "Iterator[_Shape | _Group]") -> list[_Shape]:
    """All shapes in reading order; a group is read in one go unless something else stands in the midst of it."""
    members = list(nodes)
    everything = [shape for node in members for shape in _leaves(node)]
    units: list[_Shape | _Group] = []
    waiting = members[::-1]
    while waiting:
        node = waiting.pop()
        own = list(_leaves(node))
        if isinstance(node, _Group) and own and not _stands_alone(own, everything):
            waiting += reversed(node.members)
        elif own:
            units.append(node)
    ordered: list[_Shape] = []
    for index in reading_order([bounds([leaf.box for leaf in _leaves(unit)]) for unit in units]):
        unit = units[index]
        ordered += [unit] if isinstance(unit, _Shape) else _in_order(iter(unit.members))
    return ordered


def _stands_alone(own: Sequence[_Shape], everything: Sequence[_Shape]) -> bool:
    around = bounds([shape.box for shape in own])
    middles = (((s.box.left + s.box.right) / 2, (s.box.top + s.box.bottom) / 2) for s in everything)
    inside = sum(around.left <= x <= around.right and around.top <= y <= around.bottom for x, y in middles)
    return inside <= len(own)


# Text and its kind


def _title(shapes: Sequence[_Shape], inherited: _Inherited, height: int) -> _Shape | None:
    """The title's placeholder, else the shape at the top whose letters are clearly larger than those of the rest."""
    for shape in shapes:
        if shape.placeholder in _TITLES:
            return shape
    sized = [(_size(s, inherited), s) for s in shapes if local(s.element) == "sp"]
    near_top = [(size, s) for size, s in sized if s.box.top < _TITLE_ZONE * height]
    near_top.sort(key=lambda pair: (-pair[0], pair[1].box.top))
    if not near_top or not _may_be_title(near_top[0][1]):
        return None
    size, best = near_top[0]
    # Symbols and slogans further down may be larger; most of the text is not.
    rest = sorted(other for other, shape in sized if shape is not best)
    rivals = [rest[(len(rest) - 1) // 2] if rest else _USUAL_SIZE, *(other for other, _ in near_top[1:])]
    return best if size >= _TITLE_RATIO * max(rivals) else None


def _may_be_title(shape: _Shape) -> bool:
    text = body_text(shape.element.find(_P + "txBody"))
    is_line = len(text) <= _LONGEST_TITLE and text.count("\n") < 3 and not text.endswith("。")
    return is_line and shape.placeholder not in ("body", "obj") and bool(re.search(r"[^\W\d_]", text))


def _size(shape: _Shape, inherited: _Inherited) -> int:
    """The size of the largest letters in a shape, in hundredths of a point."""
    sizes = [0]
    for paragraph in paragraphs(shape.element.find(_P + "txBody")):
        if paragraph_text(paragraph):
            own = [integer(p.get("sz")) for p in paragraph.iter(A + "rPr") if p.get("sz")]
            styles = (style.find(A + "defRPr") for style in _styles(shape, paragraph, inherited))
            below = (integer(s.get("sz")) for s in styles if s is not None and s.get("sz"))
            sizes.append(max(own) if own else next(below, _USUAL_SIZE))
    return max(sizes)


def _styles(shape: _Shape, paragraph: Any, inherited: _Inherited) -> Iterator[Any]:
    """The properties that hold for a paragraph, the nearest first (21.1.2.4: list styles of a level)."""
    own = paragraph.find(A + "pPr")
    level = f"{A}lvl{integer(None if own is None else own.get('lvl')) + 1}pPr"
    if own is not None:
        yield own
    placeholder = shape.element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    ancestors = [] if placeholder is None else inherited.ancestors(placeholder)
    for holder in (shape.element, *ancestors):
        style = holder.find(f"{_P}txBody/{A}lstStyle/{level}")
        if style is not None:
            yield style
    family = "otherStyle" if shape.placeholder is None else _family(shape.placeholder) + "Style"
    style = None if inherited.text_styles is None else inherited.text_styles.find(f"{_P}{family}/{level}")
    if style is not None:
        yield style


def _has_bullet(shape: _Shape, paragraph: Any, inherited: _Inherited) -> bool:
    if shape.placeholder == "subTitle":
        return False
    marks = (_BULLETS[e.tag] for style in _styles(shape, paragraph, inherited) for e in style if e.tag in _BULLETS)
    return next(marks, False)


def _shape_pieces(package: Package, part: str, shape: _Shape, inherited: _Inherited) -> Iterator[Piece]:
    if local(shape.element) == "graphicFrame":
        for graphic in shape.element.iter(A + "graphicData"):
            yield from graphic_pieces(package, part, graphic)
        return
    label: list[str] = []
    for paragraph in paragraphs(shape.element.find(_P + "txBody")):
        piece = _paragraph_piece(shape, paragraph, inherited)
        if label and (piece.kind != "label" or len("".join(label)) + len(piece.text) > _LABEL_LENGTH):
            yield Piece("label", "\n".join(label))
            label.clear()
        if piece.kind == "label":
            label.append(piece.text)  # short lines in one box are one label, broken by hand
        else:
            yield piece
    yield Piece("label", "\n".join(label))


def _paragraph_piece(shape: _Shape, paragraph: Any, inherited: _Inherited) -> Piece:
    text = paragraph_text(paragraph)
    own = paragraph.find(A + "pPr")
    if _NOTE.match(text):
        return Piece("note", text)
    if _MARK.match(text) or _has_bullet(shape, paragraph, inherited):
        return Piece("item", text, integer(None if own is None else own.get("lvl")))
    is_label = len(text) <= _LABEL_LENGTH and not text.endswith(("。", "、"))
    return Piece("label" if is_label else "paragraph", text)


def _notes(package: Package, part: str) -> Iterator[Piece]:
    """What the speaker notes say; the picture of the slide and the numbers on the notes page are left out."""
    root = package.root(part) if part else None
    for shape in () if root is None else root.iter(_P + "sp"):
        placeholder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        if placeholder is None or placeholder.get("type", "obj") not in (*_FURNITURE, "sldImg"):
            for paragraph in paragraphs(shape.find(_P + "txBody")):
                yield Piece("note", paragraph_text(paragraph))
