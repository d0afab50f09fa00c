"""What scripts rely on: the JSON of every command, the order of a batch, exit codes."""

import gzip
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Ingested, Invoke

from lsqa.catalogue import Catalogue
from lsqa.text import fold

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"
ABSENT = "木星探査機ヘラクレスの打上げ費用はいくらですか"
PLACE = {"doc_id", "page", "section", "text"}


def cited(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [citation for claim in answer["claims"] for citation in claim["citations"]]


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    return path


def test_an_answer_is_the_contract(invoke: Invoke, corpus_library: Ingested) -> None:
    answer = invoke("ask", QUESTION, "--home", corpus_library.home, "--json").json
    assert (answer["question"], answer["status"], answer["mode"], answer["language"]) == (
        QUESTION,
        "answered",
        "quote",
        "ja",
    )
    assert "12億円" in answer["text"]
    assert answer["refusal"] is None
    assert {"retrieve", "answer", "check", "total"} <= answer["timings_ms"].keys()
    assert answer["models"] == {"embedder": "bundled", "reranker": "none", "llm": "none"}
    assert all({"label", "score"} | PLACE <= item.keys() for item in answer["evidence"])
    for claim in answer["claims"]:
        assert claim.keys() >= {"text", "verdict", "citations"}
        assert claim["verdict"] == "supported"
    fields = {"label", "doc_id", "title", "page", "section", "quote", "start", "end", "verdict"}
    assert cited(answer)
    assert all(fields <= citation.keys() for citation in cited(answer))
    assert {citation["verdict"] for citation in cited(answer)} == {"quote_found"}
    assert {citation["label"] for citation in cited(answer)} <= {item["label"] for item in answer["evidence"]}


@pytest.mark.parametrize(
    "question", [QUESTION, "B-cureの2025年度の予算は？", "What is the budget of B-cure in FY2025?"]
)
def test_every_quote_stands_where_the_answer_says(invoke: Invoke, corpus_library: Ingested, question: str) -> None:
    answer = invoke("ask", question, "--home", corpus_library.home, "--json").json
    assert 0 < len(answer["text"]) <= 400
    catalogue = Catalogue.open(corpus_library.home)
    assert cited(answer)
    for citation in cited(answer):
        page = catalogue.page(citation["doc_id"], citation["page"])
        assert fold(page.text[citation["start"] : citation["end"]]) == fold(citation["quote"])
    catalogue.close()


def test_a_refusal_is_the_contract_and_no_failure(invoke: Invoke, corpus_library: Ingested) -> None:
    done = invoke("ask", ABSENT, "--home", corpus_library.home, "--json")
    answer = done.json
    assert done.code == 0
    assert (answer["status"], answer["claims"]) == ("refused", [])
    assert answer["refusal"].keys() >= {"reason", "missing", "nearest"}
    assert answer["refusal"]["reason"] in answer["text"]
    assert len(answer["text"]) <= 400
    assert answer["refusal"]["missing"]
    assert all(nearest.keys() >= PLACE for nearest in answer["refusal"]["nearest"])


def test_hits_are_the_contract(invoke: Invoke, corpus_library: Ingested) -> None:
    found = invoke("retrieve", "あけぼの計画の拠点", "-k", "5", "--home", corpus_library.home, "--json").json
    assert found["query"] == "あけぼの計画の拠点"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4, 5]
    fields = {"chunk_id", "title", "score", "vector_rank", "keyword_rank"} | PLACE
    assert all(fields <= hit.keys() for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert "札幌" in found["hits"][0]["text"]
    assert found["timings_ms"]["retrieve"] > 0


def test_one_document_alone_is_searched(invoke: Invoke, corpus_library: Ingested) -> None:
    home = corpus_library.home
    found = invoke("retrieve", "予算", "--document", "note-trip", "--home", home, "--json").json
    assert {hit["doc_id"] for hit in found["hits"]} == {"note-trip"}
    unknown = invoke("ask", "予算", "--document", "none", "--home", home)
    assert (unknown.code, unknown.complaint) == (1, "there is no document 'none' — `lsqa documents` lists the ids")


def test_a_batch_answers_in_order_and_outlives_its_bad_lines(
    invoke: Invoke, corpus_library: Ingested, tmp_path: Path
) -> None:
    good = {"id": {"a": [1]}, "question": QUESTION}
    follow_up = {"id": 2, "question": "では、拠点はどこですか", "history": [{"question": QUESTION, "answer": "12億円"}]}
    content: list[bytes] = [
        b"\xef\xbb\xbf" + json.dumps(good).encode() + b"\r",
        b"",
        json.dumps(follow_up, ensure_ascii=False).encode(),
        b'{"id": "number", "question": 5}',
        b"{broken",
        b"[1]",
        b"\xff\xfe\x00",
        b'{"id": NaN, "question": "q"}',
        b'{"id": "history", "question": "q", "history": [{"question": 1}]}',
        b'{"id": "answer", "question": "q", "history": [{"question": "a", "answer": {}}]}',
        b'{"id": "empty", "question": " "}',
        b'{"id": "half", "question": "\\ud800"}',
        json.dumps({"id": "long", "question": "あ" * 100_000}).encode(),
        b"[" * 100_000,
        b'{"question": "' + QUESTION.encode() + b'"}',  # no line break at the end
    ]
    batch = tmp_path / "questions.jsonl"
    batch.write_bytes(b"\n".join(content))
    done = invoke("ask", "--batch", batch, "--home", corpus_library.home)
    results = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    ids = [{"a": [1]}, 2, "number", None, None, None, None, "history", "answer", "empty", "half", "long", None, None]
    assert [result["id"] for result in results] == ids
    failures = [result for result in results if "error" in result]
    assert [ids.index(r["id"]) for r in failures if r["id"]] == [2, 7, 8, 9, 10, 11]
    assert len(failures) == 11
    assert all(f["error"].keys() == {"type", "message"} and f["error"]["type"] == "QuestionError" for f in failures)
    assert "line 5" in failures[1]["error"]["message"]
    assert "札幌" in results[1]["text"]
    assert results[0]["text"] == results[-1]["text"]


def test_a_batch_of_searches(invoke: Invoke, corpus_library: Ingested, tmp_path: Path) -> None:
    batch = lines(tmp_path / "q.jsonl", {"id": "b", "question": "予算"}, {"id": "a", "query": "拠点"}, {"id": "c"})
    done = invoke("retrieve", "--batch", batch, "-k", "2", "--home", corpus_library.home)
    results = [json.loads(line) for line in done.out.splitlines()]
    assert [(r["id"], len(r.get("hits", ())), "error" in r) for r in results] == [
        ("b", 2, False),
        ("a", 2, False),
        ("c", 0, True),
    ]


def test_a_history_file_tells_what_a_follow_up_is_about(
    invoke: Invoke, corpus_library: Ingested, tmp_path: Path
) -> None:
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"question": QUESTION, "answer": "12億円"}]), encoding="utf-8-sig")
    answer = invoke("ask", "その拠点は？", "--history", history, "--home", corpus_library.home, "--json").json
    assert "あけぼの計画" in answer["trace"]["resolved_question"]


def test_the_corpus_folder_is_read_by_its_manifest(corpus_library: Ingested) -> None:
    files = corpus_library.report["files"]
    assert len(files) == 11
    assert {file["status"] for file in files} == {"indexed"}
    assert not [file for file in files if file["path"].endswith("briefing.md")]
    assert all({"path", "status", "doc_id", "pages", "chunks", "reason", "seconds"} <= file.keys() for file in files)
    briefing = next(file for file in files if file["path"].endswith("briefing.pdf"))
    assert (briefing["doc_id"], briefing["pages"], briefing["reason"]) == ("mext-life-science-2025", 18, None)
    assert corpus_library.report["totals"]["documents"] == 11


def test_ingesting_again_changes_nothing(invoke: Invoke, corpus_library: Ingested, own_home: Path) -> None:
    again = invoke("ingest", *corpus_library.paths, "--home", own_home, "--json").json
    assert {file["status"] for file in again["files"]} == {"unchanged"}
    assert again["totals"]["encoded"] == 0
    keys = ("documents", "pages", "chunks")
    assert [again["totals"][k] for k in keys] == [corpus_library.report["totals"][k] for k in keys]


def test_a_file_that_an_earlier_reader_read_is_read_again(
    invoke: Invoke, corpus_library: Ingested, own_home: Path
) -> None:
    deck = corpus_library.paths[1].resolve()
    with sqlite3.connect(own_home / "catalogue.sqlite3") as earlier:
        earlier.execute("UPDATE pages SET text = replace(text, '12億円', '19億円')")
        earlier.execute("UPDATE files SET signature = 'of an earlier version' WHERE path = ?", (str(deck),))
    earlier.close()
    assert [f["status"] for f in invoke("ingest", deck, "--home", own_home, "--json").json["files"]] == ["indexed"]
    assert "12億円" in invoke("ask", QUESTION, "--home", own_home, "--json").json["text"]
    assert [f["status"] for f in invoke("ingest", deck, "--home", own_home, "--json").json["files"]] == ["unchanged"]


def test_passages_are_documents_of_their_own_ids(invoke: Invoke, own_home: Path, tmp_path: Path) -> None:
    plain = lines(tmp_path / "p.jsonl", {"id": "Q/1", "title": "題", "text": "ふくろうの巣箱は青い。"})
    packed = tmp_path / "q.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({"id": "二", "title": "", "text": "うさぎ小屋は赤い。"}).encode()))
    assert invoke("ingest", plain, packed, "--home", own_home).code == 0
    listed = {d["doc_id"]: d for d in invoke("documents", "--home", own_home, "--json").json["documents"]}
    assert (listed["Q/1"]["title"], listed["Q/1"]["kind"]) == ("題", "passage")
    assert "二" in listed
    hits = invoke("retrieve", "ふくろうの巣箱", "-k", "1", "--home", own_home, "--json").json["hits"]
    assert hits[0]["doc_id"] == "Q/1"


def test_a_removed_document_is_gone_and_an_unknown_one_is_told(invoke: Invoke, own_home: Path) -> None:
    assert invoke("documents", "remove", "note-trip", "--home", own_home, "--json").json == {"removed": "note-trip"}
    listed = invoke("documents", "--home", own_home, "--json").json["documents"]
    assert "note-trip" not in {d["doc_id"] for d in listed}
    again = invoke("documents", "remove", "note-trip", "--home", own_home)
    assert (again.code, again.complaint) == (
        1,
        "there is no document 'note-trip' — `lsqa documents` lists the ids",
    )


def test_the_text_of_an_answer_names_its_sources(invoke: Invoke, corpus_library: Ingested) -> None:
    done = invoke("ask", QUESTION, "--home", corpus_library.home)
    assert done.code == 0
    assert "「" in done.out
    assert "[1] あけぼの計画の概要, p. 1" in done.out


def test_help_waits_for_no_index_and_no_model() -> None:
    heavy = {"chromadb", "numpy", "onnxruntime", "langchain_core", "pydantic", "sudachipy", "torch", "pypdf"}
    script = f"import sys, lsqa.cli.program; print(sorted({heavy!r} & sys.modules.keys()))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"
