"""One reader a format; the format is chosen by what the file holds, not by its name."""

import codecs
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

from lsqa.documents import Document, DocumentKind, Source, content_hash, make_document
from lsqa.errors import DocumentError
from lsqa.readers.markup import looks_like_markdown, read_markup
from lsqa.readers.passages import decompress, read_passages
from lsqa.readers.reading import Reading
from lsqa.readers.reading_options import DEFAULT_OPTIONS, ReadingOptions

READING_VERSION = "8"
"""To be raised with any change to a reader that changes pages: files that have not changed are then read again."""

READABLE_SUFFIXES = (
    ".pdf", ".md", ".markdown", ".txt", ".text", ".jsonl", ".jsonl.gz",
    ".pptx", ".docx", ".xlsx", ".csv", ".tsv", ".html", ".htm",
    ".pptm", ".ppsx", ".potx", ".docm", ".dotx", ".xlsm",
)  # fmt: skip
MAX_FILE_BYTES = 512 * 1024**2

_PDF_MAGIC = b"%PDF-"
_PACKAGE_MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip, and the OLE container of what is encrypted
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_GZIP_MAGIC = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TO_KANJI = b"\x1b$"  # the escape sequence of ISO-2022-JP
_MOST_CONTROLS = 0.02  # of all characters
_MOST_HALF_WIDTH_KANA = 0.3


def read_file(path: Path, source: Source, options: ReadingOptions = DEFAULT_OPTIONS) -> tuple[Document, ...]:
    """The documents of a file: one, or one for each line of a file of passages.

    Raises `DocumentError` whose `status` says how the file ended: `locked`, `garbled`, `unsupported` or `failed`. A
    file without text
    gives a document for which `is_empty` holds.
    """
    content = _content(path)
    if not content:
        raise DocumentError("no text in it: the file has 0 bytes", hint="copy or download it again", status="empty")
    if found := _read_binary(content, path.name, options):
        return (_document(source, content, path, *found),)
    is_gzip = content.startswith(_GZIP_MAGIC)
    text = decode(decompress(content, path.name) if is_gzip else content, path.name)
    if path.name.removesuffix(".gz").endswith(".jsonl"):
        return read_passages(text, path.name)
    if is_gzip:
        raise DocumentError(
            f"{path.name} is a gzip file of no known kind", hint="unpack it first", status="unsupported"
        )
    return (_document(source, content, path, *_read_text(text, path.name)),)


def _document(source: Source, content: bytes, path: Path, kind: DocumentKind, reading: Reading) -> Document:
    return make_document(
        source,
        sha256=content_hash(content),
        kind=kind,
        pages=reading.pages,
        title=reading.title,
        fallback=path.stem,
        warnings=reading.warnings,
    )


def _read_binary(content: bytes, name: str, options: ReadingOptions) -> tuple[DocumentKind, Reading] | None:
    """Kind and pages of a file in a binary format, or None for what may be text. Each reader is loaded when needed."""
    if _PDF_MAGIC in content[:1024]:
        from lsqa.readers.pdf import read_pdf

        return "pdf", read_pdf(content, name, options)
    if not content.startswith(_PACKAGE_MAGICS):
        return None
    from lsqa.readers.ooxml import office_kind

    match office_kind(content):
        case "pptx":
            from lsqa.readers.pptx import read_pptx

            return "pptx", read_pptx(content, name)
        case "xlsx":
            from lsqa.readers.xlsx import read_xlsx

            return "xlsx", read_xlsx(content, name)
        case "docx":
            from lsqa.readers.docx import read_docx

            return "docx", read_docx(content, name)
    if content.startswith(_PACKAGE_MAGICS[0]) and not zipfile.is_zipfile(io.BytesIO(content)):
        raise DocumentError(f"{name} is a damaged package, cut off at its end", hint="copy or download it again")
    return None


def _read_text(text: str, name: str) -> tuple[DocumentKind, Reading]:
    if _HTML.match(text):
        from lsqa.readers.html import read_html

        return "html", read_html(text, name)
    if name.lower().endswith((".csv", ".tsv")):
        from lsqa.readers.delimited import read_delimited

        return "csv", Reading(read_delimited(text, name))
    return ("markdown" if looks_like_markdown(text) else "text"), Reading(read_markup(text))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DocumentError(
                f"{path.name} is larger than {MAX_FILE_BYTES} bytes", hint="divide it", status="unsupported"
            )
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"cannot read {path}: {error.strerror}", hint="check the path and its permissions"
        ) from error


def decode(content: bytes, name: str) -> str:
    """`content` as text: by its byte order mark, else the first Japanese encoding in which it reads as text.

    Raises `DocumentError` with status `unsupported` for content that is no text in any of them.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode_as(content, encoding, name)
    if b"\x00" not in content[:65536] and (text := _decode_unmarked(content)) is not None:
        return text
    raise DocumentError(
        f"{name} is a binary file of no kind that lsqa reads",
        hint="ingest PDF, PPTX, DOCX, XLSX, CSV, HTML, Markdown, plain text or JSONL passages",
        status="unsupported",
    )


def _decode_unmarked(content: bytes) -> str | None:
    """`content` by the encoding that its bytes betray, or None where it reads as text in none."""
    own = _try(content, "iso2022_jp" if _TO_KANJI in content else "utf-8")  # either proves itself
    if own is not None and _share(own, _is_control) < _MOST_CONTROLS:
        return own
    legacy = [text for encoding in ("cp932", "euc_jp") if (text := _try(content, encoding)) is not None]
    readable = [text for text in legacy if _share(text, _is_control) < _MOST_CONTROLS]
    # What is EUC-JP reads as half-width kana in cp932: the reading with fewer of them is the right one.
    best = min(readable, key=lambda text: _share(text, _is_half_width_kana), default=None)
    return None if best is None or _share(best, _is_half_width_kana) > _MOST_HALF_WIDTH_KANA else best


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    text = _try(content, encoding)
    if text is None:
        raise DocumentError(f"{name} has a byte order mark but is no {encoding}", hint="save it as UTF-8")
    return text


def _share(text: str, belongs: Callable[[str], bool]) -> float:
    """How many of the characters at the beginning of `text` belong to a class."""
    sample = text[:20_000]
    return sum(map(belongs, sample)) / max(len(sample), 1)


def _is_control(character: str) -> bool:
    """Whether no text holds `character`: control codes, private use, unassigned."""
    return unicodedata.category(character) in ("Cc", "Co", "Cn") and character not in "\t\n\r\f\v"


def _is_half_width_kana(character: str) -> bool:
    return "\uff61" <= character <= "\uff9f"
