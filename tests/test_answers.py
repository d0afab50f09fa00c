"""The answer as JSON: every field of the contract, also where there is nothing to say."""

import json
from dataclasses import replace

import pytest

from lsqa.answers import Answer, Nearest, Refusal, Status, Trace, labels_of
from lsqa.chunks import Chunk, make_chunk
from lsqa.citations import CheckedCitation, CheckedClaim, Citation, Claim, check
from lsqa.evidence import Evidence, label_evidence
from lsqa.retrieval import Hit

PAGE = "題\n\n鯨を数える。船を数える。"


def passage(start: int = 3, text: str = PAGE[3:], page: int = 2) -> Chunk:
    return make_chunk("d", ("題", "節"), page, start, start + len(text), text)


EVIDENCE = (Evidence(1, passage(), "文書", 0.71239), Evidence(2, passage(30, "馬を数える。"), "文書", 0.5))


def answer(*claims: Claim, refusal: Refusal | None = None) -> Answer:
    checked = check(claims, EVIDENCE)
    status: Status = "refused" if not checked else "partial" if refusal else "answered"
    trace = Trace({"total": 1.5}, {"embedder": "bundled"}, "鯨を数えるか", 0.9)
    return Answer("数えるか", status, "quote", "ja", "「鯨を数える。」[1]", checked, EVIDENCE, refusal, trace)


def test_an_answer_has_the_fields_of_the_contract() -> None:
    told = answer(Claim("鯨を数える。", (Citation(1, "鯨を数える。"),))).to_dict()
    assert told["claims"] == [
        {
            "text": "鯨を数える。",
            "verdict": "supported",
            "citations": [
                {
                    "label": 1,
                    "doc_id": "d",
                    "title": "文書",
                    "page": 2,
                    "section": ["題", "節"],
                    "quote": "鯨を数える。",
                    "start": 3,
                    "end": 9,
                    "verdict": "quote_found",
                }
            ],
        }
    ]
    assert PAGE[3:9] == "鯨を数える。"
    assert {k: told[k] for k in ("question", "status", "mode", "language", "text", "refusal")} == {
        "question": "数えるか",
        "status": "answered",
        "mode": "quote",
        "language": "ja",
        "text": "「鯨を数える。」[1]",
        "refusal": None,
    }
    assert told["timings_ms"] == {"total": 1.5}
    assert told["models"] == {"embedder": "bundled"}
    assert told["trace"] == {
        "resolved_question": "鯨を数えるか",
        "probability": 0.9,
        "fallback": None,
        "resolved_by": None,
    }


def test_evidence_is_told_with_its_place_and_a_rounded_score() -> None:
    first, second = answer().to_dict()["evidence"]
    assert first == {
        "label": 1,
        "doc_id": "d",
        "title": "文書",
        "page": 2,
        "section": ["題", "節"],
        "text": "鯨を数える。船を数える。",
        "table_head": "",
        "ocr": None,
        "score": 0.7124,
    }
    assert second["label"] == 2


@pytest.mark.parametrize(
    ("citation", "verdict", "doc_id"),
    [(Citation(9, "鯨を数える。"), "unknown_label", None), (Citation(1, "鯨を数えた。"), "quote_missing", "d")],
)
def test_a_citation_that_fails_has_no_place(citation: Citation, verdict: str, doc_id: str | None) -> None:
    told = answer(Claim("鯨を数える。", (citation,))).to_dict()["claims"][0]
    assert told["verdict"] == "unsupported"
    (cited,) = told["citations"]
    assert (cited["verdict"], cited["doc_id"], cited["start"], cited["end"]) == (verdict, doc_id, None, None)


def test_a_quote_at_the_very_beginning_of_a_page_has_its_place() -> None:
    evidence = Evidence(1, passage(0, "鯨。"), "文書", 1.0)
    checked = check([Claim("鯨。", (Citation(1, "鯨。"),))], [evidence])
    told = replace(answer(), claims=checked).to_dict()["claims"][0]["citations"][0]
    assert (told["start"], told["end"]) == (0, 2)


def test_a_refusal_is_told_whole() -> None:
    nearest = Nearest("d", "文書", 2, ("題",), "鯨を数える。")
    told = answer(refusal=Refusal("kind_missing", "理由", ("金額",), (nearest,))).to_dict()
    assert told["status"] == "refused"
    assert told["refusal"] == {
        "code": "kind_missing",
        "reason": "理由",
        "missing": ["金額"],
        "nearest": [{"doc_id": "d", "title": "文書", "page": 2, "section": ["題"], "text": "鯨を数える。"}],
    }


def test_the_answer_is_json() -> None:
    told = answer(Claim("鯨を数える。", (Citation(1, "鯨を数える。"),))).to_dict()
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told


def test_labels_are_those_that_supported_claims_cite_in_order() -> None:
    def claim(verdict: str, *labels: int) -> CheckedClaim:
        citations = tuple(CheckedCitation(Citation(label, "鯨"), "quote_found", None) for label in labels)
        return CheckedClaim("鯨", citations, "supported" if verdict == "supported" else "unsupported")

    claims = (claim("supported", 3, 1), claim("unsupported", 4), claim("supported", 1, 2))
    assert labels_of(claims) == (3, 1, 2)
    assert labels_of(()) == ()


# Evidence


def hits(*lengths: int) -> tuple[Hit, ...]:
    return tuple(Hit(passage(text="鯨" * n), "文書", 1 / rank, rank, None) for rank, n in enumerate(lengths, 1))


@pytest.mark.parametrize(
    ("lengths", "budget", "kept"),
    [
        ((10, 10, 10), 30, 3),
        ((10, 10, 11), 30, 2),
        ((10, 30, 5), 30, 1),
        ((50, 1), 30, 1),
        ((), 30, 0),
    ],
    ids=["all", "one too long", "none after one that is too long", "the first always", "nothing"],
)
def test_evidence_is_labelled_in_order_within_its_budget(lengths: tuple[int, ...], budget: int, kept: int) -> None:
    found = hits(*lengths)
    evidence = label_evidence(found, budget)
    assert [(e.label, e.chunk, e.title, e.score) for e in evidence] == [
        (label, hit.chunk, hit.title, hit.score) for label, hit in enumerate(found[:kept], 1)
    ]
