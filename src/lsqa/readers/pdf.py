"""PDF: each page through the first engine that can tell its text; what none can is recognised in its image or reported.

The steps are modules of their own: characters (`pdfium_engine`, `pypdf_engine`, `recognition`), what no one can see
(`pdf_hidden`), lines, tables, reading order and blocks (`pdf_structure`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lsqa.errors import DocumentError
from lsqa.readers.garbage import is_garbled, is_no_better
from lsqa.readers.glyphs import PageContent
from lsqa.readers.hidden_text import places
from lsqa.readers.pdf_hidden import part_hidden
from lsqa.readers.pdf_lost import has_lost, restore
from lsqa.readers.pdf_recognised import added, recognised_content
from lsqa.readers.pdf_structure import build_pages, page_structure
from lsqa.readers.pdfium_characters import MAX_CHARACTERS
from lsqa.readers.pdfium_engine import PdfiumFile, PdfiumPage
from lsqa.readers.pypdf_engine import PypdfFile
from lsqa.readers.reading import Reading
from lsqa.readers.reading_options import DEFAULT_OPTIONS, ReadingOptions
from lsqa.readers.remarks import Remark, remark

MAX_PAGES: Final = 10_000
_FEW_LETTERS: Final = 20
_PICTURE: Final = 0.4  # of the page: with hardly a letter on it, it is told that nothing was read
_SMALL_PICTURE: Final = 0.02  # of the page: with hardly a letter on it, it is looked at
_MANY_SHAPES: Final = 30  # outlines: two lines of letters have as many
_WHOLE_PAGE: Final = 0.8
_LETTERS_ON_SCAN: Final = 150
_SHOWN: Final = 40


@dataclass(slots=True)
class _Findings:
    """What is to be told of a file: numbers of pages, and texts that were left out."""

    garbled: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    unrecognised: list[tuple[int, str]] = field(default_factory=list)
    hidden: list[tuple[int, str, str]] = field(default_factory=list)
    cut: list[Remark] = field(default_factory=list)


def read_pdf(content: bytes, name: str, options: ReadingOptions = DEFAULT_OPTIONS) -> Reading:
    """The pages of a PDF. A page without text is an empty page.

    Raises `DocumentError` with status `locked`, `garbled` (most pages come out as no text) or `failed`.
    """
    findings = _Findings()
    contents = _contents(content, name, options, findings)
    if not contents:
        raise DocumentError(f"{name} has no readable page", hint="open it in a viewer and save it again")
    full = sum(1 for page in contents if page.glyphs)
    if findings.garbled and len(findings.garbled) >= full:
        where = places("page", findings.garbled)
        hint = "ingest another edition of it"
        if not options.ocr_languages:
            hint = f"install Tesseract with Japanese to recognise its pages, or {hint}"
        raise DocumentError(f"the text of {name} comes out as garbage on {where}", hint=hint, status="garbled")
    if len(findings.damaged) == len(contents):
        raise DocumentError(f"{name} is damaged on every page", hint="open it in a viewer and save it again")
    pages = build_pages([page_structure(page) for page in contents])
    return Reading(pages, tuple(_warnings(findings)))


def _contents(content: bytes, name: str, options: ReadingOptions, findings: _Findings) -> list[PageContent]:
    second = _Second(content, name, options.password)
    try:
        file = PdfiumFile(content, name, options.password)
    except DocumentError as error:
        if error.status == "locked":
            raise
        return _through_second(second, options, findings)
    contents: list[PageContent] = []
    with file:
        for number in _numbers(len(file), findings):
            contents.append(_read_page(file, number, second, options, findings))
            options.listener("page", number)
    return contents


def _numbers(count: int, findings: _Findings) -> range:
    """Of the pages that are read."""
    if count > MAX_PAGES:
        findings.cut.append(remark("pages-cut", read=f"{MAX_PAGES:,}", count=f"{count:,}"))
    return range(1, min(count, MAX_PAGES) + 1)


class _Second:
    """The second engine, opened when it is first needed."""

    def __init__(self, content: bytes, name: str, password: str) -> None:
        self._open: Callable[[], PypdfFile] = lambda: PypdfFile(content, name, password)
        self._file: PypdfFile | None = None

    def file(self) -> PypdfFile:
        if self._file is None:
            self._file = self._open()
        return self._file

    def page(self, number: int) -> PageContent | None:
        """A page, or None where this engine fails as well."""
        try:
            return self.file().page(number)
        except DocumentError:
            return None


def _through_second(second: _Second, options: ReadingOptions, findings: _Findings) -> list[PageContent]:
    contents: list[PageContent] = []
    for number in _numbers(len(second.file()), findings):
        page = second.page(number)
        if page is None:
            findings.damaged.append(number)
        elif is_garbled(page.glyphs):
            findings.garbled.append(number)
            page = None
        contents.append(page or PageContent(number, 1.0, 1.0))
        options.listener("page", number)
    return contents


def _read_page(
    file: PdfiumFile, number: int, second: _Second, options: ReadingOptions, findings: _Findings
) -> PageContent:
    try:
        page = file.page(number)
    except DocumentError:
        if (other := second.page(number)) is None or is_garbled(other.glyphs):
            findings.damaged.append(number)
            return PageContent(number, 1.0, 1.0)
        return other
    try:
        return _best_content(page, number, second, options, findings)
    finally:
        page.close()


def _best_content(
    page: PdfiumPage, number: int, second: _Second, options: ReadingOptions, findings: _Findings
) -> PageContent:
    content, runs, paints = page.content()
    if content.is_cut:
        findings.cut.append(remark("page-cut", number=number, read=f"{MAX_CHARACTERS:,}"))
    part_hidden(page, content, runs, paints)
    findings.hidden.extend((number, reason, text) for reason, text in content.hidden)
    if is_garbled(content.glyphs):
        return _instead_of_garbage(content, page, second, options, findings)
    if has_lost(content.glyphs) and (other := second.page(number)) is not None:
        restore(content.glyphs, other.glyphs)
    if content.is_blank and second.page(number) is None:  # PDFium passes over what it cannot unpack
        findings.damaged.append(number)
        return content
    was_recognised = any(runs[glyph.run].is_invisible for glyph in content.glyphs)  # by who scanned it
    if was_recognised or not _is_picture(content):
        return content
    if not options.ocr_languages:
        if _letters(content) < _FEW_LETTERS and (content.images >= _PICTURE or not content.glyphs):
            findings.pictures.append(number)
        return content
    seen = _recognised(page, number, options, findings)
    return content if seen is None else added(content, seen)


def _instead_of_garbage(
    content: PageContent, page: PdfiumPage, second: _Second, options: ReadingOptions, findings: _Findings
) -> PageContent:
    number = content.number
    empty = PageContent(number, page.width, page.height)
    # The second engine does not tell what is hidden, so it is not asked where something is.
    if not content.hidden and (other := second.page(number)) is not None and _is_text(other, content):
        return other
    if page.shows_nothing():
        return empty
    seen = _recognised(page, number, options, findings)
    if seen is None:
        findings.garbled.append(number)
    return seen or empty


def _is_text(other: PageContent, content: PageContent) -> bool:
    return bool(other.glyphs) and not is_garbled(other.glyphs) and not is_no_better(other.glyphs, content.glyphs)


def _letters(content: PageContent) -> int:
    return sum(1 for glyph in content.glyphs if not glyph.text.isspace())


def _is_picture(content: PageContent) -> bool:
    """Whether what the page says may stand in its pictures: a scan, with a stamp or a heading at most, or text that was
    turned into outlines."""
    letters = _letters(content)
    if letters < _FEW_LETTERS:
        return content.images >= _SMALL_PICTURE or content.shapes >= _MANY_SHAPES
    return letters < _LETTERS_ON_SCAN and content.images >= _WHOLE_PAGE


def _recognised(page: PdfiumPage, number: int, options: ReadingOptions, findings: _Findings) -> PageContent | None:
    """What can be recognised in the page's image; None where recognition is off, fails, or sees no text."""
    if not options.ocr_languages:
        return None
    try:
        return recognised_content(page, number, options)
    except DocumentError as error:
        findings.unrecognised.append((number, error.message))
        return None


def _warnings(findings: _Findings) -> Iterator[Remark]:
    yield from findings.cut
    if findings.garbled:
        yield remark("garbled", places=places("page", findings.garbled))
    if findings.damaged:
        yield remark("damaged", places=places("page", findings.damaged))
    if findings.pictures:
        yield remark("picture", places=places("page", findings.pictures))
    for number, reason in findings.unrecognised:
        yield remark("unrecognised", number=number, reason=reason)
    for number, reason, text in findings.hidden:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        yield remark("hidden", where=f"page {number}: ", count=len(text), reason=reason, shown=repr(shown))
