"""Characters of a page into pieces of lines, across, upright (Japanese vertical writing) or turned.

A piece is what stands on one line without a wide gap: a line of a paragraph, a cell, a label. Pages are read in a frame
in which the lines run from left to right and follow each other downwards; vertical and turned pages are turned into it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from lsqa.readers.glyphs import Glyph, PageContent, Rect, around

_WIDE_GAP: Final = 1.0  # in units of the font size: what is farther apart stands in two columns or cells
_WORD_GAP: Final = 0.18
_WIDE_WORD_GAP: Final = 0.6
_SAME_LINE: Final = 0.35
_UPRIGHT_GAP: Final = 1.6  # a whole empty square is a space, more than that parts columns
_SPREAD: Final = 3  # gaps of one width between nearly all characters: letters that are spread out, not words
_MOSTLY: Final = 0.7
_WIDER: Final = 1.5
_RUBY: Final = 0.62  # of the size of the text it stands over
_MOST_WINDOW: Final = 60
_VOTERS: Final = 500  # pairs of characters, all over the page, that tell which way its lines run
_RIGHT_TO_LEFT: Final = "\u0590"  # no earlier character runs leftwards


@dataclass(frozen=True, slots=True)
class Frame:
    """A page of `width` × `height` points, turned so that its lines run level.

    `turns` 0: as it is. 1: lines run down and follow each other to the left (vertical writing, text turned clockwise).
    2: upside down. 3: lines run up and follow each other to the right.
    """

    turns: int
    width: float
    height: float

    def seen(self, r: Rect) -> Rect:
        """A rectangle of the page in the frame."""
        match self.turns:
            case 0:
                return r
            case 1:
                return Rect(r.top, self.width - r.right, r.bottom, self.width - r.left)
            case 2:
                return Rect(self.width - r.right, self.height - r.bottom, self.width - r.left, self.height - r.top)
            case _:
                return Rect(self.height - r.bottom, r.left, self.height - r.top, r.right)

    @property
    def breadth(self) -> float:
        """The width of the page in the frame."""
        return self.height if self.turns % 2 else self.width

    @property
    def depth(self) -> float:
        return self.width if self.turns % 2 else self.height


@dataclass(slots=True)
class Piece(Rect):
    """A piece of a line: its place in the frame, its characters in reading order.

    `direction` is the turn of the frame in which it runs level: that of the page for all but labels that stand across.
    """

    glyphs: list[Glyph]
    size: float
    is_bold: bool
    direction: int
    _letters: tuple[tuple[str, Glyph | None], ...] | None = None
    _text: str | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "".join([letter for letter, _ in self.letters()])
        return self._text

    def letters(self) -> tuple[tuple[str, Glyph | None], ...]:
        """Every character with what draws it; a space that only a gap shows has none. None at the ends."""
        if self._letters is None:
            self._letters = tuple(self._spaced())
        return self._letters

    def grow(self, other: "Piece") -> None:
        """Take in what was drawn in another stroke of the same line."""
        self._letters = self._text = None
        self.glyphs.extend(other.glyphs)
        if other.size > self.size or len(other.glyphs) > len(self.glyphs):
            self.is_bold = other.is_bold
        self.size = max(self.size, other.size)
        self.left, self.top = min(self.left, other.left), min(self.top, other.top)
        self.right, self.bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        if _is_right_to_left(self.glyphs):
            self.glyphs.sort(key=lambda g: -g.left)

    def trim(self, frame: Frame) -> bool:
        """Leave white space at the ends out of its place; whether there is anything else."""
        if self.glyphs[0].text.isspace() or self.glyphs[-1].text.isspace():
            drawn = [g for g in self.glyphs if not g.text.isspace()]
            if not drawn:
                return False
            box = frame.seen(around(drawn))
            self.left, self.top, self.right, self.bottom = box.left, box.top, box.right, box.bottom
        return True

    def _spaced(self) -> Iterator[tuple[str, Glyph | None]]:
        glyphs = self.glyphs
        first = next((i for i, g in enumerate(glyphs) if not g.text.isspace()), len(glyphs))
        last = next((i for i in range(len(glyphs), 0, -1) if not glyphs[i - 1].text.isspace()), first)
        shown = glyphs[first:last]
        spaces = {i for i in range(1, len(shown)) if _is_word_gap(shown[i - 1], shown[i], self.direction)}
        if len(spaces) >= _SPREAD and len(spaces) > _MOSTLY * (len(shown) - 1):
            spaces -= _spread(shown, spaces, self.direction)
        for i, glyph in enumerate(shown):
            if i in spaces:
                yield " ", None
            for letter in glyph.text:
                yield letter, glyph


def page_turns(content: PageContent) -> int:
    """The turn of the frame in which most lines of the page run level."""
    votes = [0, 0, 0, 0]
    glyphs = content.glyphs
    for i in range(0, len(glyphs) - 1, 1 + len(glyphs) // _VOTERS):
        a, b = glyphs[i], glyphs[i + 1]
        if a.turn == b.turn:
            # PDFium tells letters that are drawn one by one from left to right, on a page upside down too.
            if _follows(a, b, a.turn, content) or (a.turn and _follows(b, a, a.turn, content)):
                votes[a.turn] += 1
            elif a.turn == 0 and _follows_upright(a, b):
                votes[1] += 1
    return max(range(4), key=lambda turn: (votes[turn], -turn))


def pieces_of(glyphs: Sequence[Glyph], content: PageContent, frame: Frame) -> list[Piece]:
    """The pieces of lines that `glyphs` make, furigana left out, from top to bottom of the frame."""
    runs = list(_runs(glyphs, content))
    pieces = [_piece(run, direction, frame) for run, direction in runs]
    level = _merged([p for p in pieces if p.direction == frame.turns])
    across = [p for p in pieces if p.direction != frame.turns]
    found = [p for p in (*level, *across) if p.trim(frame)]
    return sorted(_without_ruby(found), key=lambda p: (p.top, p.left))


def _runs(glyphs: Sequence[Glyph], content: PageContent) -> Iterator[tuple[list[Glyph], int]]:
    """What is drawn one after the other and side by side, with the direction that it runs in."""
    run: list[Glyph] = []
    direction: int | None = None
    for glyph in glyphs:
        if run and (way := _way(run[-1], glyph, direction, content)) is not None:
            direction = way
            run.append(glyph)
            continue
        if run:
            yield run, run[0].turn if direction is None else direction
        run, direction = [glyph], None
    if run:
        yield run, run[0].turn if direction is None else direction


def _way(a: Glyph, b: Glyph, direction: int | None, content: PageContent) -> int | None:
    """The direction in which `b` follows `a`, or None where it does not, or not in `direction`."""
    if a.turn != b.turn or not 0.7 < (b.size or 1.0) / (a.size or 1.0) < 1.43:
        return None
    if direction in (None, a.turn) and _follows(a, b, a.turn, content):
        return a.turn
    if a.turn == 0 and direction in (None, 1) and _follows_upright(a, b):
        return 1
    return None


def _follows(a: Glyph, b: Glyph, turn: int, content: PageContent) -> bool:
    if turn:
        frame = Frame(turn, content.width, content.height)
        first, then = frame.seen(a), frame.seen(b)
    else:
        first, then = a, b
    size = max(a.size, 1.0)
    level = abs(a.baseline - b.baseline) if not turn else abs(first.bottom - then.bottom)
    if _runs_leftwards(a.text) and _runs_leftwards(b.text):  # letters that are joined share one box
        return level < _SAME_LINE * size and -1.2 * size < first.left - then.right < _WIDE_GAP * size
    return level < _SAME_LINE * size and -0.5 * size < then.left - first.right < _WIDE_GAP * size


def _runs_leftwards(text: str) -> bool:
    return text >= _RIGHT_TO_LEFT and unicodedata.bidirectional(text[0]) in ("R", "AL")


def _follows_upright(a: Glyph, b: Glyph) -> bool:
    size = max(a.size, 1.0)
    return (
        _stands_upright(a.text)
        and _stands_upright(b.text)
        and min(abs(a.left - b.left), abs(a.right - b.right), abs(a.centre[0] - b.centre[0])) < 0.3 * size
        and -0.3 * size < b.top - a.bottom < _UPRIGHT_GAP * size
    )


def _stands_upright(text: str) -> bool:
    """Whether vertical writing holds the character as it is: not the Western letters and digits of a column."""
    return unicodedata.east_asian_width(text[0]) in "WF" or text.isspace()


def _piece(glyphs: list[Glyph], direction: int, frame: Frame) -> Piece:
    box = frame.seen(around(tuple(glyphs)))
    size = max(g.size for g in glyphs)
    bold = 2 * sum(g.is_bold for g in glyphs) > len(glyphs)
    return Piece(box.left, box.top, box.right, box.bottom, glyphs, size, bold, direction)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Level pieces that touch on one line as one: what was drawn in several strokes."""
    pieces = sorted(pieces, key=lambda p: (p.left, p.top))
    merged: list[Piece] = []
    open_pieces: list[Piece] = []
    for piece in pieces:
        open_pieces = [p for p in open_pieces if piece.left - p.right < _WIDE_GAP * max(p.size, piece.size)]
        before = max((p for p in open_pieces if _touches(p, piece)), key=lambda p: p.right, default=None)
        if before is None:
            merged.append(piece)
            open_pieces.append(piece)
        elif not _repeats(before, piece):
            before.grow(piece)
    return merged


def _touches(a: Piece, b: Piece) -> bool:
    if a.top >= b.bottom or b.top >= a.bottom:
        return False
    size = min(a.size, b.size)
    shared = a.overlaps_down(b)
    alike = shared > 0.6 * min(a.height, b.height) and max(a.size, b.size) < 2.2 * size
    return alike and -0.6 * size < b.left - a.right < _WIDE_GAP * size


def _repeats(a: Piece, b: Piece) -> bool:
    """Whether `b` is painted over the end of `a` once more, a fake bold."""
    return bool(a.glyphs) and b.text.strip() != "" and a.text.endswith(b.text) and a.overlaps_across(b) > 0.7 * b.width


def _is_right_to_left(glyphs: Iterable[Glyph]) -> bool:
    kinds = [_runs_leftwards(g.text) for g in glyphs]
    return sum(kinds) * 2 > len(kinds)


def _gap(a: Glyph, b: Glyph, direction: int) -> float:
    if direction == 0:
        return max(b.left - a.right, a.left - b.right)
    return b.top - a.bottom if direction == 1 and a.turn == 0 else 0.0


def _spread(glyphs: Sequence[Glyph], spaces: set[int], direction: int) -> set[int]:
    """Those of the gaps, each by the index of the character after it, that only spread a line of Japanese out."""
    usual = median(_gap(glyphs[i - 1], glyphs[i], direction) for i in spaces)
    return {
        i
        for i in spaces
        if _is_wide(glyphs[i - 1].text[-1])
        and _is_wide(glyphs[i].text[0])
        and _gap(glyphs[i - 1], glyphs[i], direction) < _WIDER * usual
    }


def _is_word_gap(a: Glyph, b: Glyph, direction: int) -> bool:
    """Whether a gap between two characters is a space. Japanese is spread out to fill its lines and needs more."""
    gap = max(b.left - a.right, a.left - b.right) if direction == 0 else _gap(a, b, direction)
    size = a.size if a.size > b.size else b.size
    if gap <= _WORD_GAP * size or a.text.isspace() or b.text.isspace():
        return False
    return gap > _WIDE_WORD_GAP * size or not (direction or _is_wide(a.text[-1]) or _is_wide(b.text[0]))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _without_ruby(pieces: list[Piece]) -> Iterator[Piece]:
    """All but the small kana close over (in vertical writing, right of) larger text, which tell its reading."""
    ordered = sorted(pieces, key=lambda p: p.top)
    for index, piece in enumerate(ordered):
        if not _is_kana(piece):
            yield piece
            continue
        nearby = ordered[max(0, index - _MOST_WINDOW) : index + _MOST_WINDOW]
        if not any(_reads(piece, base) for base in nearby):
            yield piece


def _is_kana(piece: Piece) -> bool:
    letters = [g.text for g in piece.glyphs if not g.text.isspace()]
    return bool(letters) and all("\u3041" <= letter <= "\u30ff" for letter in letters)


def _reads(ruby: Piece, base: Piece) -> bool:
    if base is ruby or ruby.size > _RUBY * base.size or ruby.direction != base.direction:
        return False
    over = -0.45 * base.size < base.top - ruby.bottom < 0.35 * base.size and ruby.top < base.top
    return over and ruby.overlaps_across(base) > 0.6 * ruby.width
