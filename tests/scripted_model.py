"""A chat model that says what a test tells it to; everything else about it is LangChain's own."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

Drafted = tuple[str, Sequence[tuple[int, str]]]


def drafted(*claims: Drafted) -> str:
    """A reply in the form asked for: text and citations (label, quote) of each claim."""
    shown = [
        {"text": text, "citations": [{"label": label, "quote": quote} for label, quote in citations]}
        for text, citations in claims
    ]
    return json.dumps({"claims": shown}, ensure_ascii=False)


class ScriptedModel(BaseChatModel):
    """Says `replies` in turn, the last one for ever; raises those that are errors. `read` is what it was given."""

    replies: list[Any]
    piece: int = 7
    read: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def prompts(self) -> list[str]:
        return ["\n".join(str(message.text) for message in messages) for messages in self.read]

    def _next(self, messages: list[BaseMessage]) -> str:
        self.read.append(messages)
        reply = self.replies[min(len(self.read), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return str(reply)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._next(messages)))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._next(messages)
        for at in range(0, max(len(reply), 1), self.piece):
            yield ChatGenerationChunk(message=AIMessageChunk(content=reply[at : at + self.piece]))
