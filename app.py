"""The chat page: `python app.py` serves the library of `LSQA_HOME` on http://127.0.0.1:7860/, for this machine only."""

import sys
from threading import Lock
from typing import Any

import gradio as gr

from lsqa import Answer, Assistant, LsqaError, Turn

TITLE = "lsqa：政策文書に、引用で答える"
DESCRIPTION = "答えは文書からの引用で、番号の資料とページにそのまま載っています。書かれていないことには答えません。"
EXAMPLE = "例：B-cureの2025年度の予算はいくらですか？ Who leads UTOPIA?"


def shown(answer: Answer) -> str:
    """The answer, what its labels stand for, and what a partial answer leaves out."""
    cited = {c.citation.label: c for claim in answer.claims for c in claim.citations}
    places = ((n, c.evidence, " > ".join(c.section)) for n, c in sorted(cited.items()) if c.evidence)
    sources = "\n".join(f"[{n}] {e.title}, p. {e.chunk.page}: {section}" for n, e, section in places)
    absent = answer.refusal.reason if answer.status == "partial" and answer.refusal else ""
    return "\n\n".join(part for part in (answer.text, sources, absent) if part)


def turns(history: list[dict[str, Any]]) -> tuple[Turn, ...]:
    """Gradio's messages as questions with their answers."""
    found: list[Turn] = []
    for message in history:
        content = message["content"]  # the page sends parts, other clients a string
        text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
        found += [Turn(text)] if message["role"] == "user" else [Turn(found.pop().question, text)] if found else []
    return tuple(found)


def build_page(assistant: Assistant) -> gr.ChatInterface:
    """The page over an open assistant. Gradio calls from many threads; the assistant serves one at a time."""
    one_at_a_time = Lock()

    def chat(message: str, history: list[dict[str, Any]]) -> str:
        try:
            with one_at_a_time:
                return shown(assistant.ask(message, turns(history)))
        except LsqaError as error:
            return str(error)

    # As plain text: a quote has to look as it is written, and a * in it is no markup.
    bot = gr.Chatbot(show_label=False, render_markdown=False, buttons=["copy"], height="65vh", placeholder=EXAMPLE)
    return gr.ChatInterface(chat, chatbot=bot, title=TITLE, description=DESCRIPTION, analytics_enabled=False)


if __name__ == "__main__":
    try:
        opened = Assistant.open()
    except LsqaError as failure:
        sys.exit(f"lsqa: {failure}")
    with opened:
        # Fonts of the system: the page asks no other server for anything.
        system = gr.themes.Default(font=("system-ui", "sans-serif"), font_mono=("ui-monospace", "monospace"))
        build_page(opened).launch(server_name="127.0.0.1", share=False, footer_links=["gradio"], theme=system)
