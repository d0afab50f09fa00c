"""What the measurements of the page share: questions, and figures in lines."""

import statistics
from pathlib import Path

from lsqa.evaluation.cases import read_cases

PROJECT = Path(__file__).parent.parent


def questions(count: int) -> list[str]:
    """Of the shipped suite, from the beginning again where these are not enough."""
    asked = [case.question for case in read_cases(PROJECT / "evals" / "briefing.jsonl") if not case.history]
    return [asked[i % len(asked)] for i in range(count)]


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


def told(name: str, values: list[float]) -> None:
    """A line for times in seconds."""
    print(f"{name:<58} p50 {1000 * statistics.median(values):6.0f} ms   p95 {1000 * p95(values):6.0f} ms", flush=True)
