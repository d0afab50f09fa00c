"""The page: built over a desk, served by whoever mounts it (`lsqa.ui.serving`)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from lsqa.text import Language
from lsqa.ui.ask_tab import AskTab
from lsqa.ui.check_tab import CheckTab
from lsqa.ui.desk import Desk
from lsqa.ui.documents_tab import DocumentsTab
from lsqa.ui.endpoints import offer_endpoints
from lsqa.ui.escaping import escaped
from lsqa.ui.evaluation_tab import EvaluationTab
from lsqa.ui.feedback import Feedback
from lsqa.ui.fonts import FAMILY, font_face
from lsqa.ui.history_part import HistoryPart
from lsqa.ui.labels import merged
from lsqa.ui.parts import CLICKS, PRIVATE, Parts, language_of
from lsqa.ui.scope import Scope
from lsqa.ui.texts import text
from lsqa.ui.uploads import Uploads

_FOLDER = Path(__file__).parent
_HOUR, _DAY = 3_600, 86_400

# What the browser keeps decides the language; where it keeps none, that of the browser.
_SHOWN = (
    "document.documentElement.lang = language; "
    f"document.title = {json.dumps({language: text('title', language) for language in ('ja', 'en')})}[language];"
)
_LOADED = f"""(preferences, ...rest) => {{
  const language = preferences?.language || (window.lsqa ? window.lsqa.browserLanguage() : "ja");
  {_SHOWN}
  return [{{ ...preferences, language }}, ...rest];
}}"""
_SWITCHED = f"""(preferences, ...rest) => {{
  const language = preferences?.language === "en" ? "ja" : "en";
  {_SHOWN}
  return [{{ ...preferences, language }}, ...rest];
}}"""


def build_page(desk: Desk) -> gr.Blocks:
    """The page as Gradio's blocks. Served by `mount_gradio_app` with `page_options`."""
    parts = Parts(desk)
    talk = AskTab(parts, Feedback(desk.settings.home))
    history = HistoryPart(parts, talk)
    documents, check, evaluation = DocumentsTab(parts, Uploads(desk)), CheckTab(parts), EvaluationTab(parts)
    # Uploads that nobody asked to be read in are not kept for longer than a day.
    page: gr.Blocks = gr.Blocks(
        title=text("title", "ja"), analytics_enabled=False, fill_width=True, delete_cache=(_HOUR, _DAY)
    )
    with page:
        parts.preferences = gr.BrowserState({}, storage_key="lsqa-preferences", secret="lsqa")
        parts.opened = gr.State(None)
        switch = _build_top(parts)
        with gr.Row(elem_id="body"):
            with gr.Column(scale=11, min_width=300, elem_id="main"), gr.Tabs():
                for name, build in (
                    ("tab-ask", (talk.build, history.build)),
                    ("tab-documents", (documents.build,)),
                    ("tab-check", (check.build,)),
                    ("tab-evaluation", (evaluation.build,)),
                ):
                    with parts.labels.add(gr.Tab(elem_id=name, id=name), label=name):
                        for lay_out in build:
                            lay_out()
            with gr.Column(scale=9, min_width=300, elem_id="slide-column"):
                parts.slide = gr.HTML("", elem_id="slide", js_on_load=CLICKS, apply_default_css=False)
        gr.HTML('<div id="slide-shade"></div>', padding=False)
        _wire(page, parts, switch, talk, history, documents, check, evaluation)
        offer_endpoints(desk)
    return page


def _build_top(parts: Parts) -> Any:
    """The page's name, and the button that switches the language."""
    with gr.Row(elem_id="top"):
        parts.labels.add(
            gr.HTML(elem_classes=["heading"], apply_default_css=False),
            value=lambda language: f"<h1>{escaped(text('name', language))}</h1>",
        )
        return parts.labels.add(gr.Button(size="sm", elem_id="language", scale=0), value="language")


def _wire(
    page: gr.Blocks,
    parts: Parts,
    switch: Any,
    talk: AskTab,
    history: HistoryPart,
    documents: DocumentsTab,
    check: CheckTab,
    evaluation: EvaluationTab,
) -> None:
    def shown(preferences: Any, kept: Any, replaces: str, archive: Any, opened: Any, *chosen: Any) -> dict[Any, Any]:
        language: Language = language_of(preferences)
        document, run, other, reported, *switches = chosen
        return merged(
            {parts.preferences: {"language": language}},
            parts.labels.updates(language),
            talk.shown(kept, replaces, language, Scope.read(*switches)),
            history.shown(archive),
            documents.shown(document, language),
            evaluation.shown(run, other, reported, language),
            {parts.slide: parts.slide_panel(opened, language)},
        )

    inputs = [
        parts.preferences, talk.kept, talk.replaces, history.archive, parts.opened, documents.choice, evaluation.run,
        evaluation.other, evaluation.reported, *talk.scope,
    ]  # fmt: skip
    outputs = list(
        dict.fromkeys(
            [
                parts.preferences, *parts.labels.components, talk.conversation, talk.editing, talk.in_force,
                *talk.scope, history.choice, documents.listing, documents.choice, evaluation.run, evaluation.other,
                evaluation.report, parts.slide,
            ]
        )
    )  # fmt: skip
    everything: dict[str, Any] = {"fn": shown, "inputs": inputs, "outputs": outputs, "show_progress": "hidden"}
    page.load(**everything, js=_LOADED, **PRIVATE)
    switch.click(**everything, js=_SWITCHED, **PRIVATE)
    talk.wire()
    history.wire()
    check.wire()
    evaluation.wire()
    parts.open_on(talk.conversation, parts.slide, documents.listing, check.checked)
    documents.wire(outputs, shown, inputs)

    def gone(request: gr.Request) -> None:
        parts.desk.stop(str(request.session_hash))

    page.unload(gone)


@cache
def page_options() -> dict[str, Any]:
    """How the page looks, as `mount_gradio_app` takes it: fonts of the system before the one that is
    served here, no request to another host."""
    return {
        "theme": _theme(),
        "css": _read("page.css"),
        "head": f"<style>{font_face()}{_read('sheet.css')}</style>"
        f"<script>{_read('page.js')}{_read('uploads.js')}{_read('keyboard.js')}</script>",
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": False,
    }


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _theme() -> gr.themes.Base:
    japanese = (
        "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", "Yu Gothic",
        "Meiryo", "IPAexGothic", "IPAGothic", "TakaoGothic",
    )  # fmt: skip
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=(*japanese, "system-ui", "sans-serif", FAMILY),  # one font for both scripts: weights and lines agree
        font_mono=("ui-monospace", "Noto Sans Mono CJK JP", "monospace", FAMILY),
    ).set(
        body_background_fill="#f5f6f8",
        body_background_fill_dark="#0f1318",
        body_text_color_subdued="#55606e",  # hints and empty choices: 4.5 to 1 and more on every ground
        body_text_color_subdued_dark="#a9b3c0",
        button_primary_background_fill="#1d4f91",
        button_primary_background_fill_hover="#173f75",
        button_primary_background_fill_dark="#8ab4ee",
        button_primary_background_fill_hover_dark="#a6c6f3",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0d1a2b",
        block_shadow="none",
    )
