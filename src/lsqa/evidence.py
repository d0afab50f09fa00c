"""Labelled evidence: the passages an answer may stand on, numbered from 1 in the order of their rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsqa.chunks import Chunk
from lsqa.retrieval import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """`label` is what a citation names; `title` is that of the chunk's document; `score` that of its hit.

    `published` is the document's date, ISO 8601, empty where it is not known: 今年度 in it is a year only with it.
    """

    label: int
    chunk: Chunk
    title: str
    score: float
    published: str = ""


def label_evidence(hits: Sequence[Hit], budget_characters: int = 8_000) -> tuple[Evidence, ...]:
    """The hits, labelled, as long as their texts fit the budget; the first is always kept."""
    kept: list[Evidence] = []
    used = 0
    for hit in hits:
        used += len(hit.chunk.text)
        if kept and used > budget_characters:
            break
        kept.append(Evidence(len(kept) + 1, hit.chunk, hit.title, hit.score, hit.published))
    return tuple(kept)
