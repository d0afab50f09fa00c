"""The reply of a chat model, piece by piece, within a time; asked again when the model is busy or out of reach.

A client's own time limit is one of silence, and it cannot be called off. So the reply is read in a thread of its own,
and whoever waits for it can leave at any moment. LangChain's clients try again by themselves in different ways, none of
them after a reply that broke off, so that is done here for all of them.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from langchain_core.exceptions import ContextOverflowError, ModelError, ModelNotFoundError

from lsqa.errors import CalledOffError, LsqaError, ModelTimeoutError, ModelUnavailableError
from lsqa.models.chat_models import reason_of

_FIRST_PAUSE: Final = 0.5  # seconds; doubled at each further try
_LONGEST_PAUSE: Final = 20.0
_LOOK_EVERY: Final = 0.05  # seconds between looks at whether the answer was called off
_BUSY: Final = frozenset({408, 409, 425, 429})
# OpenAI's library raises this after the last piece of a reply that its limit cut: such a reply has ended, no more.
_CUT_BY_LENGTH: Final = "LengthFinishReasonError"
_SERVER_ERROR: Final = 500  # which some servers say of an option that they do not know
_REFUSED: Final = frozenset({400, 404, 405, 415, 422, 501})


@dataclass(frozen=True, slots=True)
class Call:
    """One question's dealings with a model: what it is called in errors, until when (by `time.monotonic`), how often it
    is asked again, how many characters a reply may have, the keys that no error may repeat, whether it was called off.
    """

    name: str
    until: float
    retries: int
    characters: int
    secrets: tuple[str, ...] = ()
    cancelled: threading.Event = field(default_factory=threading.Event)

    def left(self) -> float:
        """The seconds left. Raises `CalledOffError`, `ModelTimeoutError`."""
        if self.cancelled.is_set():
            raise CalledOffError("the answer was called off", hint="ask again")
        left = self.until - time.monotonic()
        if left <= 0:
            raise ModelTimeoutError(
                f"the language model {self.name} gave no whole reply in the time it has",
                hint="raise LSQA_LLM_SECONDS, try again, or use --fallback quote",
            )
        return left


class RefusedRequestError(Exception):
    """The server does not take the request as it is, which may be for an option that it does not know."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def stream_reply(open_stream: Callable[[], Iterator[str]], call: Call) -> Iterator[str | None]:
    """The pieces of the reply that `open_stream` begins; None where it broke off and begins anew.

    Ends early, without an error, at `call.characters`.

    Raises:
        ModelUnavailableError: the model cannot be reached, refuses its key, is not known or stays busy.
        RefusedRequestError: the request is refused as it is.
        ModelTimeoutError, CalledOffError: the time is over; the answer was called off.
    """
    for tried in range(call.retries + 1):
        try:
            yield from _pieces(open_stream, call)
            return
        except LsqaError:
            raise
        except Exception as error:  # noqa: BLE001 — judged there, and raised again where asking again cannot help
            _pause_or_give_up(error, call, tried)
        yield None


def _pause_or_give_up(error: Exception, call: Call, tried: int) -> None:
    if not is_transient(error):
        if status_of(error) in _REFUSED and not isinstance(error, ModelNotFoundError | ContextOverflowError):
            raise RefusedRequestError(reason_of(error, call.secrets)) from error
        raise _unavailable(error, call) from error
    pause = _asked_pause(error) or _FIRST_PAUSE * 2**tried * random.uniform(0.75, 1.25)
    left = call.left()
    if tried == call.retries and status_of(error) == _SERVER_ERROR:
        raise RefusedRequestError(reason_of(error, call.secrets)) from error
    if tried == call.retries or pause >= left:
        raise _unavailable(error, call) from error
    call.cancelled.wait(min(pause, _LONGEST_PAUSE))
    call.left()


def _pieces(open_stream: Callable[[], Iterator[str]], call: Call) -> Iterator[str]:
    pieces: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
    left_alone = threading.Event()
    reader = threading.Thread(
        target=_read, args=(open_stream, pieces, left_alone, call.characters), name="lsqa-reply", daemon=True
    )
    reader.start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=min(call.left(), _LOOK_EVERY))
            except queue.Empty:
                continue
            if isinstance(piece, _End):
                if piece.error is not None:
                    raise piece.error
                return
            yield piece
    finally:
        left_alone.set()


def _read(
    open_stream: Callable[[], Iterator[str]],
    pieces: "queue.SimpleQueue[str | _End]",
    left_alone: threading.Event,
    characters: int,
) -> None:
    try:
        room = characters
        stream = open_stream()
        for piece in stream:
            pieces.put(piece[:room])
            room -= len(piece)
            if room <= 0 or left_alone.is_set():
                break
        if close := getattr(stream, "close", None):
            close()
        pieces.put(_End())
    except BaseException as error:  # noqa: BLE001 — raised where the reply is waited for
        pieces.put(_End(None if type(error).__name__ == _CUT_BY_LENGTH else error))


def is_transient(error: BaseException) -> bool:
    """Whether asking again may help: LangChain's word for it, else the HTTP status, else what kind of error it is."""
    for each in _chain(error):
        if isinstance(each, ModelError):
            return each.is_retryable
        if (status := _status(each)) is not None:
            return status in _BUSY or status >= 500
        # The errors of httpx and its successor httpx2, which share no base with Python's own.
        names = {cls.__name__ for cls in type(each).__mro__}
        if isinstance(each, ConnectionError | TimeoutError) or names & {"TransportError", "APIConnectionError"}:
            return True
    return False


def status_of(error: BaseException) -> int | None:
    """The HTTP status behind `error`, None where there is none."""
    return next((status for each in _chain(error) if (status := _status(each)) is not None), None)


def _status(error: BaseException) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and value >= 100:
            return value
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__


def _asked_pause(error: BaseException) -> float | None:
    """The pause that the server asks for (`Retry-After` in seconds, RFC 9110)."""
    for each in _chain(error):
        headers = getattr(getattr(each, "response", None), "headers", None) or {}
        try:
            return max(0.0, float(headers["retry-after"]))
        except (KeyError, ValueError, TypeError):
            continue
    return None


def _unavailable(error: Exception, call: Call) -> ModelUnavailableError:
    status = status_of(error)
    if isinstance(error, ContextOverflowError):
        hint = "lower LSQA_LLM_INPUT_TOKENS"
    elif status in (401, 403):
        hint = "check the provider's key in the environment"
    elif status == 404:
        hint = "check the model's name and LSQA_LLM_BASE_URL"
    else:
        hint = "check that the model's server is up and LSQA_LLM_BASE_URL, try again, or use --fallback quote"
    return ModelUnavailableError(
        f"the language model {call.name} does not answer: {reason_of(error, call.secrets)}", hint=hint
    )
