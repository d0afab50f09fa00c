"""The training loop: listwise and pointwise relevance, and the answer's span; resumed from its last checkpoint.

On a processor every core is a process of its own with a part of each step's questions (`torch.distributed`, gloo): its
threads would wait for one another after every product, and for whatever else the machine does.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional

from training.batches import NO_SPAN, Pair, Pairs, epochs, micro_batches
from training.network import Reader

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A step takes `group` questions with 1 right and `wrong` wrong passages each."""

    steps: int = 1200
    group: int = 8
    wrong: int = 3
    rate: float = 1.2e-4
    head_rate: float = 5e-4
    warmup: int = 150
    decay: float = 0.01
    pointwise: float = 0.5
    span: float = 0.5
    seed: int = 7


def fit(
    reader: Reader, pairs: Pairs, train: Sequence[int], held: Sequence[int], recipe: Recipe, folder: Path
) -> Reader:
    """Train `reader`; all that resumes stands in `folder`."""
    optimizer = torch.optim.AdamW(_rates(reader, recipe), weight_decay=recipe.decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _factor(step, recipe))
    done = _resume(folder / CHECKPOINT, reader, optimizer, schedule)
    source = epochs(train, recipe.seed)
    for _ in range(done * recipe.group):
        next(source)
    started = time.monotonic()
    rank, workers = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    for step in range(done + 1, recipe.steps + 1):
        chosen = [next(source) for _ in range(recipe.group)]
        losses = _step(reader, pairs, chosen[rank::workers], recipe)
        _average_gradients(reader, workers)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        if rank > 0:
            continue
        if step % 20 == 0:
            _log(folder, {"step": step, "seconds": round(time.monotonic() - started), **losses})
        if step % 100 == 0 or step == recipe.steps:
            _save(folder / CHECKPOINT, step, reader, optimizer, schedule, recipe)
        if step % 600 == 0 or step == recipe.steps:
            _log(folder, {"step": step, **measure(reader, pairs, held)})
    return reader


def measure(reader: Reader, pairs: Pairs, numbers: Sequence[int], candidates: int = 15) -> dict[str, float]:
    """On questions that were not trained on: is the gold passage first among `candidates` wrong ones, is a right pair
    scored above the best wrong one of any question (AUROC), is the best span exactly the answer."""
    reader.eval()
    right: list[float] = []
    wrong: list[float] = []
    first = exact = spans = 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for number in numbers:
            batch = [pairs.right(number), *pairs.foremost(number, candidates)]
            relevance, start, end = _read(reader, batch, pairs)
            right.append(float(relevance[0]))
            wrong.append(float(relevance[1:].max()))
            first += right[-1] > wrong[-1]
            if batch[0].start != NO_SPAN:
                spans += 1
                exact += best_span(start[0], end[0]) == (batch[0].start, batch[0].end)
    reader.train()
    order = sum(r > w for r in right for w in wrong)
    return {
        "hit@1": round(first / len(numbers), 4),
        "auroc": round(order / len(right) / len(wrong), 4),
        "exact": round(exact / max(spans, 1), 4),
    }


def best_span(start: Tensor, end: Tensor, longest: int = 40) -> tuple[int, int]:
    """The tokens of the span with the highest sum of logits."""
    sums = start[:, None] + end[None, :]
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(longest - 1)
    best = int(sums.masked_fill(~allowed, -1e9).argmax())
    return best // sums.shape[1], best % sums.shape[1]


def _step(reader: Reader, pairs: Pairs, chosen: Sequence[tuple[int, Any]], recipe: Recipe) -> dict[str, float]:
    batch: list[Pair] = []
    for number, choice in chosen:
        batch += [pairs.right(number), *pairs.wrong(number, recipe.wrong, choice)]
    with torch.autocast("cpu", torch.bfloat16):
        relevance, start, end = _read(reader, batch, pairs)
    grouped = relevance.view(len(chosen), recipe.wrong + 1)
    listwise = functional.cross_entropy(grouped, torch.zeros(len(chosen), dtype=torch.long))
    truth = torch.zeros_like(grouped)
    truth[:, 0] = 1.0
    pointwise = functional.binary_cross_entropy_with_logits(grouped, truth)
    rows = [i for i, pair in enumerate(batch) if pair.start != NO_SPAN]
    span = relevance.sum() * 0.0
    if rows:
        gold = torch.tensor([(batch[i].start, batch[i].end) for i in rows])
        span = (functional.cross_entropy(start[rows], gold[:, 0]) + functional.cross_entropy(end[rows], gold[:, 1])) / 2
    loss = listwise + recipe.pointwise * pointwise + recipe.span * span
    loss.backward()
    losses = {"listwise": listwise, "pointwise": pointwise, "span": span}
    return {name: round(float(value.detach()), 4) for name, value in losses.items()}


def _average_gradients(reader: Reader, workers: int) -> None:
    if workers == 1:
        return
    parameters = [p for p in reader.parameters() if p.grad is not None]
    flat = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None])
    dist.all_reduce(flat)
    flat /= workers
    for parameter, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
        parameter.grad = part.view_as(parameter)


def _read(reader: Reader, batch: Sequence[Pair], pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of all pairs in their order: relevance (pairs,), start and end (pairs, passage tokens), padded."""
    relevance: list[Any] = [None] * len(batch)
    start: list[Any] = [None] * len(batch)
    end: list[Any] = [None] * len(batch)
    for micro in micro_batches(batch, pairs.kept):
        made = reader(micro.states, micro.segment, micro.length, micro.question_length)
        for i, row in enumerate(micro.rows.tolist()):
            passage = slice(int(micro.question_length[i]), int(micro.length[i]))
            relevance[row] = made.relevance[i]
            start[row], end[row] = made.start[i, passage], made.end[i, passage]
    return torch.stack(relevance), _pad(start), _pad(end)


def _pad(rows: list[Tensor]) -> Tensor:
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1e9)


def _rates(reader: Reader, recipe: Recipe) -> list[dict[str, Any]]:
    upper = [p for name, p in reader.named_parameters() if name.startswith("layers.")]
    heads = [p for name, p in reader.named_parameters() if not name.startswith("layers.")]
    return [{"params": upper, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}]


def _factor(step: int, recipe: Recipe) -> float:
    """Linear warm-up, then linear decay to a fiftieth."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    return max(0.02, (recipe.steps - step) / max(1, recipe.steps - recipe.warmup))


def _save(path: Path, step: int, reader: Reader, optimizer: Any, schedule: Any, recipe: Recipe) -> None:
    states = {"reader": reader, "optimizer": optimizer, "schedule": schedule}
    unfinished = path.with_suffix(".unfinished")
    torch.save({"step": step, "recipe": asdict(recipe), **{n: s.state_dict() for n, s in states.items()}}, unfinished)
    unfinished.replace(path)


def _resume(path: Path, reader: Reader, optimizer: Any, schedule: Any) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True)
    for name, part in {"reader": reader, "optimizer": optimizer, "schedule": schedule}.items():
        part.load_state_dict(saved[name])
    return int(saved["step"])


def _log(folder: Path, line: dict[str, float]) -> None:
    with (folder / "log.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
