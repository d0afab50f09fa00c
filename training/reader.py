"""`python -m training.reader --packed FILE --work DIR`: trains the reader on what `packing` wrote; needs torch and
numpy alone, so that a machine with an accelerator can run it bare."""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from training.batches import Pairs
from training.fitting import Recipe, fit, measure
from training.network import new_reader


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.reader", description=__doc__)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for checkpoints and the trained weights")
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--group", type=int, default=Recipe().group)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so long, if before the steps")
    parser.add_argument("--compile", action="store_true", help="compile the layers: faster after a minute")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = Recipe(steps=options.steps, group=options.group)
    torch.manual_seed(recipe.seed)
    packed = dict(np.load(options.packed))
    pairs = Pairs(packed).to(device)
    reader = new_reader(packed, torch.bfloat16 if device.type == "cuda" else torch.float32).to(device)
    if options.compile:
        for layer in reader.layers:
            layer.compile(dynamic=True)
    fit(reader, pairs, recipe, options.work, options.seconds)
    measured = measure(reader, pairs, pairs.held)
    print(json.dumps(measured), flush=True)
    save(reader, options.work / "reader.npz")


def save(reader: torch.nn.Module, path: Path) -> None:
    """The trained parameters in half precision."""
    np.savez(path, **{name: value.detach().half().cpu().numpy() for name, value in reader.state_dict().items()})


if __name__ == "__main__":
    main()
