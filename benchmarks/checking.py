"""Measures what the check adds to an answer of ten claims, and how long a sentence of `lsqa check` takes.

    python benchmarks/checking.py [--home DIR]

The claims are those that quoting makes of the corpus, ten at a time, with their quotes, and once more with one figure
altered in each. Nothing is remembered from one answer to the next: every answer has other claims. With DIR, a library
made from corpus/, sentences of the corpus are looked up in it too.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsqa.chunks import make_chunk
from lsqa.citations import Citation, Claim, check
from lsqa.evidence import Evidence
from lsqa.guarding import guard
from lsqa.readers.markup import read_markup
from lsqa.units import page_units

CORPUS: Final = Path(__file__).resolve().parent.parent / "corpus"
CLAIMS: Final = 10
TARGET: Final = 20.0  # milliseconds
SENTENCES: Final = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its check."""

    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]


def drafts(closing: str) -> Iterator[Draft]:
    """Answers of ten claims each, of whatever the corpus holds in reading order; `closing` is added to each claim."""
    claims: list[Claim] = []
    evidence: list[Evidence] = []
    for path in sorted([CORPUS / "briefing.md", *(CORPUS / "related").glob("*.md")]):
        for page in read_markup(path.read_text(encoding="utf-8")):
            for unit in page_units(page):
                if unit.kind not in ("sentence", "row"):
                    continue
                label = len(evidence) + 1
                chunk = make_chunk(path.stem, unit.heading_path, page.number, 0, len(page.text), page.text)
                evidence.append(Evidence(label, chunk, page.title, 1.0))
                claims.append(Claim(unit.text + closing, tuple(Citation(label, quote) for quote in unit.quotes)))
                if len(claims) == CLAIMS:
                    yield Draft(tuple(claims), tuple(evidence))
                    claims, evidence = [], []


def milliseconds(draft: Draft, *, drafted: bool = False) -> float:
    """Processor time: the check runs in one thread and waits for nothing, and other programs shall not count. With
    `drafted`, as for a language model's claims."""
    start = time.process_time()
    checked = check(draft.claims, draft.evidence)
    if drafted:
        guard(checked)
    return 1e3 * (time.process_time() - start)


def report(what: str, times: Sequence[float], target: float | None = None) -> bool:
    """Print percentiles; whether the median is within the target."""
    p95 = statistics.quantiles(times, n=20)[-1]
    median = statistics.median(times)
    verdict = "" if target is None else f"  at most {target:g}  {'pass' if median <= target else 'FAIL'}"
    print(f"{what:<48} p50 {median:7.2f} ms  p95 {p95:7.2f} ms  n {len(times)}{verdict}")
    return target is None or median <= target


def looked_up(home: Path) -> list[float]:
    """Milliseconds a sentence of the corpus takes in `lsqa check`."""
    from lsqa.checking import Checker, sentences

    text = (CORPUS / "briefing.md").read_text(encoding="utf-8")
    with Checker.open(home=str(home)) as checker:
        chosen = sentences(text)[:: max(len(sentences(text)) // SENTENCES, 1)]
        times = []
        for sentence in chosen:
            start = time.perf_counter()
            checker.check_sentence(sentence)
            times.append(1e3 * (time.perf_counter() - start))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a library made from corpus/")
    home = parser.parse_args().home
    everything = list(drafts(""))
    milliseconds(everything[0])  # the tokeniser's dictionary and the patterns are loaded once a process
    good = report(f"check of an answer of {CLAIMS} claims", [milliseconds(d) for d in everything[1:]], TARGET)
    altered = list(drafts("予算は987億円であり、実施しない。"))
    good &= report("  the same, each claim altered", [milliseconds(d) for d in altered], TARGET)
    again = list(drafts("とされている。"))
    good &= report("  the same, drafted by a language model", [milliseconds(d, drafted=True) for d in again], TARGET)
    if home:
        report("a sentence of lsqa check, looked up and judged", looked_up(home))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
