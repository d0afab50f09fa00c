"""What a search found, as JSON."""

from collections.abc import Sequence
from typing import Any

from lsqa.retrieval import Hit


def hits_to_dict(query: str, hits: Sequence[Hit], milliseconds: dict[str, float]) -> dict[str, Any]:
    """The JSON that `lsqa retrieve --json` prints."""
    return {"query": query, "hits": [_hit_to_dict(r, h) for r, h in enumerate(hits, 1)], "timings_ms": milliseconds}


def _hit_to_dict(rank: int, hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "rank": rank,
        "doc_id": chunk.doc_id,
        "chunk_id": chunk.chunk_id,
        "title": hit.title,
        "page": chunk.page,
        "section": list(chunk.heading_path),
        "text": chunk.text,
        "table_head": chunk.table_head,
        "ocr": chunk.ocr,
        "score": round(hit.score, 4),
        "vector_rank": hit.vector_rank,
        "keyword_rank": hit.keyword_rank,
        "rerank_score": hit.rerank_score,
    }
