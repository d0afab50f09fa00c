"""Checking a text with a language model: it may find what rules miss, where the check agrees; a lie changes nothing."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.conftest import Ingested, Invoke
from tests.model_server import Fails, Says, serve
from tests.scripted_model import ScriptedModel

from lsqa.checking import CheckedSentence, Checker, Entailment, Judgement, Opinion, Verdict
from lsqa.checking.second_opinion import change
from lsqa.chunks import make_chunk
from lsqa.errors import CalledOffError, ModelTimeoutError, ModelUnavailableError
from lsqa.evidence import Evidence

SOURCE = (
    "若手の技能者を育成する。現場の責任者となる中堅人材も不足している。あけぼの計画の令和7年度の予算は12億円である。"
    "前年度の予算は9億円であった。拠点は札幌と那覇に置く。"
)
EVIDENCE = (Evidence(1, make_chunk("d", ("概要",), 1, 0, len(SOURCE), SOURCE), "あけぼの計画", 0.5),)
WORDS = "あけぼの計画では札幌と那覇の二都市に拠点がある。"  # supported, in other words


def reply(verdict: str, *quotes: str) -> str:
    return json.dumps({"verdict": verdict, "quotes": quotes}, ensure_ascii=False)


@pytest.fixture
def opened(corpus_library: Ingested) -> Iterator[Any]:
    checkers: list[Checker] = []

    def open_with(*replies: object) -> Checker:
        model = ScriptedModel(replies=list(replies))
        checkers.append(Checker.open(home=str(corpus_library.home), chat_model=model))
        return checkers[-1]

    yield open_with
    for checker in checkers:
        checker.close()


def one(checker: Checker, text: str) -> CheckedSentence:
    (checked,) = checker.check(text).sentences
    return checked


# What an opinion may change


def test_support_in_other_words_with_quotes_that_prove_it() -> None:
    opinion = Opinion("supported", ("拠点は札幌と那覇に置く。",))
    found = change("あけぼの計画の拠点は札幌および那覇にある。", Judgement("not_found"), opinion, EVIDENCE)
    assert found is not None
    assert (found.verdict, [c.verdict for c in found.citations]) == ("supported", ["quote_found"])


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("あけぼの計画の令和7年度の予算は13億円である。", ("あけぼの計画の令和7年度の予算は12億円である。",)),
        ("あけぼの計画の令和7年度の予算は9億円である。", ("前年度の予算は9億円であった。",)),
        (
            "あけぼの計画の令和7年度の予算は9億円である。",
            ("あけぼの計画の令和7年度の予算は12億円である。", "前年度の予算は9億円であった。"),
        ),
        ("よいやみ計画の拠点は札幌と那覇に置く。", ("拠点は札幌と那覇に置く。",)),
        ("拠点は札幌と那覇に置かない。", ("拠点は札幌と那覇に置く。",)),
        ("拠点は最も多くが札幌にある。", ("拠点は札幌と那覇に置く。",)),
        ("火星に宇宙飛行士を送る。", ("拠点は札幌と那覇に置く。",)),
        (
            "責任者となる若手の技能者を育成する。",
            ("若手の技能者を育成する。", "現場の責任者となる中堅人材も不足している。"),
        ),
        ("拠点は札幌と那覇にある。", ("拠点は札幌と那覇にある。",)),
        ("拠点は札幌と那覇にある。", ()),
        ("拠点は札幌と那覇にある。", ("拠点は札幌と那覇に置く。", "拠点は東京に置く。")),
    ],
    ids=[
        "figure",
        "year",
        "both years",
        "name",
        "negation",
        "more",
        "other",
        "stitched",
        "own quote",
        "none",
        "one false",
    ],
)
def test_a_model_that_lies_launders_nothing(sentence: str, quotes: tuple[str, ...]) -> None:
    assert change(sentence, Judgement("not_found"), Opinion("supported", quotes), EVIDENCE) is None


def test_what_the_rules_call_contradicted_stays_so() -> None:
    verdicts: tuple[Verdict, ...] = ("supported", "not_found")
    for verdict in verdicts:
        opinion = Opinion(verdict, ("拠点は札幌と那覇に置く。",))
        assert change("拠点は札幌と那覇に置く。", Judgement("contradicted", 0), opinion, EVIDENCE) is None


def test_a_contradiction_that_the_check_sees_too() -> None:
    quote = "あけぼの計画の令和7年度の予算は12億円である。"
    opinion = Opinion("contradicted", (quote,))
    found = change("計画の予算は令和7年度に13億円へ達する。", Judgement("not_found"), opinion, EVIDENCE)
    assert found is not None
    assert [(d.claimed, d.quoted) for d in found.differences] == [("13億円", "12億円")]


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("計画の予算は令和7年度に12億円へ達する。", ("あけぼの計画の令和7年度の予算は12億円である。",)),
        ("火星の基地に8人が住む。", ("前年度の予算は9億円であった。",)),
        ("計画の予算は13億円である。", ("予算は14億円である。",)),
        ("計画の予算は13億円である。", ()),
    ],
    ids=["no difference", "another matter", "own quote", "none"],
)
def test_a_contradiction_that_the_check_does_not_see_is_none(sentence: str, quotes: tuple[str, ...]) -> None:
    assert change(sentence, Judgement("not_found"), Opinion("contradicted", quotes), EVIDENCE) is None


@pytest.mark.parametrize("verdict", ["contradicted", "not_found"])
def test_a_support_may_be_taken_away(verdict: Any) -> None:
    found = change("拠点は札幌と那覇に置く。", Judgement("supported", 0), Opinion(verdict), EVIDENCE)
    assert found is not None
    assert (found.verdict, found.citations) == ("not_found", ())


# In a library


def test_the_model_finds_what_the_rules_miss(opened: Any) -> None:
    assert one(opened(reply("not_found")), WORDS).verdict == "not_found"
    checked = one(opened(reply("supported", "拠点は札幌と那覇に置く。")), WORDS)
    assert (checked.verdict, checked.decided_by, checked.why) == ("supported", "model", "")
    (citation,) = checked.citations
    assert citation.verdict == "quote_found"
    assert citation.section == ("あけぼの計画の概要", "体制") or citation.section


def test_a_lie_is_told_apart_in_a_library_too(opened: Any) -> None:
    for sentence in ("あけぼの計画の令和7年度の予算は15億円である。", "拠点は東京と大阪に置く。"):
        checked = one(opened(reply("supported", "拠点は札幌と那覇に置く。")), sentence)
        assert (checked.verdict == "supported", checked.decided_by) == (False, "rules")


def test_a_sentence_that_stands_there_word_for_word_needs_no_opinion(opened: Any) -> None:
    checker = opened(AssertionError("asked"))
    assert one(checker, "担当課は星間物質研究課である。").verdict == "supported"


def test_a_model_can_take_away_what_only_words_support(opened: Any) -> None:
    checked = one(opened(reply("not_found")), "あけぼの計画の2025年度の予算は1,200,000,000円である。")
    assert (checked.verdict, checked.decided_by, checked.citations) == ("not_found", "model", ())
    assert "言語モデル" in checked.why


@pytest.mark.parametrize(
    "replies",
    [
        ("no", "no"),
        (ModelTimeoutError("slow", hint=""),),
        (ModelUnavailableError("down", hint=""),),
        (reply("true"), ""),
    ],
    ids=["malformed", "slow", "down", "another verdict"],
)
@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("あけぼの計画の2025年度の予算は1,200,000,000円である。", "supported"),
        ("参加する大学は8校である。", "contradicted"),
        ("あかつき計画の担当は農林水産省の月面課である。", "not_found"),
    ],
)
def test_where_the_model_fails_the_rules_decide_and_why_says_so(
    opened: Any, replies: Sequence[object], sentence: str, verdict: str
) -> None:
    checked = one(opened(*replies), sentence)
    assert (checked.verdict, checked.decided_by) == (verdict, "rules")
    assert "言語モデルを使わずに照合した" in checked.why


def test_a_malformed_reply_is_asked_for_once_more(opened: Any) -> None:
    checked = one(opened("no", reply("supported", "拠点は札幌と那覇に置く。")), WORDS)
    assert checked.verdict == "supported"


def test_a_model_that_fails_twice_in_a_row_is_left_alone(opened: Any) -> None:
    checker = opened(ModelUnavailableError("down", hint=""))
    text = "参加する大学は8校である。" * 5
    assert ["続けて応答がない" in s.why for s in checker.check(text).sentences] == [False, False, True, True, True]
    assert len(checker._entailment.client.model.read) == 2
    checker.check("参加する大学は8校である。")
    assert len(checker._entailment.client.model.read) == 3  # another text


def test_calling_off_ends_the_check(opened: Any) -> None:
    with pytest.raises(CalledOffError):
        one(opened(CalledOffError("off", hint="")), "参加する大学は8校である。")


def test_the_sentence_and_the_passages_are_fenced(opened: Any) -> None:
    checker = opened(reply("not_found"))
    one(checker, WORDS)
    prompt = checker._entailment.client.model.prompts[0]
    mark = prompt.split("<<end ")[1].split(">>")[0]
    assert prompt.rstrip().endswith(f"<<{mark} sentence>>\n{WORDS}\n<<end {mark}>>")
    assert f"<<{mark} passage 1>>" in prompt


def test_an_entailment_may_be_anything_that_has_an_opinion(corpus_library: Ingested) -> None:
    class Never:
        def opinion(self, sentence: str, evidence: Sequence[Evidence]) -> Opinion:
            return Opinion("not_found")

    never: Entailment = Never()
    with Checker.open(home=str(corpus_library.home)) as plain:
        strict = Checker(plain.library, plain._retriever, never)
        text = "あけぼの計画の2025年度の予算は12億円である。参加する大学は8校である。"
        assert [s.verdict for s in strict.check(text).sentences] == ["not_found", "contradicted"]


def test_the_command_asks_the_model_that_is_named(
    invoke: Invoke, corpus_library: Ingested, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus_library.home.parent / "draft.md"
    path.write_text(WORDS, encoding="utf-8")
    with serve(Says(reply("supported", "拠点は札幌と那覇に置く。"))) as server:
        monkeypatch.setenv("LSQA_LLM_BASE_URL", server.url)
        asked = invoke("check", path, "--home", corpus_library.home, "--llm", "openai:m", "--json")
        plain = invoke("check", path, "--home", corpus_library.home, "--json")
        server.script[:] = [Fails(400, "no")]
        failed = invoke("check", path, "--home", corpus_library.home, "--llm", "openai:m")
    assert [asked.json["sentences"][0][k] for k in ("verdict", "decided_by")] == ["supported", "model"]
    assert [plain.json["sentences"][0][k] for k in ("verdict", "decided_by")] == ["not_found", "rules"]
    assert failed.code == 0
    assert "言語モデルを使わずに照合した" in failed.out


def test_a_model_that_cannot_be_opened_is_one_clear_error(invoke: Invoke, corpus_library: Ingested) -> None:
    path = corpus_library.home.parent / "draft.md"
    path.write_text(WORDS, encoding="utf-8")
    outcome = invoke("check", path, "--home", corpus_library.home, "--llm", "nobody:m")
    assert (outcome.code, outcome.out) == (1, "")
    assert "nobody:m" in outcome.complaint
