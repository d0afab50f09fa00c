"""How event loops and LangChain call an assistant: async methods, a retriever, a runnable, a tool."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, cast

from lsqa.answers import Answer
from lsqa.arguments import History
from lsqa.catalogue import DocumentFilter
from lsqa.citations import CheckedClaim
from lsqa.retrieval import Hit

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

    from lsqa.assistant import Assistant

Event = CheckedClaim | Answer


class Integrations:
    """What an assistant offers beside its plain methods, which everything here goes through."""

    @property
    def _plain(self) -> "Assistant":
        return cast("Assistant", self)

    async def aretrieve(
        self,
        query: str,
        k: int = 10,
        *,
        document: str | None = None,
        where: DocumentFilter | None = None,
        read: bool = True,
    ) -> tuple[Hit, ...]:
        """As `retrieve`, in a thread of the running event loop's executor.

        >>> import asyncio
        >>> with Assistant.open() as lsqa:
        ...     hits = asyncio.run(lsqa.aretrieve("あけぼの計画の予算", k=2))
        >>> [(hit.title, hit.chunk.page) for hit in hits[:1]]
        [('あけぼの計画の概要', 1)]
        """
        return await asyncio.to_thread(self._plain.retrieve, query, k, document=document, where=where, read=read)

    async def aask(self, question: str, history: History = (), **options: Any) -> Answer:
        """As `ask`, with its keyword arguments. Cancelling the task calls a language model off.

        >>> import asyncio
        >>> with Assistant.open() as lsqa:
        ...     answer = asyncio.run(lsqa.aask("あけぼの計画の令和7年度の予算はいくらですか"))
        >>> answer.status
        'answered'
        """
        answer: Event | None = None
        async for event in self.astream(question, history, **options):
            answer = event
        assert isinstance(answer, Answer)
        return answer

    async def astream(self, question: str, history: History = (), **options: Any) -> AsyncIterator[Event]:
        """As `stream`, with its keyword arguments. Closing the iterator, or cancelling the task that reads it, calls a
        language model off.

        >>> import asyncio
        >>> async def kinds(question):
        ...     with Assistant.open() as lsqa:
        ...         return [type(event).__name__ async for event in lsqa.astream(question)]
        >>> asyncio.run(kinds("あけぼの計画の令和7年度の予算はいくらですか"))
        ['Answer']
        """
        cancelled: threading.Event = options.setdefault("cancelled", threading.Event())
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()

        def tell(event: Event | BaseException | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(events.put_nowait, event)

        def run() -> None:
            try:
                if not cancelled.is_set():  # it may have waited for a thread for long
                    for event in self._plain.stream(question, history, **options):
                        tell(event)
                tell(None)
            except BaseException as error:  # noqa: BLE001 — raised where the answer is waited for
                tell(error)

        work = loop.run_in_executor(None, run)
        try:
            while (event := await events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            cancelled.set()
            # What a thread does cannot be broken off; nobody is left to hear how it ends.
            work.cancel()

    def as_retriever(self, k: int = 10) -> "BaseRetriever":
        """A LangChain retriever over this library: documents with their place and scores as metadata.

        >>> with Assistant.open() as lsqa:
        ...     documents = lsqa.as_retriever(k=2).invoke("あけぼの計画の予算")
        >>> documents[0].metadata["title"], documents[0].metadata["page"]
        ('あけぼの計画の概要', 1)
        """
        from lsqa.langchain_adapters import LsqaRetriever

        return LsqaRetriever(assistant=self._plain, k=k)

    def as_runnable(self) -> "Runnable[str | dict[str, Any], Answer]":
        """A LangChain runnable: a question, or `{"question": …, "history": [{"question", "answer"}…]}`, to an `Answer`.
        Any other key is refused: what it asks for would not be done.

        >>> with Assistant.open() as lsqa:
        ...     chain = lsqa.as_runnable() | (lambda answer: answer.status)
        ...     chain.batch(["あけぼの計画の担当課はどこか", "今日の天気は？"])
        ['answered', 'refused']
        """
        from lsqa.langchain_adapters import answering

        return answering(self._plain)

    def as_tool(self) -> "BaseTool":
        """A LangChain tool for agents: a question to the answer with its sources as text. The `Answer` is its artifact.

        >>> with Assistant.open() as lsqa:
        ...     print(lsqa.as_tool().invoke({"question": "あけぼの計画の令和7年度の予算はいくらですか"}))
        あけぼの計画の概要：
        「予算」[1]
        「令和7年度の予算は12億円である。前年度の予算は9億円であった。」[1]
        <BLANKLINE>
        [1] あけぼの計画の概要, p. 1: あけぼの計画の概要 > 予算
        """
        from lsqa.langchain_adapters import tool

        return tool(self._plain)
