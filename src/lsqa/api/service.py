"""One library as a server has it: opened when there is something to ask, read by many threads, written by one."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lsqa.assistant import Assistant
from lsqa.checking import Checker
from lsqa.errors import EmptyLibraryError
from lsqa.ingest import IngestReport, ingest
from lsqa.isolation import ReadingLimits
from lsqa.library import Library, WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder, open_reranker
from lsqa.readers.reading_options import ReadingOptions
from lsqa.readers.recognition import usable_languages
from lsqa.retrieval import Retriever
from lsqa.settings import Settings
from lsqa.slides import PageImages

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel


class Service:
    """For any number of threads; to be closed. `chat_model` drafts, `embeddings` encode in the place of those that the
    settings name. The chat page stands on it too."""

    def __init__(
        self,
        settings: Settings,
        *,
        embeddings: "Embeddings | None" = None,
        chat_model: "BaseChatModel | None" = None,
    ) -> None:
        self.settings = settings
        self._chat_model = chat_model
        self._opening = threading.Lock()
        self._embeddings = embeddings
        self._opened: tuple[Assistant, Checker] | None = None
        self.images = PageImages(settings.home, settings.office)

    @property
    def has_model(self) -> bool:
        """Whether a language model drafts the answers."""
        return self._chat_model is not None or self.settings.llm != "none"

    def assistant(self) -> Assistant:
        """The assistant. Raises `EmptyLibraryError` as long as there is no document, and as `Assistant.open`."""
        return self._open()[0]

    def checker(self) -> Checker:
        """A checker over the same library. Raises as `assistant` does."""
        return self._open()[1]

    def _open(self) -> tuple[Assistant, Checker]:
        with self._opening:
            if self._opened is None:
                s = self.settings
                library = Library.open(s.home, embedder_fingerprint(s.embedder), chroma=s.chroma)
                retriever = Retriever(library, self._encoder(), open_reranker(s.reranker, s.home / "models"))
                self._opened = Assistant(s, library, retriever, self._chat_model), Checker(library, retriever)
            if not self._opened[0].library.catalogue.document_count:
                raise EmptyLibraryError("there are no documents", hint="add some first")
            return self._opened

    def embeddings(self) -> "Embeddings":
        """The encoder, one for all. Raises `ModelUnavailableError`."""
        with self._opening:
            return self._encoder()

    def _encoder(self) -> "Embeddings":
        if self._embeddings is None:
            s = self.settings
            self._embeddings = open_embedder(s.embedder, s.home / "models", base_url=s.llm_base_url)
        return self._embeddings

    @contextmanager
    def writing(self) -> Iterator[WritableLibrary]:
        """The library, which nobody else writes meanwhile. Raises `LockedError`, `HomeError`."""
        s = self.settings
        with WritableLibrary.open_for_writing(s.home, embedder_fingerprint(s.embedder), chroma=s.chroma) as library:
            yield library

    def ingest(self, library: WritableLibrary, paths: Sequence[Path], replaces: str = "") -> IngestReport:
        """Read files into the library; as `lsqa.ingest.ingest`. Raises `HomeError`, `ModelError`."""
        s = self.settings
        reading = ReadingOptions(ocr_languages=usable_languages(s.ocr))
        limits = ReadingLimits(seconds=s.file_seconds, memory_mb=s.file_memory_mb)
        return ingest(paths, library, self.embeddings(), replaces=replaces, reading=reading, limits=limits)

    def close(self) -> None:
        self.images.close()
        if self._opened is not None:
            self._opened[0].close()
