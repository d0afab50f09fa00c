"""PDF through pypdf: lines rebuilt from placed fragments, so that titles, headings, lists and table cells are told
apart.

A fragment comes with its place and size (PDF 32000-1, 9.4: text matrix, font size). A line is what shares a baseline;
a wide gap in it parts
two cells. Sizes above that of most of the text are titles and headings. What stands at one height on most pages is a
header or a footer.
"""

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from lsqa.documents import BlockKind, Page
from lsqa.errors import DocumentError
from lsqa.readers.page_builder import PageBuilder

# pypdf reports every oddity of a file as a warning; what matters to the user is the status of the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_ITEM = re.compile(r"^(?:[・•‣◦●○➢✓]|[-–] )\s*")
_NOTE = re.compile(r"^(?:[（(]?注\s*\d*[)）:：]?|[※＊*〔]|[（(]?出典|資料(?:の提供)?[:：])")
_BOLD = re.compile(r"bold|heavy|black|-w[6-9]", re.IGNORECASE)
_HEADING_RATIO = 1.08
_LABEL_LENGTH = 40
_CELL_GAP = 1.5  # in units of the font size
_PARAGRAPH_GAP = 1.9  # baseline to baseline, in units of the font size


@dataclass(frozen=True, slots=True)
class _Line:
    """Text with tabs between cells; `x`, `y` of its first fragment in points from the lower left; `size` in points."""

    text: str
    x: float
    y: float
    size: float
    is_bold: bool


def read_pdf(content: bytes, name: str, password: str = "") -> tuple[Page, ...]:
    """The pages of a PDF. Raises `DocumentError` with status `locked`, `garbled` or `failed`; a page without text is
    an empty page."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(password):
            raise DocumentError(
                f"{name} is encrypted", hint="remove its password, then ingest it again", status="locked"
            )
        lines = [_page_lines(page) for page in reader.pages]
    except DocumentError:
        raise
    except DependencyError as error:
        reason = f"{name} is encrypted with AES, which needs the package cryptography"
        hint = "pip install cryptography, or save it without protection, then ingest it again"
        raise DocumentError(reason, hint=hint, status="locked") from error
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        RecursionError,
    ) as error:
        # A damaged PDF makes pypdf stumble in any of these ways; the file alone is at fault.
        reason = f"{name} is no readable PDF ({type(error).__name__}: {error})"
        raise DocumentError(reason, hint="open it in a viewer and save it again") from error
    if not lines:
        raise DocumentError(f"{name} has no readable page", hint="open it in a viewer and save it again")
    _refuse_garbage(lines, name)
    return tuple(_build_page(number, page_lines) for number, page_lines in enumerate(_without_furniture(lines), 1))


def _page_lines(page: Any) -> list[_Line]:
    fragments: list[tuple[str, float, float, float, bool]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip():
            scale = abs(tm[3] * cm[3]) or abs(tm[0] * cm[0]) or 1.0
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            bold = bool(font and _BOLD.search(str(font.get("/BaseFont", ""))))
            fragments.extend((part, x, y, size * scale, bold) for part in text.split("\n") if part.strip())

    page.extract_text(visitor_text=visit)
    return list(_group_lines(fragments))


def _group_lines(fragments: Sequence[tuple[str, float, float, float, bool]]) -> Iterator[_Line]:
    parts: list[str] = []
    first: tuple[str, float, float, float, bool] | None = None
    right = 0.0
    for fragment in fragments:
        text, x, y, size, _ = fragment
        if first is not None and abs(y - first[2]) < 0.5 * max(size, 1.0) and x >= first[1]:
            gap = x - right
            parts.append("\t" if gap > _CELL_GAP * size else " " if text.startswith(" ") else "")
        else:
            if first is not None:
                yield _Line("".join(parts).strip(), first[1], first[2], first[3], first[4])
            first, parts = fragment, []
        parts.append(text.strip())
        right = x + _width(text.strip(), size)
    if first is not None:
        yield _Line("".join(parts).strip(), first[1], first[2], first[3], first[4])


def _width(text: str, size: float) -> float:
    """An estimate: ideographs are as wide as the font is high, other characters half of it."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _refuse_garbage(pages: Sequence[Sequence[_Line]], name: str) -> None:
    bad: list[int] = []
    for number, lines in enumerate(pages, 1):
        text = "".join(line.text for line in lines)
        odd = sum(
            1 for c in text if c == "\ufffd" or (unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\t\n")
        )
        if odd > 0.1 * max(len(text), 1):
            bad.append(number)
    if bad:
        listed = ", ".join(map(str, bad[:10]))
        reason = f"the text of {name} comes out as garbage on page {listed}"
        raise DocumentError(reason, hint="its fonts carry no Unicode; ingest another edition of it", status="garbled")


def _without_furniture(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without the lines that stand, but for their digits, at one height on more than half of them."""
    seen = Counter(key for lines in pages for key in {_furniture_key(line) for line in lines})
    limit = max(3, len(pages) // 2 + 1)
    return [[line for line in lines if seen[_furniture_key(line)] < limit] for lines in pages]


def _furniture_key(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.y / 4)


def _body_size(lines: Sequence[_Line]) -> float:
    """The size of most lines: of characters, a few long notes would outweigh a table."""
    sizes = Counter(round(line.size, 1) for line in lines)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _build_page(number: int, lines: Sequence[_Line]) -> Page:
    builder = PageBuilder()
    body = _body_size(lines)
    larger = sorted({round(line.size, 1) for line in lines if line.size >= body * _HEADING_RATIO}, reverse=True)
    open_kind: BlockKind | None = None
    open_lines: list[_Line] = []
    level = 0

    def close() -> None:
        nonlocal open_kind
        if open_kind is not None:
            text = "\n".join(line.text for line in open_lines)
            builder.add(open_kind, _ITEM.sub("", text) if open_kind == "item" else text, level)
        open_lines.clear()
        open_kind = None

    for index, line in enumerate(lines):
        kind = _kind(line, body, lines, index)
        if open_kind is None or not _continues(open_kind, open_lines[-1], kind, line):
            close()
            open_kind, level = kind, _level(line, kind, larger)
        open_lines.append(line)
    close()
    return builder.build(number)


def _level(line: _Line, kind: BlockKind, larger: Sequence[float]) -> int:
    if kind != "heading":
        return 0
    size = round(line.size, 1)
    return min(larger.index(size) + 1, 4) if size in larger else min(len(larger) + 1, 4)


def _kind(line: _Line, body: float, lines: Sequence[_Line], index: int) -> BlockKind:
    if line.size >= body * _HEADING_RATIO or (
        line.is_bold and len(line.text) <= _LABEL_LENGTH and "\t" not in line.text
    ):
        return "heading"
    if _ITEM.match(line.text):
        return "item"
    if "\t" in line.text:
        starts_table = index == 0 or "\t" not in lines[index - 1].text
        follows = index + 1 < len(lines) and "\t" in lines[index + 1].text
        return "head_row" if starts_table and follows and not re.search(r"\d", line.text) else "row"
    if _NOTE.match(line.text):
        return "note"
    return "heading" if _introduces(line, lines, index) else "paragraph"


def _introduces(line: _Line, lines: Sequence[_Line], index: int) -> bool:
    """Whether a short line stands over a list or a table, closer to it than to what comes before: a heading in the
    size of the text."""
    if len(line.text) > _LABEL_LENGTH or line.text.endswith(("。", "、", "」")) or index + 1 >= len(lines):
        return False
    following = lines[index + 1]
    before = lines[index - 1].y - line.y if index else float("inf")
    return bool(_ITEM.match(following.text) or "\t" in following.text) and before > 1.15 * (line.y - following.y) > 0


def _continues(open_kind: BlockKind, last: _Line, kind: BlockKind, line: _Line) -> bool:
    """Whether `line` goes on with the open block: the next line of its paragraph or item, or of a heading of two
    lines."""
    near = 0 < last.y - line.y <= _PARAGRAPH_GAP * max(line.size, last.size)
    same_size = abs(last.size - line.size) < 0.1
    if not (near and same_size):
        return False
    if open_kind == "heading":
        return kind == "heading" and last.is_bold == line.is_bold
    return open_kind in ("paragraph", "item", "note") and kind == "paragraph"
