"""The conversation: asking, following the answer as it is proven, opening what it stands on, judging it."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import gradio as gr

from lsqa.answers import Answer
from lsqa.citations import CheckedClaim
from lsqa.errors import LsqaError, QuestionError, UnknownDocumentError
from lsqa.questions import check_question
from lsqa.text import Language
from lsqa.ui.conversation_view import conversation_html, editing_html, welcome_html
from lsqa.ui.desk import Asked, Event, Failed, Stage, Stopped, Waiting
from lsqa.ui.escaping import escaped
from lsqa.ui.feedback import Feedback
from lsqa.ui.parts import CLICKS, PRIVATE, Parts, clicked, language_of
from lsqa.ui.passing import settled
from lsqa.ui.problems import NO_DATE, NOTHING_IN_SCOPE, problem_of, told
from lsqa.ui.scope import STRICTNESS, Scope, document_choices, publisher_choices, scope_in_words
from lsqa.ui.texts import text
from lsqa.ui.turns import ShownTurn, history_of, new_turn, read_turns, to_plain, with_answer, with_claim

_LONGEST_QUESTION: Final = 2_000
_NOTED: Final = "(noted) => window.lsqa && window.lsqa.noted(noted)"
_log = logging.getLogger(__name__)
_SENT: Final = "(question, ...rest) => { window.lsqa && window.lsqa.sent(question); return [question, ...rest]; }"


@dataclass
class AskTab:
    """`kept` holds the turns of the conversation in the browser; `replaces` the id of a turn that is asked
    anew, which `editing` tells."""

    parts: Parts
    feedback: Feedback
    conversation: Any = field(init=False)
    question: Any = field(init=False)
    ask: Any = field(init=False)
    stop: Any = field(init=False)
    in_force: Any = field(init=False)
    kept: Any = field(init=False)
    replaces: Any = field(init=False)
    editing: Any = field(init=False)
    noted: Any = field(init=False)
    scope: list[Any] = field(init=False)

    def build(self) -> None:
        """Lay the components out. Called inside of the page's column."""
        add = self.parts.labels.add
        self.kept = gr.BrowserState([], storage_key="lsqa-turns", secret="lsqa")
        self.replaces = gr.State("")
        self.noted = gr.JSON(visible=False)
        self.conversation = gr.HTML("", elem_id="conversation", js_on_load=CLICKS, apply_default_css=False)
        with gr.Row(elem_id="ask-bar"):
            self.editing = gr.HTML("", elem_id="editing", js_on_load=CLICKS, apply_default_css=False)
            self.question = add(
                gr.Textbox(
                    elem_id="question", lines=1, max_lines=8, max_length=_LONGEST_QUESTION, container=False, scale=8,
                    autofocus=True, show_label=False,
                ),
                placeholder="question-hint", label="question",
            )  # fmt: skip
            # Which of the two is seen, page.css decides by whether a turn is pending: every output of an event costs.
            self.ask = add(gr.Button(variant="primary", elem_id="ask", scale=0), value="ask")
            self.stop = add(gr.Button(elem_id="stop", scale=0), value="stop")
        self.in_force = gr.HTML("", elem_id="in-force", apply_default_css=False)
        self._build_scope()

    def _build_scope(self) -> None:
        add, desk = self.parts.labels.add, self.parts.desk
        with add(gr.Accordion(open=False, elem_id="scope"), label="filters"):
            documents = add(gr.Dropdown(multiselect=True, elem_id="filter-documents"), label="documents")
            publishers = add(gr.Dropdown(multiselect=True, elem_id="filter-publishers"), label="publisher")
            with gr.Row():
                since = add(
                    gr.Textbox(elem_id="since", max_length=10, min_width=200), label="since", placeholder="date-hint"
                )
                until = add(
                    gr.Textbox(elem_id="until", max_length=10, min_width=200), label="until", placeholder="date-hint"
                )
            strictness = add(
                gr.Radio(value="standard", elem_id="strictness"),
                label="strictness",
                info="strictness-info",
                choices=lambda language: [(text(key, language), key) for key in STRICTNESS],
            )
            use_model = add(
                gr.Checkbox(value=desk.has_model, interactive=desk.has_model, elem_id="use-model"),
                label="use-model" if desk.has_model else "model-off",
            )
        self.scope = [documents, publishers, since, until, strictness, use_model]

    def wire(self) -> None:
        """Connect the components. Called once the whole page is laid out."""
        shared = [self.kept, self.parts.preferences, *self.scope]
        outputs = [
            self.conversation, self.question, self.kept, self.replaces, self.editing, self.parts.slide,
            self.parts.opened,
        ]  # fmt: skip
        asking: dict[str, Any] = {
            "fn": self._answer,
            "inputs": [self.question, self.replaces, *shared],
            "outputs": outputs,
            "show_progress": "hidden",
            "concurrency_limit": None,  # the desk keeps the line
            "js": _SENT,
            # The answer is there before Gradio's event has ended: what is asked in between waits for that. What is
            # asked before, `page.js` does not send.
            "trigger_mode": "always_last",
            **PRIVATE,
        }
        gr.on([self.ask.click, self.question.submit], **asking)
        for listener in (self.conversation.example, self.conversation.retry):
            listener(_question_again, None, [self.question, self.replaces], show_progress="hidden", **PRIVATE).then(
                **asking
            )
        self.stop.click(self._stop, None, None, queue=False, show_progress="hidden", **PRIVATE)
        noting = {"show_progress": "hidden", **PRIVATE}
        self.conversation.edit(
            _edited, [self.kept, self.parts.preferences], [self.question, self.replaces, self.editing], **noting
        )
        self.editing.cancel(lambda: ("", ""), None, [self.replaces, self.editing], **noting)
        for listener, note in ((self.conversation.vote, self._vote), (self.conversation.comment, self._comment)):
            listener(note, [self.kept, self.parts.preferences], [self.noted], **noting).then(
                None, [self.noted], None, js=_NOTED
            )
        gr.on(
            [component.change for component in self.scope],
            self._in_force,
            [self.parts.preferences, *self.scope],
            [self.in_force],
            **noting,
        )

    def shown(self, kept: Any, replaces: str, language: Language, scope: Scope) -> dict[Any, Any]:
        """Everything of this part in a language, as it stands when a page is opened."""
        catalogue = self.parts.desk.catalogue
        records = catalogue.documents() if catalogue else ()
        documents, publishers, *_ = self.scope
        turns = read_turns(kept)
        return {
            self.conversation: self.conversation_html(turns, language),
            self.editing: editing_html(turns, replaces, language),
            self.in_force: self._in_force_html(scope, language),
            documents: gr.update(choices=document_choices(records)),
            publishers: gr.update(choices=publisher_choices(records)),
        }

    def conversation_html(self, turns: Sequence[ShownTurn], language: Language) -> str:
        """The turns, or the first screen where there are none."""
        if turns:
            return self._turns_html(turns, language)
        catalogue = self.parts.desk.catalogue
        examples = self.parts.examples.questions(catalogue, language) if catalogue else ()
        can_upload = self.parts.desk.settings.ui_uploads
        return welcome_html(examples, language, can_upload=can_upload, is_empty=catalogue is None)

    def _turns_html(self, turns: Sequence[ShownTurn], language: Language, stage: str = "") -> str:
        """The turns with what was noted of them: it is the server that knows."""
        try:
            judged = self.feedback.judged([turn.id for turn in turns])
        except LsqaError as error:
            _log.warning("feedback cannot be read: %s", error)
            judged = {}
        return conversation_html(turns, language, stage, judged)

    def _in_force(self, preferences: Any, *switches: Any) -> str:
        return self._in_force_html(Scope.read(*switches), language_of(preferences))

    def _in_force_html(self, scope: Scope, language: Language) -> str:
        try:
            said = scope_in_words(scope.searched(self.parts.desk, self.parts.desk.catalogue), language)
        except QuestionError:
            said = text(NO_DATE, language)
        except LsqaError as error:
            said = told(error, language)
        return f"<p>{escaped(text('in-force', language))}: {escaped(said)}</p>"

    async def _answer(
        self, request: gr.Request, question: str, replaces: str, kept: Any, preferences: Any, *switches: Any
    ) -> AsyncIterator[dict[Any, Any]]:
        """Ask, and show what becomes of it."""
        language, scope = language_of(preferences), Scope.read(*switches)
        turns = _before(read_turns(kept), replaces)
        if not (question or "").strip():
            yield {self.replaces: replaces}  # nothing was asked: what is edited still is
            return
        turn = self._new_turn(question, scope, language)
        yield {
            self.conversation: self._turns_html((*turns, turn), language),
            self.question: "",
            self.replaces: "",
            self.editing: "",
            self.kept: to_plain((*turns, turn)),
        }
        async for changed, stage in self._progress(turn, turns, scope, str(request.session_hash), language):
            turn = changed
            if turn.state == "pending":
                yield {self.conversation: self._turns_html((*turns, turn), language, stage)}
        yield {
            self.conversation: self._turns_html((*turns, turn), language),
            self.kept: to_plain((*turns, turn)),
            **self._opened(turn, language),
        }

    def _new_turn(self, question: str, scope: Scope, language: Language) -> ShownTurn:
        try:
            searched = scope.searched(self.parts.desk, self.parts.desk.catalogue)
        except LsqaError:
            searched = None  # what is wrong with it is told when it is asked
        drafts = self.parts.desk.has_model and scope.use_model
        return new_turn(question.strip()[:_LONGEST_QUESTION], searched, language, "llm" if drafts else "quote")

    async def _progress(
        self, turn: ShownTurn, turns: Sequence[ShownTurn], scope: Scope, session: str, language: Language
    ) -> AsyncIterator[tuple[ShownTurn, str]]:
        """The turn as it changes, with what is being done."""
        try:
            where = scope.filter()
            check_question(turn.question)
        except QuestionError as error:
            is_date = scope.since or scope.until
            yield turn.as_ended("failed", NO_DATE if is_date else problem_of(error)), ""
            return
        asked = Asked(turn.question, history_of(tuple(turns)), where, scope.use_model, scope.strictness)
        async for event in settled(self.parts.desk.ask(session, asked)):
            turn, stage = _after(turn, event, language)
            yield turn, stage

    def _opened(self, turn: ShownTurn, language: Language) -> dict[Any, Any]:
        """The slide of the first quote, laid open beside the answer."""
        first = next((c for claim in turn.claims for c in claim.citations), None)
        if first is None or turn.state != "done":
            return {}
        claim = next(claim for claim in turn.claims if first in claim.citations)
        quoted = [
            {"quote": c.quote, "start": c.start, "end": c.end}
            for c in claim.citations
            if (c.doc_id, c.page) == (first.doc_id, first.page)
        ]
        place = {"doc_id": first.doc_id, "page": first.page, "quoted": quoted}
        return {self.parts.slide: self.parts.slide_panel(place, language), self.parts.opened: place}

    def _stop(self, request: gr.Request) -> None:
        self.parts.desk.stop(str(request.session_hash))

    def _vote(self, kept: Any, preferences: Any, event: gr.EventData) -> dict[str, Any]:
        rating = 1 if clicked(event).get("rating") == 1 else -1
        return self._noted("vote", kept, preferences, event, lambda turn: self.feedback.vote(turn, rating))

    def _comment(self, kept: Any, preferences: Any, event: gr.EventData) -> dict[str, Any]:
        said = str(clicked(event).get("comment") or "")
        return self._noted("comment", kept, preferences, event, lambda turn: self.feedback.comment(turn, said))

    def _noted(
        self, act: str, kept: Any, preferences: Any, event: gr.EventData, note: Callable[[ShownTurn], None]
    ) -> dict[str, Any]:
        """What became of a thumb or a comment, for `page.js` to tell."""
        language, wanted = language_of(preferences), str(clicked(event).get("turn") or "")
        turn, key = _turn(kept, wanted), "thanks"
        try:
            if turn is None:
                key = "not-noted"
            else:
                note(turn)
        except LsqaError as error:
            _log.warning("feedback is not stored: %s", error)
            key = "not-noted"
        rating = clicked(event).get("rating")
        return {"act": act, "turn": wanted, "rating": rating, "ok": key == "thanks", "said": text(key, language)}


def _question_again(event: gr.EventData) -> tuple[str, str]:
    """The question of a click, and the turn whose place it takes."""
    said = clicked(event)
    return str(said.get("question") or "")[:_LONGEST_QUESTION], str(said.get("turn") or "")


def _edited(kept: Any, preferences: Any, event: gr.EventData) -> tuple[str, str, str]:
    """The question to edit, the turn whose place it takes, and the line that says so."""
    question, replaced = _question_again(event)
    return question, replaced, editing_html(read_turns(kept), replaced, language_of(preferences))


def _before(turns: Sequence[ShownTurn], replaced: str) -> tuple[ShownTurn, ...]:
    """The turns before the one that is asked anew; all where none is."""
    ids = [turn.id for turn in turns]
    return tuple(turns[: ids.index(replaced)]) if replaced and replaced in ids else tuple(turns)


def _turn(kept: Any, wanted: Any) -> ShownTurn | None:
    return next((turn for turn in read_turns(kept) if turn.id and turn.id == wanted), None)


def _after(turn: ShownTurn, event: Event, language: Language) -> tuple[ShownTurn, str]:
    """The turn after an event, and what is being done now."""
    match event:
        case Waiting():
            return turn, text("waiting", language, n=event.before)
        case Stage():
            return turn, text(f"stage-{event.name}", language)
        case CheckedClaim():
            return with_claim(turn, event), text("stage-check", language)
        case Answer():
            return with_answer(turn, event), ""
        case Stopped():
            return turn.as_ended("stopped"), ""
        case Failed(error=UnknownDocumentError()):
            return turn.as_ended("failed", NOTHING_IN_SCOPE), ""
        case Failed():
            return turn.as_ended("failed", problem_of(event.error)), ""
