"""What the frozen lower layers make of every text, run once and kept on disk: `states.bf16`, `states.json`."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lsqa.models.lower_layers import LowerLayers, TokenStates

HIDDEN = 384
_AHEAD = 256


@dataclass(frozen=True, slots=True)
class KeptStates:
    """`offsets` (texts + 1,) count tokens into `values`, (all tokens, 384) bfloat16; `spans` (all tokens, 2)."""

    values: torch.Tensor
    spans: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def of(self, text: int) -> torch.Tensor:
        """The states of a text, (tokens, 384)."""
        return self.values[self.offsets[text] : self.offsets[text + 1]]

    def spans_of(self, text: int) -> NDArray[np.int32]:
        """The characters that each of its tokens stands for, (tokens, 2)."""
        return self.spans[self.offsets[text] : self.offsets[text + 1]]


def keep(questions: Sequence[str], passages: Sequence[str], lower: LowerLayers, folder: Path) -> None:
    """Write the states of the questions and then of the passages into `folder`."""
    jobs = [*((q, True) for q in questions), *((p, False) for p in passages)]
    lengths: list[int] = []
    spans: list[NDArray[np.int32]] = []

    def run(job: tuple[str, bool]) -> TokenStates:
        return lower.read(job[0], is_question=job[1])

    with (folder / "states.bf16").open("wb") as out, ThreadPoolExecutor() as threads:
        for start in range(0, len(jobs), _AHEAD):
            for made in threads.map(run, jobs[start : start + _AHEAD]):
                half = torch.from_numpy(made.states).to(torch.bfloat16).view(torch.int16)
                out.write(half.numpy().tobytes())
                lengths.append(len(made.states))
                spans.append(np.array(made.spans, dtype=np.int32))
    np.save(folder / "states.spans.npy", np.concatenate(spans))
    (folder / "states.json").write_text(json.dumps(lengths))


def load(folder: Path) -> KeptStates:
    """The states that `keep` wrote."""
    offsets = np.concatenate(([0], np.cumsum(json.loads((folder / "states.json").read_text())))).astype(np.int64)
    raw = np.memmap(folder / "states.bf16", dtype=np.int16, mode="c").reshape(-1, HIDDEN)  # shared by all processes
    return KeptStates(torch.from_numpy(raw).view(torch.bfloat16), np.load(folder / "states.spans.npy"), offsets)
