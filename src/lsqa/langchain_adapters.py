"""lsqa as a part of LangChain: a retriever whose documents carry place and scores as metadata, a runnable, a tool."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, ConfigDict, Field

from lsqa.answers import Answer
from lsqa.arguments import turns
from lsqa.conversation import Turn
from lsqa.errors import LsqaError, QuestionError
from lsqa.retrieval import Hit
from lsqa.sources import text_with_sources

if TYPE_CHECKING:
    from lsqa.assistant import Assistant

TOOL_NAME = "ask_documents"
TOOL_DESCRIPTION = (
    "Answers a question from the library of policy documents, by quotes that were checked against them, with their "
    "sources. Says so where the documents do not answer it. Ask one whole question, in Japanese or English."
)


_KEYS: Final = ("question", "history")
_FORM: Final = '{"question": …, "history": [{"question": …, "answer": …}]}'


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

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        assistant: Assistant = self.assistant
        return [_document(hit) for hit in await assistant.aretrieve(query, k=self.k if k is None else k)]


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


def answering(assistant: "Assistant") -> Runnable[str | dict[str, Any], Answer]:
    """A runnable from a question, alone or with its history, to an answer. Raises as `Assistant.ask` does."""

    def ask(asked: str | dict[str, Any]) -> Answer:
        question, history = _asked(asked)
        return assistant.ask(question, history)

    async def aask(asked: str | dict[str, Any]) -> Answer:
        question, history = _asked(asked)
        return await assistant.aask(question, history)

    return RunnableLambda(ask, aask, name="lsqa")


def _asked(asked: str | dict[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    if isinstance(asked, str):
        return asked, ()
    if not isinstance(asked, Mapping) or "question" not in asked:
        raise QuestionError("this is no question", hint=f"give a question, or {_FORM}")
    if unknown := [repr(key) for key in asked if key not in _KEYS]:
        # `document`, passed over, would be answered from all documents.
        raise QuestionError(f"unknown in a question: {', '.join(unknown)}", hint=f"give {_FORM}")
    return asked["question"], turns(asked.get("history"))


class _Asked(BaseModel):
    question: str = Field(description="A whole question that can be understood without the conversation.")


def tool(assistant: "Assistant") -> BaseTool:
    """A tool that gives the text of an answer with its sources, and the `Answer` as its artifact.

    What goes wrong is told to the agent as text: it can ask otherwise.
    """

    def ask(question: str) -> tuple[str, Answer | None]:
        try:
            answer = assistant.ask(question)
        except LsqaError as error:
            return str(error), None
        return text_with_sources(answer), answer

    async def aask(question: str) -> tuple[str, Answer | None]:
        try:
            answer = await assistant.aask(question)
        except LsqaError as error:
            return str(error), None
        return text_with_sources(answer), answer

    return StructuredTool.from_function(
        func=ask,
        coroutine=aask,
        name=TOOL_NAME,
        description=TOOL_DESCRIPTION,
        args_schema=_Asked,
        response_format="content_and_artifact",
    )
