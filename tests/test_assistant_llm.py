"""Asking with a language model: what passes the check is shown, what does not is withheld, what fails is told."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field
from tests.conftest import Ingested, Invoke
from tests.empty_search import searching_in_vain
from tests.model_server import Fails, Says, serve
from tests.scripted_model import Drafted, ScriptedModel, drafted

from lsqa import Answer, Assistant
from lsqa.citations import CheckedClaim
from lsqa.conversation import Turn
from lsqa.drafted import DraftingModel, ModelTime
from lsqa.errors import CalledOffError, MalformedDraftError, ModelTimeoutError, ModelUnavailableError
from lsqa.questions import analyse
from lsqa.settings import load_settings
from lsqa.stopwatch import Stopwatch
from lsqa.text import fold

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"
BUDGET = "令和7年度の予算は12億円である。"


@pytest.fixture
def home(corpus_library: Ingested, clean_settings: Path) -> Path:
    return corpus_library.home


def opened(home: Path, *replies: object, **settings: Any) -> Assistant:
    return Assistant.open(chat_model=ScriptedModel(replies=list(replies)), home=str(home), **settings)


def label_of(home: Path, quote: str, question: str = QUESTION) -> int:
    """The label under which `quote` stands in the prompt for `question`."""
    model = ScriptedModel(replies=['{"claims": []}'])
    with Assistant.open(chat_model=model, home=str(home)) as lsqa:
        lsqa.ask(question)
    before = model.prompts[0].split(quote)[0]
    return int(before.rpartition(" passage ")[2].split(">>")[0])


def ask(home: Path, *claims: tuple[str, str], question: str = QUESTION) -> Answer:
    """The answer where the model drafts `claims`, each a text and one quote, under the right labels."""
    draft: list[Drafted] = [(text, [(label_of(home, quote, question), quote)]) for text, quote in claims]
    with opened(home, drafted(*draft)) as lsqa:
        return lsqa.ask(question)


def test_a_claim_that_is_proven_is_the_answer_with_its_label(home: Path) -> None:
    answer = ask(home, ("令和7年度の予算は12億円です。", BUDGET))
    label = answer.claims[0].citations[0].citation.label
    assert (answer.status, answer.mode, answer.refusal, answer.unsupported) == ("answered", "llm", None, ())
    assert answer.text == f"令和7年度の予算は12億円です。 [{label}]"
    told = answer.to_dict()
    assert told["models"]["llm"] == "scripted"
    assert told["timings_ms"].keys() == {"retrieve", "answer", "check", "total"}
    (citation,) = told["claims"][0]["citations"]
    assert citation["section"] == ["あけぼの計画の概要", "予算"]
    assert citation["label"] in {item["label"] for item in told["evidence"]}
    assert [item["label"] for item in told["evidence"]] == list(range(1, len(told["evidence"]) + 1))


def test_a_quote_stands_on_its_page_at_its_place(home: Path) -> None:
    reply = drafted(("12億円です。", [(label_of(home, BUDGET), "令和７年度の予算は12億円")]))
    with opened(home, reply) as lsqa:
        ((checked,),) = (claim.citations for claim in lsqa.ask(QUESTION).claims)
        assert checked.evidence
        page = lsqa.library.catalogue.page(checked.evidence.chunk.doc_id, checked.evidence.chunk.page)
    assert fold(page.text[checked.start : checked.end]) == fold(checked.citation.quote)


@pytest.mark.parametrize(
    "claims",
    [
        [("令和7年度の予算は13億円です。", BUDGET)],
        [("令和8年度の予算は12億円です。", BUDGET)],
        [("令和7年度の予算は12億ドルです。", BUDGET)],
        [("予算は12億円で、拠点は8件です。", BUDGET)],
        [("火星に基地を建設し、宇宙飛行士を送ります。", BUDGET)],
        [("詳しくは https://example.com/ をご覧ください。予算は12億円です。", BUDGET)],
    ],
    ids=["amount", "year", "unit", "a figure too many", "another matter", "link"],
)
def test_what_is_not_proven_is_withheld_and_nothing_left_is_a_refusal(
    home: Path, claims: list[tuple[str, str]]
) -> None:
    answer = ask(home, *claims)
    assert (answer.status, answer.mode, answer.claims) == ("refused", "llm", ())
    assert [c.verdict for c in answer.unsupported] == ["unsupported"]
    assert answer.refusal is not None
    assert answer.refusal.code == "unproven"
    assert answer.refusal.nearest
    assert answer.text.startswith(answer.refusal.reason)
    assert claims[0][0] not in answer.text


def test_one_false_claim_is_left_out_of_the_text_and_told_apart(home: Path) -> None:
    answer = ask(home, ("令和7年度の予算は12億円です。", BUDGET), ("令和7年度の予算は99億円です。", BUDGET))
    assert (answer.status, len(answer.claims), len(answer.unsupported)) == ("partial", 1, 1)
    assert "99" not in answer.text
    assert answer.refusal is not None
    assert answer.refusal.code == "part_unproven"
    told = answer.to_dict()
    assert [c["verdict"] for c in told["claims"]] == ["supported"]
    assert [c["verdict"] for c in told["unsupported"]] == ["unsupported"]


def test_a_model_that_finds_no_answer_is_a_refusal_that_helps(home: Path) -> None:
    with opened(home, '{"claims": []}') as lsqa:
        answer = lsqa.ask("木星の衛星の重力とは")
    assert (answer.status, answer.mode, answer.unsupported) == ("refused", "llm", ())
    assert answer.refusal is not None
    assert answer.refusal.nearest
    assert "木星" in answer.refusal.missing


def test_what_is_true_but_not_what_was_asked_for_is_no_answer(home: Path) -> None:
    answer = ask(home, ("担当課は星間物質研究課です。", "担当課は星間物質研究課である。"))
    assert answer.status == "refused"
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.missing) == ("kind_missing", ("金額",))


def test_the_model_may_answer_what_quoting_refuses(home: Path) -> None:
    question = "あけぼの計画はどの町々で活動するのか教えて"
    answer = ask(home, ("拠点は札幌と那覇に置かれます。", "拠点は札幌と那覇に置く。"), question=question)
    assert answer.status == "answered"
    assert "那覇" in answer.text


def test_an_english_question_is_answered_in_english_from_japanese_quotes(home: Path) -> None:
    answer = ask(
        home,
        ("The budget for FY2025 is 1.2 billion yen.", BUDGET),
        question="What is the budget of あけぼの計画 in FY2025?",
    )
    assert answer.status == "answered"
    assert answer.text.startswith("The budget for FY2025 is 1.2 billion yen. [")


def test_the_same_words_twice_are_shown_once(home: Path) -> None:
    answer = ask(home, ("予算は12億円です。", BUDGET), ("予算は12億円です。", "予算は12億円である"))
    assert answer.text.count("12億円") == 1


def test_without_evidence_the_model_is_not_asked(home: Path) -> None:
    with opened(home, AssertionError("asked")) as lsqa:
        lsqa.retriever = searching_in_vain(lsqa)
        assert lsqa.ask(QUESTION).status == "refused"


# Streaming


def test_claims_are_streamed_checked_one_by_one_and_the_answer_comes_last(home: Path) -> None:
    label = label_of(home, BUDGET)
    reply = drafted(
        ("予算は99億円です。", [(label, BUDGET)]),
        ("予算は12億円です。", [(label, BUDGET)]),
        ("前年度の予算は9億円でした。", [(label, "前年度の予算は9億円であった。")]),
    )
    with opened(home, reply) as lsqa:
        *claims, answer = lsqa.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert all(isinstance(c, CheckedClaim) and c.verdict == "supported" for c in claims)
    assert tuple(claims) == answer.claims
    assert [c.text for c in answer.claims] == ["予算は12億円です。", "前年度の予算は9億円でした。"]


def test_a_claim_is_shown_before_the_next_is_drafted(home: Path) -> None:
    label = label_of(home, BUDGET)
    whole = drafted(("予算は12億円です。", [(label, BUDGET)]))
    with serve(Says(whole[:-2] + "," + " " * 200, piece=8, pause=0.01, endless=True)) as server:
        settings: dict[str, Any] = {
            "llm": "openai:m",
            "llm_base_url": server.url,
            "home": str(home),
            "llm_seconds": "20",
        }
        with Assistant.open(**settings) as lsqa:
            events = lsqa.stream(QUESTION)
            first = next(events)
            assert isinstance(first, CheckedClaim)
            assert first.text == "予算は12億円です。"
            events.close()  # type: ignore[attr-defined]
            assert server.gone.wait(5)


@pytest.mark.parametrize("question", [QUESTION, "あけぼの計画の予算は令和6年度から令和7年度にいくら増えましたか"])
def test_quotes_and_calculations_come_at_once_with_the_answer(home: Path, question: str) -> None:
    with Assistant.open(home=str(home)) as lsqa:
        (answer,) = lsqa.stream(question)
    assert isinstance(answer, Answer)
    assert (answer.mode, answer.status) == ("quote", "answered")


def test_what_is_true_of_another_matter_is_not_shown_before_what_was_asked_for(home: Path) -> None:
    label = label_of(home, BUDGET)
    stated = "担当課は星間物質研究課である。"
    aside = ("担当課は星間物質研究課です。", [(label_of(home, stated), stated)])
    wanted = ("予算は12億円です。", [(label, BUDGET)])
    with opened(home, drafted(aside)) as lsqa:
        (answer,) = lsqa.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert answer.status == "refused"
    with opened(home, drafted(aside, wanted)) as lsqa:
        *claims, answer = lsqa.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert tuple(claims) == answer.claims
    assert len(claims) == 2


def broken_off(home: Path) -> tuple[str, str]:
    """A reply that is cut behind its first claim, and another that is none."""
    whole = drafted(("予算は12億円です。", [(label_of(home, BUDGET), BUDGET)]))
    return whole[:-2], "no"


def test_a_model_that_breaks_off_leaves_what_was_shown_and_no_second_answer(home: Path) -> None:
    with opened(home, *broken_off(home), fallback="quote") as lsqa:
        *claims, answer = lsqa.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.mode) == ("partial", "llm")
    assert tuple(claims) == answer.claims
    assert len(answer.claims) == 1
    assert answer.text == f"予算は12億円です。 [{answer.claims[0].citations[0].citation.label}]"
    assert answer.refusal is not None
    assert answer.refusal.code == "part_interrupted"
    assert "scripted" in answer.trace.fallback


def test_a_model_that_breaks_off_before_anything_was_shown_leaves_the_answer_to_quotes(home: Path) -> None:
    unproven = drafted(("予算は99億円です。", [(label_of(home, BUDGET), BUDGET)]))[:-2]
    with opened(home, unproven, "no", fallback="quote") as lsqa:
        (answer,) = lsqa.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.mode, answer.unsupported) == ("answered", "quote", ())


def test_without_a_fall_back_a_model_that_breaks_off_is_an_error_behind_what_was_shown(home: Path) -> None:
    with opened(home, *broken_off(home)) as lsqa:
        events = lsqa.stream(QUESTION)
        assert isinstance(next(events), CheckedClaim)
        with pytest.raises(MalformedDraftError):
            next(events)


def test_an_answer_that_is_called_off_does_not_fall_back(home: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with opened(home, '{"claims": []}', fallback="quote") as lsqa, pytest.raises(CalledOffError):
        list(lsqa.stream(QUESTION, cancelled=cancelled))


# Why a claim is withheld


@pytest.mark.parametrize(
    ("text", "quote", "failing", "why"),
    [
        ("令和7年度の予算は13億円です。", BUDGET, "says_otherwise", "「13億円」、資料は「12億円」"),
        ("火星に基地を建設し、宇宙飛行士を送ります。", BUDGET, "own_words", "引用はこの内容を述べていない"),
        ("予算は12億円です。", "予算は12億円くらいである。", "quote_missing", "その通りには存在しない"),
        ("令和7年度の予算は```12億円```です。", BUDGET, "markup", "リンク"),
    ],
)
def test_a_claim_that_is_withheld_says_why(home: Path, text: str, quote: str, failing: str, why: str) -> None:
    with opened(home, drafted((text, [(label_of(home, BUDGET), quote)]))) as lsqa:
        (claim,) = lsqa.ask(QUESTION).to_dict()["unsupported"]
    assert claim["failing"] == failing
    assert why in claim["why"]


def test_a_claim_that_is_shown_needs_no_reason(home: Path) -> None:
    answer = ask(home, ("令和7年度の予算は12億円です。", BUDGET))
    assert (answer.claims[0].failing, answer.claims[0].why) == ("", "")


def test_the_model_is_told_the_date_of_a_document(home: Path) -> None:
    model = ScriptedModel(replies=['{"claims": []}'])
    with Assistant.open(chat_model=model, home=str(home)) as lsqa:
        lsqa.ask(QUESTION)
        dates = {r.title: r.published for r in lsqa.library.catalogue.documents() if r.published}
    assert dates
    assert any(f"({title}, {date}, p." in model.prompts[0] for title, date in dates.items())


# Follow-ups

HISTORY = (Turn("あけぼの計画の令和7年度の予算はいくらですか", "令和7年度の予算は12億円です。"),)


def rewritten(question: str) -> str:
    return json.dumps({"question": question}, ensure_ascii=False)


def test_a_follow_up_is_put_into_words_by_the_model_and_the_trace_shows_them(home: Path) -> None:
    model = ScriptedModel(replies=[rewritten("あけぼの計画の担当課はどこですか"), '{"claims": []}'])
    with Assistant.open(chat_model=model, home=str(home)) as lsqa:
        told = lsqa.ask("担当しているのはどこの課？", HISTORY).to_dict()
    assert told["question"] == "担当しているのはどこの課？"
    assert told["trace"]["resolved_question"] == "あけぼの計画の担当課はどこですか"
    assert told["trace"]["resolved_by"] == "model"
    assert "あけぼの計画の担当課はどこですか" in model.prompts[1]


@pytest.mark.parametrize(
    "reply",
    ["no", rewritten("あけぼの計画の令和9年度の予算はいくらですか"), ModelUnavailableError("down", hint="")],
    ids=["malformed", "a year that nobody named", "down"],
)
def test_where_the_model_cannot_be_believed_the_rules_resolve_a_follow_up(home: Path, reply: object) -> None:
    with opened(home, reply, reply, '{"claims": []}', fallback="quote") as lsqa:
        trace = lsqa.ask("では令和6年度は？", HISTORY).trace
    assert trace.resolved_question == "あけぼの計画の令和6年度の予算はいくらですか"
    assert trace.resolved_by == "rules"


def test_without_a_history_or_a_model_nothing_is_put_into_other_words(home: Path) -> None:
    with opened(home, '{"claims": []}') as lsqa:
        assert lsqa.ask(QUESTION).trace.resolved_by == ""
    with Assistant.open(home=str(home)) as lsqa:
        assert lsqa.ask("では令和6年度は？", HISTORY).trace.resolved_by == "rules"


# A model that fails

FAILING: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"llm": "nobody:model"}, ModelUnavailableError),
    ({"llm": "openai:m", "llm_base_url": "http://127.0.0.1:9/v1", "llm_retries": "0"}, ModelUnavailableError),
]


@pytest.mark.parametrize(("settings", "kind"), FAILING)
def test_a_model_that_cannot_serve_is_one_clear_error(
    home: Path, settings: dict[str, Any], kind: type[Exception]
) -> None:
    with Assistant.open(home=str(home), **settings) as lsqa, pytest.raises(kind, match=settings["llm"]):
        lsqa.ask(QUESTION)


@pytest.mark.parametrize("settings", [settings for settings, _ in FAILING])
def test_with_a_fall_back_quotes_answer_and_the_trace_says_why(home: Path, settings: dict[str, Any]) -> None:
    with Assistant.open(home=str(home), fallback="quote", **settings) as lsqa:
        told = lsqa.ask(QUESTION).to_dict()
    assert (told["status"], told["mode"]) == ("answered", "quote")
    assert settings["llm"] in told["trace"]["fallback"]
    assert told["models"]["llm"] == settings["llm"]


def test_a_malformed_draft_is_an_error_or_falls_back(home: Path) -> None:
    with opened(home, "no") as lsqa, pytest.raises(MalformedDraftError):
        lsqa.ask(QUESTION)
    with opened(home, "no", fallback="quote") as lsqa:
        assert lsqa.ask(QUESTION).mode == "quote"


def test_searching_needs_no_language_model(home: Path) -> None:
    with Assistant.open(home=str(home), llm="nobody:model") as lsqa:
        assert lsqa.retrieve("予算", k=1)


# The command


@pytest.fixture
def server_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("LSQA_HOME", str(home))
    monkeypatch.setenv("LSQA_LLM", "openai:m")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-key-1234567890")
    label = label_of(home, BUDGET)
    reply = drafted(("令和7年度の予算は12億円です。", [(label, BUDGET)]), ("予算は77億円です。", [(label, BUDGET)]))
    with serve(Says(reply)) as server:
        monkeypatch.setenv("LSQA_LLM_BASE_URL", server.url)
        yield server


@pytest.mark.parametrize("option", [(), ("--stream",)])
def test_the_command_shows_what_is_proven_and_the_quote_it_stands_on(
    server_settings: Any, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    for name, value in {"LLM": "openai:m", "LLM_BASE_URL": server_settings.url}.items():
        monkeypatch.setenv(f"LSQA_{name}", value)
    done = invoke("ask", QUESTION, *option)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("令和7年度の予算は12億円です。 [") == 1
    assert f"「{BUDGET}」" in done.out
    assert "77" not in done.out


def test_the_command_fails_in_one_line_without_the_key(server_settings: Any, invoke: Invoke) -> None:
    server_settings.script[:] = [Fails(401, "Incorrect API key provided: sk-very-secret-key-1234567890.")]
    done = invoke("ask", QUESTION)
    assert (done.code, done.out) == (1, "")
    assert "secret" not in done.complaint
    fallen = invoke("ask", QUESTION, "--fallback", "quote", "--json")
    assert (fallen.code, fallen.json["mode"]) == (0, "quote")
    assert "secret" not in fallen.out


def test_streaming_is_for_people(invoke: Invoke) -> None:
    assert invoke("ask", QUESTION, "--stream", "--json").code == 2
    assert invoke("ask", QUESTION, "--fallback", "hope").code == 2


class SilentModel(ScriptedModel):
    """Says nothing until `heard` is set, and then what it was to say."""

    heard: threading.Event = Field(default_factory=threading.Event)

    def _stream(self, messages: list[BaseMessage], *rest: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        self.read.append(messages)
        self.heard.wait(60)
        yield ChatGenerationChunk(message=AIMessageChunk(content='{"claims": []}'))


def test_the_time_of_the_model_is_that_of_the_question_and_its_follow_up_together(home: Path) -> None:
    model = SilentModel(replies=[""])
    settings: dict[str, Any] = {"home": str(home), "llm_seconds": 8.0, "fallback": "quote"}
    with Assistant.open(chat_model=model, **settings) as lsqa:
        began = time.monotonic()
        answer = lsqa.ask("その補正予算は？", [Turn("B-cureの令和7年度予算額はいくらですか。")])
        took = time.monotonic() - began
        model.heard.set()
    assert len(model.read) == 2  # asked about the follow-up, and then for the answer
    assert answer.trace.fallback_kind is ModelTimeoutError
    assert 7.5 < took < 15  # each of the two with a time of its own would take 16


def test_a_question_whose_time_is_over_is_not_put_to_the_model_again(home: Path) -> None:
    model = ScriptedModel(replies=['{"claims": []}'])
    drafting = DraftingModel(load_settings(home=str(home))[0], model)
    over = ModelTime(until=time.monotonic() - 1)
    assert drafting.rewritten("その補正予算は？", [Turn(QUESTION)], spent=over) is None
    with pytest.raises(ModelTimeoutError):
        list(
            drafting.begin(
                analyse(QUESTION), (), lambda *_: pytest.fail("no page"), Stopwatch(), spent=over
            ).supported()
        )
