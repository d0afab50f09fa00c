"""What the measurements of the page share: questions, and figures in lines."""

import statistics
from pathlib import Path

from lsqa.evaluation.cases import read_cases

PROJECT = Path(__file__).parent.parent
SUITES = ("briefing", "briefing-2", "briefing-3")


def questions(count: int) -> list[str]:
    """Of the shipped suites, from the beginning again where these are not enough."""
    cases = (case for name in SUITES for case in read_cases(PROJECT / "evals" / f"{name}.jsonl"))
    asked = list(dict.fromkeys(case.question for case in cases if not case.history))
    return [asked[i % len(asked)] for i in range(count)]


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


def told(name: str, values: list[float]) -> None:
    """A line for times in seconds."""
    print(f"{name:<58} p50 {1000 * statistics.median(values):6.0f} ms   p95 {1000 * p95(values):6.0f} ms", flush=True)
