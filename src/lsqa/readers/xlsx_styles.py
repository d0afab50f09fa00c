"""How the cells of a workbook look: the text that each shows, whether it stands out, and whether it can be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element

from openpyxl.styles.colors import COLOR_INDEX  # type: ignore[import-untyped]
from openpyxl.utils.datetime import from_ISO8601, to_excel  # type: ignore[import-untyped]

from lsqa.readers.delimited import one_line
from lsqa.readers.hidden_text import NO_COLOUR, TOO_SMALL
from lsqa.readers.theme_colours import WHITE, Colour, Theme, alike, hex_colour, lighter
from lsqa.readers.xlsx_formats import format_names, hides_numbers, hides_text, number_text

NO_FORMAT: Final = "a number format that shows nothing"
_SMALLEST: Final = 1  # point
_WINDOW: Final = 65  # the number of the colour of the sheet itself
_THEME_COLOURS: Final = (
    "lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Style:
    number_format: str
    is_marked: bool  # bold or coloured
    reason: str  # why its letters are not seen, whatever they are
    hides_numbers: bool
    hides_text: bool


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`text` is what the cell holds as it is shown, `reason` why no one sees it, empty where it is seen."""

    text: str
    is_marked: bool
    reason: str = ""
    lacks_value: bool = False  # a formula without a stored result


class CellStyles:
    """The styles of a workbook by their numbers."""

    def __init__(self, book: Any, theme: Theme) -> None:
        self._epoch = book.epoch
        named = format_names(book._number_formats)
        fonts, fills = book._fonts, book._fills
        self._styles = [
            _style(named.get(style.numFmtId, "General"), fonts[style.fontId], fills[style.fillId], theme)
            for style in book._cell_styles
        ]

    def shown(self, cell: Element, strings: Sequence[str]) -> ShownCell:
        """What a cell shows; `strings` are those that the cells of a workbook share."""
        parts = {child.tag.rpartition("}")[2]: child for child in cell}
        kind, value = cell.get("t", "n"), parts["v"].text or "" if "v" in parts else ""
        style = self._styles[int(cell.get("s", 0))]
        lacks_value = "f" in parts and not value and kind != "str"
        if kind == "d" and value:  # strict files write dates out
            kind, value = "n", str(to_excel(from_ISO8601(value), self._epoch))
        if kind == "n":
            return self._number(value, style, lacks_value=lacks_value)
        text = one_line(_text(kind, value, parts, strings))
        reason = NO_FORMAT if kind in ("s", "str", "inlineStr") and style.hides_text else style.reason
        return ShownCell(text, style.is_marked, reason if text else "", lacks_value)

    def _number(self, value: str, style: _Style, *, lacks_value: bool) -> ShownCell:
        if not value:
            return ShownCell("", style.is_marked, lacks_value=lacks_value)
        if style.hides_numbers:
            return ShownCell(one_line(value), style.is_marked, NO_FORMAT)
        text = one_line(number_text(value, style.number_format, self._epoch))
        return ShownCell(text, style.is_marked, style.reason if text else "")


def _style(number_format: str, font: Any, fill: Any, theme: Theme) -> _Style:
    is_marked, reason = bool(font.b or _is_coloured(fill)), _reason(font, fill, theme)
    return _Style(number_format, is_marked, reason, hides_numbers(number_format), hides_text(number_format))


def _text(kind: str, value: str, parts: Mapping[str, Element], strings: Sequence[str]) -> str:
    if "is" in parts:  # the phonetic runs (rPh) beside the text and its runs (r) are no text
        return "".join(t.text or "" for path in ("{*}t", "{*}r/{*}t") for t in parts["is"].iterfind(path))
    if kind == "b" and value:
        return "TRUE" if value == "1" else "FALSE"
    return strings[int(value)] if kind == "s" and value else value


def _reason(font: Any, fill: Any, theme: Theme) -> str:
    if font.sz is not None and 0 < font.sz <= _SMALLEST:
        return TOO_SMALL
    return NO_COLOUR if alike(_colour(font.color, theme), _ground(fill, theme)) else ""


def _ground(fill: Any, theme: Theme) -> Colour | None:
    """The colour of a cell; patterns and gradients are no one colour."""
    kind = getattr(fill, "fill_type", "gradient")
    if kind in (None, "none"):
        return WHITE
    return _colour(fill.fgColor, theme) if kind == "solid" else None


def _colour(colour: Any, theme: Theme) -> Colour | None:
    """A colour written out, numbered or of the theme (18.8.3); None where the program chooses it."""
    found: Colour | None = None
    if colour is None:
        return None
    if colour.type == "rgb":
        found = hex_colour(str(colour.rgb)[-6:])
    elif colour.type == "indexed":
        found = WHITE if colour.indexed == _WINDOW else _indexed(colour.indexed)
    elif colour.type == "theme" and colour.theme < len(_THEME_COLOURS):
        found = theme.colours.get(_THEME_COLOURS[colour.theme])
    return lighter(found, colour.tint) if found is not None and colour.tint else found


def _indexed(number: int) -> Colour | None:
    return hex_colour(COLOR_INDEX[number][-6:]) if 0 <= number < len(COLOR_INDEX) else None


def _is_coloured(fill: Any) -> bool:
    if getattr(fill, "fill_type", None) != "solid":
        return False
    return fill.fgColor.rgb not in ("FFFFFFFF", "00FFFFFF") and (fill.fgColor.type, fill.fgColor.theme) != ("theme", 0)
