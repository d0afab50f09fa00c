"""The reader in torch: a cross-encoder that starts as multilingual-e5-small and is trained whole but for its words.

After some of its layers stands an exit: heads of their own that say what the states so far know (deep supervision, Lee
et al. 2015). So one training makes readers of several depths, and one question can be read at several: all candidates
by the first layers, the foremost by all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

EXITS = (4, 6, 8, 12)
"""Layers after which there are heads."""
BLOCK = 32  # weights with one scale


class Layer(nn.Module):
    """A layer of BERT (Devlin et al. 2019): attention and feed-forward, each added and then normalised. Computes in the
    type of the states, whatever the type of its parameters."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(hidden, 3 * hidden)
        self.attention_out = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, epsilon)
        self.inner = nn.Linear(hidden, feed_forward)
        self.outer = nn.Linear(feed_forward, hidden)
        self.outer_norm = nn.LayerNorm(hidden, epsilon)

    def forward(self, states: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        """`states` (batch, tokens, hidden), `mask` (batch, 1, 1, tokens), added to the logits of attention."""
        batch, tokens, hidden = states.shape
        shape = (batch, tokens, 3, self.heads, hidden // self.heads)
        query, key, value = _linear(self.query_key_value, states).view(shape).permute(2, 0, 3, 1, 4)
        context = _attended(query, key, value, mask)
        context = _linear(self.attention_out, context.transpose(1, 2).reshape(batch, tokens, hidden))
        states = _normalized(self.attention_norm, states + functional.dropout(context, dropout, dropout > 0))
        update = _linear(self.outer, functional.gelu(_linear(self.inner, states)))
        return _normalized(self.outer_norm, states + functional.dropout(update, dropout, dropout > 0))


class Heads(nn.Module):
    """What states say: relevance from the first token's, the answer's place from every token's."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.pool = nn.Linear(hidden, hidden)
        self.relevance = nn.Linear(hidden, 1)
        self.span = nn.Linear(hidden, 2)

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Logits, float32: (batch,) and (batch, tokens, 2)."""
        relevance = self.relevance(torch.tanh(self.pool(states[:, 0].float())))[:, 0]
        return relevance, _linear(self.span, states).float()


@dataclass(frozen=True, slots=True)
class Reading:
    """For each pair of a batch: the logit that the passage answers, (batch,), and of where the answer begins and ends,
    (batch, tokens, 2), very low outside the passage."""

    relevance: Tensor
    span: Tensor


class Reader(nn.Module):
    """Word embeddings, which stay as they are, places, layers and exits."""

    words: Tensor

    def __init__(
        self,
        words: Tensor,
        heads: int,
        feed_forward: int,
        layers: int,
        positions: int,
        epsilon: float,
        exits: Sequence[int] = EXITS,
    ) -> None:
        super().__init__()
        hidden = words.shape[1]
        self.register_buffer("words", words, persistent=False)
        self.places = nn.Parameter(torch.zeros(positions, hidden))
        self.segments = nn.Parameter(torch.zeros(2, hidden))  # question, passage
        self.norm = nn.LayerNorm(hidden, epsilon)
        self.layers = nn.ModuleList(Layer(hidden, heads, feed_forward, epsilon) for _ in range(layers))
        self.exits = nn.ModuleDict({str(n): Heads(hidden) for n in exits if n <= layers})

    def freeze(self, layers: int) -> None:
        """Leave the first `layers`, and all before them, as they are: nothing goes back through them."""
        for part in (self.norm, *list(self.layers)[:layers]):
            part.requires_grad_(False)
        self.places.requires_grad_(False)
        self.segments.requires_grad_(False)

    def forward(self, tokens: Tensor, segment: Tensor, length: Tensor, dropout: float = 0.0) -> dict[int, Reading]:
        """`tokens` and `segment` (batch, tokens), the latter 0 and 1; `length` (batch,). A reading for each exit."""
        is_padding = torch.arange(tokens.shape[1], device=tokens.device)[None, :] >= length[:, None]
        kind = self.words.dtype
        placed = self.places[: tokens.shape[1]].to(kind)[None] + self.segments.to(kind)[segment]
        states = functional.dropout(_normalized(self.norm, self.words[tokens] + placed), dropout, dropout > 0)
        mask = torch.zeros(is_padding.shape, dtype=kind, device=tokens.device).masked_fill(is_padding, -1e4)
        outside = (is_padding | (segment == 0))[:, :, None]
        made: dict[int, Reading] = {}
        for number, layer in enumerate(self.layers, 1):
            states = layer(states, mask[:, None, None, :], dropout)
            if str(number) in self.exits:
                relevance, span = self.exits[str(number)](states)
                made[number] = Reading(relevance, span.masked_fill(outside, -1e4))
        return made


def new_reader(
    packed: Mapping[str, NDArray[Any]], kind: torch.dtype = torch.float32, exits: Sequence[int] = EXITS
) -> Reader:
    """The reader before training: the encoder of a file that `packing.pack` wrote, and heads that know nothing."""

    def matrix(name: str) -> Tensor:
        halves, scales = packed[f"levels {name}"], packed[f"scales {name}"].astype(np.float32)
        levels = np.empty((len(halves), 2 * halves.shape[1]), dtype=np.float32)
        levels[:, 0::2], levels[:, 1::2] = halves & 15, halves >> 4
        return torch.from_numpy((levels - 8) * np.repeat(scales, BLOCK, axis=1))

    def vector(name: str) -> Tensor:
        return torch.from_numpy(packed[f"vector {name}"].copy())

    hidden, layers, heads, feed_forward, positions = (int(n) for n in packed["shape"])
    words = matrix("emb.word").to(kind)
    reader = Reader(words, heads, feed_forward, layers, positions, float(packed["epsilon"]), exits)
    with torch.no_grad():
        # Every token has the type 0 in the encoder, so its vector is part of the position's.
        reader.places.copy_(vector("emb.pos").view(positions, hidden) + vector("emb.type")[:hidden])
        reader.norm.load_state_dict({"weight": vector("emb.ln.w"), "bias": vector("emb.ln.b")})
    for number, layer in enumerate(reader.layers):
        prefix = f"l{number}."
        names = {"attention_out": "ao", "attention_norm": "aln", "inner": "fi", "outer": "fo", "outer_norm": "oln"}
        values = {
            "query_key_value.weight": torch.cat([matrix(f"{prefix}{n}.w") for n in "qkv"]),
            "query_key_value.bias": torch.cat([vector(f"{prefix}{n}.b") for n in "qkv"]),
        }
        for part, name in names.items():
            read = vector if part.endswith("norm") else matrix
            values |= {f"{part}.weight": read(f"{prefix}{name}.w"), f"{part}.bias": vector(f"{prefix}{name}.b")}
        layer.load_state_dict(values)
    return reader


def _attended(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attention, (batch, heads, tokens, hidden / heads) each. On a processor it is written out: the way back through
    torch's own kernel took a quarter of a step there, and written out it can be compiled."""
    batch, heads, tokens, width = query.shape
    if query.device.type != "cpu":
        everywhere = mask.expand(-1, heads, tokens, -1)
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=everywhere)
    flat = (batch * heads, tokens, width)
    scores = torch.bmm((query * width**-0.5).reshape(flat), key.reshape(flat).transpose(1, 2))
    weights = torch.softmax(scores.view(batch, heads, tokens, tokens) + mask, dim=-1)
    return torch.bmm(weights.view(batch * heads, tokens, tokens), value.reshape(flat)).view(query.shape)


def _linear(layer: nn.Module, states: Tensor) -> Tensor:
    weight, bias = layer.weight, layer.bias
    return functional.linear(states, weight.to(states.dtype), bias.to(states.dtype))  # type: ignore[arg-type]


def _normalized(norm: nn.LayerNorm, states: Tensor) -> Tensor:
    weight, bias = norm.weight.to(states.dtype), norm.bias.to(states.dtype)
    return functional.layer_norm(states, norm.normalized_shape, weight, bias, norm.eps)
