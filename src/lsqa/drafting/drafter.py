"""Question and labelled evidence in, claims out, one by one as the model writes them."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from lsqa.citations import Claim
from lsqa.drafting.prompt import messages
from lsqa.drafting.reading import SCHEMA, ReplyReader
from lsqa.evidence import Evidence
from lsqa.models.chat_client import ChatClient, asked_again
from lsqa.models.replies import Call
from lsqa.models.strict_json import MalformedReplyError
from lsqa.questions import Question


@dataclass(frozen=True, slots=True)
class Drafter:
    """Asks the model behind `client` for claims."""

    client: ChatClient

    def draft(
        self,
        question: Question,
        evidence: Sequence[Evidence],
        cancelled: threading.Event | None = None,
        until: float | None = None,
    ) -> Iterator[Claim]:
        """The claims that the model drafts from `evidence`, each once, when it is whole. Untrusted.

        Setting `cancelled`, or closing the iterator, ends it at once; `until` is as in `ChatClient.call`.

        Raises:
            MalformedDraftError: the reply is not in the form asked for, even after the complaint was told.
            ModelUnavailableError, ModelTimeoutError, CalledOffError: as in `ChatClient.pieces`.
        """
        passed_on: set[Claim] = set()
        for claim in self._claims(messages(question, evidence), self.client.call(cancelled, until)):
            if claim not in passed_on:
                passed_on.add(claim)
                yield claim

    def _claims(self, prompt: list[BaseMessage], call: Call) -> Iterator[Claim]:
        """As `draft`, but a claim may come again after a reply that broke off."""
        reader = ReplyReader()
        try:
            yield from self._read_reply(prompt, call, reader)
        except MalformedReplyError as complaint:
            again = asked_again(prompt, reader.text, complaint)
            try:
                yield from self._read_reply(again, call, ReplyReader())
            except MalformedReplyError as error:
                raise self.client.malformed(error) from error

    def _read_reply(self, prompt: list[BaseMessage], call: Call, reader: ReplyReader) -> Iterator[Claim]:
        for piece in self.client.pieces(prompt, SCHEMA, call):
            if piece is None:
                reader.begin_anew()
            else:
                yield from reader.feed(piece)
        reader.finish()
