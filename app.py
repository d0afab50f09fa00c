"""The chat page: `python app.py` serves it on http://127.0.0.1:7860/ for this machine alone.

It asks the library that the settings name (`LSQA_HOME`, `lsqa.toml`) and shows quotes as they are written, as plain text.
"""

import sys
from threading import Lock
from typing import Any

import gradio as gr

from lsqa import Answer, Assistant, LsqaError, Turn

TITLE = "lsqa：政策文書に、引用で答える"
DESCRIPTION = "答えは文書からの引用で、番号の資料とページにそのまま載っています。書かれていないことには答えません。"
EXAMPLES = ["B-cureの2025年度の予算はいくらですか？", "Who leads UTOPIA?", "SCARDAのセンター長は誰ですか？"]


def sources(answer: Answer) -> str:
    """A line for each label of the answer: document, page, section."""
    cited = {c.citation.label: c for claim in answer.claims for c in claim.citations}
    page = "p. {}" if answer.language == "en" else "{}ページ"
    return "\n".join(
        f"[{label}] {c.evidence.title} {page.format(c.evidence.chunk.page)} {' > '.join(c.section)}"
        for label, c in sorted(cited.items())
        if c.evidence
    )


def turns(history: list[dict[str, Any]]) -> tuple[Turn, ...]:
    """Gradio's messages as questions with their answers."""
    texts = [(m["role"], "".join(part.get("text", "") for part in m["content"])) for m in history]
    replies = [text if role == "assistant" else "" for role, text in [*texts[1:], ("", "")]]
    return tuple(Turn(text, reply) for (role, text), reply in zip(texts, replies, strict=True) if role == "user")


def build_page(assistant: Assistant) -> gr.ChatInterface:
    """The page over an open assistant. Gradio calls from many threads; the assistant serves one at a time."""
    one_at_a_time = Lock()

    def reply(message: str, history: list[dict[str, Any]]) -> str:
        try:
            with one_at_a_time:
                answer = assistant.ask(message, turns(history))
        except LsqaError as error:
            return str(error)
        return "\n\n".join(part for part in (answer.text, sources(answer)) if part)

    chatbot = gr.Chatbot(show_label=False, render_markdown=False, buttons=["copy"], height="65vh")
    return gr.ChatInterface(
        reply, chatbot=chatbot, title=TITLE, description=DESCRIPTION, examples=EXAMPLES, analytics_enabled=False
    )


def main() -> None:
    """Serve until interrupted; without a library, say what to do."""
    try:
        assistant = Assistant.open()
    except LsqaError as error:
        sys.exit(f"lsqa: {error}")
    with assistant:
        # Fonts of the system: the page asks no other server for anything.
        theme = gr.themes.Default(font=("system-ui", "sans-serif"), font_mono=("ui-monospace", "monospace"))
        build_page(assistant).launch(server_name="127.0.0.1", share=False, footer_links=["gradio"], theme=theme)


if __name__ == "__main__":
    main()
