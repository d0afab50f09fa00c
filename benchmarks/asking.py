"""Measures asking, as one who waits for it meets it: from a cold process, and from one that stays open.

    python benchmarks/asking.py [--home DIR]

Without DIR, corpus/ is ingested into a temporary folder. Cold figures are the best of three runs, for other programs on
the machine can only slow one down. Warm ones are percentiles over a quarter of the questions in evals/, a different
quarter for each line, so that nothing is remembered from the line before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

# lsqa is imported only after the cold runs: a child's peak memory takes in that of the process that started it.
if TYPE_CHECKING:
    from lsqa import Assistant

ROOT: Final = Path(__file__).resolve().parent.parent
QUESTION: Final = "B-cureの2025年度の予算はいくらですか？"
COLD_RUNS: Final = 3
WARM_UP: Final = 10
DEPTH: Final = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table. `target` is the most that `value` may be, None where it is there to compare with."""

    what: str
    value: float
    unit: str
    target: float | None = None

    def __str__(self) -> str:
        if self.target is None:
            return f"{self.what:<52}{self.value:9.2f} {self.unit:<3}"
        verdict = "pass" if self.value <= self.target else "FAIL"
        return f"{self.what:<52}{self.value:9.2f} {self.unit:<3} at most {self.target:>5g}  {verdict}"


def child(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds that `lsqa` took with `arguments`, and its peak memory in MB (0 where the system does not say)."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "lsqa", *arguments], stdout=subprocess.DEVNULL)
    if not hasattr(os, "wait4"):
        code, peak = process.wait(), 0.0
    else:
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    if code:
        raise SystemExit(f"lsqa {' '.join(arguments)} ended with {code}")
    return time.perf_counter() - start, peak


def cold(home: Path) -> list[Measured]:
    """What a fresh process pays."""
    helped = [child(["--help"]) for _ in range(COLD_RUNS)]
    asked = [child(["ask", QUESTION, "--home", str(home)]) for _ in range(COLD_RUNS)]
    return [
        Measured("lsqa --help", min(seconds for seconds, _ in helped), "s", 0.5),
        Measured("lsqa ask, from a cold process", min(seconds for seconds, _ in asked), "s", 4),
        Measured("  its peak memory", max(peak for _, peak in asked), "MB", 900),
    ]


def quarter(number: int) -> list[str]:
    """Every fourth question of the suites in evals/, from `number` on."""
    suites = sorted((ROOT / "evals").glob("*.jsonl"))
    lines = [line for suite in suites for line in suite.read_text("utf-8").splitlines()]
    return [json.loads(line)["question"] for line in lines[number::4]]


def milliseconds(action: Callable[[str], object], asked: Sequence[str]) -> tuple[float, float]:
    """Median and 95th percentile over `asked`, the first of which only warm up."""

    def once(question: str) -> float:
        start = time.perf_counter()
        action(question)
        return 1e3 * (time.perf_counter() - start)

    for question in asked[:WARM_UP]:
        action(question)
    times = [once(question) for question in asked[WARM_UP:]]
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def warm(home: Path) -> list[Measured]:
    """What a process that stays open pays for each question."""
    from lsqa import Assistant
    from lsqa.models.bundled_encoder import EngineEmbeddings

    with Assistant.open(home=str(home)) as assistant:
        keyword, _ = milliseconds(keyword_leg(assistant), quarter(0))
        retrieve, retrieve_95 = milliseconds(assistant.retrieve, quarter(1))
        ask, ask_95 = milliseconds(assistant.ask, quarter(2))
    with Assistant.open(home=str(home), embeddings=EngineEmbeddings()) as assistant:
        engine, _ = milliseconds(assistant.retrieve, quarter(3))
    return [
        Measured("retrieval, warm, p50", retrieve, "ms", 30),
        Measured("  p95", retrieve_95, "ms"),
        Measured("  the keyword leg alone, p50", keyword, "ms"),
        Measured("  with the engine that ships with the weights, p50", engine, "ms"),
        Measured("  … which takes so many times as long", engine / retrieve, "x"),
        Measured("ask, warm, p50", ask, "ms"),
        Measured("  p95", ask_95, "ms"),
    ]


def keyword_leg(assistant: "Assistant") -> Callable[[str], object]:
    """Search by words alone, without vectors."""
    from lsqa.tokens import index_tokens

    keywords = assistant.library.keywords
    return lambda question: keywords.search(index_tokens(question), [], DEPTH)


def measure(home: Path) -> None:
    """Run every measurement over the library in `home` and print it."""
    for line in cold(home):
        print(line, flush=True)
    for line in warm(home):
        print(line)


def main() -> None:
    """Measure over the library in DIR, or over corpus/ in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a data folder that corpus/ has been ingested into")
    chosen: Path | None = parser.parse_args().home
    if chosen is not None:
        measure(chosen)
        return
    with tempfile.TemporaryDirectory() as folder:
        seconds, _ = child(["ingest", str(ROOT / "corpus"), "--home", folder])
        print(Measured("ingesting corpus/, the encoder's conversion included", seconds, "s"))
        measure(Path(folder))


if __name__ == "__main__":
    main()
