"""Text of a slide that no one sees: off the slide, marked as hidden, in the colour of its ground, too small, unpainted.

What lies under a text is looked for downwards in the order of painting: its own shape, shapes below it, those of layout
and master, the background. Text counts as hidden only where all of that is known and looks like its letters.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lsqa.readers.drawingml import TABLE, paragraphs
from lsqa.readers.hidden_text import NO_COLOUR, NO_PAINT, TOO_SMALL
from lsqa.readers.ooxml import A, integer, local
from lsqa.readers.pptx_shapes import Group, Inherited, Node, P, Shape, leaves, members, paragraph_styles, shape_tree
from lsqa.readers.reading_order import Box
from lsqa.readers.theme_colours import CLEAR, UNKNOWN, WHITE, Colour, Paint, Theme, alike

OFF_SLIDE: Final = "off the slide"
MARKED: Final = "marked as hidden"
_SMALLEST: Final = 100  # hundredths of a point
_PLAIN_STYLES: Final = ("{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}")
_FULL: Final = ("rect", "roundRect", "flowChartProcess")  # shapes that fill their box
_SLACK: Final = 12_700  # EMU, a point: by so much a box may stand out of what lies under it


@dataclass(frozen=True, slots=True)
class _Surface:
    """Something painted over `box`; `colour` is None where it is not one colour all over."""

    box: Box
    colour: Colour | None


class Ground:
    """What the slides of a layout are painted on."""

    def __init__(self, inherited: Inherited) -> None:
        self.inherited = inherited
        self.layers = [self._layer(root) for root in inherited.roots[::-1]]  # the master's before the layout's
        if len(inherited.roots) > 1 and inherited.roots[0].get("showMasterSp") in ("0", "false"):
            self.layers[0] = []

    def _layer(self, root: Any) -> list[_Surface]:
        tree = shape_tree(root)
        shapes = [] if tree is None else leaves(members(tree, self.inherited))
        theme = self.inherited.theme
        found = (_surface(shape, _fill(shape, theme)) for shape in shapes if shape.placeholder is None)
        return [surface for surface in found if surface is not None]

    def under(self, slide: Any) -> tuple[list[_Surface], Colour | None]:
        """The surfaces of layout and master on a slide, the lowest first, and its background."""
        is_shown = slide.get("showMasterSp") not in ("0", "false")
        surfaces = [surface for layer in self.layers for surface in layer] if is_shown else []
        return surfaces, self._background(slide)

    def _background(self, slide: Any) -> Colour | None:
        for root in (slide, *self.inherited.roots):
            ground = root.find(f"{P}cSld/{P}bg")
            if ground is not None:
                theme = self.inherited.theme
                paint = theme.fill(ground.find(P + "bgPr")) or theme.numbered(ground.find(P + "bgRef"))
                return (paint or UNKNOWN).solid
        return WHITE


def part_hidden(
    nodes: Sequence[Node], slide: Any, ground: Ground, size: tuple[int, int], text_of: Callable[[Shape], str]
) -> tuple[tuple[Node, ...], list[tuple[str, str]]]:
    """`nodes` that show text without what cannot be seen, and that by its reason. `size` is the slide's, in EMU.

    Runs that cannot be seen are taken out of the elements of their shapes.
    """
    shapes = list(leaves(nodes))
    mapping = slide.find(f"{P}clrMapOvr/{A}overrideClrMapping")
    inherited = ground.inherited
    if mapping is not None:
        inherited = replace(inherited, theme=replace(inherited.theme, names=dict(mapping.attrib)))
    slide_ = _Slide(shapes, inherited, *ground.under(slide))
    gone: set[int] = set()
    found: list[tuple[str, str]] = []
    for index, shape in enumerate(shapes):
        if not shape.shows_text:
            gone.add(id(shape))
        elif reason := _reason(shape, size):
            found.append((reason, text_of(shape)))
            gone.add(id(shape))
        else:
            found += slide_.take_runs(index)
    return tuple(_without(nodes, gone)), found


def _reason(shape: Shape, size: tuple[int, int]) -> str:
    """Why a shape is not seen at all; what nothing places stands where the program puts it."""
    if shape.is_hidden:
        return MARKED
    box, (width, height) = shape.place, size
    if box is not None and (box.right <= 0 or box.bottom <= 0 or box.left >= width or box.top >= height):
        return OFF_SLIDE
    return ""


def _without(nodes: Iterable[Node], gone: set[int]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Group):
            yield Group(tuple(_without(node.members, gone)))
        elif id(node) not in gone:
            yield node


def _surface(shape: Shape, fill: Paint) -> _Surface | None:
    """What a shape paints over its box; None where it paints nothing or no one knows where."""
    is_drawn = shape.placeholder is None or shape.shows_text or local(shape.element) != "sp"
    if shape.place is None or shape.is_hidden or not is_drawn or not fill.alpha:
        return None
    form = shape.element.find(f"{P}spPr/{A}prstGeom")
    is_full = form is not None and form.get("prst") in _FULL
    return _Surface(shape.place, fill.solid if is_full else None)


def _fill(shape: Shape, theme: Theme) -> Paint:
    """What a shape is filled with: its own fill, one that it inherits, that of its style (20.1.4.1.10)."""
    if local(shape.element) != "sp":
        return UNKNOWN
    fills = (theme.fill(holder.find(P + "spPr")) for holder in shape.holders)
    own = next((fill for fill in fills if fill is not None), None)
    return own or theme.numbered(shape.element.find(f"{P}style/{A}fillRef")) or CLEAR


class _Slide:
    """The shapes of a slide in the order of painting, on what lies under them."""

    def __init__(
        self, shapes: Sequence[Shape], inherited: Inherited, below: list[_Surface], ground: Colour | None
    ) -> None:
        self.shapes = shapes
        self.inherited = inherited
        self.theme = inherited.theme
        self.fills = [_fill(shape, self.theme) for shape in shapes]
        self.below = below
        self.background = ground
        self._under: dict[int, tuple[Colour | None, ...]] = {}

    def take_runs(self, index: int) -> Iterator[tuple[str, str]]:
        """Takes the runs that cannot be seen out of a shape; their reasons and texts, a paragraph at a time."""
        shape = self.shapes[index]
        if local(shape.element) == "sp":
            for paragraph in paragraphs(shape.element.find(P + "txBody")):
                yield from self._take(paragraph, self._layers(shape, paragraph), index, self.fills[index])
            return
        for cell in shape.element.iterfind(f"{A}graphic/{A}graphicData/{TABLE}/{A}tr/{A}tc"):
            for paragraph in paragraphs(cell.find(A + "txBody")):
                yield from self._take(paragraph, (), index, self._cell_fill(cell))

    def _layers(self, shape: Shape, paragraph: Any) -> tuple[Any, ...]:
        """What a run inherits: list styles, and before those of the master the style of a shape that is drawn.

        Text outside placeholders follows the deck's defaults and not the master's p:otherStyle: it is left unknown.
        """
        found = tuple(
            s for p in paragraph_styles(shape, paragraph, self.inherited) if (s := p.find(A + "defRPr")) is not None
        )
        if shape.placeholder is not None:
            return found
        own = tuple(style for style in found if next(style.iterancestors(P + "txStyles"), None) is None)
        reference = shape.element.find(f"{P}style/{A}fontRef")
        return own if reference is None else (*own, reference)

    def _take(self, paragraph: Any, layers: tuple[Any, ...], index: int, fill: Paint) -> Iterator[tuple[str, str]]:
        hidden: dict[str, list[Any]] = {}
        for run in paragraph.iterchildren(A + "r", A + "fld"):
            if reason := self._run_reason(run.find(A + "rPr"), layers, index, fill):
                hidden.setdefault(reason, []).append(run)
        for reason, runs in hidden.items():
            yield reason, "".join(t.text or "" for run in runs for t in run.iterchildren(A + "t"))
            for run in runs:
                paragraph.remove(run)

    def _run_reason(self, own: Any, styles: tuple[Any, ...], index: int, fill: Paint) -> str:
        layers = styles if own is None else (own, *styles)
        size = next((layer.get("sz") for layer in layers if layer.get("sz")), None)
        if 0 < integer(size) <= _SMALLEST:
            return TOO_SMALL
        if own is not None and _is_drawn_round(own):
            return ""
        paint = next((found for layer in layers if (found := self._paint(layer)) is not None), UNKNOWN)
        if paint.alpha == 0:
            return NO_PAINT
        if paint.solid is None:
            return ""
        marked = None if own is None else own.find(A + "highlight")
        grounds = self._grounds(index, fill) if marked is None else (self.theme.colour(marked).solid,)
        return NO_COLOUR if all(alike(paint.colour, ground) for ground in grounds) else ""

    def _paint(self, layer: Any) -> Paint | None:
        return self.theme.colour(layer) if layer.tag == A + "fontRef" else self.theme.fill(layer)

    def _cell_fill(self, cell: Any) -> Paint:
        """A cell's own fill, else the table's; that of a style of tables is not told here."""
        own = self.theme.fill(cell.find(A + "tcPr"))
        if own is not None:
            return own
        properties = cell.getparent().getparent().find(A + "tblPr")
        if properties is None:
            return CLEAR
        style = properties.findtext(A + "tableStyleId") or _PLAIN_STYLES[0]
        return (self.theme.fill(properties) or CLEAR) if style in _PLAIN_STYLES else UNKNOWN

    def _grounds(self, index: int, fill: Paint) -> tuple[Colour | None, ...]:
        """The colours on which parts of a shape's text may stand; None for what cannot be told."""
        if fill.alpha:
            return (fill.solid,)
        if index not in self._under:
            self._under[index] = tuple(self._below(index))
        return self._under[index]

    def _below(self, index: int) -> Iterator[Colour | None]:
        box = self.shapes[index].place
        if box is None:
            yield None
            return
        painted = (_surface(shape, fill) for shape, fill in zip(self.shapes[:index], self.fills, strict=False))
        for surface in (*self.below, *painted)[::-1]:
            if surface is not None and _overlap(surface.box, box):
                yield surface.colour
                if surface.colour is not None and _holds(surface.box, box):
                    return
        yield self.background


def _is_drawn_round(properties: Any) -> bool:
    """Whether letters have an outline or an effect, by which they can be seen whatever their colour."""
    line, effects = properties.find(A + "ln"), properties.find(A + "effectLst")
    has_line = line is not None and line.find(A + "noFill") is None and len(line) > 0
    return has_line or (effects is not None and len(effects) > 0)


def _overlap(a: Box, b: Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left + _SLACK
        and outer.top <= inner.top + _SLACK
        and outer.right >= inner.right - _SLACK
        and outer.bottom >= inner.bottom - _SLACK
    )
