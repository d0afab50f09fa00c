"""A Japanese font over the page's own address, which a browser fetches only where nothing else has the characters."""

import logging
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse

from lsqa.japanese_font import japanese_font

FAMILY: Final = "lsqa-japanese"
"""As the page's styles name it: last, after the generic families, so that every font of the reader's comes first."""

_HEADERS: Final = {
    "cache-control": "public, max-age=31536000, immutable",  # its name says what is in it
    # A report stands in a frame without an origin, which may have fonts only where everybody may.
    "access-control-allow-origin": "*",
}
# Kana, ideographs, their marks and full-width forms. Not the signs that Latin text has, too: a lone ✓ fetches nothing.
_CHARACTERS: Final = "U+3000-30FF, U+31F0-4DBF, U+4E00-9FFF, U+F900-FAFF, U+FF00-FFEF, U+20000-2FA1F"
# Some systems have Japanese in a font that they name in no family, but that is there by its own name.
_LOCAL: Final = ("NotoSansCJKJP-Regular", "NotoSansCJKjp-Regular", "Noto Sans CJK JP", "NotoSansJP-Regular")
_log = logging.getLogger(__name__)


@cache
def font_address() -> str:
    """Where the font is, relative to the page; empty where there is none to serve."""
    font = japanese_font()
    return f"fonts/japanese-{_digest(font)}.ttf" if font else ""


@cache
def font_face() -> str:
    """The rule of CSS that names the font `FAMILY`; empty where there is none to serve."""
    if not font_address():
        return ""
    local = ", ".join(f'local("{name}")' for name in _LOCAL)
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-display: swap; unicode-range: {_CHARACTERS}; '
        f'src: {local}, url("{font_address()}") format("truetype"); }}'
    )


def serve_font(app: FastAPI, path: str = "/") -> None:
    """Hand out the one font file beside the page at `path`. No login asks for it: it is anybody's."""
    font = japanese_font()
    if font is None:
        _log.warning("no Japanese font is served: the package matplotlib-fontja is not installed")
    else:

        async def served(request: Request) -> FileResponse:
            return FileResponse(font, media_type="font/ttf", headers=_HEADERS)

        app.add_route(f"{path.rstrip('/')}/{font_address()}", served, ["GET", "HEAD"], include_in_schema=False)


def _digest(font: Path) -> str:
    with font.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()[:12]
