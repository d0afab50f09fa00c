"""Office Open XML packages (ECMA-376 part 2): a zip of XML parts that relationships tie together.

Parts are read when they are asked for, so pictures cost nothing; what a damaged or hostile package could do is bounded
here: unpacked size, ratio, size of one part, entities, depth. A relationship whose target is missing is as if it were
absent, because real files have such. Strict files (ISO 29500) are read as transitional ones.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree  # type: ignore[import-untyped]

from lsqa.documents import BlockKind
from lsqa.errors import DocumentError

OfficeKind = Literal["pptx", "docx", "xlsx"]

MAX_UNPACKED_BYTES = 1024**3
MAX_PART_BYTES = 128 * 1024**2
MAX_RATIO = 200  # of what is unpacked to the file; text of Office comes to 50 at most
_SMALL = 64 * 1024**2  # no bomb, whatever its ratio

_FORMATS = "http://schemas.openxmlformats.org/"
A = "{" + _FORMATS + "drawingml/2006/main}"
R = "{" + _FORMATS + "officeDocument/2006/relationships}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_STRICT_MARK = b"purl.oclc.org/ooxml"
_HEAD_BYTES = 4096
_LONGEST_NUMBER = 15
_CONTENT_TYPES = "[content_types].xml"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KINDS: tuple[tuple[str, OfficeKind], ...] = (
    ("presentationml", "pptx"), ("ms-powerpoint.", "pptx"),
    ("wordprocessingml", "docx"), ("ms-word.", "docx"),
    ("spreadsheetml", "xlsx"), ("ms-excel.", "xlsx"),
)  # fmt: skip
_MAIN_TYPE = re.compile(r"""ContentType\s*=\s*["']([^"']*\.main\+xml)["']""")
_SAVE_AGAIN = "open it in an office program and save it again"


@dataclass(frozen=True, slots=True)
class Piece:
    """A block that has no place yet; see `lsqa.documents.Block` for `kind` and `level`."""

    kind: BlockKind
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Relationship:
    """`kind` is the last word of the type's address (slideLayout, chart …); `part` is a name inside the package."""

    kind: str
    part: str


def office_kind(content: bytes) -> OfficeKind | None:
    """Which kind of Office file `content` is, by its main part; None where it is no such package or is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {_key(info.filename): info for info in archive.infolist()}
            with archive.open(names[_CONTENT_TYPES]) as stream:
                types = stream.read(4 * 1024**2).decode("utf-8", "replace")
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, NotImplementedError, RuntimeError):
        return None
    # A deck may embed a workbook: what counts is the part that is "main".
    main = " ".join(_MAIN_TYPE.findall(types))
    return next((kind for word, kind in _KINDS if word in main), None)


def integer(text: str | None, default: int = 0) -> int:
    """An attribute as a number; `default` where it is absent, no number, or larger than any that Office writes."""
    try:
        return int(text) if text is not None and len(text) <= _LONGEST_NUMBER else default
    except ValueError:
        return default


def local(element: Any) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


class Package:
    """An opened file. Raises `DocumentError` with status `locked`, `unsupported` or `failed`."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        if content.startswith(_OLE_MAGIC):
            raise _ole_error(content, name)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self._damaged(str(error)) from error
        infos = self._archive.infolist()
        self._infos = {_key(info.filename): info for info in infos}
        self._refuse_bomb(sum(info.file_size for info in infos), len(content))
        self._read = 0

    def main_part(self) -> str:
        """The name of the part that holds the document."""
        for relationship in self.related("").values():
            if relationship.kind == "officeDocument" and relationship.part in self._infos:
                return relationship.part
        raise self._damaged("it has no main part")

    def related(self, part: str) -> dict[str, Relationship]:
        """The relationships of `part` inside the package, by their ids."""
        folder, base = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, Relationship] = {}
        for element in () if root is None else root:
            target = element.get("Target", "").replace("\\", "/")
            if element.get("TargetMode") != "External" and target:
                full = posixpath.normpath(posixpath.join("/", folder, target))
                found[element.get("Id", "")] = Relationship(element.get("Type", "").rsplit("/", 1)[-1], _key(full))
        return found

    def root(self, part: str) -> Any:
        """The root element of an XML part without comments and alternatives; None where there is no such part."""
        info = self._infos.get(_key(part))
        if info is None:
            return None
        data = self._unpack(info)
        data = _as_transitional(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged(f"{part}: {error}") from error
        if root.getroottree().docinfo.doctype:
            raise self._damaged(f"{part} declares a document type, which Office never writes")
        _choose_alternatives(root)
        return root

    def refuse_document_types(self) -> None:
        """For what is read by a parser other than that of `root`: raises where a part declares entities."""
        for info in self._infos.values():
            if info.filename.lower().endswith((".xml", ".rels")):
                head = self._unpack(info, _HEAD_BYTES).replace(b"\0", b"")  # as it may be UTF-16
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise self._damaged(f"{info.filename} declares a document type, which Office never writes")

    def transitional(self, content: bytes) -> bytes:
        """The package for what knows no strict files: `content` itself, or the same in the words of ECMA-376."""
        main = self._infos[self.main_part()]
        if _STRICT_MARK not in self._unpack(main):
            return content
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as written:
            for info in self._infos.values():
                if not info.is_dir():
                    written.writestr(info.filename, _as_transitional(self._unpack(info)))
        return stream.getvalue()

    def _unpack(self, info: zipfile.ZipInfo, limit: int = MAX_PART_BYTES + 1) -> bytes:
        if info.flag_bits & 1:
            hint = "remove its password, then ingest it again"
            raise DocumentError(f"{self.name} is encrypted", hint=hint, status="locked")
        try:
            with self._archive.open(info) as stream:
                data = stream.read(limit)  # the size that a package declares may be a lie
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise self._damaged(f"{info.filename}: {error}") from error
        self._read += len(data)
        if len(data) > MAX_PART_BYTES or self._read > MAX_UNPACKED_BYTES:
            raise self._too_large(f"its part {info.filename} unpacks to more than {MAX_PART_BYTES} bytes")
        return data

    def _refuse_bomb(self, unpacked: int, packed: int) -> None:
        if unpacked > MAX_UNPACKED_BYTES or (unpacked > _SMALL and unpacked > MAX_RATIO * packed):
            raise self._too_large(f"its {packed} bytes unpack to {unpacked}")

    def _damaged(self, why: str) -> DocumentError:
        return DocumentError(f"{self.name} is no readable Office file ({why})", hint=_SAVE_AGAIN)

    def _too_large(self, why: str) -> DocumentError:
        hint = "divide it, or remove what is repeated in it"
        return DocumentError(f"{self.name} is too large to be read: {why}", hint=hint, status="unsupported")


def _as_transitional(data: bytes) -> bytes:
    return _STRICT.sub(_FORMATS.encode() + rb"\1/2006/", data) if _STRICT_MARK in data else data


def _key(name: str) -> str:
    """Names of parts are compared without case (ECMA-376 part 2, 6.2.2.3)."""
    return name.replace("\\", "/").lstrip("/").lower()


def _ole_error(content: bytes, name: str) -> DocumentError:
    """An encrypted package and the formats before 2007 come in the same container."""
    if _ENCRYPTED in content:
        hint = "remove its password, then ingest it again"
        return DocumentError(f"{name} is encrypted", hint=hint, status="locked")
    hint = "save it as .pptx, .docx or .xlsx"
    return DocumentError(f"{name} is in the binary format before Office 2007", hint=hint, status="unsupported")


def _choose_alternatives(root: Any) -> None:
    """Put one branch in the place of each mc:AlternateContent, so that no text stands twice."""
    for element in list(root.iter(_COMPATIBILITY + "AlternateContent")):
        parent = element.getparent()
        if parent is None:
            continue
        branches = [child for child in element if local(child) in ("Choice", "Fallback")]
        chosen = next((branch for branch in branches if _says_something(branch)), None)
        at = parent.index(element)
        parent.remove(element)
        for offset, child in enumerate(() if chosen is None else list(chosen)):
            parent.insert(at + offset, child)


def _says_something(branch: Any) -> bool:
    return any(_tells(element) for element in branch.iter(etree.Element))


def _tells(element: Any) -> bool:
    return local(element) in ("graphicData", "blip", "imagedata") or bool((element.text or "").strip())


def children(element: Any, tag: str) -> Iterator[Any]:
    """The children of that qualified tag, none where there is no element."""
    return iter(()) if element is None else element.iterchildren(tag)
