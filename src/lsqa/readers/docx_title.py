"""The title of a Word document, which may stand on its cover in several paragraphs."""

from lsqa.readers.docx_styles import ParagraphStyle

_LONGEST = 100


class TitleLines:
    """The first paragraphs in Word's style for titles that stand next to each other: what kind of paper it is, and what
    it is about (実装データモデル（行政）, 申請・届出). A title after a heading is that of a part."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._has_ended = False

    def hear(self, style: ParagraphStyle, text: str) -> None:
        """The next paragraph of the document."""
        line = " ".join(part for part in map(str.strip, text.splitlines()) if part)
        if not line or self._has_ended:
            return
        if style.is_title and len(self.title) + len(line) < _LONGEST:
            self._lines.append(line)
        elif self._lines or style.heading:
            self._has_ended = True

    @property
    def title(self) -> str:
        """In one line; empty where the document has no such paragraph."""
        return " ".join(self._lines)
