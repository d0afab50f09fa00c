"""Running text parted into pages, with what a page takes over from the one before."""

from dataclasses import replace

from lsqa.documents import OpenHeadings, Page
from lsqa.readers.ooxml import Piece
from lsqa.readers.page_builder import PageBuilder
from lsqa.sections import with_heading


class RunningPages:
    """Parts running text into pages, puts the notes of each at its end and tells each under which headings it begins:
    a chapter goes on over the end of a page."""

    def __init__(self) -> None:
        self._done: list[Page] = []
        self._page = PageBuilder()
        self._notes: list[str] = []
        self._is_fresh = False  # a break was written here and nothing stands after it yet
        self._open: OpenHeadings = ()
        self._open_before: OpenHeadings = ()  # when this page began

    def add(self, piece: Piece) -> None:
        if piece.text.strip():
            self._page.add(piece.kind, piece.text, piece.level)
            if piece.kind == "heading":
                self._open = with_heading(self._open, piece.level, piece.text)
            self._is_fresh = False

    def add_note(self, text: str) -> None:
        self._notes.append(text)

    def break_page(self, *, is_rendered: bool = False) -> None:
        """A written break also shows as a rendered one: the two are one break."""
        if is_rendered and self._is_fresh:
            self._is_fresh = False
            return
        for text in self._notes:
            self._page.add("note", text)
        self._done.append(replace(self._page.build(self.number), open_headings=self._open_before))
        self._open_before = self._open
        self._page, self._notes, self._is_fresh = PageBuilder(), [], not is_rendered

    @property
    def number(self) -> int:
        return len(self._done) + 1

    @property
    def is_blank(self) -> bool:
        return not len(self._page)

    def finish(self) -> tuple[Page, ...]:
        self.break_page()
        while len(self._done) > 1 and not self._done[-1].blocks:
            self._done.pop()
        return tuple(self._done)
