"""What the catalogue hands out beside documents, pages and chunks, and how pages stand in its rows."""

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsqa.chunks import Chunk
from lsqa.documents import Block, Box, Document, DocumentKind, Page, TextBox
from lsqa.ledger import LedgerEntry

Vector = npt.NDArray[np.float32]
_GRID = 10_000
_OPEN_HEADING_FIELDS = 2  # level and text; a block has five fields


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A line of the catalogue: what is known of a document without its text. `pages` and `chunks` are counts."""

    doc_id: str
    title: str
    publisher: str
    published: str
    url: str
    licence: str
    sha256: str
    kind: DocumentKind
    path: str
    pages: int
    chunks: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VectorRecord:
    """An embedding as the vector index holds it. `vector` has d float32 values; equal ids have equal vectors."""

    vector_id: str
    doc_id: str
    page: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with all that is to be stored of it: `embedding_keys` stand in the order of `chunks`, `ledger` in
    reading order.
    """

    document: Document
    path: str
    chunks: tuple[Chunk, ...]
    embedding_keys: tuple[str, ...]
    ledger: tuple[LedgerEntry, ...] = ()

    @property
    def vector_ids(self) -> tuple[str, ...]:
        return tuple(vector_id(c.chunk_id, key) for c, key in zip(self.chunks, self.embedding_keys, strict=True))


def vector_id(chunk_id: str, embedding_key: str) -> str:
    """The id of a chunk's vector: it changes with what was encoded, so two versions of a chunk stand side by side."""
    return f"{chunk_id}:{embedding_key[:8]}"


def chunk_of_vector(vector_id: str) -> str:
    """The chunk id in a vector id."""
    return vector_id.partition(":")[0]


def blocks_to_json(page: Page) -> str:
    """The blocks of a page as rows, and before them, as shorter rows, the headings that it begins under: so libraries
    that were made before there were such keep their form."""
    rows = [[b.kind, b.start, b.end, b.level, b.ocr] for b in page.blocks]
    return json.dumps([*page.open_headings, *rows], ensure_ascii=False, separators=(",", ":"))


def boxes_to_json(boxes: tuple[TextBox, ...]) -> str:
    """Places as whole ten-thousandths of the page: finer than any screen shows it."""
    rows = [
        [b.start, b.end, int(b.is_vertical), *map(_grid, (b.box.left, b.box.top, b.box.right, b.box.bottom, *b.edges))]
        for b in boxes
    ]
    return json.dumps(rows, separators=(",", ":"))


def _grid(fraction: float) -> int:
    return round(fraction * _GRID)


def page_from_row(number: int, text: str, blocks: str, boxes: str) -> Page:
    rows = json.loads(blocks)
    return Page(
        number,
        text,
        tuple(Block(*fields) for fields in rows if len(fields) != _OPEN_HEADING_FIELDS),
        tuple(_box_from_row(*fields) for fields in json.loads(boxes)),
        tuple((level, heading) for level, heading in (row for row in rows if len(row) == _OPEN_HEADING_FIELDS)),
    )


def _box_from_row(start: int, end: int, is_vertical: int, *places: int) -> TextBox:
    left, top, right, bottom, *edges = (place / _GRID for place in places)
    return TextBox(start, end, Box(left, top, right, bottom), tuple(edges), bool(is_vertical))


def strings_to_json(values: tuple[str, ...]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def strings_from_json(values: str) -> tuple[str, ...]:
    return tuple(json.loads(values))


def vector_to_blob(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def vector_from_blob(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype="<f4").astype(np.float32, copy=False)


def is_vector(blob: bytes) -> bool:
    """Whether a stored vector can be one: finite numbers, not all zero."""
    if not blob or len(blob) % 4:
        return False
    vector = vector_from_blob(blob)
    return bool(np.isfinite(vector).all() and vector.any())
