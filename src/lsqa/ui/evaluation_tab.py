"""The last runs of the evaluation: figures, plots, what went wrong, and two runs beside each other."""

from collections.abc import Sequence
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
    """`reported` names what `report` shows: one run, or the other and the one that are compared; empty for nothing."""

    parts: Parts
    run: Any = field(init=False)
    other: Any = field(init=False)
    show: Any = field(init=False)
    compare: Any = field(init=False)
    report: Any = field(init=False)
    reported: Any = field(init=False)

    def build(self) -> None:
        add = self.parts.labels.add
        self.reported = gr.State(())
        with gr.Row(elem_id="run-bar"):
            self.run = add(gr.Dropdown(elem_id="run"), label="run")
            self.other = add(gr.Dropdown(elem_id="run-other"), label="run-other")
        with gr.Row():
            self.show = add(gr.Button(variant="primary", elem_id="run-show"), value="show")
            self.compare = add(gr.Button(elem_id="run-compare"), value="compare")
        self.report = gr.HTML("", elem_id="report", apply_default_css=False)

    def wire(self) -> None:
        preferences = self.parts.preferences
        shown = [self.report, self.reported]
        self.show.click(lambda run, kept: self._told((run,), kept), [self.run, preferences], shown, **PRIVATE)
        self.compare.click(
            lambda run, other, kept: self._told((other, run), kept),
            [self.run, self.other, preferences],
            shown,
            **PRIVATE,
        )

    def shown(self, run: Any, other: Any, reported: Any, language: Language) -> dict[Any, Any]:
        """The runs to choose from, the two newest where none are chosen; what is shown, in this language."""
        names = [folder.name for folder in reversed(stored_runs(self._runs))][:_LISTED]
        first, second = (
            chosen if chosen in names else newest
            for chosen, newest in zip((run, other), [*names, None, None], strict=False)
        )
        return {
            self.run: gr.update(choices=names, value=first),
            self.other: gr.update(choices=names, value=second),
            self.report: self._report(reported, language) if names else _note(language),
        }

    @property
    def _runs(self) -> Path:
        return self.parts.desk.settings.home / "runs"

    def _told(self, wanted: tuple[str | None, ...], preferences: Any) -> tuple[str, tuple[str | None, ...]]:
        return self._report(wanted, language_of(preferences)), wanted

    def _report(self, wanted: Sequence[str | None], language: Language) -> str:
        """The report of one run, or two compared; a problem where they cannot be read."""
        try:
            runs = [read_run(self._known(name), self._runs) for name in wanted]
            if len(runs) == 2:
                return _comparison_html(compare_runs(runs[0], runs[1]).differences, language)
            return "".join(_framed(report_page(run, language=language), language) for run in runs)
        except CaseError as error:
            return problem_html(error, language)

    def _known(self, name: str | None) -> str:
        """A name that is listed: what the browser sends is no path."""
        if name not in {folder.name for folder in stored_runs(self._runs)}:
            raise CaseError("no such run", hint="choose one that is listed")
        return str(name)


def _note(language: Language) -> str:
    return f'<p class="note">{escaped(text("evaluation-none", language))}</p>'


def _framed(page: str, language: Language) -> str:
    """A page that may do nothing, in a frame; it has the font that is served here."""
    content = page.replace("</head>", f"<style>{font_face()}</style></head>", 1)
    attributes = f'class="report" sandbox="" title="{escaped(text("report", language))}"'
    return f'<iframe {attributes} srcdoc="{escaped(content)}"></iframe>'


def _comparison_html(differences: tuple[Difference, ...], language: Language) -> str:
    keys = ("measure", "first", "second", "better")
    head = "".join(
        f'<th scope="col"{" class=figure" if n else ""}>{escaped(text(key, language))}</th>'
        for n, key in enumerate(keys)
    )
    rows = "".join(
        f'<tr><td class="measure">{escaped(measure_called(d.measure, language))}</td>'
        f'<td class="figure">{d.first:.3f}</td><td class="figure">{d.second:.3f}</td><td class="figure better">'
        f"<span>{d.better.value:+.3f}</span> <span>[{d.better.low:+.3f}, {d.better.high:+.3f}]"
        f"{' *' if d.is_significant else ''}</span></td></tr>"
        for d in differences
    )
    return f'<div class="listing comparison" tabindex="0"><table><tr>{head}</tr>{rows}</table></div>'
