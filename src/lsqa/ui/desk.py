"""The assistant behind the page: opened when there is something to ask, and asked by several people in line.

Questions are answered in threads of their own, a few at a time and in the order they came; an answer comes back piece
by piece through a queue of the event loop, so that one who waits costs no thread.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lsqa.answerability import THRESHOLD
from lsqa.answers import Answer
from lsqa.api import Service
from lsqa.assistant import PASSAGES, Assistant, Manner
from lsqa.catalogue import Catalogue, DocumentFilter
from lsqa.checking import Checker
from lsqa.citations import CheckedClaim
from lsqa.conversation import Turn
from lsqa.errors import CalledOffError, EmptyLibraryError, LsqaError, trace_for_log
from lsqa.settings import Settings
from lsqa.slides import PageImages

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

# The operating points of docs/design.md, "What refusal costs".
THRESHOLDS: Final = {"lenient": 0.4, "standard": THRESHOLD, "strict": 0.8}
_QUOTING, _DRAFTING = 2, 8  # questions at a time: quoting keeps a core busy, a language model is waited for
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`before` questions are answered first."""

    before: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What is being done now: `retrieve`, `answer` or `check`."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The question was called off."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no answer, for this reason; without one, by a fault of the program."""

    error: LsqaError | None = None


Event = Waiting | Stage | CheckedClaim | Answer | Stopped | Failed


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that decides how it is answered."""

    question: str
    history: tuple[Turn, ...] = ()
    where: DocumentFilter = field(default_factory=DocumentFilter)
    use_model: bool = True
    strictness: str = "standard"
    k: int = PASSAGES


class Desk:
    """One library with its models, page images and line of questions. For any number of threads; to be closed.

    `service` has the library open already, for a server that the page stands on: it is shared, and not closed here.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        service: Service | None = None,
        embeddings: "Embeddings | None" = None,
        chat_model: "BaseChatModel | None" = None,
    ) -> None:
        self.settings = settings
        self._is_guest = service is not None
        self._service = service or Service(settings, embeddings=embeddings, chat_model=chat_model)
        self._running: dict[str, _Running] = {}
        self._line = 0
        self._counting = threading.Lock()
        self._at_a_time = _DRAFTING if self.has_model else _QUOTING
        self._threads = ThreadPoolExecutor(self._at_a_time, "lsqa-answer")

    @property
    def has_model(self) -> bool:
        return self._service.has_model

    @property
    def images(self) -> PageImages:
        return self._service.images

    @property
    def embeddings(self) -> "Embeddings":
        """The encoder, which asking and reading files in share. Raises `ModelUnavailableError`."""
        return self._service.embeddings()

    def assistant(self) -> Assistant:
        """The assistant. Raises `EmptyLibraryError` as long as nothing was ingested, and as `Assistant.open`."""
        return self._service.assistant()

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue; None as long as nothing was ingested."""
        try:
            return self.assistant().library.catalogue
        except EmptyLibraryError:
            return None

    def checker(self) -> Checker:
        """A checker over the same library. Raises as `assistant`."""
        return self._service.checker()

    def warm_up(self) -> None:
        """Load what the first question and the first slide would wait for."""
        self.images.warm_up()
        try:
            self.assistant().retrieve("lsqa")
        except LsqaError as error:
            _log.info("nothing to warm up: %s", error.for_log)

    async def ask(self, session: str, asked: Asked) -> AsyncIterator[Event]:
        """What becomes of a question, as it happens; the last event is an `Answer`, `Stopped` or `Failed`.

        `session` names whoever asks: a question of theirs that is still being answered is called off.
        """
        self.stop(session)
        running = _Running(asyncio.get_running_loop())
        self._running[session] = running
        if (before := self._enter() - self._at_a_time) > 0:
            yield Waiting(before)
        self._threads.submit(self._answer, asked, running).add_done_callback(lambda _: self._leave())
        try:
            while True:
                event = await running.events.get()
                yield event
                if isinstance(event, Answer | Stopped | Failed):
                    return
        finally:
            running.cancelled.set()
            if self._running.get(session) is running:
                del self._running[session]

    def stop(self, session: str) -> None:
        """Call off what is being answered for a session."""
        if running := self._running.get(session):
            running.stop()

    def _enter(self) -> int:
        with self._counting:
            self._line += 1
            return self._line

    def _leave(self) -> None:
        with self._counting:
            self._line -= 1

    def _answer(self, asked: Asked, running: "_Running") -> None:
        if running.cancelled.is_set():
            return
        try:
            manner = Manner(
                asked.use_model, THRESHOLDS.get(asked.strictness, THRESHOLD), lambda stage: running.tell(Stage(stage))
            )
            events = self.assistant().stream(
                asked.question,
                asked.history,
                k=asked.k,
                where=asked.where,
                cancelled=running.cancelled,
                manner=manner,
            )
            for event in events:
                if running.cancelled.is_set():
                    events.close()  # type: ignore[attr-defined]  # it is a generator
                    return
                running.tell(event)
        except CalledOffError:
            running.tell(Stopped())
        except LsqaError as error:
            running.tell(Failed(error))
        except Exception as error:  # noqa: BLE001 — whoever waits is owed an end, whatever it met
            _log.error("a question failed\n%s", trace_for_log(error))
            running.tell(Failed())

    def close(self) -> None:
        for running in tuple(self._running.values()):
            running.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if not self._is_guest:
            self._service.close()


class _Running:
    """A question that is being answered."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.cancelled = threading.Event()
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self._loop = loop

    def tell(self, event: Event) -> None:
        """Hand on what a thread has to say; whoever asked may have gone, and the loop with them."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.events.put_nowait, event)

    def stop(self) -> None:
        if not self.cancelled.is_set():
            self.cancelled.set()
            self.tell(Stopped())
