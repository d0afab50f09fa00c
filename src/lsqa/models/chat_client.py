"""A chat model that is asked for JSON of a given schema, by the strictest way that its server takes, within a time."""

import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableBinding, RunnableSequence

from lsqa.errors import MalformedDraftError, ModelUnavailableError
from lsqa.models.chat_models import secrets_of
from lsqa.models.replies import Call, RefusedRequestError, stream_reply
from lsqa.models.strict_json import Form, MalformedReplyError, read_object
from lsqa.tracing import note, traced_stream

_CHARACTERS_A_TOKEN: Final = 8  # of a reply, at the most; what is longer comes from a server that knows no limit
_REPEATED: Final = 800  # characters of a malformed reply that the model is shown again
_AGAIN: Final = (
    "Your reply could not be used: {complaint}. "
    "Reply again to the same question, with the JSON object alone, by the same rules."
)

Schema = Mapping[str, Any]
_Model = Runnable[Any, Any]


@dataclass(slots=True)
class ChatClient:
    """Asks `model`, which errors call `name`. The limits are those of `Settings`.

    `form` counts the forms of `reply_forms` that the model's server turned down, which are not tried again.
    """

    name: str
    model: BaseChatModel
    seconds: float = 60.0
    retries: int = 2
    reply_tokens: int = 1500
    form: int = 0

    def call(self, cancelled: threading.Event | None = None, until: float | None = None) -> Call:
        """The limits of one question, from now on or, where it was begun before, until `until` (`time.monotonic`)."""
        return Call(
            self.name,
            time.monotonic() + self.seconds if until is None else until,
            self.retries,
            self.reply_tokens * _CHARACTERS_A_TOKEN,
            secrets_of(self.model),
            cancelled or threading.Event(),
        )

    def pieces(self, prompt: list[BaseMessage], schema: Schema, call: Call) -> Iterator[str | None]:
        """The pieces of a reply in the strictest form that the model's server takes; None where it begins anew.

        Raises:
            ModelUnavailableError, ModelTimeoutError, CalledOffError: as in `replies.stream_reply`.
        """
        forms = reply_forms(self.model, schema)
        for form in range(self.form, len(forms)):
            try:
                yield from self._reply(_opener(forms[form], prompt), call)
                self.form = form  # only now: a server that is down has not turned the stricter forms down
                return
            except RefusedRequestError as error:
                if form == len(forms) - 1:
                    raise ModelUnavailableError(
                        f"the language model {self.name} does not take the request: {error}",
                        hint="check the model's name, and LSQA_LLM_INPUT_TOKENS against its context",
                    ) from error
            yield None

    @traced_stream("model")
    def _reply(self, opened: Callable[[], Iterator[str]], call: Call) -> Iterator[str | None]:
        note(gen_ai__request__model=self.name)
        yield from stream_reply(opened, call)

    def ask(
        self,
        prompt: list[BaseMessage],
        form: type[Form],
        cancelled: threading.Event | None = None,
        until: float | None = None,
    ) -> Form:
        """The reply as a `form`, asked for once more where it is malformed. Untrusted.

        Raises:
            MalformedDraftError: it is not in the form even then.
            ModelUnavailableError, ModelTimeoutError, CalledOffError: as in `pieces`.
        """
        call = self.call(cancelled, until)
        reply = self._whole(prompt, form, call)
        try:
            return read_object(reply, form)
        except MalformedReplyError as complaint:
            again = asked_again(prompt, reply, complaint)
        try:
            return read_object(self._whole(again, form, call), form)
        except MalformedReplyError as error:
            raise self.malformed(error) from error

    def _whole(self, prompt: list[BaseMessage], form: type[Form], call: Call) -> str:
        text = ""
        for piece in self.pieces(prompt, form.model_json_schema(), call):
            text = "" if piece is None else text + piece
        return text

    def malformed(self, error: MalformedReplyError) -> MalformedDraftError:
        """What is told where the model does not keep to the form."""
        return MalformedDraftError(
            f"the language model {self.name} does not keep to the form that is asked for: {error}",
            hint="use a larger model, raise LSQA_LLM_REPLY_TOKENS, or use --fallback quote",
        )


def asked_again(prompt: list[BaseMessage], reply: str, complaint: MalformedReplyError) -> list[BaseMessage]:
    """The prompt with the malformed reply and what is wrong with it."""
    again = HumanMessage(_AGAIN.format(complaint=complaint))
    # An empty turn of the model's own is refused by some servers.
    shown = [AIMessage(reply[:_REPEATED])] if reply.strip() else []
    return [*prompt, *shown, again]


def reply_forms(model: BaseChatModel, schema: Schema) -> tuple[_Model, ...]:
    """The ways to ask `model` for `schema`, the strictest first, each giving text: held to the schema by its provider;
    held to JSON, with the schema as an extension that several servers of OpenAI's protocol take; in plain words.
    """
    native = native_structure(model, schema)
    if native is None:
        return (model,)
    if "response_format" not in native.kwargs:
        return native, model
    return native, model.bind(response_format={"type": "json_object", "schema": dict(schema)}), model


def native_structure(model: BaseChatModel, schema: Schema) -> RunnableBinding[Any, Any] | None:
    """`model` held to the schema by its provider, its reply being text; None where the provider has no such thing."""
    if (model.profile or {}).get("structured_output") is False:
        return None
    if type(model).with_structured_output is BaseChatModel.with_structured_output:
        return None  # the base knows tool calls alone, which smaller models use badly
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that an older model has none is told by a warning
            structured = model.with_structured_output(dict(schema), method="json_schema")
    except (NotImplementedError, TypeError, ValueError):
        return None
    bound = structured.first if isinstance(structured, RunnableSequence) else None
    if not isinstance(bound, RunnableBinding) or "tool_choice" in bound.kwargs:
        return None
    return bound


def _opener(model: _Model, prompt: list[BaseMessage]) -> Callable[[], Iterator[str]]:
    def pieces() -> Iterator[str]:
        for chunk in model.stream(prompt):
            yield str(chunk.text)

    return pieces
