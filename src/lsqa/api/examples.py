"""What responses look like, as the description at /openapi.json shows it."""

from typing import Any, Final

_QUESTION: Final = "B-cureの2025年度の予算はいくらで、担当課はどこですか？"
_DOC_ID: Final = "briefing-2025"
_TITLE: Final = "ライフサイエンス分野の施策"
_SECTION: Final = ["B-cure（健康・医療研究開発データ統合利活用プラットフォーム事業）", "予算"]
_QUOTE: Final = "令和7年度予算額：35億円"
_REQUEST_ID: Final = "5f0c1d2e3a4b5c6d"

HIT: Final[dict[str, Any]] = {
    "rank": 1,
    "doc_id": _DOC_ID,
    "chunk_id": "9b1f6c3d2a7e4f58",
    "title": _TITLE,
    "page": 13,
    "section": _SECTION,
    "text": _QUOTE,
    "score": 0.87,
    "vector_rank": 2,
    "keyword_rank": 1,
}
HITS: Final[dict[str, Any]] = {
    "query": "B-cureの予算",
    "hits": [HIT],
    "timings_ms": {"retrieve": 12.4, "total": 12.5},
}
CITATION: Final[dict[str, Any]] = {
    "label": 1,
    "doc_id": _DOC_ID,
    "title": _TITLE,
    "page": 13,
    "section": _SECTION,
    "quote": _QUOTE,
    "start": 120,
    "end": 133,
    "verdict": "quote_found",
}
# In part only: FastAPI leaves out of the description what is null, as `refusal` is in a whole answer.
ANSWER: Final[dict[str, Any]] = {
    "question": _QUESTION,
    "status": "partial",
    "mode": "quote",
    "language": "ja",
    "text": f"{_QUOTE} [1]",
    "claims": [{"text": _QUOTE, "verdict": "supported", "citations": [CITATION]}],
    "refusal": {
        "reason": "文書に「担当課」についての記述が見つかりません。",
        "missing": ["担当課"],
        "nearest": [{"doc_id": _DOC_ID, "page": 13, "section": _SECTION, "text": _QUOTE}],
    },
    "evidence": [
        {"label": 1, "doc_id": _DOC_ID, "page": 13, "section": _SECTION, "text": _QUOTE, "score": 0.87},
    ],
    "timings_ms": {"retrieve": 12.4, "answer": 160.2, "check": 3.1, "total": 175.9},
    "models": {"embedder": "bundled", "reranker": "none", "llm": "none"},
}
CHECKED: Final[dict[str, Any]] = {
    "sentences": [
        {
            "text": "B-cureの2025年度の予算は35億円である。",
            "verdict": "supported",
            "citations": [CITATION],
            "why": "",
        }
    ]
}
DOCUMENT: Final[dict[str, Any]] = {
    "doc_id": _DOC_ID,
    "title": _TITLE,
    "publisher": "文部科学省",
    "published": "2025-06",
    "url": "https://www.example.go.jp/briefing.pdf",
    "licence": "CC BY 4.0",
    "sha256": "0" * 64,
    "kind": "pdf",
    "pages": 36,
    "chunks": 58,
    "warnings": [],
}
DOCUMENTS: Final[dict[str, Any]] = {"documents": [DOCUMENT]}
PAGE: Final[dict[str, Any]] = {"doc_id": _DOC_ID, "page": 13, "title": _SECTION[0], "text": f"{_SECTION[0]}\n{_QUOTE}"}
INGESTED: Final[dict[str, Any]] = {
    "files": [
        {
            "path": "briefing.pdf",
            "status": "indexed",
            "doc_id": _DOC_ID,
            "pages": 36,
            "chunks": 58,
            "seconds": 2.1,
        }
    ],
    "totals": {"indexed": 1, "pages": 36, "chunks": 58},
}
REMOVED: Final[dict[str, Any]] = {"removed": _DOC_ID}
ALIVE: Final[dict[str, Any]] = {"status": "ok"}
READY: Final[dict[str, Any]] = {"status": "ready", "documents": 10}
MODELS: Final[dict[str, Any]] = {
    "object": "list",
    "data": [{"id": "lsqa", "object": "model", "created": 1767225600, "owned_by": "lsqa"}],
}
COMPLETION: Final[dict[str, Any]] = {
    "id": f"chatcmpl-{_REQUEST_ID}",
    "object": "chat.completion",
    "created": 1767225600,
    "model": "lsqa",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": f"{_QUOTE} [1]"}, "finish_reason": "stop"},
    ],
}


def problem_example(status: int, kind: str, title: str, detail: str) -> dict[str, Any]:
    """A problem of this kind (RFC 9457)."""
    return {
        "type": f"urn:lsqa:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": _REQUEST_ID,
    }
