"""Groups of pairs for training: a question with its gold passage and wrong ones, by seed alone."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TILE = 32  # of the matrix units
LONGEST = 480
NO_SPAN = (-1, -1)
VARIANTS = 3
_LAID_OUT_AS_IT_IS = 0.5
_NEAR = 16  # the foremost candidates, of which most wrong passages are taken
_WITHOUT_TITLE = 0.3
_WITHOUT_ANSWER = 0.5
_JOINED = 0.3
_WORN = 0.3  # of the groups lose some tokens of their questions
_LOST = 0.12


@dataclass(frozen=True, slots=True)
class Pair:
    """A question beside at most two stretches [begin, end) of the flat tokens; `answer` numbers the first and the last
    token of the answer after the question, or is `NO_SPAN`."""

    question: int
    first: tuple[int, int]
    second: tuple[int, int] = (0, 0)
    answer: tuple[int, int] = NO_SPAN


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs of about one length, padded: what `Reader.forward` takes. `rows` says where they stood among all; `answers`
    (pairs, 2) number the answer's tokens, -1 where there is none."""

    rows: Tensor
    tokens: Tensor
    segment: Tensor
    length: Tensor
    answers: Tensor


class Pairs:
    """The pairs that can be made of what `packing.pack` wrote."""

    def __init__(self, packed: Mapping[str, NDArray[Any]]) -> None:
        self.wrong = packed["wrong"].tolist()
        self.gold = packed["gold"].tolist()
        self.held = packed["held"].tolist()
        self.count = len(self.gold)
        self._answers, self._sentences = packed["answers"].tolist(), packed["sentences"].tolist()
        self._bodies = packed["bodies"].tolist()
        self._offsets = np.concatenate(([0], np.cumsum(packed["lengths"], dtype=np.int64))).tolist()
        self.begin_mark, self.end_mark, self.unknown = (int(mark) for mark in packed["marks"])
        # The marks stand behind the texts, so that a pair is nothing but places in one array.
        flat = np.concatenate((packed["tokens"].astype(np.int32), [self.end_mark, 0]))
        self.tokens = torch.from_numpy(flat)
        self._end_place = len(flat) - 2

    def to(self, device: torch.device) -> "Pairs":
        self.tokens = self.tokens.to(device)
        return self

    def _text(self, number: int) -> tuple[int, int]:
        return self._offsets[number], self._offsets[number + 1]

    def _passage(self, number: int, variant: int, *, titled: bool = True) -> tuple[int, int]:
        text = number * VARIANTS + variant
        begin, end = self._text(self.count + text)
        body = self._bodies[text]
        return (begin if titled or end - begin - body < 16 else begin + body), end

    def right(self, number: int, variant: int = 0, *, titled: bool = True) -> Pair:
        """A question with its gold passage, and where the answer stands in it."""
        begin, end = self._passage(self.gold[number], variant, titled=titled)
        cut = begin - self._text(self.count + self.gold[number] * VARIANTS + variant)[0]
        first, last = self._answers[number][variant]
        answer = (first - cut, last - cut) if first >= cut else NO_SPAN
        return Pair(number, (begin, end), answer=answer)

    def foremost(self, number: int, count: int) -> list[Pair]:
        """A question with the wrong passages that its search finds first, as they are."""
        return [Pair(number, self._passage(p, 0)) for p in self.wrong[number][:count] if p >= 0]

    def group(self, number: int, wrong: int, choice: random.Random, longest: int = LONGEST) -> list[Pair]:
        """The right pair, then `wrong` wrong ones: of the foremost mostly, the right passage without the sentence that
        answers often; all laid out at random, and with others before or behind them or without their titles at times.
        Of pairs of more than `longest` tokens a stretch is taken, of the right one a stretch with the answer."""
        titled = choice.random() >= _WITHOUT_TITLE
        variant = self._variant(choice)
        pairs = [self.right(number, variant, titled=titled)]
        if choice.random() < _WITHOUT_ANSWER and (cut := self._without_answer(number, variant, titled)):
            pairs.append(cut)
        found = [p for p in self.wrong[number] if p >= 0]
        near, far = found[:_NEAR], found[_NEAR:]
        left = wrong + 1 - len(pairs)
        picked = choice.sample(near, min(left * 3 // 4, len(near)))
        picked += choice.sample(far, min(left - len(picked), len(far)))
        picked += [choice.choice(self.gold) for _ in range(left - len(picked))]
        pairs += [Pair(number, self._passage(p, self._variant(choice), titled=titled)) for p in picked]
        if choice.random() < _JOINED:
            pairs = [self._joined(pair, choice, longest) for pair in pairs]
        return [self._shortened(pair, choice, longest) for pair in pairs]

    def _shortened(self, pair: Pair, choice: random.Random, longest: int) -> Pair:
        begin, end = self._text(pair.question)
        room, parts = longest - 1 - (end - begin), [pair.first, pair.second]
        length = sum(b - a for a, b in parts)
        if length <= room:
            return pair
        first, last = pair.answer if pair.answer != NO_SPAN else (choice.randrange(length),) * 2
        lowest, highest = max(0, last + 1 - room), min(first, length - room)
        cut = choice.randint(lowest, highest) if lowest <= highest else min(first, length - room)
        kept, left, skipped = [], room, cut
        for a, b in parts:
            a, skipped = min(b, a + skipped), max(0, skipped - (b - a))
            b = min(b, a + left)
            left -= b - a
            kept.append((a, b))
        answer = (first - cut, last - cut) if pair.answer != NO_SPAN and last - cut < room else NO_SPAN
        return Pair(pair.question, kept[0], kept[1], answer)

    def _variant(self, choice: random.Random) -> int:
        return 0 if choice.random() < _LAID_OUT_AS_IT_IS else choice.randrange(1, VARIANTS)

    def _without_answer(self, number: int, variant: int, titled: bool) -> Pair | None:
        first, last = self._sentences[number][variant]
        start = self._text(self.count + self.gold[number] * VARIANTS + variant)[0]
        begin, end = self._passage(self.gold[number], variant, titled=titled)
        if start + first < begin:
            return None
        return Pair(number, (begin, start + first), (start + last + 1, end))

    def _joined(self, pair: Pair, choice: random.Random, longest: int) -> Pair:
        """With a passage of anywhere before or behind, where there is room: a page says more than one thing."""
        if pair.second[1] > pair.second[0]:
            return pair
        other = self._passage(choice.choice(self.gold), self._variant(choice))
        room = longest - 2 - sum(b - a for a, b in (self._text(pair.question), pair.first))
        other = (other[0], min(other[1], other[0] + room))
        length = other[1] - other[0]
        if length < 16:
            return pair
        if choice.random() < 0.5:
            return Pair(pair.question, pair.first, other, pair.answer)
        moved = NO_SPAN if pair.answer == NO_SPAN else (pair.answer[0] + length, pair.answer[1] + length)
        return Pair(pair.question, other, pair.first, moved)

    def batches(self, pairs: Sequence[Pair], size: int, chance: random.Random | None = None) -> Iterator[Batch]:
        """`pairs` in batches of `size`, sorted by length, so that little is padding. With `chance`, some questions lose
        tokens."""
        questions = np.array([self._text(p.question) for p in pairs])
        spans = np.stack((questions, [p.first for p in pairs], [p.second for p in pairs]), axis=1)
        ends = np.cumsum(spans[:, :, 1] - spans[:, :, 0], axis=1)  # where the three parts end in the pair
        lengths = np.minimum(ends[:, 2] + 1, LONGEST)
        answers = np.array([p.answer for p in pairs])
        shifted = np.where(answers >= 0, answers + ends[:, :1], -1)
        shifted[shifted[:, 1] >= LONGEST - 1] = -1
        worn = np.zeros(len(pairs), dtype=bool)
        if chance is not None:
            lost = {p.question for p in pairs if chance.random() < _WORN}
            worn = np.array([p.question in lost for p in pairs])
        order = np.argsort(lengths, kind="stable")
        for begin in range(0, len(order), size):
            yield self._padded(order[begin : begin + size], spans, ends, lengths, shifted, worn)

    def _padded(
        self, rows: NDArray[np.int64], spans: NDArray[np.int64], ends: NDArray[np.int64], lengths: NDArray[np.int64],
        answers: NDArray[np.int64], worn: NDArray[np.bool_],
    ) -> Batch:  # fmt: skip
        device = self.tokens.device
        width = -(-int(lengths[rows].max()) // TILE) * TILE

        def moved(values: NDArray[Any]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device, non_blocking=True)

        begins, stops, length = moved(spans[rows, :, 0]), moved(ends[rows]), moved(lengths[rows])
        at = torch.arange(width, device=device)[None, :]
        first, second, third = stops[:, :1], stops[:, 1:2], stops[:, 2:]
        places = torch.where(at < first, begins[:, :1] + at, begins[:, 1:2] + at - first)
        places = torch.where(at < second, places, begins[:, 2:] + at - second)
        places = torch.where(at < third, places, self._end_place)
        places = torch.where(at == length[:, None] - 1, self._end_place, places)
        tokens = self.tokens[places.clamp(max=self._end_place)]
        if worn.any():
            gone = (torch.rand(tokens.shape, device=device) < _LOST) & moved(worn[rows])[:, None]
            tokens = torch.where(gone & (at > 0) & (at < first - 1), self.unknown, tokens)
        return Batch(moved(rows), tokens, (at >= first).long().expand(len(rows), -1), length, moved(answers[rows]))


def epochs(numbers: Sequence[int], seed: int) -> Iterator[tuple[int, random.Random]]:
    """Questions for ever, each epoch in an order of its own, with a source of chance for each."""
    epoch = 0
    while True:
        order = list(numbers)
        random.Random(f"{seed} {epoch}").shuffle(order)
        for number in order:
            yield number, random.Random(f"{seed} {epoch} {number}")
        epoch += 1
