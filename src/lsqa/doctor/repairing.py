"""What was found is mended: made again from the stored pages, or removed where it belongs to nothing."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from langchain_core.embeddings import Embeddings

from lsqa.catalogue import CatalogueWriter
from lsqa.doctor.examining import Examination, examine
from lsqa.doctor.words import StoredWords
from lsqa.errors import StaleIndexError
from lsqa.ingest.encoding import Encoder
from lsqa.ingest.rebuild import Entries
from lsqa.library import REBUILD_COMMAND, WritableLibrary, exclusively, home_errors
from lsqa.settings import ChromaServer

_ROUNDS: Final = 2  # what waited to be shown is looked at when it is


def repair(
    found: Examination,
    home: Path,
    encoder: str,
    embedder: Callable[[], Embeddings],
    chroma: ChromaServer | None = None,
    *,
    is_quick: bool = False,
) -> Examination:
    """Mend what `found` says; what is amiss after that. `embedder` is called where embeddings are missing. An
    interruption does no harm. `is_quick` is how it is looked at again.

    Raises:
        StaleIndexError: the settings ask for another encoder than the index was made with.
        LsqaError: as an ingest does.
    """
    for _ in range(_ROUNDS):
        if found.catalogue.fingerprint:
            raise StaleIndexError(
                f"the index in {home} was made with {found.catalogue.fingerprint}",
                hint=f"`{REBUILD_COMMAND}` makes it again, or set back the encoder",
            )
        _repair_once(found, home, encoder, embedder, chroma)
        found = examine(home, encoder, chroma, is_quick=is_quick)
        if not any(finding.is_mendable and not finding.is_note for finding in found.findings):
            break
    return found


def _repair_once(
    found: Examination, home: Path, encoder: str, embedder: Callable[[], Embeddings], chroma: ChromaServer | None
) -> None:
    with home_errors(home):
        for path in (path for each in found.litter for path in each.paths):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    if found.catalogue.file:  # nothing to stand on
        return
    _forget_embeddings(home, found.catalogue.odd_embeddings)
    with WritableLibrary.open_for_writing(home, encoder, chroma=chroma) as library:  # which finishes what was begun
        _mend(found, library, embedder)


def _forget_embeddings(home: Path, keys: tuple[str, ...]) -> None:
    """What is no vector would stop the library from being opened."""
    if not keys:
        return
    with (
        home_errors(home),
        exclusively(home),
        closing(CatalogueWriter.open(home)) as catalogue,
        catalogue.transaction(),
    ):
        catalogue.forget_embeddings(keys)


def _mend(found: Examination, library: WritableLibrary, embedder: Callable[[], Embeddings]) -> None:
    words = StoredWords(library.catalogue.connection)
    with home_errors(library.home), library.catalogue.transaction():
        for table in found.catalogue.tables:
            words.make_again(table)
        words.remove(words.strangers())
        library.catalogue.forget_files(found.catalogue.empty_files)
        for doc_id in found.documents.unreadable:
            library.catalogue.read_again(doc_id)
        library.catalogue.grow_generation()
    _make_again(found.documents.to_be_made_again, library, embedder)
    library.repair_vectors(found.vectors.other)


def _make_again(doc_ids: tuple[str, ...], library: WritableLibrary, embedder: Callable[[], Embeddings]) -> None:
    """Chunks, embeddings, words, definitions and ledgers of documents, each document for itself."""
    encoder = Encoder(_Late(embedder), library)
    for doc_id in doc_ids:
        for entry, texts in Entries(library.catalogue, encoder, [doc_id]).with_texts():
            encoder.encode(texts, lambda _: None)
            library.make_again(entry)


class _Late(Embeddings):
    """An encoder that is opened when there is something to encode."""

    def __init__(self, embedder: Callable[[], Embeddings]) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embedder().embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._embedder().embed_query(text)
