"""Asking from one end to the other, with the bundled encoder over small decks: answered, partial, refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Ingested
from tests.empty_search import searching_in_vain

from lsqa import Answer, Assistant
from lsqa.catalogue import DocumentFilter
from lsqa.conversation import Turn
from lsqa.errors import ClosedError, EmptyLibraryError, QuestionError, UnknownDocumentError
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.settings import ChromaServer
from lsqa.text import fold
from lsqa.wording import LONGEST_TEXT

DECKS = {
    "akebono": """\
# あけぼの計画の概要

## 予算

令和7年度の予算は12億円である。令和6年度の予算は9億円であった。

## 体制

観測の拠点は札幌に置く。星間物質研究課が担当する。

# あけぼの計画の機器

| 名称 | 台数 |
|---|---|
| 電波望遠鏡 | 3台 |
| 分光器 | 11台 |

# あけぼの計画の人材

博士課程の学生への支援

- 学生に研究費を支給する。
- 海外の研究所へ派遣する。
- 企業での実習を設ける。
""",
    "minato": """\
# みなと計画の概要

## 予算

令和7年度の予算は30億円である。

## 内容

海洋の観測を強化し、創薬に役立つ微生物を集める。学生を船で訓練する。
""",
}


@pytest.fixture(scope="module")
def home(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory, chroma: ChromaServer | None) -> Path:
    """A library of two small decks, with the encoder that was converted for the other one."""
    folder = tmp_path_factory.mktemp("assistant")
    paths = [folder / f"{name}.md" for name in DECKS]
    for path, deck in zip(paths, DECKS.values(), strict=True):
        path.write_text(deck, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    embedder = open_embedder("bundled", home / "models")
    with WritableLibrary.open_for_writing(home, embedder_fingerprint("bundled"), chroma=chroma) as library:
        report = ingest(paths, library, embedder)
    assert [file.status for file in report.files] == ["indexed", "indexed"]
    return home


@pytest.fixture(scope="module")
def assistant(home: Path, chroma: ChromaServer | None) -> Iterator[Assistant]:
    address = chroma.url if chroma else ""
    with Assistant.open(home=str(home), embedder="bundled", reranker="none", llm="none", chroma_url=address) as opened:
        yield opened


@pytest.fixture
def doc_id(assistant: Assistant) -> Callable[[str], str]:
    def doc_id(name: str) -> str:
        (found,) = [r.doc_id for r in assistant.library.catalogue.documents() if r.doc_id.startswith(name)]
        return found

    return doc_id


# Answered


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        ("あけぼの計画の令和7年度の予算はいくらですか", "12億円"),
        ("あけぼの計画の2025年度の予算は？", "12億円"),
        ("みなと計画の予算はいくらか", "30億円"),
        ("あけぼの計画の観測の拠点はどこに置くか", "札幌"),
        ("あけぼの計画の担当課はどこか", "星間物質研究課"),
        ("電波望遠鏡は何台か", "3台"),
        ("分光器の台数は？", "11台"),
        ("みなと計画は何を集めるか", "微生物"),
        ("博士課程の学生への支援を挙げて", "海外の研究所へ派遣する"),
    ],
)
def test_what_stands_there_is_answered_by_a_quote(assistant: Assistant, question: str, stands: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.mode, answer.refusal) == ("answered", "quote", None)
    assert stands in answer.text
    assert any(stands in c.citation.quote for claim in answer.claims for c in claim.citations)


def test_the_answer_to_an_english_question_is_in_english_around_its_quotes(assistant: Assistant) -> None:
    answer = assistant.ask("Which microorganisms help drug discovery in the ocean?")
    assert answer.language == "en"
    assert answer.status == "answered"
    assert '創薬に役立つ微生物を集める。" [1]' in answer.text


def test_a_list_is_answered_whole(assistant: Assistant) -> None:
    text = assistant.ask("博士課程の学生への支援を挙げて").text
    assert [item in text for item in ("研究費", "派遣", "実習")] == [True] * 3


def test_the_budget_of_the_plan_that_was_asked_about_stands_alone(assistant: Assistant) -> None:
    assert "30億円" not in assistant.ask("あけぼの計画の予算はいくらですか").text
    assert "12億円" not in assistant.ask("みなと計画の予算はいくらですか").text


@pytest.mark.both_storages
def test_a_comparison_is_answered_from_both_documents(assistant: Assistant) -> None:
    answer = assistant.ask("あけぼの計画とみなと計画の令和7年度の予算を比べて")
    assert "12億円" in answer.text
    assert "30億円" in answer.text
    assert len({c.evidence.chunk.doc_id for claim in answer.claims for c in claim.citations if c.evidence}) == 2


# Refused


@pytest.mark.parametrize(
    ("question", "code", "missing"),
    [
        ("札幌の拠点の令和7年度の99億円の使途は？", "false_premise", "99億円"),
        ("札幌の拠点に50億円を出すのはなぜか", "false_premise", "50億円"),
        ("あけぼの計画の拠点長の氏名は？", "kind_missing", "人の名前"),
        ("博士課程の学生への支援の金額はいくらか", "kind_missing", "金額"),
        ("あけぼの計画の予算が増えた理由は？", "kind_missing", "理由"),
        ("潜水艦建造公社の役割とは", "not_in_documents", "潜水艦建造公社"),
        ("木星の衛星の重力とは", "not_in_documents", "木星"),
        ("How heavy is the Eiffel Tower?", "not_in_documents", "Eiffel"),
        ("Who leads the office of Akebono?", "kind_missing", "a person's name"),
    ],
)
def test_what_does_not_stand_there_is_refused(assistant: Assistant, question: str, code: str, missing: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "refused"
    assert answer.claims == ()
    assert answer.refusal is not None
    assert answer.refusal.code == code
    assert missing in answer.refusal.missing
    assert missing in answer.text
    assert answer.text.startswith(answer.refusal.reason)


@pytest.mark.parametrize(
    "question", ["札幌の99億円とは", "今日の天気は？", "What is the capital of France?", "😀", "？"]
)
def test_a_refusal_helps(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status == "refused"
    assert answer.refusal is not None
    assert 0 < len(answer.refusal.nearest) <= 3
    assert answer.evidence
    for near in answer.refusal.nearest:
        page = assistant.library.catalogue.page(near.doc_id, near.page)
        assert all(fold(line) in fold(page.text) for line in near.text.split("\n"))
        assert near.title
    assert ("Nearest:" if answer.language == "en" else "最も近い箇所：") in answer.text
    assert ("2 documents" if answer.language == "en" else "2件の文書") in answer.text


@pytest.mark.parametrize("year", ["令和3年度", "令和9年度", "2021年度"])
def test_another_year_is_not_answered_with_this_one(assistant: Assistant, year: str) -> None:
    assert assistant.ask(f"あけぼの計画の{year}の予算はいくらですか").status == "refused"


def test_the_figure_of_one_plan_is_not_taken_for_the_other(assistant: Assistant) -> None:
    assert assistant.ask("あけぼの計画の30億円の予算は令和何年度のものか").status == "refused"


# Partly answered


def test_what_stands_there_in_part_is_answered_in_part(assistant: Assistant) -> None:
    answer = assistant.ask("あけぼの計画の令和7年度の予算はいくらで、計画の責任者は誰か")
    assert answer.status == "partial"
    assert "12億円" in answer.text
    assert answer.claims
    assert answer.refusal is not None
    assert answer.refusal.code == "part_missing"
    assert answer.refusal.missing == ("人の名前",)


# What every answer keeps

QUESTIONS = (
    "あけぼの計画の2025年度の予算は？",
    "あけぼの計画の令和7年度の予算はいくらで、計画の責任者は誰か",
    "分光器の台数は？",
    "計画の予算と機器と人材と内容を全部挙げて",
    "あけぼの計画とみなと計画の令和7年度の予算を比べて",
    "Which microorganisms help drug discovery in the ocean?",
    "What is the budget of the plan?",
    "あけぼの計画の拠点長の氏名は？",
    "今日の天気は？",
    "あ" * 3000,
)


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_every_answer_is_as_the_contract_says(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).to_dict()
    assert told.keys() >= {
        "question", "status", "mode", "language", "text", "claims", "refusal", "evidence", "timings_ms", "models",
    }  # fmt: skip
    assert told["question"] == question
    assert 0 < len(told["text"]) <= LONGEST_TEXT == 400
    assert (told["refusal"] is None) == (told["status"] == "answered")
    assert bool(told["claims"]) == (told["status"] != "refused")
    assert told["timings_ms"].keys() == {"retrieve", "answer", "check", "total"}
    assert told["models"] == {"embedder": "bundled", "reranker": "none", "llm": "none"}
    if told.get("calculation") is None:  # what is calculated is certain or not shown
        assert 0 <= told["trace"]["probability"] <= 1
    labels = [item["label"] for item in told["evidence"]]
    assert labels == list(range(1, len(labels) + 1))
    for claim in told["claims"]:
        assert claim["verdict"] == "supported"
        assert claim["citations"]


@pytest.mark.both_storages
@pytest.mark.parametrize("question", QUESTIONS[:6])
def test_every_quote_stands_on_its_page_at_its_place(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).to_dict()
    cited = [citation for claim in told["claims"] for citation in claim["citations"]]
    assert cited
    by_label = {item["label"]: item for item in told["evidence"]}
    for citation in cited:
        page = assistant.library.catalogue.page(citation["doc_id"], citation["page"])
        assert fold(page.text[citation["start"] : citation["end"]]) == fold(citation["quote"])
        assert citation["verdict"] == "quote_found"
        assert citation["section"][0] == page.title
        item = by_label[citation["label"]]
        assert (item["doc_id"], item["page"]) == (citation["doc_id"], citation["page"])
        assert fold(citation["quote"]) in fold(item["text"])


def test_a_quote_is_shown_with_the_section_it_stands_in(assistant: Assistant) -> None:
    (claim, *_) = assistant.ask("あけぼの計画の担当課はどこか").to_dict()["claims"]
    quoted = next(c for c in claim["citations"] if "星間物質研究課" in c["quote"])
    assert quoted["section"] == ["あけぼの計画の概要", "体制"]


def test_the_same_question_has_the_same_answer(assistant: Assistant) -> None:
    first, second = (assistant.ask("分光器の台数は？").to_dict() for _ in range(2))
    assert {k: v for k, v in first.items() if k != "timings_ms"} == {
        k: v for k, v in second.items() if k != "timings_ms"
    }


# One document


@pytest.mark.both_storages
def test_only_the_document_asked_for_answers(assistant: Assistant, doc_id: Callable[[str], str]) -> None:
    answer = assistant.ask("令和7年度の予算はいくらか", document=doc_id("minato"))
    assert answer.status == "answered"
    assert "30億円" in answer.text
    assert "12億円" not in answer.text
    assert {item.chunk.doc_id for item in answer.evidence} == {doc_id("minato")}


def test_what_only_another_document_says_is_refused(assistant: Assistant, doc_id: Callable[[str], str]) -> None:
    assert assistant.ask("分光器の台数は？", document=doc_id("minato")).status == "refused"


def ask(assistant: Assistant, question: str, document: str | None) -> object:
    return assistant.ask(question, document=document)


def retrieve(assistant: Assistant, question: str, document: str | None) -> object:
    return assistant.retrieve(question, document=document)


@pytest.mark.parametrize("do", [ask, retrieve])
def test_a_document_that_is_not_there_is_named(assistant: Assistant, do: Callable[..., object]) -> None:
    with pytest.raises(UnknownDocumentError, match="kaiju"):
        do(assistant, "予算は？", "kaiju")


@pytest.mark.parametrize("do", [ask, retrieve])
@pytest.mark.parametrize("question", ["", " \n", "あ" * 8001])
def test_what_cannot_be_asked_is_an_error(assistant: Assistant, do: Callable[..., object], question: str) -> None:
    with pytest.raises(QuestionError):
        do(assistant, question, None)


@pytest.mark.both_storages
@pytest.mark.parametrize(("k", "count"), [(1, 1), (3, 3)])
def test_as_many_passages_as_are_asked_for(assistant: Assistant, k: int, count: int) -> None:
    assert len(assistant.retrieve("あけぼの計画の予算は？", k=k)) == count


def test_without_passages_there_is_nothing_near(assistant: Assistant) -> None:
    in_vain = Assistant(assistant.settings, assistant.library, searching_in_vain(assistant))
    answer = in_vain.ask("あけぼの計画の予算は？")
    assert answer.status == "refused"
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.nearest, answer.evidence) == ("empty_search", (), ())


# Follow-ups


def follow_up(assistant: Assistant, question: str, *before: str) -> Answer:
    return assistant.ask(question, [Turn(asked) for asked in before])


def test_a_follow_up_is_asked_about_the_subject_before(assistant: Assistant) -> None:
    answer = follow_up(assistant, "では予算はいくらですか", "みなと計画は何を集めるか")
    assert "みなと計画" in answer.trace.resolved_question
    assert answer.question == "では予算はいくらですか"
    assert "30億円" in answer.text
    assert "12億円" not in answer.text


def test_a_question_of_its_own_is_not_changed_by_what_was_asked_before(assistant: Assistant) -> None:
    question = "あけぼの計画の令和7年度の予算はいくらですか"
    answer = follow_up(assistant, question, "みなと計画は何を集めるか")
    assert answer.trace.resolved_question == question
    assert "12億円" in answer.text


# Opening


def test_there_is_nothing_to_ask_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(EmptyLibraryError):
        Assistant.open(home=str(tmp_path))


def test_a_refusal_counts_the_documents_that_were_searched(assistant: Assistant, doc_id: Callable[[str], str]) -> None:
    question = "分光器を納めた会社の社長の名前は？"
    everywhere = assistant.ask(question).text
    assert f"{assistant.library.catalogue.document_count}件の文書を検索しました" in everywhere
    assert "1件の文書を検索しました" in assistant.ask(question, document=doc_id("minato")).text


@pytest.mark.both_storages
def test_conditions_that_no_document_meets_are_told(assistant: Assistant) -> None:
    with pytest.raises(UnknownDocumentError, match=r"no document meets the conditions \(since 2999\)"):
        assistant.ask("予算は？", where=DocumentFilter(since="2999"))


async def test_turns_may_be_mappings_and_what_is_no_question_is_an_error_everywhere(assistant: Assistant) -> None:
    history = [{"question": "あけぼの計画の予算はいくらですか", "answer": "12億円"}]
    for answer in (
        assistant.ask("担当課はどこですか", history),
        await assistant.aask("担当課はどこですか", history),
    ):
        assert "星間物質研究課" in answer.text
    none: Any = None
    for wrong in (
        lambda: assistant.ask(none),
        lambda: assistant.retrieve(none),
        lambda: assistant.ask("担当課は？", [("問", "答")]),  # type: ignore[list-item]
        lambda: assistant.ask("担当課は？", k=0),
        lambda: assistant.retrieve("担当課", k=-1),
    ):
        with pytest.raises(QuestionError):
            wrong()


@pytest.mark.parametrize("question", ["あけぼの 계획의 2025년도 예산은 얼마입니까?", "Каков бюджет SCARDA?"])
async def test_a_question_in_a_language_that_is_not_read_is_refused_with_that_reason(
    assistant: Assistant, question: str
) -> None:
    for answer in (assistant.ask(question), await assistant.aask(question), *assistant.stream(question)):
        assert isinstance(answer, Answer)
        assert (answer.status, answer.question, answer.claims, answer.evidence) == ("refused", question, (), ())
        assert answer.refusal is not None
        assert (answer.refusal.code, answer.refusal.missing, answer.refusal.nearest) == ("language_not_read", (), ())
        assert answer.text == answer.refusal.reason
        assert "Questions are read in Japanese and English only." in answer.text
        assert "日本語か英語で質問してください。" in answer.text
        assert answer.trace.timings_ms.keys() == {"retrieve", "answer", "check", "total"}
    with pytest.raises(UnknownDocumentError):
        assistant.ask(question, document="kaiju")


def test_a_name_in_another_script_does_not_make_a_question_unread(assistant: Assistant) -> None:
    assert "星間物質研究課" in assistant.ask("あけぼの計画（여명）の担当課はどこか").text


def test_a_closed_assistant_says_so(home: Path, chroma: ChromaServer | None) -> None:
    address = chroma.url if chroma else ""
    with Assistant.open(home=str(home), embedder="bundled", reranker="none", llm="none", chroma_url=address) as lsqa:
        events = lsqa.stream("みなと計画の予算はいくらか")
    for late in (lambda: lsqa.ask("みなと計画の予算は？"), lambda: lsqa.retrieve("予算"), lambda: next(events)):
        with pytest.raises(ClosedError, match="has been closed"):
            late()


def test_the_page_that_names_what_is_asked_about_is_among_the_nearest(corpus_library: Ingested) -> None:
    """It has no director, no centre and no name on it, and so scores worse than pages that have."""
    with Assistant.open(home=str(corpus_library.home)) as lsqa:
        for question in ("SCARDAのセンター長の名前を教えてください。", "What is the salary of the head of SCARDA?"):
            refusal = lsqa.ask(question).refusal
            assert refusal is not None
            assert len(refusal.nearest) == 3
            assert "SCARDA" in refusal.nearest[0].text
        other = lsqa.ask("ZZ-99のセンター長の名前を教えてください。").refusal  # a name that stands nowhere
        assert other is not None
        assert len(other.nearest) == 3
