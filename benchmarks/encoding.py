"""Measures the bundled encoder against the engine that ships with its weights, in one process and one run.

    python benchmarks/encoding.py [MODELS_DIR]

Prints chunks a second at 240 tokens, milliseconds a question, cosines to the engine, and what a fresh process pays
(on Linux). The best of several rounds is shown: other programs on the machine can only slow a round down.
"""

import argparse
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from lsqa.models.bundled_encoder import (
    PASSAGE_PREFIX,
    QUERY_PREFIX,
    BundledEmbeddings,
    EngineEmbeddings,
    OnnxEmbeddings,
    available_cores,
    convert_bundled,
)
from lsqa.models.unigram_tokenizer import load_tokenizer

CHUNKS: Final = 48
CHUNK_TOKENS: Final = 240
ROUNDS: Final = 5
SENTENCES: Final = tuple(
    who + what + when
    for who, what, when in itertools.product(
        ("文部科学省は、", "国立大学病院では、", "創薬の拠点となる機関が", "若手の研究者は", "The national programme "),
        (
            "ゲノム医療の研究費を43億円計上し",
            "再生医療の実用化を支え",
            "感染症の流行に備えて体制を整え",
            "supports data sharing ",
        ),
        ("、令和7年度から5年間続ける。", "、翌年に評価する。", "た（うち新規課題は1,000万円）。", "until 2030."),
    )
)
QUESTIONS: Final = (
    "研究費はいくら計上されたか？",
    "令和7年度の予算は何億円ですか",
    "What does the national programme support?",
    "再生医療の実用化",
    "感染症の流行に備える体制について教えてください",
)
FRESH_PROCESS: Final = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from lsqa.models import open_embedder
embedder = open_embedder("bundled", Path(sys.argv[1]))
opened = time.perf_counter() - start
embedder.embed_query("予算")
answered = time.perf_counter() - start
# Not getrusage(): its peak takes in the process that forked this one.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(opened, answered, int(status["VmHWM"].split()[0]) / 1024)
"""


def chunks_of_tokens(folder: Path) -> list[str]:
    """Texts that are 240 tokens long with their prefix, to within one sentence's last token."""
    tokenizer, chance = load_tokenizer(folder), random.Random(7)
    chunks = []
    for _ in range(CHUNKS):
        text = "".join(chance.choices(SENTENCES, k=20))
        while len(tokenizer.encode(PASSAGE_PREFIX + text, 10_000)) > CHUNK_TOKENS:
            text = text[:-1]
        chunks.append(text)
    return chunks


def best_seconds(action: Callable[[], object], rounds: int) -> float:
    """Wall time of the fastest round."""

    def once() -> float:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    return min(once() for _ in range(rounds))


def question_milliseconds(embedder: BundledEmbeddings) -> float:
    """Median over the questions, each asked 20 times."""
    return statistics.median(
        1e3 * best_seconds(lambda question=question: embedder.embed_query(question), 1)  # type: ignore[misc]
        for question in QUESTIONS * 20
    )


def cosines(one: BundledEmbeddings, other: BundledEmbeddings, texts: Sequence[str], prefix: str) -> str:
    """Mean and minimum, to print."""
    products = (one.encode(texts, prefix) * other.encode(texts, prefix)).sum(axis=1)
    return f"{np.mean(products):.4f} mean, {np.min(products):.4f} min"


def fresh_processes(models_dir: Path) -> tuple[float, float, float]:
    """Best of five: seconds until the encoder is open, until the first question is encoded; peak memory in MB."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", FRESH_PROCESS, str(models_dir)], capture_output=True, text=True, check=True
        )
        for _ in range(5)
    ]
    opened, answered, peak = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    return min(opened), min(answered), max(peak)


def measure(models_dir: Path) -> None:
    """Run every measurement and print it."""
    start = time.perf_counter()
    folder = convert_bundled(models_dir)
    print(f"conversion (or check of what was converted)  {time.perf_counter() - start:.2f} s")
    graph, engine = OnnxEmbeddings(folder), EngineEmbeddings()
    chunks = chunks_of_tokens(folder)
    rate = CHUNKS / best_seconds(lambda: graph.encode(chunks, PASSAGE_PREFIX), ROUNDS)
    engine_rate = CHUNKS / best_seconds(lambda: engine.encode(chunks, PASSAGE_PREFIX), 2)
    print(f"cores                                        {available_cores()}")
    print(f"chunks a second at {CHUNK_TOKENS} tokens                 {rate:.1f}")
    print(f"  the engine                                 {engine_rate:.1f}  (ratio {rate / engine_rate:.1f})")
    print(f"milliseconds a question, p50                 {question_milliseconds(graph):.2f}")
    print(f"  the engine                                 {question_milliseconds(engine):.2f}")
    print(f"cosine to the engine, chunks                 {cosines(graph, engine, chunks, PASSAGE_PREFIX)}")
    print(f"cosine to the engine, questions              {cosines(graph, engine, QUESTIONS, QUERY_PREFIX)}")
    print(f"opening graph and tokenizer                  {best_seconds(lambda: OnnxEmbeddings(folder), ROUNDS):.3f} s")
    opened, answered, peak = fresh_processes(models_dir)
    print(f"fresh process: encoder open                  {opened:.2f} s (imports included)")
    print(f"fresh process: first question encoded        {answered:.2f} s")
    print(f"fresh process: peak memory                   {peak:.0f} MB")


def main() -> None:
    """Measure in MODELS_DIR, or convert into a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models_dir", nargs="?", type=Path, help="where the weights are or are to be converted")
    chosen: Path | None = parser.parse_args().models_dir
    if chosen is not None:
        measure(chosen)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


if __name__ == "__main__":
    main()
