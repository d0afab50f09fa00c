"""The last runs of the evaluation: figures, plots, what went wrong, and two runs beside each other."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from lsqa.errors import CaseError
from lsqa.evaluation.comparison import Difference, compare_runs
from lsqa.evaluation.report import report_page
from lsqa.evaluation.report_words import measure_called
from lsqa.evaluation.runs import read_run, stored_runs
from lsqa.text import Language
from lsqa.ui.escaping import escaped
from lsqa.ui.fonts import font_face
from lsqa.ui.parts import PRIVATE, Parts, language_of
from lsqa.ui.problems import problem_html
from lsqa.ui.texts import text

_LISTED = 30


@dataclass
class EvaluationTab:
    parts: Parts
    run: Any = field(init=False)
    other: Any = field(init=False)
    show: Any = field(init=False)
    compare: Any = field(init=False)
    report: Any = field(init=False)

    def build(self) -> None:
        add = self.parts.labels.add
        with gr.Row():
            self.run = add(gr.Dropdown(elem_id="run"), label="run")
            self.other = add(gr.Dropdown(elem_id="run-other"), label="run-other")
        with gr.Row():
            self.show = add(gr.Button(variant="primary", elem_id="run-show"), value="show")
            self.compare = add(gr.Button(elem_id="run-compare"), value="compare")
        self.report = gr.HTML("", elem_id="report", apply_default_css=False)

    def wire(self) -> None:
        preferences = self.parts.preferences
        self.show.click(self._show, [self.run, preferences], [self.report], **PRIVATE)
        self.compare.click(self._compare, [self.run, self.other, preferences], [self.report], **PRIVATE)

    def shown(self, language: Language) -> dict[Any, Any]:
        names = [folder.name for folder in reversed(stored_runs(self._runs))][:_LISTED]
        hint = "" if names else f'<p class="note">{escaped(text("evaluation-none", language))}</p>'
        first, second = [*names, None, None][:2]
        return {
            self.run: gr.update(label=text("run", language), choices=names, value=first),
            self.other: gr.update(label=text("run-other", language), choices=names, value=second),
            self.report: hint,
        }

    @property
    def _runs(self) -> Path:
        return self.parts.desk.settings.home / "runs"

    def _show(self, name: str | None, preferences: Any) -> str:
        language = language_of(preferences)

        def reported() -> str:
            return _framed(report_page(read_run(self._known(name), self._runs), language=language), language)

        return self._told(reported, preferences)

    def _compare(self, name: str | None, other: str | None, preferences: Any) -> str:
        def compared() -> str:
            first, second = (read_run(self._known(n), self._runs) for n in (other, name))
            return _comparison_html(compare_runs(first, second).differences, language_of(preferences))

        return self._told(compared, preferences)

    def _known(self, name: str | None) -> str:
        """A name that is listed: what the browser sends is no path."""
        if name not in {folder.name for folder in stored_runs(self._runs)}:
            raise CaseError("no such run", hint="choose one that is listed")
        return str(name)

    def _told(self, make: Any, preferences: Any) -> str:
        try:
            return str(make())
        except CaseError as error:
            return problem_html(error, language_of(preferences))


def _framed(page: str, language: Language) -> str:
    """A page that may do nothing, in a frame; it has the font that is served here."""
    content = page.replace("</head>", f"<style>{font_face()}</style></head>", 1)
    attributes = f'class="report" sandbox="" title="{escaped(text("report", language))}"'
    return f'<iframe {attributes} srcdoc="{escaped(content)}"></iframe>'


def _comparison_html(differences: tuple[Difference, ...], language: Language) -> str:
    keys = ("measure", "first", "second", "better")
    head = "".join(f'<th scope="col">{escaped(text(key, language))}</th>' for key in keys)
    rows = "".join(
        f"<tr><td>{escaped(measure_called(d.measure, language))}</td>"
        f'<td class="figure">{d.first:.3f}</td><td class="figure">{d.second:.3f}</td>'
        f'<td class="figure">{d.better.value:+.3f} [{d.better.low:+.3f}, {d.better.high:+.3f}]'
        f"{' *' if d.is_significant else ''}</td></tr>"
        for d in differences
    )
    return f'<div class="listing" tabindex="0"><table><tr>{head}</tr>{rows}</table></div>'
