"""What a browser does not show: by attributes, inline styles and the document's own style sheet (CSS 2.2).

Style sheets of the site are not at hand. Of the document's own, rules for a class or an id are taken, outside of media
queries; a colour is compared with the background of the same element alone, because others may lie between.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lsqa.readers.hidden_text import NO_COLOUR, NO_PAINT, TOO_SMALL
from lsqa.readers.theme_colours import Colour, Paint, alike, named_colour

NOT_SHOWN: Final = "not displayed"
OFF_PAGE: Final = "off the page"
CLIPPED: Final = "clipped away"

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE: Final = re.compile(r"([{}])")
_SELECTOR: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*)?([.#][\w-]+)")
_LENGTH: Final = re.compile(r"([-+]?\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|vw|vh|%|)")
_SHIFTS: Final = ("left", "top", "text-indent", "margin-left", "margin-top")
_FAR: Final[Mapping[str, float]] = {"px": -999, "pt": -700, "": -999, "em": -60, "rem": -60, "vw": -100, "vh": -100}
_CLIP: Final = re.compile(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)")
_CLIP_PATH: Final = re.compile(r"inset\(\s*(?:5\d|[6-9]\d|100)%\s*\)")
_SMALLEST: Final = 1.0  # pixel or point
_SHOWS_UNPAINTED: Final = ("text-shadow", "background-clip", "-webkit-background-clip", "-webkit-text-stroke")

_Style = dict[str, str]


class HiddenStyles:
    """Tells of the elements of a document why they are not shown."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._rules: dict[str, list[tuple[str, _Style]]] = {}  # by class or id: the tag that it is meant for, its style
        for selectors, body in _rules("\n".join(node.text(deep=True) for node in tree.css("style"))):
            style = _declarations(body)
            for match in map(_SELECTOR.fullmatch, map(str.strip, selectors.split(","))):
                if match is not None and style:
                    self._rules.setdefault(match[2], []).append(((match[1] or "").lower(), style))

    def reason(self, node: LexborNode) -> str:
        """Why an element is not shown; empty where nothing says that it is not."""
        attributes = node.attributes
        if "hidden" in attributes:
            return NOT_SHOWN
        style = self._style(node)
        reason = _reason(style) if style else ""
        if reason == TOO_SMALL and any(self._is_sized(below) for below in node.css("[style], [class], [id]")):
            return ""  # a size of 0 closes the gaps between boxes that have a size of their own
        return reason

    def _is_sized(self, node: LexborNode) -> bool:
        size = self._style(node).get("font-size")
        return size is not None and not _is_tiny(size)

    def _style(self, node: LexborNode) -> _Style:
        style: _Style = {}
        for own in self._styles(node):
            style |= own
        return style

    def _styles(self, node: LexborNode) -> Iterator[_Style]:
        """The styles that hold for an element, the strongest last."""
        attributes = node.attributes
        names = [f".{name}" for name in (attributes.get("class") or "").split()]
        for name in (*names, f"#{attributes.get('id') or ''}"):
            yield from (style for tag, style in self._rules.get(name, ()) if tag in ("", node.tag))
        if inline := attributes.get("style"):
            yield _declarations(inline)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The selectors and the body of each rule that holds on every screen: none inside of an at-rule."""
    depth, before, outer = 0, "", ""
    for part in _BRACE.split(_COMMENT.sub("", css)):
        if part == "{":
            outer = outer if depth else before.rpartition(";")[2].strip()
            depth += 1
        elif part == "}":
            if depth == 1:
                yield outer, before
            depth = max(depth - 1, 0)
        else:
            before = part


def _declarations(body: str) -> _Style:
    pairs = (part.partition(":") for part in body.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


def _reason(style: _Style) -> str:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return NOT_SHOWN
    if _is_tiny(style.get("font-size", "")) or "scale(0)" in style.get("transform", ""):
        return TOO_SMALL
    if any(_is_far(style[name]) for name in _SHIFTS if name in style):
        return OFF_PAGE
    if _CLIP.search(style.get("clip", "")) or _CLIP_PATH.search(style.get("clip-path", "")):
        return CLIPPED
    return _unpainted(style)


def _unpainted(style: _Style) -> str:
    if _length(style.get("opacity", ""))[0] == 0:
        return NO_PAINT
    if any(name in style for name in _SHOWS_UNPAINTED):
        return ""
    ink = _paint(style.get("color", ""))
    if ink.alpha == 0:
        return NO_PAINT
    ground = _paint(style.get("background-color") or style.get("background", ""))
    return NO_COLOUR if alike(ink.solid, ground.solid) else ""


def _length(value: str) -> tuple[float | None, str]:
    match = _LENGTH.fullmatch(value)
    return (None, "") if match is None else (float(match[1]), match[2])


def _is_tiny(value: str) -> bool:
    size, unit = _length(value)
    return size is not None and (size == 0 or (unit in ("px", "pt") and size <= _SMALLEST))


def _is_far(value: str) -> bool:
    """Whether a shift brings all text out of a window; smaller ones centre boxes and pull them together."""
    length, unit = _length(value)
    return length is not None and unit in _FAR and length <= _FAR[unit]


def _paint(value: str) -> Paint:
    """A colour of CSS (Color Level 4); unknown for images, gradients and what is inherited."""
    if value == "transparent":
        return Paint(None, 0.0)
    if value.startswith("rgb"):
        return _from_numbers(value)
    if re.fullmatch(r"#[0-9a-f]{3,4}", value):
        value = "#" + "".join(2 * digit for digit in value[1:])
    if re.fullmatch(r"#[0-9a-f]{8}", value):
        return Paint(named_colour(value[:7]), int(value[7:], 16) / 255)
    return Paint(named_colour(value))


def _from_numbers(value: str) -> Paint:
    numbers = [float(n) * (2.55 if p else 1) for n, p in re.findall(r"(\d*\.?\d+)(%?)", value)]
    if len(numbers) not in (3, 4):
        return Paint(None)
    red, green, blue = (min(round(n), 255) for n in numbers[:3])
    colour: Colour = (red, green, blue)
    is_share = value.rstrip(") ").endswith("%")
    alpha = numbers[3] / (255 if is_share else 1) if len(numbers) == 4 else 1.0
    return Paint(colour, min(alpha, 1.0))
