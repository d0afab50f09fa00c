"""Markdown and plain text, also as converters make it: unbalanced `**`, tables of tabs, labels one to a line.

Emphasis, escapes and list marks are dropped from the stored text (CommonMark 0.31, the parts that policy documents
use); words and figures
are kept as they stand. A document with several `#` headings is a deck: each begins a slide, and `slide_breaks` finds
those that lost theirs.
"""

import html
import re
from dataclasses import dataclass
from typing import Literal

from lsqa.documents import Page
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.slide_breaks import heading_begins_slide, lead_begins_slide, text_begins_slide

LineKind = Literal["blank", "rule", "heading", "item", "row", "rule_row", "text"]

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*+]\s+(?:[・•✓○]\s*)?|[・•‣◦○●✓➢]\s*|\d{1,2}[.)]\s+)(\S.*)$")
_RULE = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:_\s*){3,}|(?:\*\s*){3,})$")
_PIPE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE_ROW = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(?<!\\)\*{1,3}|(?<![\w\\])_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)|(?<!\\)`+")
_BOLD = re.compile(r"^\*\*[^*]+\*\*\s*$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PLAIN_HEADING = re.compile(
    r"^(?:[■□◆◇▼]\s*(\S.{0,60})|(【.{1,60}】)|(第[0-9０-９一二三四五六七八九十]+[章節]\s?.{0,60}))$"
)
_NOTE = re.compile(r"^(?:[（(]?注\s*[0-9０-９]*[)）:：.]?|[※＊*]|[（(]出典[)）]|出典|資料[:：])")
_LABEL_LENGTH = 30
_SENTENCE_MARKS = "。．！？"


@dataclass(frozen=True, slots=True)
class _Line:
    kind: LineKind
    text: str
    level: int = 0
    is_lead: bool = False  # an item that is bold from end to end, as the key message under a slide's title is


def plain(text: str) -> str:
    """`text` without Markdown's marks: emphasis (balanced or not), links, escapes, entities, images."""
    return html.unescape(_ESCAPE.sub(r"\1", _EMPHASIS.sub("", _LINK.sub(r"\1", text)))).strip()


def _cells(line: str) -> str:
    parts = line.strip().strip("|").split("|") if "|" in line and "\t" not in line else line.split("\t")
    return "\t".join(plain(p) for p in parts).rstrip()


def _read_line(line: str, *, is_markdown: bool) -> _Line:
    if not line.strip():
        return _Line("blank", "")
    if is_markdown and (match := _HEADING.match(line)):
        return _Line("heading", plain(match[2]).lstrip("-・ "), len(match[1]))
    if not is_markdown and (match := _PLAIN_HEADING.match(line.strip())):
        return _Line("heading", next(g for g in match.groups() if g), 2)
    if _RULE.match(line):
        return _Line("rule", "")
    if _RULE_ROW.match(line) and "|" in line:
        return _Line("rule_row", "")
    if _PIPE_ROW.match(line) or "\t" in line.rstrip("\n\r "):
        return _Line("row", line)
    if match := _ITEM.match(line):
        return _Line("item", plain(match[2]), len(match[1].expandtabs(4)) // 2, bool(_BOLD.match(match[2])))
    return _Line("text", plain(line.lstrip("> ") if is_markdown else line))


class _Assembler:
    """Turns lines into pages. One paragraph is a run of text lines without a blank one between them."""

    def __init__(self, lines: list[_Line], *, is_deck: bool) -> None:
        self.lines = lines
        self.is_deck = is_deck
        self.pages: list[Page] = []
        self.page = PageBuilder()
        self.paragraph: list[str] = []
        self.item: _Line | None = None
        self.heading_level = 0
        self.gap = 0

    def pages_of(self) -> tuple[Page, ...]:
        for index, line in enumerate(self.lines):
            self._take(index, line)
            self.gap = self.gap + 1 if line.kind == "blank" else 0
        self._end_page()
        return tuple(self.pages)

    def _take(self, index: int, line: _Line) -> None:
        if line.kind != "text":
            self._end_item_or_paragraph()
        if line.kind == "heading":
            self._take_heading(line)
        elif line.kind == "rule" and self.is_deck:
            self._end_page()
        elif line.kind == "item":
            self._take_item(index, line)
        elif line.kind == "row":
            self._take_row(index, line)
        elif line.kind == "text":
            if self.is_deck and text_begins_slide(self.gap, self.heading_level, self._next_heading_level(index)):
                self._end_page()
            self.paragraph.append(line.text)

    def _take_heading(self, line: _Line) -> None:
        begins = line.level == 1 or heading_begins_slide(line.level, line.text, self.page.heading_texts())
        if self.is_deck and begins:
            self._end_page()
        self.page.add("heading", line.text, line.level)
        self.heading_level = line.level

    def _take_item(self, index: int, line: _Line) -> None:
        if self.is_deck and line.is_lead and lead_begins_slide(self.page.blocks, self._next_heading_level(index)):
            self._end_page()
        self.item = line
        self.paragraph = [line.text]

    def _take_row(self, index: int, line: _Line) -> None:
        following = self.lines[index + 1].kind if index + 1 < len(self.lines) else "blank"
        previous = self.lines[index - 1].kind if index else "blank"
        # A head is marked by the rule below it or, in a table of tabs, by the empty corner above the row names.
        is_head = following == "rule_row" or (previous not in ("row", "rule_row") and line.text.startswith("\t"))
        self.page.add("head_row" if is_head else "row", _cells(line.text))

    def _next_heading_level(self, index: int) -> int | None:
        return next((line.level for line in self.lines[index:] if line.kind == "heading"), None)

    def _end_item_or_paragraph(self) -> None:
        text = "\n".join(self.paragraph)
        item, self.item, self.paragraph = self.item, None, []
        if item:
            self.page.add("item", text, item.level)
        else:
            self._add_paragraph(text)

    def _add_paragraph(self, text: str) -> None:
        if _NOTE.match(text):
            self.page.add("note", text)
        elif _is_label(text):
            self.page.add("label", text)
        else:
            self.page.add("paragraph", text)

    def _end_page(self) -> None:
        self._end_item_or_paragraph()
        if len(self.page):
            self.pages.append(self.page.build(len(self.pages) + 1))
        self.page = PageBuilder()
        self.heading_level = 0


def _is_label(text: str) -> bool:
    """Whether a paragraph is the label of a figure: short, also over two or three lines, and no sentence."""
    return len(text) <= _LABEL_LENGTH + 10 * text.count("\n") <= 2 * _LABEL_LENGTH and not any(
        c in text for c in _SENTENCE_MARKS
    )


def looks_like_markdown(text: str) -> bool:
    """Whether `#` headings stand in `text`; a file's name says less than its content."""
    return bool(re.search(r"^#{1,6} \S", text, re.MULTILINE))


def read_markup(text: str) -> tuple[Page, ...]:
    """The pages of a Markdown or plain text; form feeds part pages, and in a deck slides do."""
    is_markdown = looks_like_markdown(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_markdown:
        text = _COMMENT.sub("", _FRONT_MATTER.sub("", text))
    is_deck = is_markdown and len(re.findall(r"^# \S", text, re.MULTILINE)) > 1
    pages: list[Page] = []
    for part in text.split("\f"):
        lines = [_read_line(line, is_markdown=is_markdown) for line in part.split("\n")]
        for page in _Assembler(lines, is_deck=is_deck).pages_of():
            pages.append(Page(len(pages) + 1, page.text, page.blocks))
    return tuple(pages)
