"""The language model's part of an answer: its claims, each checked as it comes, and what they leave open."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from lsqa.asked_kinds import holds
from lsqa.citations import CheckedClaim, Claim, check, place_in_sections
from lsqa.conversation import Turn
from lsqa.difference_wording import withheld_because
from lsqa.documents import Page
from lsqa.errors import ModelUnavailableError
from lsqa.evidence import Evidence
from lsqa.guarding import guarded
from lsqa.models import open_chat_model
from lsqa.question_forms import AskedKind
from lsqa.questions import Question
from lsqa.settings import Settings
from lsqa.stopwatch import Stopwatch

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from lsqa.models.chat_client import ChatClient

# Whether these stand in a claim can be told for sure; a name or a reason may come in words that no list has.
_CERTAIN: Final[frozenset[AskedKind]] = frozenset({"amount", "date", "day", "percent", "rank"})

PageAt = Callable[[str, int], Page]


@dataclass(slots=True)
class Draft:
    """One draft while it is written and checked. `evidence` is what the model was given."""

    question: Question
    evidence: tuple[Evidence, ...]
    drafted: Iterator[Claim]
    page: PageAt
    watch: Stopwatch
    checked: list[CheckedClaim] = field(default_factory=list)

    def supported(self) -> Iterator[CheckedClaim]:
        """The claims that pass, each as soon as it is whole, from the first on that states something that was asked
        for. The other attributes hold when this has ended, and after an error for what came before it.
        """
        passed_on = 0
        while (claim := self.watch.time("answer", lambda: next(self.drafted, None))) is not None:
            self.checked.append(self.watch.time("check", partial(self._check, claim)))
            # What is shown cannot be taken back, and true words of another matter would be no answer.
            if not self.misses_all:
                yield from self.claims[passed_on:]
                passed_on = len(self.claims)

    def _check(self, claim: Claim) -> CheckedClaim:
        (checked,) = check([claim], self.evidence)
        places = {(c.evidence.chunk.doc_id, c.evidence.chunk.page) for c in checked.citations if c.evidence}
        (placed,) = place_in_sections([checked], {place: self.page(*place) for place in places})
        judged = guarded(placed)
        return replace(judged, why=withheld_because(judged, self.question.language))

    @property
    def claims(self) -> tuple[CheckedClaim, ...]:
        """Those that passed."""
        return tuple(c for c in self.checked if c.verdict == "supported")

    @property
    def failed(self) -> tuple[CheckedClaim, ...]:
        return tuple(c for c in self.checked if c.verdict != "supported")

    @property
    def missing_kinds(self) -> tuple[AskedKind, ...]:
        """What the question asks for and no claim that passed states, as far as that can be told for sure."""
        if not self.claims:
            return ()
        said = "\n".join(c.text for c in self.claims)
        return tuple(sorted(k for k in self.question.asked & _CERTAIN if not holds(k, said, self.question)))

    @property
    def misses_all(self) -> bool:
        """Whether nothing passed, or nothing that was asked for: what is true but of another matter is no answer."""
        return not self.claims or (bool(self.missing_kinds) and set(self.missing_kinds) == self.question.asked)


@dataclass(slots=True)
class ModelTime:
    """What a language model may take for one question, follow-up and answer together, from when it is first asked."""

    until: float | None = None

    def begin(self, seconds: float) -> float:
        """Until when the model may be asked, by `time.monotonic`."""
        if self.until is None:
            self.until = time.monotonic() + seconds
        return self.until


class DraftingModel:
    """The language model that the settings name, or one given; opened when it is first asked."""

    def __init__(self, settings: Settings, chat_model: "BaseChatModel | None" = None) -> None:
        self._settings = settings
        self._given = chat_model
        self._client: ChatClient | None = None

    @property
    def is_set(self) -> bool:
        return self._given is not None or self._settings.llm != "none"

    @property
    def name(self) -> str:
        """Its `provider:model`; of a model that was given, its kind; `none` where there is no model."""
        if self._given is not None and self._settings.llm == "none":
            return str(self._given._llm_type)
        return self._settings.llm

    def begin(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        page: PageAt,
        watch: Stopwatch,
        cancelled: threading.Event | None = None,
        spent: ModelTime | None = None,
    ) -> Draft:
        """A draft of the answer to `question`. `page` gives a page by document id and number; `spent` is the time of
        the question where the model was asked about it before.

        Raises:
            ModelUnavailableError: the model cannot be opened.
        """
        from lsqa.drafting import Drafter, within_budget

        client = watch.time("answer", self.client)
        given = within_budget(question, evidence, self._settings.llm_input_tokens)
        until = (spent or ModelTime()).begin(self._settings.llm_seconds)
        return Draft(question, given, Drafter(client).draft(question, given, cancelled, until), page, watch)

    def rewritten(
        self,
        question: str,
        history: Sequence[Turn],
        cancelled: threading.Event | None = None,
        spent: ModelTime | None = None,
    ) -> str | None:
        """A follow-up in words that stand alone; None where the model cannot say, or may not be believed. It takes at
        most half of the time of the question, so that an answer remains possible.

        Raises `CalledOffError`.
        """
        from lsqa.rewriting import ModelResolver

        try:
            client, seconds = self.client(), self._settings.llm_seconds
            until = (spent or ModelTime()).begin(seconds) - seconds / 2
            return ModelResolver(client, cancelled, until)(question, history)
        except ModelUnavailableError:  # told when it is to answer
            return None

    def client(self) -> "ChatClient":
        """The model within the limits of the settings. Raises `ModelUnavailableError` where it cannot be opened."""
        if self._client is None:
            from lsqa.models.chat_client import ChatClient
            from lsqa.models.chat_models import ClientLimits

            s = self._settings
            limits = ClientLimits(s.llm_seconds, s.llm_reply_tokens)
            model = self._given or open_chat_model(s.llm, s.llm_base_url, limits)
            self._client = ChatClient(self.name, model, s.llm_seconds, s.llm_retries, s.llm_reply_tokens)
        return self._client
