"""Plots of a run as SVG, drawn by matplotlib; their text stays text, so that any browser shows it in its own fonts."""

import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lsqa.evaluation.cases import Case
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.report_words import called, say
from lsqa.evaluation.runs import Run
from lsqa.japanese_font import FAMILY, japanese_font
from lsqa.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ACCENT: Final = "#1f4e79"
_SECOND: Final = "#c0504d"
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lsqa",  # the same run gives the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_BINS: Final = 8


def plots(run: Run, language: Language = "en") -> tuple[tuple[str, str], ...]:
    """Titles and SVG of the plots that a run has data for."""
    drawn = (
        ("by-kind", _groups(run, lambda case: called(case.kind, language))),
        ("by-language", _groups(run, lambda case: called(case.language, language))),
        ("calibration", _calibration(run, language)),
        ("latency", _latency(run, language)),
    )
    return tuple((say(key, language), svg) for key, svg in drawn if svg)


def _draw(height: float, draw: "Callable[[Axes], None]") -> str:
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_STYLE, "font.family": _fonts()}):
        figure = Figure(figsize=(6, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    svg = stream.getvalue()
    return svg[svg.index("<svg") :]


@cache
def _fonts() -> list[str]:
    """The fonts that room is measured by; a reader's browser has others."""
    from matplotlib.font_manager import fontManager

    if (font := japanese_font()) is None:
        return ["DejaVu Sans"]
    fontManager.addfont(font)
    return ["DejaVu Sans", FAMILY]


def _groups(run: Run, name: Callable[[Case], str]) -> str:
    """The share of right ends by group: facts stated, or pages found where only that was asked for; refusals of what
    cannot be answered."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for case in run.cases:
        value = rightness(run, case)
        if value is not None:
            groups[name(case)].append(value)
    if not groups:
        return ""
    names = sorted(groups, reverse=True)

    def draw(axes: "Axes") -> None:
        bars = axes.barh(names, [float(np.mean(groups[n])) for n in names], color=_ACCENT)
        axes.bar_label(bars, [f"{np.mean(groups[n]):.2f} (n = {len(groups[n])})" for n in names], padding=3)
        axes.set_xlim(0, 1.25)

    return _draw(0.6 + 0.28 * len(names), draw)


def rightness(run: Run, case: Case) -> float | None:
    """One score for how a case ended, of the first of these measures that the run has and that applies to it."""
    for name in ("Judged", "FactRecall", "RefusalRecall", "nDCG@10", "FalseRefusals"):
        measure = Measure.parse(name)
        if measure in run.measures and (value := run.score(case.id, measure).value) is not None:
            return value if measure.higher_is_better else 1 - value
    return None


def _calibration(run: Run, language: Language) -> str:
    """How sure lsqa was that the evidence answers, against how often a question could be answered."""
    cases = {case.id: case for case in run.cases}
    known = [(o.probability, cases[i].is_answerable) for i, o in run.outcomes.items() if o.probability is not None]
    if not known or _is_one_sided(known):
        return ""
    sure, answerable = np.array([p for p, _ in known]), np.array([a for _, a in known], dtype=float)
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    filled = [b for b in range(_BINS) if (bins == b).any()]

    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
        points: list[Any] = [(sure[bins == b].mean(), answerable[bins == b].mean(), (bins == b).sum()) for b in filled]
        axes.plot([x for x, _, _ in points], [y for _, y, _ in points], marker="o", color=_ACCENT)
        for x, y, count in points:
            axes.annotate(f"n = {count}", (x, y), textcoords="offset points", xytext=(4, -10), fontsize=7)
        axes.set_xlabel(say("given", language))
        axes.set_ylabel(say("true", language))
        axes.set_xlim(0, 1.08)
        axes.set_ylim(0, 1.05)

    return _draw(3.2, draw)


def _is_one_sided(known: Sequence[tuple[float | None, bool]]) -> bool:
    """Whether all cases can be answered, or none: then nothing can be calibrated."""
    return len({answerable for _, answerable in known}) < 2


def _latency(run: Run, language: Language) -> str:
    times = [outcome.milliseconds for outcome in run.outcomes.values() if not outcome.error]
    if len(times) < 2:
        return ""

    def draw(axes: "Axes") -> None:
        axes.hist(times, bins=30, color=_ACCENT)
        for percentile in (50, 95):
            at = float(np.percentile(times, percentile))
            axes.axvline(at, color=_SECOND, linewidth=1)
            axes.text(at, axes.get_ylim()[1], f" p{percentile} {at:.0f} ms", va="top", fontsize=8)
        axes.set_xlabel(say("milliseconds", language))
        axes.set_ylabel(say("count", language))

    return _draw(2.6, draw)
