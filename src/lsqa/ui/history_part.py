"""Earlier conversations, kept in the browser alone; and the conversation as a file."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from lsqa.text import Language
from lsqa.ui.ask_tab import AskTab
from lsqa.ui.copying import conversation_as_json, conversation_as_markdown
from lsqa.ui.parts import PRIVATE, Parts, clicked, language_of
from lsqa.ui.slide_view import empty_slide_html
from lsqa.ui.texts import text
from lsqa.ui.turns import MOST_KEPT, read_turns, to_plain

_TITLE = 40
_SAVE = "(file) => window.lsqa && window.lsqa.save(file)"


@dataclass
class HistoryPart:
    """`archive` is a list of `{"id", "title", "turns"}` in the browser, the newest first."""

    parts: Parts
    talk: AskTab
    archive: Any = field(init=False)
    choice: Any = field(init=False)
    new: Any = field(init=False)
    open: Any = field(init=False)
    clear: Any = field(init=False)
    markdown: Any = field(init=False)
    json: Any = field(init=False)
    file: Any = field(init=False)

    def build(self) -> None:
        add = self.parts.labels.add
        self.archive = gr.BrowserState([], storage_key="lsqa-archive", secret="lsqa")
        self.file = gr.JSON(visible=False)
        with gr.Row(elem_id="conversation-bar"):
            self.new = add(gr.Button(size="sm", elem_id="new"), value="new")
            self.markdown = add(gr.Button(size="sm", elem_id="save-markdown"), value="export-markdown")
            self.json = add(gr.Button(size="sm", elem_id="save-json"), value="export-json")
        with add(gr.Accordion(open=False, elem_id="history"), label="history"):
            self.choice = add(gr.Dropdown(elem_id="history-choice"), label="history", info="history-info")
            with gr.Row():
                self.open = add(gr.Button(size="sm", elem_id="history-open"), value="open")
                self.clear = add(gr.Button(size="sm", elem_id="history-clear"), value="clear-history")

    def wire(self) -> None:
        quiet = {"show_progress": "hidden", **PRIVATE}
        talk, preferences = self.talk, self.parts.preferences
        screen = [
            talk.conversation, talk.kept, talk.replaces, talk.editing, self.archive, self.choice, self.parts.slide,
            self.parts.opened,
        ]  # fmt: skip
        # By a click that asks a question anew before others: it is gone from the conversation a moment later.
        for away in (talk.conversation.away, talk.editing.away):
            away(self._put_away, [talk.kept, self.archive, preferences], [self.archive, self.choice], **quiet)
        self.new.click(self._begin, [talk.kept, self.archive, preferences], screen, **quiet)
        self.open.click(self._reopen, [self.choice, talk.kept, self.archive, preferences], screen, **quiet)
        self.clear.click(lambda: ([], gr.update(choices=[], value=None)), None, [self.archive, self.choice], **quiet)
        self.markdown.click(self._markdown, [talk.kept, preferences], [self.file], **quiet).then(
            None, [self.file], None, js=_SAVE
        )
        self.json.click(self._json, [talk.kept, preferences], [self.file], **quiet).then(
            None, [self.file], None, js=_SAVE
        )

    def shown(self, archive: Any) -> dict[Any, Any]:
        """What the browser keeps, to choose from; what was chosen stays so."""
        return {self.choice: gr.update(choices=_choices(_read(archive)))}

    def _begin(self, kept: Any, archive: Any, preferences: Any) -> tuple[Any, ...]:
        """An empty conversation; the one before is put away."""
        return self._screen([], _with(_read(archive), kept), language_of(preferences))

    def _reopen(self, wanted: Any, kept: Any, archive: Any, preferences: Any) -> tuple[Any, ...]:
        """An earlier conversation; the one before is put away."""
        conversations = _read(archive)
        found = next((c for c in conversations if c["id"] == wanted), None)
        if found is None:
            return tuple(gr.skip() for _ in range(8))
        rest = [c for c in conversations if c is not found]
        return self._screen(found["turns"], _with(rest, kept), language_of(preferences))

    def _put_away(self, kept: Any, archive: Any, preferences: Any, event: gr.EventData) -> tuple[Any, Any]:
        """The conversation as it stood before one of its questions, not the last, was asked anew."""
        ids = [turn.id for turn in read_turns(kept)]
        if clicked(event).get("turn") not in ids[:-1]:
            return gr.skip(), gr.skip()
        gr.Info(text("put-away", language_of(preferences)))
        conversations = _with(_read(archive), kept)
        return conversations, gr.update(choices=_choices(conversations), value=None)

    def _screen(self, turns: Any, archive: list[dict[str, Any]], language: Language) -> tuple[Any, ...]:
        read = read_turns(turns)
        conversation = self.talk.conversation_html(read, language)
        choice = gr.update(choices=_choices(archive), value=None)
        return conversation, to_plain(read), "", "", archive, choice, empty_slide_html(language), None

    def _markdown(self, kept: Any, preferences: Any) -> dict[str, str] | None:
        turns = read_turns(kept)
        if not turns:
            gr.Info(text("nothing-to-export", language_of(preferences)))
            return None
        return {"name": "lsqa.md", "type": "text/markdown", "content": conversation_as_markdown(turns)}

    def _json(self, kept: Any, preferences: Any) -> dict[str, str] | None:
        turns = read_turns(kept)
        if not turns:
            gr.Info(text("nothing-to-export", language_of(preferences)))
            return None
        return {"name": "lsqa.json", "type": "application/json", "content": conversation_as_json(turns)}


def _read(archive: Any) -> list[dict[str, Any]]:
    """What the browser keeps, as far as it is of the form."""
    if not isinstance(archive, list):
        return []
    return [
        {"id": str(item.get("id", "")), "title": str(item.get("title", ""))[:200], "turns": item.get("turns")}
        for item in archive[:MOST_KEPT]
        if isinstance(item, dict)
    ]


def _with(archive: list[dict[str, Any]], kept: Any) -> list[dict[str, Any]]:
    """The archive with a conversation in front, where it is one."""
    turns = read_turns(kept)
    if not turns:
        return archive
    question = turns[0].question
    title = question if len(question) <= _TITLE else question[:_TITLE] + "…"
    return [{"id": secrets.token_hex(6), "title": title, "turns": to_plain(turns)}, *archive][:MOST_KEPT]


def _choices(archive: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["title"], item["id"]) for item in archive]
