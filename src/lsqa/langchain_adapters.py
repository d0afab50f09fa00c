"""lsqa as a part of LangChain: a retriever whose documents carry place and scores as metadata."""

from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from lsqa.retrieval import Hit

if TYPE_CHECKING:
    from lsqa.assistant import Assistant


class LsqaRetriever(BaseRetriever):
    """The passages of an assistant's library as LangChain documents, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Any
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        assistant: Assistant = self.assistant
        return [_document(hit) for hit in assistant.retrieve(query, k=self.k if k is None else k)]


def _document(hit: Hit) -> Document:
    chunk = hit.chunk
    metadata = {
        "doc_id": chunk.doc_id,
        "title": hit.title,
        "page": chunk.page,
        "section": list(chunk.heading_path),
        "table_head": chunk.table_head,
        "ocr": chunk.ocr,
        "start": chunk.start,
        "end": chunk.end,
        "score": hit.score,
        "vector_rank": hit.vector_rank,
        "keyword_rank": hit.keyword_rank,
    }
    return Document(id=chunk.chunk_id, page_content=chunk.text, metadata=metadata)
