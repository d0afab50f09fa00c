"""The vector index held against the embeddings of the catalogue."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import numpy as np

from lsqa.catalogue import Catalogue, VectorRecord
from lsqa.doctor.findings import Finding, found
from lsqa.errors import IndexUnavailableError, LibraryError
from lsqa.vector_index import Stored, VectorIndex

_AT_A_TIME: Final = 1000
_SAME: Final = 1e-5  # what float32 loses on the way through a server


@dataclass(slots=True)
class VectorDefects:
    """`trouble`: why the index cannot be read at all; `is_away` where its server does not answer. Then the rest is
    empty. `offers_sparse` is what a server says of sparse indexes, where it says anything."""

    trouble: str = ""
    is_away: bool = False
    missing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    collections: tuple[str, ...] = ()
    offers_sparse: bool | None = None

    def findings(self) -> Iterator[Finding]:
        if self.is_away:
            hint = "start the Chroma server, or correct LSQA_CHROMA_URL"
            yield Finding("vectors", self.trouble, is_mendable=False, hint=hint)
        elif self.trouble:
            yield Finding("vectors", self.trouble)
        yield from found("vectors", "chunks have no vector in the index", self.missing)
        yield from found("vectors", "vectors belong to no chunk", self.strange)
        yield from found("vectors", "vectors are not those of their chunks", self.other)
        yield from found("vectors", "collections of other encoders are left", self.collections)

    def notes(self) -> Iterator[Finding]:
        if self.offers_sparse is not None:
            offers = "offers" if self.offers_sparse else "does not offer"
            hint = "words are searched in SQLite, in the same transaction as the documents"
            yield Finding("vectors", f"the Chroma server {offers} sparse indexes", hint=hint, is_note=True)


def check_vectors(catalogue: Catalogue, index: VectorIndex, sample: tuple[VectorRecord, ...]) -> VectorDefects:
    """Compare every vector. `sample`: some that the index has to find."""
    defects = VectorDefects()
    try:
        if not index.load():
            defects.trouble = "a write of the vector index was interrupted"
            return defects
        _compare(catalogue, index, defects)
        defects.collections = index.others()
        wanted = [record for record in sample if record.vector_id not in defects.missing]
        if not defects.other and not index.is_sound(wanted):
            defects.trouble = "the vector index does not find vectors that it lists"
        if index.follows_others:  # a server: what is embedded never does
            with suppress(LibraryError):
                defects.offers_sparse = index.offers_sparse()
    except LibraryError as error:
        defects.trouble, defects.is_away = error.message, isinstance(error, IndexUnavailableError)
    finally:
        index.close()
    return defects


def _compare(catalogue: Catalogue, index: VectorIndex, defects: VectorDefects) -> None:
    wanted = catalogue.vector_ids()
    seen: set[str] = set()
    stored = index.stored()
    while some := tuple(islice(stored, _AT_A_TIME)):
        records = {record.vector_id: record for record in catalogue.vectors(s.vector_id for s in some)}
        for each in some:
            seen.add(each.vector_id)
            if each.vector_id not in wanted:
                defects.strange.append(each.vector_id)
            elif (record := records.get(each.vector_id)) is not None and not _is_same(each, record):
                defects.other.append(each.vector_id)
    defects.missing.extend(sorted(wanted - seen))


def _is_same(stored: Stored, record: VectorRecord) -> bool:
    """Chroma may have made the vector one of unit length."""
    if stored.doc_id != record.doc_id or stored.vector.shape != record.vector.shape:
        return False
    lengths = float(np.linalg.norm(stored.vector)) * float(np.linalg.norm(record.vector))
    return float(stored.vector @ record.vector) >= (1 - _SAME) * lengths
