"""`python -m training.reader --packed FILE --work DIR`: trains the reader on what `packing` wrote; needs torch and
numpy alone, so that a machine with an accelerator can run it bare. Two cores with AMX read 16 to 23 pairs a second with
`--bfloat16 --compile --batch 16 --frozen 4 --longest 224 --dropout 0`."""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from training.batches import Pairs
from training.fitting import Recipe, fit, measure
from training.network import EXITS, new_reader


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.reader", description=__doc__)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for checkpoints and the trained weights")
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--group", type=int, default=Recipe().group)
    parser.add_argument("--wrong", type=int, default=Recipe().wrong)
    parser.add_argument("--batch", type=int, default=Recipe().batch)
    parser.add_argument("--frozen", type=int, default=Recipe().frozen)
    parser.add_argument("--longest", type=int, default=Recipe().longest)
    parser.add_argument("--exits", type=int, nargs="+", default=EXITS)
    parser.add_argument("--rate", type=float, default=Recipe().rate)
    parser.add_argument("--warmup", type=int, default=Recipe().warmup)
    parser.add_argument("--dropout", type=float, default=Recipe().dropout)
    parser.add_argument("--bfloat16", action="store_true", help="on a processor too, where it has AMX")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so long, if before the steps")
    parser.add_argument("--compile", action="store_true", help="compile the layers: faster after a minute")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    names = ("steps", "group", "wrong", "batch", "frozen", "longest", "rate", "warmup", "dropout")
    recipe = Recipe(**{name: getattr(options, name) for name in names})
    torch.manual_seed(recipe.seed)
    packed = dict(np.load(options.packed))
    pairs = Pairs(packed).to(device)
    half = device.type == "cuda" or options.bfloat16
    reader = new_reader(packed, torch.bfloat16 if half else torch.float32, options.exits).to(device)
    if options.compile:
        torch._dynamo.config.recompile_limit = 64
        for layer in reader.layers:
            # For a processor each length is compiled for itself: there are few, and it is faster.
            layer.compile(dynamic=device.type == "cuda")
    fit(reader, pairs, recipe, options.work, options.seconds)
    measured = measure(reader, pairs, pairs.held)
    print(json.dumps(measured), flush=True)
    save(reader, options.work / "reader.npz")


def save(reader: torch.nn.Module, path: Path) -> None:
    """The trained parameters in half precision."""
    np.savez(path, **{name: value.detach().half().cpu().numpy() for name, value in reader.state_dict().items()})


if __name__ == "__main__":
    main()
