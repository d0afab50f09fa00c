"""What paragraph styles say of structure: headings, titles, captions, tables of contents, lists (17.7 of ECMA-376)."""

import re
from dataclasses import dataclass
from typing import Any

from lsqa.readers.numbering import W
from lsqa.readers.ooxml import integer

_HEADING = re.compile(r"^(?:heading|見出し)\s*([1-9])$", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc|目次)\s*([1-9])$", re.IGNORECASE)
_TITLES = ("title", "表題")
_CAPTIONS = ("caption", "図表番号")
_BODY_LEVEL = 9  # the outline level of what is no heading


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """A style with what it inherits. `heading` is 0 where it makes none, `contents` where it is no line of a table of
    contents; `size` is in half-points, 0 where nothing says it."""

    heading: int = 0
    is_caption: bool = False
    is_title: bool = False  # it is Word's own style for the title of a document
    contents: int = 0
    num_id: str = ""
    ilvl: int | None = None
    chain: tuple[str, ...] = ()  # the style itself and those it is based on
    is_bold: bool = False
    size: int = 0


class Styles:
    """The styles of a document; `root` is None where it has none."""

    def __init__(self, root: Any) -> None:
        found = () if root is None else root.iterchildren(W + "style")
        self._elements = {e.get(W + "styleId", ""): e for e in found}
        self._resolved: dict[str, ParagraphStyle] = {}
        self.default = next(
            (
                key
                for key, e in self._elements.items()
                if e.get(W + "type") == "paragraph" and e.get(W + "default") in ("1", "true", "on")
            ),
            "",
        )

        self.defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault")

    def known(self, key: str) -> str:
        """The id itself; that of plain text where there is no such style."""
        return key if key in self._elements else self.default

    def chain(self, key: str) -> tuple[Any, ...]:
        """The elements of a style of any kind and of those it is based on, the nearest first."""
        return tuple(element for _, element in self._chain(key))

    def style(self, key: str) -> ParagraphStyle:
        """The style of that id; that of plain text where there is no such style."""
        key = self.known(key)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(key)
        return self._resolved[key]

    def _chain(self, key: str) -> list[tuple[str, Any]]:
        """A style and those it is based on, the nearest first."""
        chain: list[tuple[str, Any]] = []
        while key in self._elements and all(key != seen for seen, _ in chain):
            chain.append((key, self._elements[key]))
            key = value(self._elements[key], "basedOn")
        return chain

    def _resolve(self, key: str) -> ParagraphStyle:
        chain = self._chain(key)
        names = [value(element, "name").strip() for _, element in chain]
        lists = [n for _, e in chain if (n := e.find(f"{W}pPr/{W}numPr")) is not None]
        levels = (level for n in lists if (level := value(n, "ilvl")))
        run = [e.find(W + "rPr") for _, e in chain]
        return ParagraphStyle(
            heading=_heading_level(names, [value(e.find(W + "pPr"), "outlineLvl") for _, e in chain]),
            is_caption=bool(names) and names[0].lower() in _CAPTIONS,
            is_title=bool(names) and names[0].lower() in _TITLES,
            contents=next((int(m[1]) for name in names if (m := _CONTENTS.match(name))), 0),
            num_id=next((num_id for n in lists if (num_id := value(n, "numId"))), ""),
            ilvl=next((integer(level) for level in levels), None),
            chain=tuple(k for k, _ in chain),
            is_bold=next((is_on(r, "b") for r in run if r is not None and r.find(W + "b") is not None), False),
            size=next((integer(size) for r in run if r is not None and (size := value(r, "sz"))), 0),
        )


def _heading_level(names: list[str], outlines: list[str]) -> int:
    """By the nearest style that says something: its outline level, else its name."""
    for name, outline in zip(names, outlines, strict=True):
        if outline:
            return 0 if integer(outline, _BODY_LEVEL) >= _BODY_LEVEL else integer(outline) + 1
        if name.lower() in _TITLES:
            return 1
        if match := _HEADING.match(name):
            return int(match[1])
    return 0


def value(element: Any, tag: str) -> str:
    """The w:val of a child; an empty string where there is no such child or no element."""
    child = None if element is None else element.find(W + tag)
    return "" if child is None else str(child.get(W + "val", ""))


def is_on(properties: Any, tag: str) -> bool:
    """Whether a switch such as w:b is there and not turned off."""
    child = None if properties is None else properties.find(W + tag)
    return child is not None and child.get(W + "val", "1") not in ("0", "false", "off")
