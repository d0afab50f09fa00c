"""A text, held against the documents sentence by sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from lsqa.checking import LONGEST_TEXT, CheckedSentence, sentences
from lsqa.errors import LsqaError
from lsqa.text import Language
from lsqa.ui.conversation_view import open_button
from lsqa.ui.escaping import escaped
from lsqa.ui.parts import CLICKS, PRIVATE, Parts, language_of
from lsqa.ui.problems import problem_html
from lsqa.ui.texts import text

_TOLD_EVERY = 3  # sentences
# What was being done is not done any more: neither what stands there nor what was under way and comes after it.
_STOPPED = """() => {
  const checked = document.querySelector("#checked");
  const stop = () => checked.querySelectorAll(".stage").forEach((stage) => {
    stage.textContent = stage.dataset.stopped;
    stage.className = "note";
  });
  const late = new MutationObserver(stop);
  late.observe(checked, { childList: true, subtree: true });
  const start = document.querySelector("#check-start");
  start.addEventListener("click", () => late.disconnect(), { once: true, capture: true });
  stop();
}"""
# While a text is checked, and while the stop is on its way to the server, Gradio drops a click on this button unsaid.
# A button that is `disabled` would lose the keyboard's focus.
_BEGUN = """(...inputs) => {
  const start = document.querySelector("#check-start");
  start.refused ??= (event) => {
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  start.addEventListener("click", start.refused, { capture: true });
  start.setAttribute("aria-disabled", "true");
  return inputs;
}"""
_ENDED = """() => {
  const start = document.querySelector("#check-start");
  start.removeEventListener("click", start.refused, { capture: true });
  start.removeAttribute("aria-disabled");
}"""
_VERDICTS = ("supported", "contradicted", "not_found")


@dataclass
class CheckTab:
    parts: Parts
    text: Any = field(init=False)
    start: Any = field(init=False)
    stop: Any = field(init=False)
    checked: Any = field(init=False)

    def build(self) -> None:
        add = self.parts.labels.add
        add(gr.HTML(apply_default_css=False), value=lambda language: f"<p>{escaped(text('check-intro', language))}</p>")
        self.text = add(
            gr.Textbox(lines=8, max_lines=20, max_length=LONGEST_TEXT, elem_id="check-text"), label="check-text"
        )
        with gr.Row():
            self.start = add(gr.Button(variant="primary", elem_id="check-start"), value="check")
            self.stop = add(gr.Button(elem_id="check-stop", scale=0), value="stop")
        self.checked = gr.HTML("", elem_id="checked", js_on_load=CLICKS, apply_default_css=False)

    def wire(self) -> None:
        checking = self.start.click(
            self._check,
            [self.text, self.parts.preferences],
            [self.checked],
            show_progress="hidden",
            concurrency_limit=2,
            js=_BEGUN,
            **PRIVATE,
        )
        checking.then(None, None, None, js=_ENDED, **PRIVATE)
        self.stop.click(None, None, None, cancels=[checking], js=_STOPPED, **PRIVATE)

    def _check(self, written: str, preferences: Any) -> Iterator[str]:
        language = language_of(preferences)
        done: list[CheckedSentence] = []
        try:
            found = sentences(written or "")
            checker = self.parts.desk.checker()
            yield _progress(0, len(found), language)
            for sentence in found:
                done.append(checker.check_sentence(sentence, language))
                if len(done) % _TOLD_EVERY == 0 or len(done) == len(found):
                    progress = _progress(len(done), len(found), language) if len(done) < len(found) else ""
                    yield checked_html(done, language) + progress
        except LsqaError as error:
            yield problem_html(error, language)


def _progress(done: int, count: int, language: Language) -> str:
    said, stopped = text("check-done", language, done=done, count=count), text("stopped", language)
    return f'<p class="stage" role="status" data-stopped="{escaped(stopped)}">{escaped(said)}</p>'


def checked_html(checked: Sequence[CheckedSentence], language: Language) -> str:
    """The sentences coloured by their verdicts, each with the reason and what it rests on."""
    counts = Counter[str](sentence.verdict for sentence in checked)
    summary = " ・ ".join(f"{text(verdict, language)} {counts[verdict]}" for verdict in _VERDICTS)
    return f'<p class="about">{escaped(summary)}</p>' + "".join(_sentence(s, language) for s in checked)


def _sentence(checked: CheckedSentence, language: Language) -> str:
    verdict = escaped(text(checked.verdict, language))
    reason = text("check-supported", language) if checked.verdict == "supported" else ""
    said = " ".join(part for part in (reason, checked.why) if part)
    why = f'<p class="where">{escaped(said)}</p>' if said else ""
    return (
        f'<div class="sentence {checked.verdict}"><p><span class="verdict">{verdict}</span>'
        f"{escaped(checked.sentence.text)}</p>{why}{_sources(checked, language)}</div>"
    )


def _sources(checked: CheckedSentence, language: Language) -> str:
    """A button for each page that the verdict rests on."""
    places: dict[tuple[str, int], list[dict[str, object]]] = {}
    titles: dict[tuple[str, int], str] = {}
    for citation in checked.citations:
        if citation.evidence is not None:
            place = citation.evidence.chunk.doc_id, citation.evidence.chunk.page
            titles[place] = citation.evidence.title
            places.setdefault(place, []).append(
                {"quote": citation.citation.quote, "start": citation.start, "end": citation.end}
            )
    buttons = [
        open_button(str(n), titles[place], place[0], place[1], quoted, language, kind="cite")
        + f' <span class="where">{escaped(titles[place])}, p. {place[1]}</span>'
        for n, (place, quoted) in enumerate(places.items(), 1)
    ]
    return f'<p class="proof">{" ".join(buttons)}</p>' if buttons else ""
