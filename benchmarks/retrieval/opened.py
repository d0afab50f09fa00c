"""A library with the parts of lsqa that are measured over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from lsqa.assistant import Assistant
from lsqa.library import Library
from lsqa.models import embedder_fingerprint
from lsqa.retrieval import Reranker, Retriever
from lsqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    library: Library
    retriever: Retriever
    assistant: Assistant


@contextmanager
def opened(home: Path, embedder: Embeddings, reader: Reranker | None) -> Iterator[Opened]:
    """The library in `home`, made with the bundled encoder."""
    with Library.open(home, embedder_fingerprint("bundled")) as library:
        retriever = Retriever(library, embedder, reader)
        yield Opened(library, retriever, Assistant(Settings(home), library, retriever))
