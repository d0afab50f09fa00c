"""The training loop: listwise and pointwise relevance, the answer's span, and what the last exit says to the others;
resumed from its last checkpoint. Runs on an accelerator where there is one."""

import json
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.batches import Pair, Pairs, epochs
from training.network import Reader, Reading

CHECKPOINT = "checkpoint.pt"
_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Recipe:
    """A step takes `group` questions with 1 right and `wrong` wrong passages each."""

    steps: int = 2400
    group: int = 48
    wrong: int = 15
    batch: int = 192
    rate: float = 2e-4
    head_rate: float = 6e-4
    warmup: int = 150
    frozen: int = 0
    """So many of the first layers stay as the encoder's are."""
    longest: int = 480
    """Tokens of a pair; of a longer one a stretch is read, the one with the answer."""
    told: int = 25
    saved: int = 100
    """Steps between two lines of the log, and between two checkpoints."""
    decay: float = 0.01
    dropout: float = 0.1
    pointwise: float = 0.5
    span: float = 0.5
    early: float = 0.4
    """The weight of each exit but the last."""
    taught: float = 0.5
    """The weight, in an early exit's loss, of agreeing with the last one."""
    seed: int = 7


def fit(reader: Reader, pairs: Pairs, recipe: Recipe, folder: Path, seconds: float = float("inf")) -> Reader:
    """Train `reader`; all that resumes stands in `folder`. After `seconds` the rate has come down, wherever it is."""
    device = pairs.tokens.device
    if recipe.frozen:
        reader.freeze(recipe.frozen)
    optimizer = torch.optim.AdamW(_rates(reader, recipe), weight_decay=recipe.decay, fused=True)
    base = [group["lr"] for group in optimizer.param_groups]
    done = _resume(folder / CHECKPOINT, reader, optimizer, device)
    held = set(pairs.held)
    train = [n for n in range(pairs.count) if n not in held]
    source = _prepared(pairs, train, recipe, done)
    started = time.monotonic()
    sums: dict[str, Tensor] = {}
    for step in range(done + 1, recipe.steps + 1):
        elapsed = time.monotonic() - started
        factor = _factor(step, recipe, elapsed / seconds)
        for group, rate in zip(optimizer.param_groups, base, strict=True):
            group["lr"] = rate * factor
        losses = _step(reader, pairs, next(source), recipe)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        sums = {name: sums.get(name, 0) + value for name, value in losses.items()}
        if step % recipe.told == 0:
            told = {name: round(float(value) / recipe.told, 4) for name, value in sums.items()}
            _log(folder, {"step": step, "seconds": round(time.monotonic() - started, 1), "rate": factor, **told})
            sums = {}
        if step % recipe.saved == 0:
            _save(folder / CHECKPOINT, step, reader, optimizer, recipe)
        if elapsed > seconds:
            break
    _save(folder / CHECKPOINT, step if recipe.steps > done else done, reader, optimizer, recipe)
    return reader


def measure(reader: Reader, pairs: Pairs, numbers: Sequence[int], candidates: int = 15) -> dict[str, dict[str, float]]:
    """On questions that were not trained on, for each exit: is the gold passage first among `candidates` wrong ones, is
    a right pair scored above the best wrong one of any question (AUROC), is the best span exactly the answer."""
    right: dict[int, list[float]] = {}
    wrong: dict[int, list[float]] = {}
    exact: dict[int, list[bool]] = {}
    reader.eval()
    for number in numbers:
        group = [pairs.right(number), *pairs.foremost(number, candidates)]
        with torch.no_grad():
            made, answers = _read(reader, pairs, group, len(group))
        for exit_, reading in made.items():
            relevance = reading.relevance.tolist()
            right.setdefault(exit_, []).append(relevance[0])
            wrong.setdefault(exit_, []).append(max(relevance[1:], default=-1e9))
            if answers[0, 0] >= 0:
                found = best_span(reading.span[0, :, 0], reading.span[0, :, 1])
                exact.setdefault(exit_, []).append(found == tuple(answers[0].tolist()))
    reader.train()
    return {
        str(n): {
            "hit@1": _mean([a > b for a, b in zip(right[n], wrong[n], strict=True)]),
            "auroc": _mean([a > b for a in right[n] for b in wrong[n]]),
            "exact": _mean(exact.get(n, [False])),
        }
        for n in right
    }


def best_span(start: Tensor, end: Tensor, longest: int = 40) -> tuple[int, int]:
    """The tokens of the span with the highest sum of logits."""
    sums = start[:, None] + end[None, :]
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(longest - 1)
    best = int(sums.masked_fill(~allowed, -1e9).argmax())
    return best // sums.shape[1], best % sums.shape[1]


def _mean(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4)


def _prepared(
    pairs: Pairs, train: Sequence[int], recipe: Recipe, done: int
) -> Iterator[tuple[list[Pair], random.Random]]:
    """The pairs of each step after `done`, made ahead in a thread of their own."""
    ready: queue.Queue[tuple[list[Pair], random.Random]] = queue.Queue(_AHEAD)

    def make() -> None:
        source = epochs(train, recipe.seed)
        for _ in range(done * recipe.group):
            next(source)
        step = done
        while True:
            step += 1
            chosen = [next(source) for _ in range(recipe.group)]
            groups = (pairs.group(number, recipe.wrong, choice, recipe.longest) for number, choice in chosen)
            group = [pair for made in groups for pair in made]
            ready.put((group, random.Random(f"{recipe.seed} worn {step}")))

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield ready.get()


def _step(
    reader: Reader, pairs: Pairs, prepared: tuple[list[Pair], random.Random], recipe: Recipe
) -> dict[str, Tensor]:
    group, chance = prepared
    made, answers = _read(reader, pairs, group, recipe.batch, chance, recipe.dropout)
    last = max(made)
    losses: dict[str, Tensor] = {}
    total = torch.zeros((), device=answers.device)
    for number, reading in made.items():
        scores = reading.relevance.view(-1, recipe.wrong + 1)
        listwise = -functional.log_softmax(scores, dim=1)[:, 0].mean()
        pointwise = (functional.softplus(-scores[:, 0]).mean() + functional.softplus(scores[:, 1:]).mean()) / 2
        span = _span_loss(reading, answers)
        loss = listwise + recipe.pointwise * pointwise + recipe.span * span
        if number == last:
            losses = {"listwise": listwise.detach(), "pointwise": pointwise.detach(), "span": span.detach()}
        else:
            taught = made[last].relevance.view_as(scores).detach().softmax(dim=1)
            agreed = -(taught * functional.log_softmax(scores, dim=1)).sum(dim=1).mean()
            loss = recipe.early * (loss + recipe.taught * agreed)
            losses[f"listwise {number}"] = listwise.detach()
        total = total + loss
    total.backward()  # type: ignore[no-untyped-call]
    return losses


def _span_loss(reading: Reading, answers: Tensor) -> Tensor:
    known = answers[:, 0] >= 0
    logits, wanted = reading.span[known], answers[known]
    if not len(wanted):
        return reading.span.sum() * 0.0
    return functional.cross_entropy(logits.reshape(len(wanted), -1, 2), wanted)


def _read(
    reader: Reader, pairs: Pairs, group: Sequence[Pair], size: int, chance: random.Random | None = None,
    dropout: float = 0.0,
) -> tuple[dict[int, Reading], Tensor]:  # fmt: skip
    """What each exit says of all pairs, in their order; and the places of the answers, (pairs, 2)."""
    parts: list[tuple[dict[int, Reading], Tensor, Tensor]] = []
    for batch in pairs.batches(group, size, chance):
        parts.append((reader(batch.tokens, batch.segment, batch.length, dropout), batch.rows, batch.answers))
    order = torch.cat([rows for _, rows, _ in parts]).argsort()
    width = max(next(iter(made.values())).span.shape[1] for made, _, _ in parts)

    def joined(exit_: int) -> Reading:
        spans = [
            functional.pad(made[exit_].span, (0, 0, 0, width - made[exit_].span.shape[1]), value=-1e4)
            for made, _, _ in parts
        ]
        return Reading(torch.cat([made[exit_].relevance for made, _, _ in parts])[order], torch.cat(spans)[order])

    return {exit_: joined(exit_) for exit_ in parts[0][0]}, torch.cat([answers for _, _, answers in parts])[order]


def _rates(reader: Reader, recipe: Recipe) -> list[dict[str, Any]]:
    trained = [(name, p) for name, p in reader.named_parameters() if p.requires_grad]
    heads = [p for name, p in trained if name.startswith(("exits.", "segments"))]
    others = [p for name, p in trained if not name.startswith(("exits.", "segments"))]
    return [{"params": others, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}]


def _factor(step: int, recipe: Recipe, time_spent: float) -> float:
    """Linear warm-up, then linear decay to a hundredth, by steps or by time, whichever ends first."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    spent = max((step - recipe.warmup) / max(1, recipe.steps - recipe.warmup), time_spent)
    return max(0.01, 1 - spent)


def _save(path: Path, step: int, reader: Reader, optimizer: Any, recipe: Recipe) -> None:
    states = {"reader": reader.state_dict(), "optimizer": optimizer.state_dict()}
    unfinished = path.with_suffix(".unfinished")
    torch.save({"step": step, "recipe": asdict(recipe), **states}, unfinished)
    unfinished.replace(path)


def _resume(path: Path, reader: Reader, optimizer: Any, device: torch.device) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True, map_location=device)
    reader.load_state_dict(saved["reader"])
    optimizer.load_state_dict(saved["optimizer"])
    return int(saved["step"])


def _log(folder: Path, line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
