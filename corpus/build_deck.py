"""Builds briefing.pdf from briefing.md: 16:9 slides with a text layer, ruled tables and an embedded font.

Usage: python corpus/build_deck.py [--font FILE] [--source FILE] [--output FILE]

The same source and font give the same bytes: the creation date is fixed. A slide is set in the largest size that fits;
one that does not fit even in the smallest is an error, and nothing is cut.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF
from slides import Band, Block, Slide, SlideSyntaxError, read_slides

HERE = Path(__file__).resolve().parent
FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
FONT_PACKAGE = "fonts-ipaexfont"
CREATED = datetime(2025, 6, 26, tzinfo=UTC)
FOOTER = "再構成版（文部科学省の原資料が優先する）"

# Lengths in millimetres, font sizes in points.
WIDTH, HEIGHT, MARGIN, GUTTER = 338.7, 190.5, 15.0, 8.0
TITLE_BAR, BODY_TOP, BODY_BOTTOM = 20.0, 25.0, 181.0
HEADING, SUBHEADING = 1.12, 1.1  # of the body's size; a reader of the PDF knows headings by it
LARGEST, SMALLEST, STEP = 17.0, 9.5, 0.25
TITLE_SIZE, COVER_TITLE_SIZE, FOOTER_SIZE = 22.0, 34.0, 9.0
POINT = 25.4 / 72
LEADING = 1.42

Colour = tuple[int, int, int]
NAVY: Colour = (24, 52, 98)
INK: Colour = (33, 37, 41)
GREY: Colour = (96, 102, 110)
WHITE: Colour = (255, 255, 255)
PALE: Colour = (228, 235, 245)
RULE: Colour = (120, 134, 156)

NO_LINE_START = set("、。，．）」』】〕＞）！？：；％ー々・／～ぁぃぅぇぉっゃゅょァィゥェォッャュョ),.:;!?%]}/")
NO_LINE_END = set("（「『【〔＜([{")


class DeckError(Exception):
    """The deck cannot be built; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """A line of text: left edge and baseline in mm, size in points."""

    x: float
    y: float
    size: float
    colour: Colour
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm, filled or ruled."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour | None = None
    rule: Colour | None = None


Mark = Run | Box
Advance = Callable[[str], float]  # width of a text in mm at one point of size


def wrap(text: str, width: float, advance: Advance) -> tuple[str, ...]:
    """`text` in lines no wider than `width` (in the unit of `advance`), broken between words where possible."""
    lines: list[str] = []
    rest = text
    while advance(rest) > width:
        fits = next(n for n in range(len(rest) - 1, 0, -1) if advance(rest[:n]) <= width or n == 1)
        cut = _cut(rest, fits)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*lines, rest)


def _cut(text: str, fits: int) -> int:
    """Where to break: the best kind of place in the last two fifths of the line, the last of them."""
    places = range(max(1, int(fits * 0.6)), fits + 1)
    return max(places, key=lambda place: (_break_quality(text[place - 1], text[place]), place))


def _break_quality(before: str, after: str) -> int:
    """0 forbidden, 1 inside a word, 2 between scripts, 3 between phrases."""
    if after in NO_LINE_START or before in NO_LINE_END:
        return 0
    if before in "、。）」』〕　 ／" or after in "（「『〔 　":
        return 3
    if _script(before) == _script(after):
        return 1
    return 3 if _script(before) == "hiragana" else 2 if _script(after) != "hiragana" else 1


def _script(char: str) -> str:
    if "ぁ" <= char <= "ん":
        return "hiragana"
    if "ァ" <= char <= "ヿ":
        return "katakana"
    return "latin" if char < "\u0250" else "kanji"


class Setter:
    """Sets the blocks of one slide in one body size; the result is marks to draw and the height they take."""

    def __init__(self, advance: Advance, size: float) -> None:
        self.advance = advance
        self.size = size

    def bands(self, bands: tuple[Band, ...], y: float) -> tuple[list[Mark], float]:
        """Marks of all bands from `y` down, and the y below the last one."""
        marks: list[Mark] = []
        for band in bands:
            usable = WIDTH - 2 * MARGIN - GUTTER * (len(band.weights) - 1)
            x, lowest = MARGIN, y
            for weight, column in zip(band.weights, band.columns, strict=True):
                width = usable * weight / sum(band.weights)
                column_marks, bottom = self.column(column, x, y, width)
                marks.extend(column_marks)
                x, lowest = x + width + GUTTER, max(lowest, bottom)
            y = lowest
        return marks, y

    def column(self, blocks: tuple[Block, ...], x: float, y: float, width: float) -> tuple[list[Mark], float]:
        """Marks of one column, and the y below it."""
        marks: list[Mark] = []
        for block in blocks:
            more, y = self.table(block, x, y, width) if block.kind == "table" else self.block(block, x, y, width)
            marks.extend(more)
        return marks, y

    def block(self, block: Block, x: float, y: float, width: float) -> tuple[list[Mark], float]:
        """Marks of a block of text, and the y below it."""
        em = self.size * POINT
        if block.kind == "heading":
            lines, bottom = self.lines(block.text, x + 0.5 * em, y + 0.38 * em, width - em, HEADING * self.size, NAVY)
            bar = Box(x, y + 0.3 * em, width, bottom - y - 0.2 * em, fill=PALE)
            return [bar, Box(x, bar.y, 1.2, bar.height, fill=NAVY), *lines], bottom + 0.42 * em
        if block.kind == "subheading":
            return self.lines(block.text, x, y + 0.2 * em, width, SUBHEADING * self.size, NAVY)
        if block.kind == "item":
            lines, bottom = self.lines("・" + block.text, x, y, width, self.size, INK, hanging=em)
            return lines, bottom + 0.12 * em
        if block.kind in ("note", "mark"):
            size = max(SMALLEST - 1, self.size - 2)
            return self.lines(block.text, x, y + 0.1 * em, width, size, INK if block.kind == "note" else GREY)
        return self.lines(block.text, x, y + 0.1 * em, width, self.size, INK)

    def lines(
        self, text: str, x: float, y: float, width: float, size: float, colour: Colour, hanging: float = 0.0
    ) -> tuple[list[Mark], float]:
        """The wrapped lines of `text`; lines after the first are moved right by `hanging`."""
        em = size * POINT
        texts = wrap(text, (width - hanging) / size, self.advance)
        marks: list[Mark] = [
            Run(x + (hanging if n else 0.0), y + n * em * LEADING + 1.08 * em, size, colour, line)
            for n, line in enumerate(texts)
        ]
        return marks, y + len(texts) * em * LEADING

    def table(self, block: Block, x: float, y: float, width: float) -> tuple[list[Mark], float]:
        """A ruled table, one line a row. One too wide for its column is infinitely tall, so that the size shrinks."""
        em = self.size * POINT
        natural = [max(map(self.advance, cells)) * self.size + 1.6 * em for cells in zip(*block.rows, strict=True)]
        if sum(natural) > width:
            return [], float("inf")
        stretch = min(1.6, width / sum(natural))
        height, top = em * (1.26 if len(block.rows) > 10 else 1.55), y + 0.25 * em
        marks: list[Mark] = []
        for number, row in enumerate(block.rows):
            fill = PALE if block.head and number == 0 else None
            left = x
            for cell, column_width in zip(row, (w * stretch for w in natural), strict=True):
                marks.append(Box(left, top, column_width, height, fill=fill, rule=RULE))
                indent = column_width - self.advance(cell) * self.size - 0.8 * em if _is_figure(cell) else 0.8 * em
                if cell:
                    marks.append(Run(left + indent, top + height / 2 + 0.36 * em, self.size, INK, cell))
                left += column_width
            top += height
        return marks, top + 0.35 * em


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() and set(cell) <= set("0123456789,.%")


def set_body(slide: Slide, advance: Advance) -> list[Mark]:
    """The body of `slide` in the largest size that fits. Raises DeckError where none does."""
    size = LARGEST
    while size >= SMALLEST:
        marks, bottom = Setter(advance, size).bands(slide.bands, BODY_TOP)
        if bottom <= BODY_BOTTOM:
            return marks
        size -= STEP
    raise DeckError(
        f"slide {slide.number} ({slide.title}) overflows the page at {SMALLEST} points; shorten or split it"
    )


def frame(slide: Slide, slides: int, advance: Advance) -> Iterator[Mark]:
    """Title bar before the body; the footer is drawn after it, so that it is read last."""
    size = min(TITLE_SIZE, (WIDTH - 2 * MARGIN) / advance(slide.title))
    if size < SMALLEST:
        raise DeckError(f"the title of slide {slide.number} is too long for one line at {SMALLEST} points")
    yield Box(0, 0, WIDTH, TITLE_BAR, fill=NAVY)
    yield Run(MARGIN, TITLE_BAR / 2 + 0.36 * size * POINT, size, WHITE, slide.title)
    yield from set_body(slide, advance)
    yield from footer(slide.number, slides, advance)


def footer(number: int, slides: int, advance: Advance) -> Iterator[Mark]:
    """The edition and the slide number."""
    page = f"{number} / {slides}"
    yield Box(MARGIN, 183.5, WIDTH - 2 * MARGIN, 0.2, fill=RULE)
    yield Run(MARGIN, 187.6, FOOTER_SIZE, GREY, FOOTER)
    yield Run(WIDTH - MARGIN - advance(page) * FOOTER_SIZE, 187.6, FOOTER_SIZE, GREY, page)


def cover(slide: Slide, slides: int, advance: Advance) -> Iterator[Mark]:
    """The cover: a large title on a dark field, then the body below."""
    yield Box(0, 0, WIDTH, 82, fill=NAVY)
    yield Run(MARGIN + 10, 55, COVER_TITLE_SIZE, WHITE, slide.title)
    marks, bottom = Setter(advance, LARGEST).bands(slide.bands, 92)
    if bottom > BODY_BOTTOM:
        raise DeckError(f"the cover overflows the page at {LARGEST} points; shorten it")
    yield from marks
    yield from footer(slide.number, slides, advance)


def draw(pdf: FPDF, mark: Mark) -> None:
    """Puts one mark on the current page."""
    if isinstance(mark, Box):
        if mark.fill:
            pdf.set_fill_color(*mark.fill)
        if mark.rule:
            pdf.set_draw_color(*mark.rule)
        style = ("D" if mark.rule else "") + ("F" if mark.fill else "")
        pdf.rect(mark.x, mark.y, mark.width, mark.height, style=style)
    else:
        pdf.set_font_size(mark.size)
        pdf.set_text_color(*mark.colour)
        pdf.text(mark.x, mark.y, mark.text)


def open_font(font: Path) -> FPDF:
    """An empty deck that uses `font`. Raises DeckError where there is no such font."""
    if not font.is_file():
        raise DeckError(
            f"no font at {font}; install the Debian package {FONT_PACKAGE} or name a TrueType font with --font"
        )
    pdf = FPDF(unit="mm", format=(HEIGHT, WIDTH), orientation="landscape")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(CREATED)
    pdf.set_lang("ja")
    pdf.set_title("ライフサイエンス政策について（再構成版）")
    pdf.set_subject(
        "文部科学省 研究振興局 ライフサイエンス課のブリーフィング（2025年6月26日）の再構成版。原資料が優先する"
    )
    pdf.add_font("body", fname=font)
    pdf.set_font("body", size=12)
    pdf.set_line_width(0.2)
    return pdf


def build(source: Path, font: Path) -> bytes:
    """The PDF of the slides in `source`. Raises DeckError, SlideSyntaxError."""
    slides = read_slides(source)
    pdf = open_font(font)
    glyphs = pdf.fonts["body"].cmap  # type: ignore[union-attr]  # a TrueType font has one; a core font has not
    pdf.set_font_size(1)
    width = lru_cache(maxsize=None)(pdf.get_string_width)

    def advance(text: str) -> float:
        missing = sorted({char for char in text if ord(char) not in glyphs})
        if missing:
            raise DeckError(f"the font {font} lacks {''.join(missing)} in: {text}")
        return sum(map(width, text))

    for slide in slides:
        marks = tuple((cover if slide.cover else frame)(slide, len(slides), advance))
        pdf.add_page()
        pdf.start_section(slide.title)
        for mark in marks:
            draw(pdf, mark)
        pdf.set_font_size(1)
    return bytes(pdf.output())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--font", type=Path, default=FONT, help=f"TrueType font (default: {FONT}, package {FONT_PACKAGE})"
    )
    parser.add_argument("--source", type=Path, default=HERE / "briefing.md")
    parser.add_argument("--output", type=Path, default=HERE / "briefing.pdf")
    arguments = parser.parse_args()
    try:
        deck = build(arguments.source, arguments.font)
    except (DeckError, SlideSyntaxError) as error:
        sys.exit(f"build_deck: {error}")
    arguments.output.write_bytes(deck)


if __name__ == "__main__":
    main()
