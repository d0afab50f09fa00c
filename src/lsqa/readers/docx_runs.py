"""The text of a Word paragraph as it is printed: insertions and results of fields in, deletions and readings out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lsqa.readers.docx_hidden import MARKED
from lsqa.readers.docx_styles import is_on, value
from lsqa.readers.numbering import W
from lsqa.readers.ooxml import local

PAGE_BREAK = "\f"
RENDERED_BREAK = "\v"  # where a page ended when Word last showed the document

_SKIPPED = frozenset({"del", "moveFrom", "pPr", "rPr", "delText", "instrText", "rt", "rubyPr", "sdtPr", "sdtEndPr"})
_SIGNS = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": RENDERED_BREAK}
_NOTES = ("footnoteReference", "endnoteReference")
_DRAWINGS = ("drawing", "pict", "object")
_PAGE_NUMBERS = re.compile(r"^\s*(?:PAGE|PAGEREF|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_BROKEN_WORD = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_BLANKS = re.compile(r"[ \t]*\n[ \t]*")


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shows_result: bool = False


def _seen(_: Any) -> str:
    return ""


@dataclass(slots=True)
class RunText:
    """Collects what stands in a paragraph. `notes` are (kind of reference, id); `drawings` hold pictures with text.

    `reason_of` says of a run why no one sees its text; such text comes into `hidden`, by the reason.
    """

    reason_of: Callable[[Any], str] = _seen
    parts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    drawings: list[Any] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    bold: int = 0  # characters
    size: int = 0  # the largest, in half-points; 0 where no run says one
    _fields: list[_Field] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text with its page breaks as marks; words that a hyphen and a line break part are joined."""
        return _BROKEN_WORD.sub("", _BLANKS.sub("\n", "".join(self.parts)))

    def read(self, element: Any) -> "RunText":
        """Take in what stands in `element`."""
        for child in element.iterchildren("*"):
            kind = local(child)
            if kind == "r":
                self._read_run(child)
            elif kind == "fldSimple" and _PAGE_NUMBERS.match(child.get(W + "instr", "")):
                continue
            elif kind == "oMath":
                self.parts.append("".join(t.text or "" for t in child.iter("{*}t")))
            elif kind not in _SKIPPED:
                self.read(child)
        return self

    def _read_run(self, run: Any) -> None:
        properties, reason = run.find(W + "rPr"), self.reason_of(run)
        if reason == MARKED:
            self._leave_out(run, reason)
            return
        before = sum(map(len, self.parts))
        for child in run.iterchildren("*"):
            if reason and local(child) == "t":
                self.hidden.setdefault(reason, []).append(child.text or "")
            else:
                self._read_part(child)
        if (added := sum(map(len, self.parts)) - before) > 0:
            self.bold += added if is_on(properties, "b") else 0
            size = value(properties, "sz")
            self.size = max(self.size, int(size) if size.isdecimal() else 0)

    def _leave_out(self, run: Any, reason: str) -> None:
        """A run marked as hidden goes with all that it holds, but fields that begin in it may end elsewhere."""
        for child in run.iterchildren(W + "fldChar", W + "instrText"):
            self._read_part(child)
        if text := "".join(t.text or "" for t in run.iter(W + "t")):
            self.hidden.setdefault(reason, []).append(text)

    def _read_part(self, child: Any) -> None:
        kind = local(child)
        if kind == "fldChar":
            self._read_field_mark(child.get(W + "fldCharType", ""))
        elif kind == "instrText" and self._fields:
            self._fields[-1].instruction += child.text or ""
        elif kind in _NOTES:
            self.notes.append((kind, child.get(W + "id", "")))
        elif kind in _DRAWINGS:
            self.drawings.append(child)
        elif kind == "ruby":
            for base in child.iterchildren(W + "rubyBase"):
                self.read(base)
        elif kind == "br":
            self.parts.append(PAGE_BREAK if child.get(W + "type") == "page" else "\n")
        elif kind == "t" and not self._is_page_number():
            self.parts.append((child.text or "").replace("\n", " ").replace("\t", " "))
        elif kind in _SIGNS:
            self.parts.append(_SIGNS[kind])

    def _read_field_mark(self, mark: str) -> None:
        if mark == "begin":
            self._fields.append(_Field())
        elif self._fields and mark == "separate":
            self._fields[-1].shows_result = True
        elif self._fields and mark == "end":
            self._fields.pop()

    def _is_page_number(self) -> bool:
        """Whether the text is the result of a field that counts pages: it is furniture, and out of date."""
        return any(f.shows_result and _PAGE_NUMBERS.match(f.instruction) for f in self._fields)
