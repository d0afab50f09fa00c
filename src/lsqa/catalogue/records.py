"""What the catalogue hands out beside documents, pages and chunks, and how pages stand in its rows."""

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsqa.chunks import Chunk
from lsqa.documents import Block, Document, DocumentKind, Page

Vector = npt.NDArray[np.float32]


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


@dataclass(frozen=True, slots=True)
class VectorRecord:
    """An embedding as the vector index holds it. `vector` has d float32 values; equal ids have equal vectors."""

    vector_id: str
    doc_id: str
    page: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with all that is to be stored of it: `embedding_keys` stand in the order of `chunks`."""

    document: Document
    path: str
    chunks: tuple[Chunk, ...]
    embedding_keys: tuple[str, ...]

    @property
    def vector_ids(self) -> tuple[str, ...]:
        return tuple(vector_id(c.chunk_id, key) for c, key in zip(self.chunks, self.embedding_keys, strict=True))


def vector_id(chunk_id: str, embedding_key: str) -> str:
    """The id of a chunk's vector: it changes with what was encoded, so two versions of a chunk stand side by side."""
    return f"{chunk_id}:{embedding_key[:8]}"


def chunk_of_vector(vector_id: str) -> str:
    """The chunk id in a vector id."""
    return vector_id.partition(":")[0]


def blocks_to_json(blocks: tuple[Block, ...]) -> str:
    return json.dumps([[b.kind, b.start, b.end, b.level] for b in blocks], separators=(",", ":"))


def page_from_row(number: int, text: str, blocks: str) -> Page:
    return Page(number, text, tuple(Block(*fields) for fields in json.loads(blocks)))


def path_to_json(heading_path: tuple[str, ...]) -> str:
    return json.dumps(heading_path, ensure_ascii=False, separators=(",", ":"))


def path_from_json(heading_path: str) -> tuple[str, ...]:
    return tuple(json.loads(heading_path))


def vector_to_blob(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def vector_from_blob(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype="<f4").astype(np.float32, copy=False)
