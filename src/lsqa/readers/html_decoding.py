"""Bytes of an HTML document as text: by their mark, as UTF-8, as what they declare, else as the Japanese that fits."""

import codecs
import re

from lsqa.errors import DocumentError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SHIFT_JIS = ("shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j", "ms_kanji")
_TO_KANJI = b"\x1b$"
_MOST_LOST = 0.01  # of all characters, where the declared encoding does not fit


def decode_html(content: bytes, name: str) -> str:
    """The text of a document. Raises `DocumentError` with status `garbled` where no encoding fits."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    found = _DECLARED.search(content[:4096])
    declared = found[1].decode("ascii", errors="replace").lower() if found else ""
    declared = "cp932" if declared in _SHIFT_JIS else declared
    encodings = ["iso2022_jp"] if _TO_KANJI in content else []
    readings = [text for e in (*encodings, "utf-8", declared) if e and (text := _try(content, e)) is not None]
    if readings:
        return readings[0]
    japanese = [text for e in ("cp932", "euc_jp") if (text := _try(content, e)) is not None]
    if japanese:  # EUC-JP reads as half-width kana in cp932
        return min(japanese, key=lambda text: sum("\uff61" <= c <= "\uff9f" for c in text[:20_000]))
    best = min((content.decode(e, errors="replace") for e in ("utf-8", "cp932", "euc_jp")), key=_lost)
    if _lost(best) > _MOST_LOST * len(best):
        raise DocumentError(f"{name} is in no known encoding", hint="save it as UTF-8", status="garbled")
    return best


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _lost(text: str) -> int:
    return text.count("\ufffd")
