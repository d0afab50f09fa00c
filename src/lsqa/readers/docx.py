"""DOCX: headings by outline level, lists, tables, notes; pages part where Word parted them when it last saved.

The XML is walked itself (ECMA-376 part 1, 17: WordprocessingML): python-docx 1.2 gives neither footnotes, text boxes
nor the numbers of lists, and does not open templates.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lsqa.documents import BlockKind, Page
from lsqa.errors import DocumentError
from lsqa.readers.docx_hidden import Visibility
from lsqa.readers.docx_pages import RunningPages
from lsqa.readers.docx_runs import PAGE_BREAK, RENDERED_BREAK, RunText
from lsqa.readers.docx_styles import ParagraphStyle, Styles, is_on, value
from lsqa.readers.docx_title import TitleLines
from lsqa.readers.drawingml import MergedCells, graphic_pieces, row_text, rows_to_pieces
from lsqa.readers.hidden_text import HiddenText
from lsqa.readers.numbering import W, read_numbering
from lsqa.readers.ooxml import A, Package, Piece, integer, local
from lsqa.readers.reading import Reading
from lsqa.readers.remarks import Remark, remark

_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo"})
_SAME_PAGE = ("continuous", "nextColumn")
_MARK = re.compile(r"^(?:[・•‣◦●○➢✓](?![・•‣◦●○➢✓])|[-–] )\s*")
_NOTE = re.compile(r"^(?:[（(]?注\s*[0-9０-９]*[)）:：.]|[※＊*]|[（(]出典[)）]|出典[:：]|資料[:：])")
_SENTENCE_END = re.compile(r"[。、．，.,：:；;]$")
_LONGEST_HEADING = 40
_MOSTLY = 0.9
_MOST_COLUMNS = 63
_FAKE_HEADING_LEVEL = 2


@dataclass(frozen=True, slots=True)
class _Paragraph:
    style: ParagraphStyle
    runs: RunText
    heading: int
    label: str  # the number before it
    ilvl: int | None  # its level in a list


def read_docx(content: bytes, name: str) -> Reading:
    """The pages of a Word document; one page where neither its author nor Word parted it.

    Raises `DocumentError` with status `locked`, `unsupported` (too large, or of before 2007) or `failed`.
    """
    package = Package(content, name)
    reader = _Reader(package, package.main_part())
    pages = reader.read()
    return Reading(pages, (*_too_few_pages(package, len(pages)), *reader.hidden.warnings()), reader.titles.title)


def _too_few_pages(package: Package, found: int) -> Iterator[Remark]:
    """Word stores only some of the breaks that it shows, but counts all its pages: then ours are not the printed ones'
    numbers."""
    part = next((r.part for r in package.related("").values() if r.kind == "extended-properties"), "")
    try:
        root = package.root(part)
    except DocumentError:  # the text does not depend on it
        return
    counted = 0 if root is None else integer(root.findtext("{*}Pages"))
    if counted > found:
        yield remark("stored-breaks", count=counted)


class _Reader:
    def __init__(self, package: Package, part: str) -> None:
        by_kind = {r.kind: r.part for r in package.related(part).values()}
        self.package = package
        self.part = part
        self.styles = Styles(package.root(by_kind.get("styles", "")))
        self.numbering = read_numbering(package.root(by_kind.get("numbering", "")))
        self.notes = {
            (kind + "Reference", note.get(W + "id", "")): note
            for kind in ("footnote", "endnote")
            for note in _children(package.root(by_kind.get(kind + "s", "")))
        }
        self.root = package.root(part)
        self.visibility = Visibility(package, part, self.root, self.styles)
        self.hidden = HiddenText()
        self.titles = TitleLines()
        self.pages = RunningPages()
        self.has_headings = False
        self.carried: RunText | None = None  # of a paragraph whose end was deleted

    def read(self) -> tuple[Page, ...]:
        body = next((e for e in _children(self.root) if local(e) == "body"), None)
        blocks = [] if body is None else list(_blocks(body))
        self.has_headings = any(self._heading(p) for p in blocks if local(p) == "p")
        sections = [] if body is None else [_section_type(s) for s in body.iter(W + "sectPr")]
        for block in blocks:
            if local(block) == "tbl":
                self._read_table(block)
                continue
            self._read_paragraph(block)
            if block.find(f"{W}pPr/{W}sectPr") is not None:
                sections = sections[1:]
                if sections and sections[0] not in _SAME_PAGE:  # a section says how it begins itself
                    self.pages.break_page()
        return self.pages.finish()

    def _read_paragraph(self, element: Any) -> None:
        if is_on(element.find(W + "pPr"), "pageBreakBefore") and not self.pages.is_blank:
            self.pages.break_page()
        paragraph = self._paragraph(element)
        if is_on(element.find(f"{W}pPr/{W}rPr"), "del"):
            self.carried = paragraph.runs
            return
        for part_number, text in enumerate(paragraph.runs.text.split(PAGE_BREAK)):
            if part_number:
                self.pages.break_page()
            before, _, _ = text.partition(text.strip()) if text.strip() else (text, "", "")
            for _ in range(before.count(RENDERED_BREAK)):
                self.pages.break_page(is_rendered=True)
            kept = text.replace(RENDERED_BREAK, "").strip()
            self.titles.hear(paragraph.style, kept)
            self.pages.add(self._piece(paragraph, kept if part_number or not kept else paragraph.label + kept))
            self._add_notes(paragraph.runs if not part_number else RunText())
            # A sentence that runs over the end of a page stays whole, on the page where it begins.
            for _ in range(text.count(RENDERED_BREAK) - before.count(RENDERED_BREAK)):
                self.pages.break_page(is_rendered=True)
        for piece in self._drawn(paragraph.runs.drawings):
            self.pages.add(piece)

    def _paragraph(self, element: Any) -> _Paragraph:
        properties = element.find(W + "pPr")
        style = self.styles.style(value(properties, "pStyle"))
        runs = (self.carried or RunText(self.visibility.reason)).read(element)
        self.carried = None
        for reason, texts in runs.hidden.items():
            self.hidden.add(f"page {self.pages.number}", reason, "".join(texts))
        runs.hidden.clear()
        own = None if properties is None else properties.find(W + "numPr")
        num_id = value(own, "numId") or style.num_id
        ilvl = integer(value(own, "ilvl") or None, self._style_level(style, num_id))
        is_listed = num_id not in ("", "0") and num_id in self.numbering.lists
        counts = is_listed and bool(runs.text.strip())  # an empty line of a list shows no number
        label = self.numbering.label(num_id, ilvl) if counts else ""
        return _Paragraph(style, runs, self._heading(element), label, ilvl if is_listed else None)

    def _style_level(self, style: ParagraphStyle, num_id: str) -> int:
        """A list may reserve a level for a style; else the style says it, else a style that it is based on."""
        reserved = [self.numbering.level_of_style(num_id, key) for key in style.chain]
        found = (*reserved[:1], style.ilvl, *reserved[1:])
        return next((level for level in found if level is not None), 0)

    def _heading(self, element: Any) -> int:
        properties = element.find(W + "pPr")
        outline = value(properties, "outlineLvl")
        if outline:
            return 0 if integer(outline, 9) >= 9 else integer(outline) + 1
        return self.styles.style(value(properties, "pStyle")).heading

    def _piece(self, paragraph: _Paragraph, text: str) -> Piece:
        if paragraph.heading:
            return Piece("heading", text, paragraph.heading)
        if paragraph.style.contents:
            return Piece("item", text, paragraph.style.contents - 1)
        kind: BlockKind = "paragraph"
        if paragraph.style.is_caption:
            kind = "label"
        elif paragraph.ilvl is not None:
            return Piece("item", text, paragraph.ilvl)
        elif _NOTE.match(text):
            kind = "note"
        elif _MARK.match(text):
            return Piece("item", _MARK.sub("", text))
        elif not self.has_headings and self._stands_out(paragraph, text):
            return Piece("heading", text, _FAKE_HEADING_LEVEL)
        return Piece(kind, text)

    def _stands_out(self, paragraph: _Paragraph, text: str) -> bool:
        """Whether a line serves as a heading in a document without styles: short, and bold or large throughout."""
        runs, usual = paragraph.runs, self.styles.style("").size
        if len(text) > _LONGEST_HEADING or "\n" in text or _SENTENCE_END.search(text):
            return False
        return paragraph.style.is_bold or runs.bold > _MOSTLY * len(text) or bool(usual and runs.size > 1.1 * usual)

    def _add_notes(self, runs: RunText) -> None:
        for key in runs.notes:
            note = self.notes.get(key)
            if note is not None:
                self.pages.add_note("\n".join(self._texts(note)))

    def _texts(self, container: Any) -> Iterator[str]:
        """The paragraphs and rows of a note, a cell or a text box as lines."""
        for block in _blocks(container):
            if local(block) == "tbl":
                yield from (" ".join(row.split()) for row in self._rows(block))
            else:
                paragraph = self._paragraph(block)
                self._add_notes(paragraph.runs)
                kept = _unbroken(paragraph.runs.text)
                yield from [paragraph.label + kept] if kept else []
                yield from (piece.text for piece in self._drawn(paragraph.runs.drawings))

    # Tables

    def _read_table(self, table: Any) -> None:
        rows = list(_rows_kept(table))
        if len(rows) == 1 and len(cells := list(_wrapped(rows[0], "tc"))) == 1:  # a frame around text
            for block in _blocks(cells[0]):
                (self._read_table if local(block) == "tbl" else self._read_paragraph)(block)
            return
        texts = self._rows(table)
        is_marked = bool(rows) and is_on(rows[0].find(W + "trPr"), "tblHeader")
        pieces = iter(rows_to_pieces(texts, marked=is_marked))
        head: Piece | None = None
        for row, text in zip(rows, texts, strict=True):
            piece = next(pieces) if text.strip() else Piece("row", "")
            begins, ends = _row_breaks(row)
            if begins:
                self._break_table(head if is_marked else None)
            self.pages.add(piece)
            head = piece if piece.kind == "head_row" else head
            if ends:
                self._break_table(head if is_marked else None)

    def _break_table(self, head: Piece | None) -> None:
        """Begin a page inside a table; Word repeats a row that is marked as its head."""
        self.pages.break_page(is_rendered=True)
        if head is not None:
            self.pages.add(head)

    def _rows(self, table: Any) -> list[str]:
        """The rows that are not deleted, those without text too."""
        merged = MergedCells()
        return [self._row(row, merged) for row in _rows_kept(table)]

    def _row(self, row: Any, merged: MergedCells) -> str:
        """A row with its cells parted by tabs; what a cell covers to its right is empty."""
        texts = [""] * min(integer(value(row.find(W + "trPr"), "gridBefore")), _MOST_COLUMNS)
        for cell in _wrapped(row, "tc"):
            properties = cell.find(W + "tcPr")
            merge = None if properties is None else properties.find(W + "vMerge")
            goes_on = merge is not None and merge.get(W + "val", "continue") == "continue"
            texts.append(merged.text(len(texts), " ".join(self._texts(cell)), goes_on=goes_on))
            texts += [""] * min(integer(value(properties, "gridSpan"), 1) - 1, _MOST_COLUMNS)
        return row_text(texts)

    # Text boxes, charts, SmartArt

    def _drawn(self, drawings: Sequence[Any]) -> Iterator[Piece]:
        for drawing in drawings:
            for box in drawing.iter(W + "txbxContent"):
                if not any(local(a) == "txbxContent" for a in _up_to(box, drawing)):
                    yield from self._box_pieces(box)
            for graphic in drawing.iter(A + "graphicData"):
                if graphic.find("{*}chart") is not None or graphic.find("{*}relIds") is not None:
                    yield from graphic_pieces(self.package, self.part, graphic)

    def _box_pieces(self, box: Any) -> Iterator[Piece]:
        for block in _blocks(box):
            if local(block) == "tbl":
                yield from rows_to_pieces(self._rows(block))
                continue
            paragraph = self._paragraph(block)
            self._add_notes(paragraph.runs)
            kept = _unbroken(paragraph.runs.text)
            self.titles.hear(paragraph.style, kept)
            yield self._piece(paragraph, paragraph.label + kept if kept else "")
            yield from self._drawn(paragraph.runs.drawings)


def _children(element: Any) -> Iterator[Any]:
    return iter(()) if element is None else element.iterchildren("*")


def _blocks(container: Any) -> Iterator[Any]:
    """The paragraphs and tables of a container, also those in controls and insertions."""
    for child in container.iterchildren("*"):
        kind = local(child)
        if kind in ("p", "tbl"):
            yield child
        elif kind in _WRAPPERS:
            yield from _blocks(child)


def _wrapped(container: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those in controls."""
    for child in container.iterchildren("*"):
        kind = local(child)
        if kind == tag:
            yield child
        elif kind in _WRAPPERS:
            yield from _wrapped(child, tag)


def _rows_kept(table: Any) -> Iterator[Any]:
    return (row for row in _wrapped(table, "tr") if row.find(f"{W}trPr/{W}del") is None)


def _section_type(section: Any) -> str:
    return value(section, "type") or "nextPage"


def _unbroken(text: str) -> str:
    return text.replace(PAGE_BREAK, "\n").replace(RENDERED_BREAK, "").strip()


def _up_to(element: Any, top: Any) -> Iterator[Any]:
    """What holds `element`, below `top`."""
    element = element.getparent()
    while element is not None and element is not top:
        yield element
        element = element.getparent()


def _row_breaks(row: Any) -> tuple[bool, bool]:
    """Whether a page began at this row when Word last showed it, and whether one began inside it."""
    first = next(row.iter(W + "lastRenderedPageBreak", W + "t"), None)
    begins = first is not None and local(first) == "lastRenderedPageBreak"
    cells = [sum(1 for _ in cell.iter(W + "lastRenderedPageBreak")) for cell in row.iter(W + "tc")]
    return begins, max(cells, default=0) > begins
