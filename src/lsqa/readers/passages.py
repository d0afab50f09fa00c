"""Passages: one JSON object a line, `{"id", "title", "text", "url"?}`, each a document of its own."""

import gzip
import io
import json
import zlib

from pydantic import BaseModel, ConfigDict, ValidationError

from lsqa.documents import Document, Source, content_hash, make_document
from lsqa.errors import DocumentError
from lsqa.readers.markup import read_markup

_MAX_BYTES = 2 * 1024**3
_PIECE = 1024**2


class _Passage(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, str_min_length=0)

    id: str
    title: str = ""
    text: str
    url: str = ""


def decompress(content: bytes, name: str, limit: int = _MAX_BYTES) -> bytes:
    """The content of a gzip file of at most `limit` bytes, so that a bomb cannot fill the memory. Raises
    `DocumentError`."""
    data = bytearray()
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            # In pieces: to read up to a limit takes memory for the whole limit at once.
            while len(data) <= limit and (piece := stream.read(_PIECE)):
                data += piece
    except (OSError, EOFError, zlib.error) as error:
        raise DocumentError(f"{name} is no readable gzip file ({error})", hint="download it again") from error
    if len(data) > limit:
        raise DocumentError(f"{name} unpacks to more than {limit} bytes", hint="divide it into smaller files")
    return bytes(data)


def read_passages(text: str, name: str) -> tuple[Document, ...]:
    """A document for each non-blank line. Raises `DocumentError` that names the first line that is no passage, or an
    id twice."""
    documents: list[Document] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        passage = _parse(line, f"{name}, line {number}")
        if not passage.id or passage.id in seen:
            problem = "repeats the id " + repr(passage.id) if passage.id else "has an empty id"
            raise DocumentError(f"{name}, line {number} {problem}", hint="give every passage an id of its own")
        seen.add(passage.id)
        source = Source(doc_id=passage.id, title=passage.title, url=passage.url)
        pages = read_markup(passage.text)
        documents.append(
            make_document(source, sha256=content_hash(line.encode()), kind="passage", pages=pages, fallback=passage.id)
        )
    return tuple(documents)


def _parse(line: str, place: str) -> _Passage:
    hint = 'write one object a line: {"id": "…", "title": "…", "text": "…"}'
    try:
        return _Passage.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the object"
        raise DocumentError(f"{place}: {field}: {first['msg']}", hint=hint) from error
    except (ValueError, RecursionError) as error:  # a number may have too many digits, brackets may nest too deep
        raise DocumentError(f"{place} is no JSON ({error})", hint=hint) from error
