"""Builds a page's text and its blocks together, so that an offset can never be off."""

from lsqa.documents import Block, BlockKind, Page

# A blank line parts blocks; a single line break stays inside one. `tokens` and `text` rely on the difference.
_BETWEEN_BLOCKS = "\n\n"
_BETWEEN_ROWS = "\n"
_ROWS = ("row", "head_row")


class PageBuilder:
    """Collects blocks in reading order; `build()` gives the page. White space at the ends of a block is dropped."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    def __len__(self) -> int:
        return len(self._blocks)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._blocks)

    def add(self, kind: BlockKind, text: str, level: int = 0, ocr: float | None = None) -> None:
        # An empty first cell is the corner over the row names: the tab after it stays.
        text = text.rstrip().lstrip("\n\r ") if kind in _ROWS else text.strip()
        if not text.strip():
            return
        if self._blocks:
            in_table = kind in _ROWS and self._blocks[-1].kind in _ROWS
            self._append(_BETWEEN_ROWS if in_table else _BETWEEN_BLOCKS)
        self._blocks.append(Block(kind, self._length, self._length + len(text), level, ocr))
        self._append(text)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def heading_texts(self) -> list[tuple[int, str]]:
        text = "".join(self._parts)
        return [(b.level, text[b.start : b.end]) for b in self._blocks if b.kind == "heading"]

    def build(self, number: int) -> Page:
        return Page(number, "".join(self._parts), tuple(self._blocks))
