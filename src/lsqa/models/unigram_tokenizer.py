"""XLM-RoBERTa's SentencePiece unigram tokenizer, read from plain files.

Loading the same 250,002 pieces into the `tokenizers` library takes 0.6 s and 290 MB; a dict of them takes a tenth of
that, and the Viterbi search below needs about a millisecond for a chunk, against 20 ms that the encoder needs for it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.text import Span, clusters

TOKENIZER_FILES: Final = ("pieces.txt", "scores.f32", "tokenizer.json")
_METASPACE: Final = "\u2581"
_UNKNOWN_PENALTY: Final = 10.0
_RUN_OF_SPACES: Final = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class UnigramVocabulary:
    """The SentencePiece unigram model: `pieces[i]` has log probability `scores[i]` (float32, shape (pieces,)).

    `normalization` maps a code point to its replacement (an NFKC table, one code point at a time).
    """

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    normalization: Mapping[int, str]
    bos: int
    eos: int
    pad: int
    unk: int


class UnigramTokenizer:
    """Text to token ids: normalisation, then the most probable segmentation."""

    def __init__(
        self,
        pieces: list[str],
        scores: NDArray[np.float32],
        reach: Mapping[str, int],
        normalization: Mapping[int, str],
        *,
        bos: int,
        eos: int,
        unk: int,
    ) -> None:
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        self._scores: list[float] = scores.tolist()
        self._unknown_score = float(scores.min()) - _UNKNOWN_PENALTY
        self._reach = reach
        self._longest = max(reach.values())
        self._normalization = normalization
        self._bos, self._eos, self._unk = bos, eos, unk
        # A document that spells "</s>" means those four characters, not the end of the sequence.
        for special in ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
            self._ids.pop(special, None)

    def encode(self, text: str, max_tokens: int) -> list[int]:
        """Token ids of `text` between the begin and end marks, at most `max_tokens` with both."""
        content = max_tokens - 2
        # The first `content` tokens lie within this many characters; one more piece lets the cut settle.
        characters = self._normalize(text)[: (content + 1) * self._longest]
        tokens, _ = self._segment(characters)
        return [self._bos, *tokens[:content], self._eos]

    def encode_with_spans(self, text: str, max_tokens: int) -> tuple[list[int], list[Span]]:
        """Like `encode`, with the span of `text` that each token stands for: (0, 0) for the two marks, and for the
        blank that is put before the first word."""
        content = max_tokens - 2
        characters, spans = self._normalize_with_spans(text, (content + 1) * self._longest)
        tokens, begins = self._segment(characters)
        ends = [*begins[1:], len(characters)]
        placed = [_covered(spans[a:b]) for a, b in zip(begins, ends, strict=True)]
        return [self._bos, *tokens[:content], self._eos], [(0, 0), *placed[:content], (0, 0)]

    def _normalize_with_spans(self, text: str, limit: int) -> tuple[str, list[Span | None]]:
        """`_normalize` a cluster at a time; at most `limit` characters, each with the span that it came from."""
        pieces = [_METASPACE]
        spans: list[Span | None] = [None]
        for start, end in clusters(text):
            for character in unicodedata.normalize("NFC", text[start:end].translate(self._normalization)):
                if character != " " or pieces[-1] != _METASPACE:
                    pieces.append(_METASPACE if character == " " else character)
                    spans.append((start, end))
            if len(pieces) >= limit:
                break
        return "".join(pieces[:limit]), spans[:limit]

    def _normalize(self, text: str) -> str:
        # The table maps code points one by one, so か + U+3099 (or ｶ + ﾞ) is composed afterwards.
        mapped = unicodedata.normalize("NFC", text.translate(self._normalization))
        collapsed = _RUN_OF_SPACES.sub(" ", mapped)
        marked = collapsed if collapsed.startswith(" ") else " " + collapsed
        return marked.replace(" ", _METASPACE)

    def _segment(self, characters: str) -> tuple[list[int], list[int]]:
        """Viterbi search for the segmentation of the highest total score: the tokens, and where each begins."""
        length = len(characters)
        best = [-float("inf")] * (length + 1)
        best[0] = 0.0
        piece_ending_at, piece_begins_at = [self._unk] * (length + 1), [0] * (length + 1)
        lookup, scores, reach = self._ids.get, self._scores, self._reach.get
        for begin in range(length):
            so_far = best[begin]
            unknown = so_far + self._unknown_score
            if unknown > best[begin + 1]:
                best[begin + 1] = unknown
                piece_ending_at[begin + 1], piece_begins_at[begin + 1] = self._unk, begin
            longest = reach(characters[begin : begin + 2], 1)
            for end in range(begin + 1, min(begin + longest, length) + 1):
                piece = lookup(characters[begin:end])
                if piece is not None and so_far + scores[piece] > best[end]:
                    best[end] = so_far + scores[piece]
                    piece_ending_at[end], piece_begins_at[end] = piece, begin
        return _walk_back(piece_ending_at, piece_begins_at)


def _walk_back(piece_ending_at: list[int], piece_begins_at: list[int]) -> tuple[list[int], list[int]]:
    tokens: list[int] = []
    begins: list[int] = []
    position = len(piece_ending_at) - 1
    while position > 0:
        tokens.append(piece_ending_at[position])
        position = piece_begins_at[position]
        begins.append(position)
    tokens.reverse()
    begins.reverse()
    return tokens, begins


def _covered(spans: list[Span | None]) -> Span:
    known = [span for span in spans if span is not None]
    return (known[0][0], known[-1][1]) if known else (0, 0)


def save_tokenizer(vocabulary: UnigramVocabulary, folder: Path) -> None:
    """Write the files that `load_tokenizer` reads (`TOKENIZER_FILES`)."""
    reach: dict[str, int] = {}
    for piece in vocabulary.pieces:
        reach[piece[:2]] = max(reach.get(piece[:2], 1), len(piece))
    description = {
        "bos": vocabulary.bos,
        "eos": vocabulary.eos,
        "unk": vocabulary.unk,
        # NUL is no character to a C tokenizer and has no entry in its table.
        "normalization": {str(code_point): text for code_point, text in vocabulary.normalization.items()} | {"0": ""},
        "reach": reach,
    }
    pieces, scores, settings = (folder / name for name in TOKENIZER_FILES)
    pieces.write_text("\n".join(vocabulary.pieces), encoding="utf-8", newline="\n")
    scores.write_bytes(vocabulary.scores.astype("<f4").tobytes())
    settings.write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")


def load_tokenizer(folder: Path) -> UnigramTokenizer:
    """Read the tokenizer that `save_tokenizer` wrote."""
    pieces, scores, settings = (folder / name for name in TOKENIZER_FILES)
    description = json.loads(settings.read_bytes())
    return UnigramTokenizer(
        pieces.read_bytes().decode().split("\n"),
        np.fromfile(scores, dtype="<f4"),
        description["reach"],
        {int(code_point): text for code_point, text in description["normalization"].items()},
        bos=description["bos"],
        eos=description["eos"],
        unk=description["unk"],
    )
