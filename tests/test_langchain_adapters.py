"""lsqa inside LangChain: a retriever that runs in chains and gives documents with their place and scores."""

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from tests.conftest import Ingested
from tests.scripted_model import ScriptedModel

from lsqa import Answer, Assistant
from lsqa.conversation import Turn
from lsqa.errors import ModelUnavailableError, QuestionError

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


# Runnable and tool

FOLLOW_UP: dict[str, Any] = {
    "question": "担当課はどこですか",
    "history": [{"question": "あけぼの計画の予算はいくらですか", "answer": "12億円"}],
}
NO_QUESTIONS: list[Any] = [
    {},
    {"question": None},
    {"question": "a", "history": [5]},
    {"question": "a", "history": [{}]},
    5,
    None,
]


async def test_a_runnable_takes_a_question_with_its_history(assistant: Assistant) -> None:
    chain = assistant.as_runnable()
    with_turns = {**FOLLOW_UP, "history": [Turn("あけぼの計画の予算はいくらですか", "12億円")]}
    for asked in (FOLLOW_UP, with_turns):
        for answer in (chain.invoke(asked), await chain.ainvoke(asked)):
            assert "星間物質研究課" in answer.text
            assert "あけぼの計画" in answer.trace.resolved_question
    alone = chain.invoke({"question": FOLLOW_UP["question"], "history": None})
    assert alone.trace.resolved_question == FOLLOW_UP["question"]
    assert [a.status for a in await chain.abatch([QUESTION, "木星の衛星の重力とは"])] == ["answered", "refused"]


@pytest.mark.parametrize("asked", NO_QUESTIONS)
async def test_what_is_no_question_is_an_error_that_says_what_is(assistant: Assistant, asked: Any) -> None:
    chain = assistant.as_runnable()
    with pytest.raises(QuestionError, match=r"give a|ask with a string"):
        chain.invoke(asked)
    with pytest.raises(QuestionError, match=r"give a|ask with a string"):
        await chain.ainvoke(asked)


def test_a_runnable_refuses_what_it_would_pass_over_and_names_what_it_takes(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match=r"unknown in a question: 'document', 'k' — give \{\"question\"") as caught:
        assistant.as_runnable().invoke({"question": QUESTION, "document": "note-trip", "k": 3})
    assert '"history"' in str(caught.value)


async def test_a_runnable_raises_as_the_assistant_does(assistant: Assistant) -> None:
    for asked in ("", {"question": "  "}):
        with pytest.raises(QuestionError):
            assistant.as_runnable().invoke(asked)
        with pytest.raises(QuestionError):
            await assistant.as_runnable().ainvoke(asked)


async def test_a_tool_gives_text_with_sources_and_the_answer(assistant: Assistant) -> None:
    tool = assistant.as_tool()
    call = {"type": "tool_call", "name": tool.name, "id": "1", "args": {"question": QUESTION}}
    for message in (tool.invoke(call), await tool.ainvoke(call)):
        assert "12億円" in message.content
        assert "[1] あけぼの計画の概要, p. 1" in message.content
        assert isinstance(message.artifact, Answer)
        assert message.artifact.status == "answered"


async def test_a_tool_tells_an_agent_what_goes_wrong(corpus_library: Ingested) -> None:
    fails = ScriptedModel(replies=[ModelUnavailableError("the model is gone", hint="ask later")])
    options: dict[str, Any] = {"home": str(corpus_library.home), "reranker": "none", "llm": "none", "fallback": "none"}
    with Assistant.open(chat_model=fails, **options) as broken:
        tool = broken.as_tool()
        for question, said in (("", "question is empty"), (QUESTION, "ask later")):
            call = {"type": "tool_call", "name": tool.name, "id": "1", "args": {"question": question}}
            for message in (tool.invoke(call), await tool.ainvoke(call)):
                assert said in message.content
                assert message.artifact is None
