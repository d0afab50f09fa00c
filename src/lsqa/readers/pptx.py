"""PPTX: every slide is a page; shapes are read in the order in which they stand, whatever group they are in.

The XML is walked itself (ECMA-376 part 1, 19: PresentationML): python-pptx 1.0 opens neither slide shows nor strict
files, and reads no SmartArt.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lsqa.readers.drawingml import body_text, graphic_pieces, paragraph_text, paragraphs
from lsqa.readers.hidden_text import HiddenText, places
from lsqa.readers.ooxml import A, Package, Piece, R, integer, local
from lsqa.readers.page_builder import PageBuilder
from lsqa.readers.pptx_hidden import Ground, part_hidden
from lsqa.readers.pptx_shapes import (
    FURNITURE,
    TITLES,
    Inherited,
    P,
    Shape,
    in_order,
    inherited_from,
    members,
    paragraph_styles,
    shape_tree,
)
from lsqa.readers.reading import Reading
from lsqa.readers.remarks import remark

_BULLETS = {A + "buNone": False, A + "buChar": True, A + "buAutoNum": True, A + "buBlip": True}
_MARK = re.compile(r"^(?:[・•‣◦●○➢✓][^・•‣◦●○➢✓]|[-–] )")
_NOTE = re.compile(r"^(?:[（(]?注\s*[0-9０-９]*[)）:：.]?|[※＊*]|[（(]出典[)）]|出典|資料[:：])")
_SLIDE_WIDTH, _SLIDE_HEIGHT = 12_192_000, 6_858_000  # in EMU (914,400 to the inch), where the deck does not say
_USUAL_SIZE = 1800  # in hundredths of a point
_LABEL_LENGTH = 30
_LONGEST_TITLE = 80
_TITLE_RATIO = 1.1
_TITLE_ZONE = 0.25  # of the height of the slide


def read_pptx(content: bytes, name: str) -> Reading:
    """The slides of a deck, hidden ones too; a slide without text is an empty page, so that the numbers hold.

    Raises `DocumentError` with status `locked`, `unsupported` (too large, or of before 2007) or `failed`.
    """
    deck = _Deck(Package(content, name))
    pages = tuple(deck.page(number, part).build(number) for number, part in enumerate(deck.slides(), 1))
    unshown = (remark("unshown", places=places("slide", deck.unshown)),) if deck.unshown else ()
    return Reading(pages, (*unshown, *deck.hidden.warnings()))


class _Deck:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main_part()
        self.presentation = package.root(self.main)
        size = self.presentation.find(P + "sldSz")
        width, height = (None, None) if size is None else (size.get("cx"), size.get("cy"))
        self.size = integer(width, _SLIDE_WIDTH), integer(height, _SLIDE_HEIGHT)
        self.grounds: dict[str, Ground] = {}
        self.unshown: list[int] = []
        self.hidden = HiddenText()

    def slides(self) -> Iterator[str]:
        """The parts of the slides in the order of the deck; an empty name where one is missing."""
        related = self.package.related(self.main)
        for slide in self.presentation.iterfind(f"{P}sldIdLst/{P}sldId"):
            relationship = related.get(slide.get(R + "id", ""))
            yield "" if relationship is None else relationship.part

    def page(self, number: int, part: str) -> PageBuilder:
        builder = PageBuilder()
        root = self.package.root(part)
        for piece in () if root is None else self._pieces(number, part, root):
            builder.add(piece.kind, piece.text, piece.level)
        return builder

    def _pieces(self, number: int, part: str, root: Any) -> Iterator[Piece]:
        by_kind = {relationship.kind: relationship.part for relationship in self.package.related(part).values()}
        ground = self._ground(by_kind.get("slideLayout", ""))
        if root.get("show") in ("0", "false"):
            self.unshown.append(number)
        shapes = self._shapes(number, part, root, ground)
        title = _title(shapes, ground.inherited, self.size[1])
        if title is not None:
            yield Piece("heading", body_text(title.element.find(P + "txBody")), 1)
        for shape in shapes:
            if shape is not title:
                yield from _shape_pieces(self.package, part, shape, ground.inherited)
        yield from _notes(self.package, by_kind.get("notesSlide", ""))

    def _ground(self, layout: str) -> Ground:
        if layout not in self.grounds:
            self.grounds[layout] = Ground(inherited_from(self.package, layout))
        return self.grounds[layout]

    def _shapes(self, number: int, part: str, root: Any, ground: Ground) -> list[Shape]:
        """The shapes of a slide that show text, in reading order."""

        def text_of(shape: Shape) -> str:
            return " ".join(piece.text for piece in _shape_pieces(self.package, part, shape, ground.inherited))

        tree = shape_tree(root)
        nodes = [] if tree is None else list(members(tree, ground.inherited))
        seen, hidden = part_hidden(nodes, root, ground, self.size, text_of)
        for reason, text in hidden:
            self.hidden.add(f"slide {number}", reason, text)
        return [shape for shape in in_order(seen) if shape.shows_text]


def _title(shapes: Sequence[Shape], inherited: Inherited, height: int) -> Shape | None:
    """The title's placeholder, else the shape at the top whose letters are clearly larger than those of the rest."""
    for shape in shapes:
        if shape.placeholder in TITLES:
            return shape
    sized = [(_size(s, inherited), s) for s in shapes if local(s.element) == "sp"]
    near_top = [(size, s) for size, s in sized if s.box.top < _TITLE_ZONE * height]
    near_top.sort(key=lambda pair: (-pair[0], pair[1].box.top))
    if not near_top or not _may_be_title(near_top[0][1]):
        return None
    size, best = near_top[0]
    # Symbols and slogans further down may be larger; most of the text is not.
    rest = sorted(other for other, shape in sized if shape is not best)
    rivals = [rest[(len(rest) - 1) // 2] if rest else _USUAL_SIZE, *(other for other, _ in near_top[1:])]
    return best if size >= _TITLE_RATIO * max(rivals) else None


def _may_be_title(shape: Shape) -> bool:
    text = body_text(shape.element.find(P + "txBody"))
    is_line = len(text) <= _LONGEST_TITLE and text.count("\n") < 3 and not text.endswith("。")
    return is_line and shape.placeholder not in ("body", "obj") and bool(re.search(r"[^\W\d_]", text))


def _size(shape: Shape, inherited: Inherited) -> int:
    """The size of the largest letters in a shape, in hundredths of a point."""
    sizes = [0]
    for paragraph in paragraphs(shape.element.find(P + "txBody")):
        if paragraph_text(paragraph):
            own = [integer(p.get("sz")) for p in paragraph.iter(A + "rPr") if p.get("sz")]
            styles = (style.find(A + "defRPr") for style in _own_and_styles(shape, paragraph, inherited))
            below = (integer(s.get("sz")) for s in styles if s is not None and s.get("sz"))
            sizes.append(max(own) if own else next(below, _USUAL_SIZE))
    return max(sizes)


def _own_and_styles(shape: Shape, paragraph: Any, inherited: Inherited) -> Iterator[Any]:
    own = paragraph.find(A + "pPr")
    yield from [] if own is None else [own]
    yield from paragraph_styles(shape, paragraph, inherited)


def _has_bullet(shape: Shape, paragraph: Any, inherited: Inherited) -> bool:
    if shape.placeholder == "subTitle":
        return False
    marks = (
        _BULLETS[e.tag] for style in _own_and_styles(shape, paragraph, inherited) for e in style if e.tag in _BULLETS
    )
    return next(marks, False)


def _shape_pieces(package: Package, part: str, shape: Shape, inherited: Inherited) -> Iterator[Piece]:
    if local(shape.element) == "graphicFrame":
        for graphic in shape.element.iter(A + "graphicData"):
            yield from graphic_pieces(package, part, graphic)
        return
    label: list[str] = []
    for paragraph in paragraphs(shape.element.find(P + "txBody")):
        piece = _paragraph_piece(shape, paragraph, inherited)
        if label and (piece.kind != "label" or len("".join(label)) + len(piece.text) > _LABEL_LENGTH):
            yield Piece("label", "\n".join(label))
            label.clear()
        if piece.kind == "label":
            label.append(piece.text)  # short lines in one box are one label, broken by hand
        else:
            yield piece
    yield Piece("label", "\n".join(label))


def _paragraph_piece(shape: Shape, paragraph: Any, inherited: Inherited) -> Piece:
    text = paragraph_text(paragraph)
    own = paragraph.find(A + "pPr")
    if _NOTE.match(text):
        return Piece("note", text)
    if _MARK.match(text) or _has_bullet(shape, paragraph, inherited):
        return Piece("item", text, integer(None if own is None else own.get("lvl")))
    is_label = len(text) <= _LABEL_LENGTH and not text.endswith(("。", "、"))
    return Piece("label" if is_label else "paragraph", text)


def _notes(package: Package, part: str) -> Iterator[Piece]:
    """What the speaker notes say; the picture of the slide and the numbers on the notes page are left out."""
    root = package.root(part) if part else None
    for shape in () if root is None else root.iter(P + "sp"):
        placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        if placeholder is None or placeholder.get("type", "obj") not in (*FURNITURE, "sldImg"):
            for paragraph in paragraphs(shape.find(P + "txBody")):
                yield Piece("note", paragraph_text(paragraph))
