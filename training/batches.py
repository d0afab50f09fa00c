"""Groups of pairs for training: a question with its gold passage and wrong ones, by seed alone."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.questions import TrainingQuestion
from training.states import KeptStates

MICRO_TOKENS = 1100
TILE = 32  # of the matrix units: products of other sizes take up to three times as long
NO_SPAN = -1
_NEAR = 8  # the foremost candidates, of which most wrong passages are taken


@dataclass(frozen=True, slots=True)
class Pair:
    """Numbers of two kept texts; `start` and `end` number the answer's tokens in the passage, or are `NO_SPAN`."""

    question: int
    passage: int
    start: int = NO_SPAN
    end: int = NO_SPAN


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Pairs of about one length, padded: what `Reader.forward` takes. `rows` says where they stood in the batch."""

    rows: Tensor
    states: Tensor
    segment: Tensor
    length: Tensor
    question_length: Tensor


class Pairs:
    """The pairs that can be made of questions, their gold passages and their candidates."""

    def __init__(
        self,
        questions: Sequence[TrainingQuestion],
        candidates: Sequence[Sequence[int]],
        gold: Sequence[int],
        kept: KeptStates,
    ) -> None:
        """`candidates` and `gold` number passages among the kept texts; question i is kept text i."""
        self.questions, self.candidates, self.gold, self.kept = questions, candidates, gold, kept

    def right(self, number: int) -> Pair:
        """A question with its gold passage, and where the answer stands in it."""
        question = self.questions[number]
        if question.end <= question.start:
            return Pair(number, self.gold[number])
        spans = self.kept.spans_of(self.gold[number])
        inside = np.flatnonzero(
            (spans[:, 1] > question.start) & (spans[:, 0] < question.end) & (spans[:, 1] > spans[:, 0])
        )
        if not len(inside):
            return Pair(number, self.gold[number])
        return Pair(number, self.gold[number], int(inside[0]), int(inside[-1]))

    def wrong(self, number: int, count: int, choice: random.Random) -> list[Pair]:
        """`count` wrong passages, all but one of the foremost."""
        found = self.candidates[number]
        near, far = list(found[:_NEAR]), list(found[_NEAR:])
        picked = choice.sample(near, min(count - 1, len(near))) + choice.sample(far, min(1, len(far)))
        while len(picked) < count:
            picked.append(choice.choice(self.gold))
        return [Pair(number, passage) for passage in picked]

    def foremost(self, number: int, count: int) -> list[Pair]:
        return [Pair(number, passage) for passage in self.candidates[number][:count]]


def epochs(numbers: Sequence[int], seed: int) -> Iterator[tuple[int, random.Random]]:
    """Questions for ever, each epoch in an order of its own, with a source of chance for each."""
    epoch = 0
    while True:
        order = list(numbers)
        random.Random(f"{seed} {epoch}").shuffle(order)
        for number in order:
            yield number, random.Random(f"{seed} {epoch} {number}")
        epoch += 1


def micro_batches(pairs: Sequence[Pair], kept: KeptStates) -> Iterator[MicroBatch]:
    """`pairs` sorted by length, so that little is padding, in parts that stay in a processor's cache."""
    lengths = [len(kept.of(p.question)) + len(kept.of(p.passage)) for p in pairs]
    order = sorted(range(len(pairs)), key=lengths.__getitem__)
    while order:
        size = max(1, MICRO_TOKENS // lengths[order[min(len(order), 4) - 1]])
        part, order = order[:size], order[size:]
        yield _padded([pairs[i] for i in part], part, kept)


def _padded(pairs: Sequence[Pair], rows: Sequence[int], kept: KeptStates) -> MicroBatch:
    questions = [kept.of(p.question) for p in pairs]
    passages = [kept.of(p.passage) for p in pairs]
    length = torch.tensor([len(q) + len(p) for q, p in zip(questions, passages, strict=True)])
    tokens = -(-int(length.max()) // TILE) * TILE
    states = torch.zeros(len(pairs), tokens, questions[0].shape[1], dtype=torch.bfloat16)
    segment = torch.zeros(states.shape[:2], dtype=torch.long)
    for row, (question, passage) in enumerate(zip(questions, passages, strict=True)):
        states[row, : len(question)] = question
        states[row, len(question) : len(question) + len(passage)] = passage
        segment[row, len(question) :] = 1
    return MicroBatch(torch.tensor(rows), states, segment, length, torch.tensor([len(q) for q in questions]))
