"""OpenAI's chat completions, as far as they concern an assistant that is no language model.

Shapes as published in OpenAI's API reference; what has no meaning here (temperature, tools, …) is taken and left alone.
"""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from lsqa.api.bodies import LONGEST_QUESTION, LONGEST_TEXT
from lsqa.api.examples import COMPLETION, MODELS
from lsqa.api.problems import ProblemError
from lsqa.conversation import Turn

MODEL: Final = "lsqa"
LONGEST_NAME: Final = 200
_MOST_MESSAGES: Final = 200
_MOST_TURNS: Final = 50


class TextPart(BaseModel):
    """A part of a message. Others than text are refused."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text"]
    text: str = Field(max_length=LONGEST_TEXT)


class Message(BaseModel):
    """What was said. Instructions (`system`, `developer`) are not followed: answers are quotes."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = Field(default=None, max_length=LONGEST_TEXT)

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


class CompletionBody(BaseModel):
    """A conversation whose last message is the question."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "B-cureの2025年度の予算はいくらですか？"}],
                    "stream": False,
                }
            ]
        },
    )

    model: str = Field(max_length=LONGEST_NAME)
    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool = False
    n: Literal[1] | None = None

    def asked(self) -> tuple[str, tuple[Turn, ...]]:
        """The question and the turns before it. Raises `ProblemError`."""
        said = [message for message in self.messages if message.role in ("user", "assistant")]
        if not said or said[-1].role != "user":
            raise ProblemError(422, "messages", "the last message has to be the user's")
        question = said[-1].text
        if not 0 < len(question) <= LONGEST_QUESTION:
            raise ProblemError(422, "messages", f"the last message may have 1 to {LONGEST_QUESTION:,} characters")
        turns: list[Turn] = []
        for message in said[:-1]:
            if message.role == "user":
                turns.append(Turn(message.text))
            elif turns:
                turns[-1] = Turn(turns[-1].question, message.text)
        return question, tuple(turn for turn in turns if turn.question)[-_MOST_TURNS:]


class Completion(BaseModel):
    """A chat completion. `lsqa` holds the answer as /v1/ask tells it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [COMPLETION]})

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]


class Model(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [MODELS["data"][0]]})

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [MODELS]})

    object: Literal["list"]
    data: list[Model]
