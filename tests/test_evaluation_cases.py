"""Evaluation cases: what a line may hold, and that the shipped ones are true of the corpus."""

import gzip
import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from tests.conftest import PROJECT, Invoke

from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case, Place, case_schema, read_cases, write_cases
from lsqa.evaluation.facts import plain
from lsqa.evaluation.suites import load_suite
from lsqa.ingest.manifest import read_manifest
from lsqa.readers import read_file

EVALS = PROJECT / "evals"
SUITES = sorted(path for path in EVALS.glob("briefing*.jsonl"))
WHOLE = {
    "id": "a",
    "question": "予算は？",
    "language": "ja",
    "kind": "number",
    "gold": [["12億円"]],
    "places": [{"doc_id": "d"}],
}


@pytest.fixture(scope="module")
def page_texts() -> dict[tuple[str, int], str]:
    """The corpus as it is read, by document and page."""
    found = {}
    for path, source in read_manifest(PROJECT / "corpus" / "manifest.toml"):
        for document in read_file(path, source):
            found.update({(document.doc_id, page.number): plain(page.text) for page in document.pages})
    return found


def test_every_gold_fact_of_the_shipped_suite_stands_on_its_slide(page_texts: dict[tuple[str, int], str]) -> None:
    for case in read_cases(EVALS / "briefing.jsonl"):
        text = "".join(page_texts[place.doc_id, place.page] for place in case.places)
        missing = [group for group in case.gold if not any(plain(spelling) in text for spelling in group)]
        assert not missing, f"{case.id}: {missing}"


def test_the_shipped_suite_covers_what_it_promises() -> None:
    cases = read_cases(EVALS / "briefing.jsonl")
    kinds = Counter(case.kind for case in cases)
    assert len(cases) >= 150
    assert {p.page for c in cases for p in c.places if p.doc_id == "mext-life-science-2025"} == set(range(1, 19))
    assert len({p.doc_id for c in cases for p in c.places}) >= 8
    assert kinds["unanswerable"] + kinds["false premise"] >= len(cases) / 4
    assert sum(case.language == "en" for case in cases) >= len(cases) / 6
    assert kinds["follow-up"] >= 20
    assert set(kinds) == {
        "lookup", "number", "table", "list", "comparison", "multi-slide", "temporal", "definition", "follow-up",
        "unanswerable", "false premise",
    }  # fmt: skip


def test_the_published_schema_is_that_of_the_program_and_holds_for_every_line() -> None:
    schema = json.loads((EVALS / "case.schema.json").read_text(encoding="utf-8"))
    assert schema == json.loads(json.dumps(case_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)  # once, `validate` would look at the schema again for each line
    for path in SUITES:
        for line in path.read_text(encoding="utf-8").splitlines():
            validator.validate(json.loads(line))
        assert read_cases(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"question": ""}, "question"),
        ({"language": "de"}, "language"),
        ({"kind": "riddle"}, "kind"),
        ({"gold": [[]]}, "a group of gold facts is empty"),
        ({"gold": [[""]]}, "a group of gold facts is empty"),
        ({"gold": [], "places": []}, "needs gold facts or places"),
        ({"kind": "unanswerable"}, "has neither gold facts nor places"),
        ({"kind": "follow-up"}, "a follow-up needs a history"),
        ({"places": [{"doc_id": "d", "page": 0}]}, "page"),
        ({"slide": [1]}, "slide"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(WHOLE | {"id": "first"}) + "\n\n" + json.dumps(WHOLE | change) + "\n")
    with pytest.raises(CaseError, match=r"own\.jsonl, line 3: ") as error:
        read_cases(path)
    assert reason in str(error.value)
    assert "case.schema.json" in str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no cases"),
        (b"not json\n", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        ((json.dumps(WHOLE) + "\n").encode() * 2, "line 2 repeats the id 'a'"),
    ],
)
def test_a_file_that_holds_no_cases(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "own.jsonl").write_bytes(content)
    with pytest.raises(CaseError, match=reason):
        read_cases(tmp_path / "own.jsonl")


def test_cases_are_written_as_they_are_read(tmp_path: Path) -> None:
    cases = read_cases(EVALS / "briefing.jsonl")
    write_cases(cases, tmp_path / "copy.jsonl")
    assert read_cases(tmp_path / "copy.jsonl") == cases


def test_cases_that_nobody_reviewed_are_never_counted_with_others(tmp_path: Path) -> None:
    one = Case(id="one", question="何？", language="ja", kind="lookup", gold=(("甲",),))
    two = one.model_copy(update={"id": "two", "reviewed": False})
    write_cases((one, two), tmp_path / "both.jsonl")
    write_cases((two,), tmp_path / "drafts.jsonl")
    assert [c.id for c in load_suite(str(tmp_path / "both.jsonl"), None, tmp_path).cases] == ["one"]
    assert [c.id for c in load_suite(str(tmp_path / "drafts.jsonl"), None, tmp_path).cases] == ["two"]


def test_a_sample_is_chosen_by_its_seed() -> None:
    suite = load_suite("briefing", None, Path())
    first, again, other = (tuple(c.id for c in suite.sample(20, seed).cases) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first) == 20
    assert suite.sample(0, 1) is suite


def write_public_sets(data: Path) -> None:
    """A few lines of each public set, in its form."""
    (data / "allganize-ja").mkdir(parents=True)
    (data / "allganize-ja" / "pages.jsonl.gz").write_bytes(b"")
    row = {
        "id": "q",
        "question": "収支は？",
        "type": "table",
        "domain": "finance",
        "pages": ["1.pdf#p4"],
        "answer": "黒字",
    }
    (data / "allganize-ja" / "questions-dev.jsonl").write_text(json.dumps(row) + "\n")
    (data / "localgovfaq").mkdir()
    lines = [
        {"id": "1", "query": "免除は？", "relevance": {"71": 2, "72": 1, "73": 0}},
        {"id": "2", "query": "何？", "relevance": {}},
    ]
    (data / "localgovfaq" / "queries-dev.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    faq = {"id": "71", "title": "免除", "text": "保険料の免除は窓口で申請する。"}
    (data / "localgovfaq" / "faqs.jsonl").write_text(json.dumps(faq) + "\n")
    (data / "jsquad").mkdir()
    (data / "jaquad").mkdir()
    several = [
        {"id": "x", "question": "首都は？", "answers": [{"text": "奈良"}, {"text": "奈良"}]},
        {"id": "y", "question": "?", "answers": []},
    ]
    one = [{"id": "x", "question": "首都は？", "answer": "奈良", "start": 3}]
    for file, qas in (("jsquad/test", several), ("jaquad/dev", one)):
        paragraph = json.dumps({"title": "奈良", "context": "奈良 [SEP] 首都は奈良である。", "qas": qas}) + "\n"
        (data / f"{file}.jsonl.gz").write_bytes(gzip.compress(paragraph.encode()))
    (data / "poliinfo4-av").mkdir()
    claim = {"ID": "p", "Date": "2020-06-03"}
    claim |= {"AnswerSummary": "令和3年度に導入する。", "AnswerOriginal": "令和三年度の導入に向ける。"}
    claims = [
        claim | {"PredictedClass": True},
        claim | {"PredictedClass": False, "AnswerSummary": "令和5年度に導入する。"},
    ]
    (data / "poliinfo4-av" / "train.json").write_text(json.dumps(claims))


def test_public_sets_become_suites(tmp_path: Path) -> None:
    write_public_sets(tmp_path / "data")
    suites = {
        name: load_suite(name, tmp_path / "data", tmp_path / "work")
        for name in ("allganize-ja", "localgovfaq", "jsquad", "jaquad", "poliinfo4-av")
    }
    (page,) = suites["allganize-ja"].cases
    assert (page.kind, page.places, page.reference) == ("table", (Place(doc_id="1.pdf#p4"),), "黒字")
    (faq,) = suites["localgovfaq"].cases
    assert [(p.doc_id, p.relevance) for p in faq.places] == [("71", 2), ("72", 1)]
    for name in ("jsquad", "jaquad"):
        (span,) = suites[name].cases
        assert (span.gold, span.places) == ((("奈良",),), (Place(doc_id=f"{name}-0"),))
        (passage,) = map(json.loads, suites[name].documents[0].read_text(encoding="utf-8").splitlines())
        assert (passage["id"], passage["text"]) == (f"{name}-0", "首都は奈良である。")
    assert [c.is_answerable for c in suites["poliinfo4-av"].cases] == [True, False]
    assert {suite.mode for suite in suites.values()} == {"retrieval", "answers", "claims"}


def test_claims_are_checked_and_passages_asked(tmp_path: Path, invoke: Invoke, own_home: Path) -> None:
    write_public_sets(tmp_path)
    names = ("poliinfo4-av", "jsquad")
    done = invoke("eval", *names, "--data", tmp_path, "--home", own_home, "--json")
    claims, spans = done.json["runs"]
    assert done.code == 0
    assert {name: claims["measures"][name]["value"] for name in ("RefusalRecall", "FalseRefusals", "Errors")} == {
        "RefusalRecall": 1.0, "FalseRefusals": 0.0, "Errors": 0.0,
    }  # fmt: skip
    assert (spans["measures"]["R@5"]["value"], spans["cases"]) == (1.0, 1)


def test_a_public_set_of_another_form_is_told(tmp_path: Path) -> None:
    write_public_sets(tmp_path)
    (tmp_path / "localgovfaq" / "queries-dev.jsonl").write_text('{"id": "1", "relevance": {"7": 2}}\n')
    (tmp_path / "poliinfo4-av" / "train.json").write_text("no json")
    with pytest.raises(CaseError, match="another form than expected: 'query'"):
        load_suite("localgovfaq", tmp_path, tmp_path / "work")
    with pytest.raises(CaseError, match=r"cannot read .*train\.json"):
        load_suite("poliinfo4-av", tmp_path, tmp_path / "work")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere"], "there is no suite 'nowhere'"),
        (["jsquad"], "--data DIR"),
        (["jsquad", "--data", "."], "has no folder jsquad"),
        (["briefing", "--floor", "R@5"], "is no floor"),
        (["briefing", "--floor", "Beauty=1"], "is no measure"),
    ],
)
def test_what_cannot_be_evaluated_is_told(invoke: Invoke, tmp_path: Path, arguments: list[str], reason: str) -> None:
    done = invoke("eval", *arguments, "--home", tmp_path / "home")
    assert done.code in (1, 2)
    assert reason in done.complaint
