"""lsqa inside LangChain: a retriever that runs in chains and gives documents with their place and scores."""

from collections.abc import Iterator

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from tests.conftest import Ingested

from lsqa import Assistant
from lsqa.errors import QuestionError

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"


@pytest.fixture(scope="module")
def assistant(corpus_library: Ingested) -> Iterator[Assistant]:
    with Assistant.open(home=str(corpus_library.home), embedder="bundled", reranker="none", llm="none") as opened:
        yield opened


def test_passages_are_documents_with_their_place(assistant: Assistant) -> None:
    retriever = assistant.as_retriever(k=3)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    hits = assistant.retrieve(QUESTION, k=3)
    assert [d.id for d in documents] == [hit.chunk.chunk_id for hit in hits]
    assert "12億円" in documents[0].page_content
    for document, hit in zip(documents, hits, strict=True):
        assert isinstance(document, Document)
        assert document.page_content == hit.chunk.text
        assert document.metadata == {
            "doc_id": hit.chunk.doc_id,
            "title": hit.title,
            "page": hit.chunk.page,
            "section": list(hit.chunk.heading_path),
            "table_head": hit.chunk.table_head,
            "ocr": hit.chunk.ocr,
            "start": hit.chunk.start,
            "end": hit.chunk.end,
            "score": hit.score,
            "vector_rank": hit.vector_rank,
            "keyword_rank": hit.keyword_rank,
        }


def test_a_document_is_what_stands_on_its_page(assistant: Assistant) -> None:
    for document in assistant.as_retriever().invoke(QUESTION):
        place = document.metadata
        page = assistant.library.catalogue.page(place["doc_id"], place["page"])
        assert page.text[place["start"] : place["end"]] == document.page_content


@pytest.mark.parametrize("k", [1, 4])
def test_as_many_documents_as_are_asked_for(assistant: Assistant, k: int) -> None:
    assert len(assistant.as_retriever(k=k).invoke(QUESTION)) == k
    assert len(assistant.as_retriever().invoke(QUESTION, k=k)) == k


def test_ten_documents_unless_told_otherwise(assistant: Assistant) -> None:
    assert len(assistant.as_retriever().invoke(QUESTION)) == 10


def test_the_retriever_runs_in_a_chain(assistant: Assistant) -> None:
    def titles(documents: list[Document]) -> list[str]:
        return [document.metadata["title"] for document in documents]

    chain = assistant.as_retriever(k=2) | RunnableLambda(titles)
    assert (
        chain.batch([QUESTION, QUESTION])
        == [["あけぼの計画の概要", titles(assistant.as_retriever(k=2).invoke(QUESTION))[1]]] * 2
    )


def test_an_empty_question_is_an_error_in_a_chain_too(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        assistant.as_retriever().invoke(" ")
