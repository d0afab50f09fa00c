"""Text of a Word document that no one sees: marked as hidden, in the colour of its ground, too small, unpainted.

What the colour of a run is and what lies under it is looked for outwards (ECMA-376 part 1, 17.7.2): run, character
style, paragraph style, cell, table, text box, page. Where one of these cannot be told, the text counts as seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lsqa.readers.docx_styles import Styles, is_on, value
from lsqa.readers.hidden_text import NO_COLOUR, NO_PAINT, TOO_SMALL
from lsqa.readers.numbering import W
from lsqa.readers.ooxml import Package, integer, local
from lsqa.readers.theme_colours import (
    CLEAR,
    UNKNOWN,
    WHITE,
    Colour,
    Paint,
    alike,
    hex_colour,
    named_colour,
    read_theme,
)

MARKED: Final = "marked as hidden"
_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VANISH: Final = W + "vanish"
_TAGS: Final = (
    _VANISH, W + "sz", W + "color", W + "shd", W + "highlight", _W14 + "textFill", _W14 + "textOutline",
)  # fmt: skip
_OFF: Final = ("0", "false", "off")
_SMALLEST: Final = 2  # half-points
_OPAQUE: Final = 100_000
_BACKDROP: Final = 3_000_000**2  # EMU²: a picture behind the text so large may be under any of it
_HIGHLIGHTS: Final[Mapping[str, str]] = {
    "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000",
    "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0", "green": "00FF00",
}  # fmt: skip
_THEME_NAMES: Final[Mapping[str, str]] = {
    "bg1": "light1", "t1": "dark1", "bg2": "light2", "t2": "dark2", "background1": "bg1", "text1": "t1",
    "background2": "bg2", "text2": "t2", "light1": "lt1", "dark1": "dk1", "light2": "lt2", "dark2": "dk2",
    "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    """What run properties say of sight: those of the run itself, else what its styles say, by tag."""

    direct: Any
    below: Mapping[str, Any]

    def child(self, tag: str) -> Any:
        own = None if self.direct is None else self.direct.find(tag)
        return self.below.get(tag) if own is None else own


@dataclass(slots=True)
class _Around:
    """The paragraph of the last run that was asked for; most runs are those of the same one."""

    paragraph: Any
    style: str
    ground: Paint | None = None


class Visibility:
    """Tells for the runs of a document whether they can be seen."""

    def __init__(self, package: Package, part: str, root: Any, styles: Styles) -> None:
        by_kind = {r.kind: r.part for r in package.related(part).values()}
        settings = package.root(by_kind.get("settings", ""))
        self._theme = read_theme(package.root(by_kind.get("theme", "")), _names(settings))
        self._styles = styles
        self._inherited: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._page = self._page_paint(root, settings)
        self._around = _Around(None, "")

    def reason(self, run: Any) -> str:
        """Why no one sees the text of a w:r; empty where it can be seen."""
        parent = run.getparent()
        paragraph = parent if parent is self._around.paragraph else next(run.iterancestors(W + "p"), None)
        if paragraph is not self._around.paragraph:
            style = "" if paragraph is None else value(paragraph.find(W + "pPr"), "pStyle")
            self._around = _Around(paragraph, style)
        look = self._look(run.find(W + "rPr"), self._around.style)
        mark = look.child(_VANISH)
        if mark is not None and mark.get(W + "val", "1") not in _OFF:
            return MARKED
        size = look.child(W + "sz")
        if size is not None and 0 < integer(size.get(W + "val")) <= _SMALLEST:
            return TOO_SMALL
        paint = self._paint(look)
        if paint.alpha == 0:
            return NO_PAINT
        if paint.solid is None or not alike(paint.solid, self._ground(look).solid):
            return ""
        return NO_COLOUR

    def _look(self, direct: Any, style: str) -> _Look:
        key = (value(direct, "rStyle"), style)
        if key not in self._inherited:
            self._inherited[key] = self._inherit(*key)
        return _Look(direct, self._inherited[key])

    def _inherit(self, character: str, paragraph: str) -> Mapping[str, Any]:
        """What styles and defaults say, by tag; hidden is what one of the two styles hides, not both (17.7.3)."""
        above = _run_properties(self._styles.chain(character))
        below = _run_properties((*self._styles.chain(self._styles.known(paragraph)), self._styles.defaults))
        found = {tag: child for r in (*above, *below)[::-1] for tag in _TAGS if (child := r.find(tag)) is not None}
        marks = [next((mark for r in part if (mark := r.find(_VANISH)) is not None), None) for part in (above, below)]
        on = [mark for mark in marks if mark is not None and mark.get(W + "val", "1") not in _OFF]
        found.pop(_VANISH, None)
        return found | ({_VANISH: on[0]} if len(on) == 1 else {})

    def _paint(self, look: _Look) -> Paint:
        """The colour of the letters; unknown where Word chooses it (`auto`: never that of the ground)."""
        outline, fill = look.child(_W14 + "textOutline"), look.child(_W14 + "textFill")
        if outline is not None and outline.find(_W14 + "noFill") is None:
            return UNKNOWN
        if fill is None:
            return self._colour(look.child(W + "color"))
        if fill.find(_W14 + "noFill") is not None:
            return CLEAR
        for colour in fill.iterfind(f"{_W14}solidFill/*"):
            alpha = colour.find(_W14 + "alpha")
            if alpha is not None and integer(alpha.get(_W14 + "val")) >= _OPAQUE:  # it counts what shines through
                return CLEAR
            name, is_changed = colour.get(_W14 + "val", ""), any(local(change) != "alpha" for change in colour)
            return UNKNOWN if is_changed else Paint(self._named(name) or hex_colour(name))
        return UNKNOWN

    def _colour(self, element: Any, digits: str = "val", name: str = "themeColor") -> Paint:
        """The colour that the theme has under a name, unless it is a shade of it; else the digits (17.3.2.6)."""
        if element is None:
            return UNKNOWN
        changes = (W + name.removesuffix("Color") + change for change in ("Tint", "Shade"))
        is_changed = any(change in element.attrib for change in changes)
        named = None if is_changed else self._named(element.get(W + name, ""))
        return Paint(named or hex_colour(element.get(W + digits, "")))

    def _named(self, name: str) -> Colour | None:
        for _ in range(3):  # background1 -> bg1 -> light1 -> lt1
            name = self._theme.names.get(name, name)
        return self._theme.colours.get(name)

    def _ground(self, look: _Look) -> Paint:
        """What lies under a run: the first ground outwards that is not transparent."""
        marked = look.child(W + "highlight")
        name = "none" if marked is None else marked.get(W + "val", "none")
        if name != "none":
            return Paint(named_colour(_HIGHLIGHTS.get(name, name)))
        own = self._shade(look.child(W + "shd"))
        if own.alpha:
            return own
        if self._around.ground is None:
            paragraph = self._around.paragraph
            grounds = () if paragraph is None else self._grounds(paragraph)
            self._around.ground = next((paint for paint in grounds if paint.alpha), UNKNOWN)
        return self._around.ground

    def _grounds(self, paragraph: Any) -> Iterator[Paint]:
        properties = paragraph.find(W + "pPr")
        chain = self._styles.chain(self._styles.known(value(properties, "pStyle")))
        shades = [properties, *(element.find(W + "pPr") for element in chain)]
        yield self._shade(next((s for p in shades if p is not None and (s := p.find(W + "shd")) is not None), None))
        for element in paragraph.iterancestors():
            kind = local(element)
            if kind == "tc":
                yield self._shade(element.find(f"{W}tcPr/{W}shd"))
            elif kind == "tbl":
                yield from self._table_shades(element)
            elif kind == "txbxContent":
                yield self._box(element)
        yield self._page

    def _shade(self, shade: Any) -> Paint:
        """A w:shd; patterns are no one colour (17.3.5)."""
        if shade is None or shade.get(W + "val") == "nil":
            return CLEAR
        pattern = shade.get(W + "val", "clear")
        if pattern == "solid":
            return self._colour(shade, "color")
        paint = self._colour(shade, "fill", "themeFill")
        if pattern != "clear":
            return UNKNOWN
        is_auto = paint.colour is None and shade.get(W + "fill", "auto") == "auto"
        return CLEAR if is_auto else paint

    def _table_shades(self, table: Any) -> Iterator[Paint]:
        """The table's own shade; which part of its style's a cell shows is not told here."""
        properties = table.find(W + "tblPr")
        yield self._shade(None if properties is None else properties.find(W + "shd"))
        for style in self._styles.chain(value(properties, "tblStyle")):
            if any(self._shade(shade).alpha for shade in style.iter(W + "shd")):
                yield UNKNOWN

    def _box(self, content: Any) -> Paint:
        """The fill of the shape that holds a text box; a shape without one stands on what it was put on."""
        for element in content.iterancestors():
            properties = element.find("{*}spPr")
            if properties is not None:
                return Paint((self._theme.fill(properties) or UNKNOWN).solid)
            if "fillcolor" in element.attrib and element.get("filled") not in ("f", "false"):
                return Paint(named_colour(element.get("fillcolor", "").split(" ")[0]))
            if local(element) in ("p", "r"):
                break
        return UNKNOWN

    def _page_paint(self, root: Any, settings: Any) -> Paint:
        """White, unless the document has a colour or a picture behind its text."""
        background = None if root is None else root.find(W + "background")
        if root is None or any(map(_is_backdrop, root.iter(_DRAWING + "anchor"))):
            return UNKNOWN
        colour = self._colour(background, "color").colour
        if background is None or (colour is None and not len(background)) or alike(colour, WHITE):
            return Paint(WHITE)
        return Paint(colour) if is_on(settings, "displayBackgroundShape") and not len(background) else UNKNOWN


def _names(settings: Any) -> Mapping[str, str]:
    """How the names that runs use lead to those of the theme (17.15.1.20)."""
    mapping = None if settings is None else settings.find(W + "clrSchemeMapping")
    own = {} if mapping is None else {str(k).removeprefix(W): str(v) for k, v in mapping.attrib.items()}
    return {**_THEME_NAMES, **{k: v for k, v in own.items() if k in ("bg1", "t1", "bg2", "t2")}}


def _run_properties(chain: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(r for e in chain if e is not None and (r := e.find(W + "rPr")) is not None)


def _is_backdrop(anchor: Any) -> bool:
    extent = anchor.find(_DRAWING + "extent")
    area = 0 if extent is None else integer(extent.get("cx")) * integer(extent.get("cy"))
    return anchor.get("behindDoc") in ("1", "true") and area >= _BACKDROP
