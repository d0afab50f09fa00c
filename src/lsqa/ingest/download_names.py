"""Names for downloaded files: what the server calls them, made harmless, with an ending that says what they are."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

import httpx

from lsqa.readers import READABLE_SUFFIXES

_LONGEST_NAME = 150  # bytes; file systems take 255
_LONGEST_SUFFIX = 10
_FORBIDDEN = frozenset('<>:"|?*')  # to Windows
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) ?(?:\.|$)", re.IGNORECASE)
_EXTENDED = re.compile(r"filename\*\s*=\s*[\w-]*'[^']*'([^;\s]+)", re.IGNORECASE)
_PLAIN = re.compile(r"""filename\s*=\s*(?:"((?:\\"|[^"])*)"|([^;"]+))""", re.IGNORECASE)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/xhtml+xml": ".html",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/x-csv": ".csv",
    "application/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/jsonl": ".jsonl",
    "application/jsonlines": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "text/markdown": ".md",
    "text/plain": ".txt",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}wordprocessingml.document": ".docx",
}


def file_name(url: httpx.URL, headers: Iterable[tuple[bytes, bytes]]) -> str:
    """A safe name for what `url` gave: that of `Content-Disposition`, else the last part of the path, if its ending is
    one that lsqa reads; else with an ending after `Content-Type`."""
    known = {name.lower(): value for name, value in headers}
    proposed = (_disposition_name(known.get(b"content-disposition", b"")), _path_name(url))
    names = [name for name in map(safe_name, proposed) if name]
    for name in names:
        if suffix_of(name):
            return name
    kind = _text(known.get(b"content-type", b"")).partition(";")[0].strip().lower()
    return safe_name((names[0] if names else url.host) + _SUFFIXES.get(kind, "")) or "download"


def suffix_of(name: str) -> str:
    """The ending of a name if it is one that lsqa reads, else an empty string."""
    return next((suffix for suffix in READABLE_SUFFIXES if name.lower().endswith(suffix)), "")


def safe_name(text: str) -> str:
    """`text` as the name of a file in any folder on any system: no path, not hidden, nothing invisible, not too long.

    Empty where nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    visible = (" " if c in _FORBIDDEN or unicodedata.category(c)[0] in "CZ" else c for c in last)
    name = " ".join("".join(visible).split()).lstrip(".~$ ").rstrip(". ")
    name = f"_{name}" if _DEVICES.match(name) else name
    suffix = suffix_of(name) or next(iter(re.findall(rf"\.\w{{1,{_LONGEST_SUFFIX}}}$", name)), "")
    stem = name[: len(name) - len(suffix)].encode()[: _LONGEST_NAME - len(suffix.encode())].decode(errors="ignore")
    return stem.rstrip(". ") + name[len(name) - len(suffix) :]


def _disposition_name(value: bytes) -> str:
    """The file name in `Content-Disposition`, its extended form first (RFC 6266, 4.3).

    Percent signs are decoded in the plain form too, as browsers do, and what the bytes are is guessed in either: the
    named encoding may be any that Python knows, not all of which are harmless.
    """
    text = _text(value)
    found = _EXTENDED.search(text) or _PLAIN.search(text)
    name = next(filter(None, found.groups()), "") if found else ""
    return _text(unquote_to_bytes(name.replace('\\"', '"')))


def _path_name(url: httpx.URL) -> str:
    return _text(unquote_to_bytes(url.raw_path.partition(b"?")[0].rpartition(b"/")[2]))


def _text(raw: bytes) -> str:
    """Bytes of a header or a path: UTF-8 nowadays, Shift_JIS from older Japanese servers."""
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
