"""HTML (WHATWG HTML): the main text with its headings, lists and tables, without what surrounds it or is hidden.

lexbor, through selectolax, parses as browsers do. The main text is what the page marks as such (`main`, an `article`,
an id like `contents`), else the body without its navigation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lsqa.documents import BlockKind
from lsqa.errors import DocumentError
from lsqa.readers.delimited import MAX_AREA, add_rows, cover, filled, head_rows, one_line
from lsqa.readers.hidden_text import HiddenText
from lsqa.readers.html_decoding import decode_html
from lsqa.readers.html_hidden import HiddenStyles
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.reading import Reading

_UNSEEN = re.compile(
    "script|style|noscript|template|svg|math|iframe|object|canvas|audio|video|map|head|button|select|option|input"
    "|textarea|datalist|dialog|rt|rp|img"
)
_AROUND = frozenset(("nav", "header", "footer", "aside", "search"))
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|rb|ruby|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_MAIN = (
    "main, [role=main]",
    "#main, #contents, #content, #honbun, #main_contents, #main-contents, #mainContents, #contentsMain, #main_content, "
    "#mainArea, #main-area, #main_area, #tmp_contents, #tmp_honbun, .main, .contents, .mainContents, .main-contents",
    "article",
)
_AROUND_NAMES = re.compile(
    r"(?:[lcpj]s?[-_])?(?:(?:bread_?-?crumbs?|topic-?_?path|pankuzu)(?:[-_]?(?:list|area|wrap))?"
    r"|(?:g|global|local|l|side|sub|foot(?:er)?|head(?:er)?|site|page|main)?[-_]?(?:nav|navi|navigation|menu)s?"
    r"|side(?:bar)?|footer|header|skip(?:[-_]?(?:link|nav|to.*))?|sns.*|share.*|social.*|page[-_]?top|to[-_]?top|copyright"
    r"|cookie.*|banners?|pager|pagination|(?:site)?[-_]?search(?:[-_]?(?:box|form))?|lang(?:uage)?s?|font[-_]?size"
    r"|related(?:[-_]?links?)?|(?:sr|screen[-_]?reader)[-_]?only|screen[-_]?reader[-_]?text|visually[-_]?hidden)",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"(?<=[^\x00-\xff])[ \t]*\n[ \t]*(?=[^\x00-\xff])")
_NOTE = re.compile(r"[（(]?注\s*[0-9０-９]*[)）:：.．]?(?!意|目)|[※＊*]|[（(]?出典|資料[:：]")
_SITE = re.compile(r"\s*(?:[|｜]|\s[-–:：]|：)\s*[^|｜]{1,20}$")
_LABEL_LENGTH = 30
_SENTENCE_MARKS = "。．！？"
_DEEPEST = 150
_LEAST_MAIN, _MOST_LINKED = 0.2, 0.8  # of the body's text, of a list's
_MOST_WITHIN = 0.5  # of a table's text, in tables inside of it
_LONGEST_PAIR = 160
_MOST_SPANNED = 1000  # by the standard, a cell spans no more columns


def read_html(text: str | bytes, name: str) -> Reading:
    """An HTML document as one page; a document without text is a page without blocks. What is styled so that no one
    sees it is left out and told, but for menus and what surrounds the text.

    Bytes are decoded by their byte order mark, as UTF-8 where they are UTF-8, by the encoding that the document
    declares, else as the Japanese encoding that fits. Raises `DocumentError` with status `garbled` where none fits.
    """
    tree = LexborHTMLParser(text if isinstance(text, str) else decode_html(text, name))
    if tree.body is None:
        return Reading((PageBuilder().build(1),))
    main = _main(tree.body)
    walker = _Walker(PageBuilder(), HiddenStyles(tree), HiddenText(), is_body=main.tag == "body")
    walker.walk(main)
    walker.flush()
    builder = _with_title(walker.builder, tree, name) if len(walker.builder) else PageBuilder()
    return Reading((builder.build(1),), walker.hidden.warnings())


def _main(body: LexborNode) -> LexborNode:
    """The part that the page marks as its main one, if it holds a fair share of the text; else the body."""
    least = _LEAST_MAIN * _length(body)
    for selector in _MAIN:
        found = [(_length(node), node) for node in body.css(selector) if node.tag != "body"]
        if found and (selector != "article" or len(found) == 1):
            size, node = max(found, key=lambda pair: pair[0])
            if size > least:
                return node
    return body


def _with_title(builder: PageBuilder, tree: LexborHTMLParser, name: str) -> PageBuilder:
    """`builder`, under the document's title where no heading of level 1 opens it."""
    first = next((block for block in builder.blocks if block.kind == "heading"), None)
    if first is not None and first.level == 1:
        return builder
    node = tree.css_first("title")
    title = _SITE.sub("", one_line(node.text(deep=True))) if node is not None else ""
    page = builder.build(1)
    titled = PageBuilder()
    titled.add("heading", title or PurePath(name).stem, 1)
    for block in page.blocks:
        titled.add(block.kind, page.text_of(block), max(block.level, 2) if block.kind == "heading" else block.level)
    return titled


@dataclass(slots=True)
class _Walker:
    """Walks the tree in reading order; text between blocks is gathered until the next block begins."""

    builder: PageBuilder
    styles: HiddenStyles
    hidden: HiddenText
    is_body: bool
    pending: str = ""
    kind: BlockKind = "paragraph"
    level: int = 0
    is_loose: bool = False  # text outside a paragraph

    def flush(self) -> None:
        text = _collapse(self.pending)
        kind, self.pending = self.kind, ""
        if kind == "paragraph" and _NOTE.match(text):
            kind = "note"
        elif kind == "paragraph" and self.is_loose and len(text) <= _LABEL_LENGTH and text[-1:] not in _SENTENCE_MARKS:
            kind = "label"
        self.builder.add(kind, " ".join(text.split()) if kind == "heading" else text, self.level)

    def walk(self, node: LexborNode, depth: int = 0, lists: int = 0) -> None:
        for child in node.iter(include_text=True):
            tag = child.tag or ""
            if tag == "-text":
                self.pending += child.text_content or ""
            elif tag == "br":
                self.pending += "\v"
            elif _UNSEEN.fullmatch(tag) or self._is_left_out(child, tag) or (self.is_body and _is_side_column(child)):
                continue
            elif depth > _DEEPEST:
                self.pending += child.text(deep=True, separator=" ")
            elif _INLINE.fullmatch(tag):
                self.walk(child, depth + 1, lists)
            else:
                self._take_block(child, tag, depth + 1, lists)

    def _take_block(self, node: LexborNode, tag: str, depth: int, lists: int) -> None:
        if tag in ("ul", "ol", "menu"):
            self.flush()
            self.walk(node, depth, lists + 1)
        elif tag == "dl":
            self.flush()
            self._take_pairs(node, depth, lists)
        elif tag == "table" and _is_data(node):
            self.flush()
            self._take_table(node)
        elif tag == "pre":
            self.flush()
            self.builder.add("paragraph", node.text(deep=True))
        elif tag == "li":
            self._within(node, "item", max(lists - 1, 0), depth, lists)
        elif re.fullmatch("h[1-6]", tag):
            self._within(node, "heading", int(tag[1]), depth, lists)
        elif tag in ("caption", "figcaption", "legend", "summary", "dt"):
            self._within(node, "label", 0, depth, lists)
        elif self.kind in ("item", "heading") and tag in ("p", "div") and not self.pending.strip():
            self.walk(node, depth, lists)  # the paragraph that a list item begins with
        else:
            self._within(node, "paragraph", 0, depth, lists, is_loose=tag != "p")

    def _within(
        self, node: LexborNode, kind: BlockKind, level: int, depth: int, lists: int, *, is_loose: bool = False
    ) -> None:
        self.flush()
        self.kind, self.level, self.is_loose = kind, level, is_loose
        self.walk(node, depth, lists)
        self.flush()
        self.kind, self.level, self.is_loose = "paragraph", 0, True

    def _take_pairs(self, node: LexborNode, depth: int, lists: int) -> None:
        """A list of definitions: a short pair as a row of two cells, else a label and what stands under it."""
        term: LexborNode | None = None
        groups = [[child] if child.tag != "div" else list(child.iter()) for child in node.iter()]
        for child in (child for group in groups for child in group if child.tag in ("dt", "dd")):
            if self._is_left_out(child, child.tag or ""):
                continue
            if child.tag == "dt":
                if term is not None:
                    self._within(term, "label", 0, depth, lists)
                term = child
                continue
            is_short = term is not None and not child.css("ul, ol, dl, table")
            pair = f"{self._text(term)}\t{self._text(child)}" if term is not None and is_short else ""
            if 0 < len(pair) <= _LONGEST_PAIR:
                self.builder.add("row", pair)
            else:
                if term is not None:
                    self._within(term, "label", 0, depth, lists)
                self._within(child, "paragraph", 0, depth, lists)
            term = None
        if term is not None:
            self._within(term, "label", 0, depth, lists)

    def _text(self, node: LexborNode) -> str:
        """The text of a cell in one line, without what is hidden in it."""
        inner = _Walker(PageBuilder(), self.styles, self.hidden, is_body=False)
        inner.walk(node)
        inner.flush()
        return one_line(inner.builder.build(1).text)

    def _take_table(self, table: LexborNode) -> None:
        for caption in table.css("caption"):
            self.builder.add("label", self._text(caption))
        rows: dict[int, dict[int, str]] = {}
        spans: list[tuple[range, range]] = []
        taken: set[tuple[int, int]] = set()
        named: list[bool] = []
        widest = 0
        trs = [
            tr for tr in table.css("tr") if _is_same(_nearest(tr, "table"), table) and not self._is_left_out(tr, "tr")
        ]
        for y, tr in enumerate(trs):
            cells = [cell for cell in tr.iter() if cell.tag in ("th", "td")]
            named.append(bool(cells) and (all(c.tag == "th" for c in cells) or _nearest(tr, "thead") is not None))
            x = 0
            for cell in cells:
                while (y, x) in taken:
                    x += 1
                width, height = _span(cell, "colspan", _MOST_SPANNED), min(_span(cell, "rowspan", 65534), len(trs) - y)
                width = width if width * height <= _MOST_SPANNED * 10 else 1
                taken.update((y + down, x + right) for down in range(height) for right in range(width))
                rows.setdefault(y, {})[x] = "" if self._is_left_out(cell, "td") else self._text(cell)
                if width * height > 1:
                    spans.append((range(x, x + width), range(y, y + height)))
                x += width
            widest = max(widest, x)
            if widest * len(trs) > MAX_AREA or len(taken) > MAX_AREA // 10:
                raise DocumentError("a table has too many cells", hint="divide the document", status="unsupported")
        cover(rows, spans, MAX_AREA)
        self._add_grid(rows, named)

    def _add_grid(self, rows: dict[int, dict[int, str]], named: Sequence[bool]) -> None:
        width = max((max(cells) for cells in rows.values() if cells), default=-1) + 1
        grid = [[rows.get(y, {}).get(x, "") for x in range(width)] for y in range(len(named))]
        kept = [y for y, row in enumerate(grid) if filled(row)]
        table = [grid[y] for y in kept]
        heads = next((i for i, y in enumerate(kept) if not named[y]), 0)
        add_rows(self.builder, table, heads or head_rows(table))

    def _is_left_out(self, node: LexborNode, tag: str) -> bool:
        if reason := self.styles.reason(node):
            if not self._is_around(node, tag) and not _is_linked(node):
                self.hidden.add("", reason, _plain_text(node))
            return True
        if node.attributes.get("aria-hidden") == "true":
            return True
        if _INLINE.fullmatch(tag) or tag in ("tr", "td", "th", "dt", "dd"):
            return False
        if self._is_around(node, tag) and node.css_first("main, article, h1 ~ p") is None:
            return True
        return self.is_body and tag in ("ul", "ol", "table") and _is_linked(node)

    def _is_around(self, node: LexborNode, tag: str) -> bool:
        """Whether an element leads to other pages or serves the site, by its tag, its role or its name."""
        if tag in _AROUND and (self.is_body or tag == "nav" or not node.css("h1, h2, p")):
            return True
        names = (*(node.attributes.get("class") or "").split(), node.attributes.get("id") or "")
        is_named = any(map(_AROUND_NAMES.fullmatch, names))
        return is_named or node.attributes.get("role") in ("navigation", "banner", "contentinfo", "search")


def _collapse(text: str) -> str:
    """`text` as a browser shows it: white space as one space, none where a line of Japanese was wrapped."""
    lines = _WRAPPED.sub("", text.replace("\r", "")).split("\v")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data, not the layout of the page; what stands in its cells may be small tables again."""
    if table.attributes.get("role") in ("presentation", "none") or table.css_first("h1, h2") is not None:
        return False
    inner = [node for node in table.css("table") if not _is_same(node, table)]
    has_names = any(_is_same(_nearest(cell, "table"), table) for cell in table.css("th, caption"))
    if inner:
        within = sum(_length(node) for node in inner if _is_same(_nearest(node, "table"), table))
        return has_names and within < _MOST_WITHIN * _length(table)
    widths = (sum(cell.tag in ("th", "td") for cell in tr.iter()) for tr in table.css("tr"))
    return table.css_first("th") is not None or len(table.css("tr")) > 1 < max(widths, default=0)


def _is_side_column(cell: LexborNode) -> bool:
    """Whether a cell of a table that lays out the page is a menu beside more than that."""
    if cell.tag != "td" or cell.parent is None or not _is_linked(cell):
        return False
    beside = (other for other in cell.parent.iter() if other.tag == "td" and not _is_same(other, cell))
    return any(_length(other) > _length(cell) and not _is_linked(other) for other in beside)


def _plain_text(node: LexborNode) -> str:
    """All text in a node, as far as a browser might show it."""
    texts = (child for child in node.traverse(include_text=True) if child.tag == "-text")
    return " ".join(t.text_content or "" for t in texts if t.parent and not _UNSEEN.fullmatch(t.parent.tag or ""))


def _is_same(node: LexborNode | None, other: LexborNode) -> bool:
    """By place: `==` compares what stands in two nodes, in time that grows with it."""
    return node is not None and node.mem_id == other.mem_id


def _length(node: LexborNode) -> int:
    return len(one_line(node.text(deep=True)))


def _nearest(node: LexborNode, tag: str) -> LexborNode | None:
    above = node.parent
    while above is not None and above.tag != tag:
        if tag == "thead" and above.tag == "table":
            return None
        above = above.parent
    return above


def _span(cell: LexborNode, name: str, most: int) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), most) if value.isdecimal() and len(value) < 6 else 1


def _is_linked(node: LexborNode) -> bool:
    """Whether nearly all of a list is links: a menu."""
    links = node.css("a")
    return len(links) > 2 and sum(map(_length, links)) > _MOST_LINKED * _length(node)
