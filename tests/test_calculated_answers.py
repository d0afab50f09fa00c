"""A calculated answer over the corpus: every operand is a checked quote, and no other path shows a figure unproven."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.conftest import Ingested, Invoke

from lsqa import Assistant
from lsqa.answers import Trace
from lsqa.arithmetic import NotComputable, is_proven
from lsqa.calculated_answers import calculated_answer
from lsqa.catalogue import FILE_NAME, Catalogue
from lsqa.chunks import Chunk
from lsqa.conversation import Turn
from lsqa.documents import Page
from lsqa.evaluation.outcomes import Outcome
from lsqa.ledger import LedgerLine, page_ledger
from lsqa.readers.page_builder import PageBuilder
from lsqa.text import fold
from lsqa.wording import LONGEST_TEXT

BOTH = "B-cureと再生・細胞医療・遺伝子治療実現加速化プログラムの令和7年度予算額の合計はいくらですか。"


@pytest.fixture(scope="module")
def assistant(corpus_library: Ingested) -> Iterator[Assistant]:
    home = str(corpus_library.home)
    with Assistant.open(home=home, embedder="bundled", reranker="none", llm="none") as opened:
        yield opened


def test_the_result_is_shown_with_its_calculation_and_each_operand_is_a_checked_quote(assistant: Assistant) -> None:
    answer = assistant.ask(BOTH)
    assert (answer.status, answer.mode, answer.refusal) == ("answered", "quote", None)
    assert "135億円" in answer.text
    assert answer.trace.timings_ms.keys() == {"retrieve", "answer", "check", "total"}
    assert answer.calculation is not None
    assert answer.calculation.expression == "43億円 + 92億円 = 135億円"
    assert [claim.verdict for claim in answer.claims] == ["supported", "supported"]
    for claim, figure in zip(answer.claims, ("43億円", "92億円"), strict=True):
        assert any(figure in c.citation.quote for c in claim.citations)
        for c in claim.citations:
            assert c.evidence is not None
            page = assistant.library.catalogue.page(c.evidence.chunk.doc_id, c.evidence.chunk.page)
            assert fold(page.text[c.start : c.end]) == fold(c.citation.quote)


def test_the_json_holds_the_calculation(assistant: Assistant) -> None:
    calculation = assistant.ask(BOTH).to_dict()["calculation"]
    assert calculation["operation"] == "sum"
    assert [o["figure"] for o in calculation["operands"]] == ["43億円", "92億円"]
    assert Decimal(calculation["value"]) == 13_500_000_000


def test_an_answer_that_was_not_calculated_has_no_calculation(assistant: Assistant) -> None:
    assert assistant.ask("B-cureの令和7年度予算額はいくらですか。").to_dict()["calculation"] is None


def test_figures_of_another_year_and_status_are_not_mixed_silently(assistant: Assistant) -> None:
    text = assistant.ask("B-cureの令和7年度予算額と令和6年度補正予算額を合わせるといくらですか。").text
    assert "53億円" in text
    assert "区分の異なる額" in text
    assert "年度の異なる額" in text


def test_a_calculation_without_an_operand_is_refused_with_what_is_missing(assistant: Assistant) -> None:
    answer = assistant.ask("B-cureとTRIPの令和7年度予算額の合計はいくらですか。")
    assert answer.status == "refused"
    assert answer.claims == ()
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.missing) == ("not_computable", ("TRIP",))
    assert "TRIP" in answer.text


def test_another_result_or_another_figure_is_not_proven(assistant: Assistant) -> None:
    answer = assistant.ask(BOTH)
    assert answer.calculation is not None
    assert is_proven(answer.calculation, answer.claims)
    assert not is_proven(replace(answer.calculation, value=Decimal(13_600_000_000)), answer.claims)
    assert not is_proven(answer.calculation, answer.claims[:1])
    assert not is_proven(answer.calculation, answer.claims[::-1])
    failed = (replace(answer.claims[0], verdict="unsupported"), answer.claims[1])
    assert not is_proven(answer.calculation, failed)
    first = answer.calculation.operands[0]
    altered = replace(first, line=replace(first.line, entry=replace(first.line.entry, value=Decimal(4_400_000_000))))
    other = replace(
        answer.calculation, operands=(altered, answer.calculation.operands[1]), value=Decimal(13_600_000_000)
    )
    assert not is_proven(other, answer.claims)


def test_the_longest_answer_keeps_its_length(assistant: Assistant) -> None:
    answer = assistant.ask("化学・材料分野で件数が最も多い国はどこですか。")
    assert "中国" in answer.text
    assert len(answer.claims) == 15
    assert len(answer.text) <= LONGEST_TEXT


def test_one_document_is_calculated_with_alone(assistant: Assistant) -> None:
    answer = assistant.ask(BOTH, document="note-b-cure")
    assert answer.status == "refused"
    assert answer.calculation is None


def test_a_follow_up_may_ask_for_a_calculation(assistant: Assistant) -> None:
    answer = assistant.ask("その令和7年度予算額は、前年度からいくら増えましたか。", [Turn("B-cureの事業実施期間は？")])
    assert answer.calculation is not None
    assert answer.calculation.value == 0
    assert "B-cure" in answer.trace.resolved_question


@pytest.mark.parametrize(
    ("before", "question", "value"),
    [
        (
            ("生命科学・医科学分野でカナダは何件ですか。", "イタリアは？", "フランスは？"),
            "合わせて何件？",
            4_057 + 3_654 + 2_942,
        ),
        (
            ("医学系の博士課程学生で研究時間が週11～20時間の人は何人ですか。", "週21～30時間だと？"),
            "その差は？",
            194 - 171,
        ),
        (
            ("What is the FY2025 budget of B-cure?", "And the regenerative medicine programme?"),
            "and together?",
            13_500_000_000,
        ),
        (("How many AI papers did France publish in the life sciences?", "Netherlands?"), "the difference?", 223),
    ],
)
def test_a_calculation_is_over_what_the_turns_before_asked(
    assistant: Assistant, before: tuple[str, ...], question: str, value: int
) -> None:
    answer = assistant.ask(question, [Turn(q) for q in before])
    assert answer.calculation is not None
    assert answer.calculation.value == value


@pytest.mark.parametrize("question", ["総計は？", "その差は？", "in total?", "and together?", "合わせて何人？"])
@pytest.mark.parametrize("before", ["長崎大学のワクチン拠点の略称は？", "What is the FY2025 budget of B-cure?"])
def test_a_calculation_with_nothing_asked_for_before_it_is_refused(
    assistant: Assistant, before: str, question: str
) -> None:
    answer = assistant.ask(question, [Turn(before)])
    assert (answer.status, answer.claims) == ("refused", ())
    assert answer.refusal is not None
    assert answer.refusal.code == "no_operands"


@pytest.mark.parametrize(
    "thanks", ["ありがとうございます", "Thanks!", "了解です。", "いいえ、違います。", "Good morning!"]
)
def test_what_asks_nothing_is_not_answered(assistant: Assistant, thanks: str) -> None:
    answer = assistant.ask(thanks, [Turn("B-cureの令和7年度予算額はいくらですか。")])
    assert (answer.status, answer.claims) == ("refused", ())
    assert answer.refusal is not None
    assert answer.refusal.code == "no_question"


def test_an_evaluation_accepts_the_result_only_of_a_right_calculation(assistant: Assistant) -> None:
    outcome = Outcome.of("sum", (), assistant.ask(BOTH))
    assert outcome.calculation is not None
    assert outcome.calculation.is_right
    assert not outcome.calculation.model_copy(update={"value": Decimal(1)}).is_right


def test_a_rebuild_makes_the_ledger_again(own_home: Path, invoke: Invoke) -> None:
    with closing(Catalogue.open(own_home)) as catalogue:
        before = catalogue.ledger()
    connection = sqlite3.connect(own_home / FILE_NAME)
    connection.execute("DELETE FROM ledger")
    connection.commit()
    connection.close()
    assert invoke("ingest", "--rebuild", "--home", own_home).code == 0
    with closing(Catalogue.open(own_home)) as catalogue:
        assert catalogue.ledger() == before != ()


class OnePage:
    """A page of running text that begins under a chapter of the page before."""

    def __init__(self) -> None:
        builder = PageBuilder()
        builder.add("paragraph", "令和7年度の予算は12億円である。")
        builder.add("heading", "7 特記事項", 1)
        self._page = replace(builder.build(2), open_headings=((1, "6 あけぼの計画"),))

    def page(self, doc_id: str, number: int) -> Page:
        return self._page

    def chunks_on(self, doc_id: str, page: int) -> tuple[Chunk, ...]:
        return ()


def test_what_is_known_is_not_named_by_the_next_chapter_of_its_page() -> None:
    pages = OnePage()
    (entry, *_) = (e for e in page_ledger(pages.page("d", 2)) if e.kind == "amount")
    found = NotComputable("計算できません。", ("TRIP",), (LedgerLine("d", "文書", entry),))
    answer = calculated_answer("合計は？", "ja", found, pages, Trace({}, {}, ""))
    assert answer is not None
    assert answer.text == "計算できません。\n最も近い箇所：6 あけぼの計画（2ページ）"
