"""LangChain's own OpenAI client against a server here that misbehaves: what is tried again, and what is told."""

import threading
import time
from collections.abc import Iterator

import pytest
from tests.model_server import Fails, ModelServer, Says, serve
from tests.test_drafting import CLAIMS, EVIDENCE, GOOD, QUESTION

from lsqa.citations import Claim, check
from lsqa.drafting import Drafter
from lsqa.drafting.reading import SCHEMA
from lsqa.errors import CalledOffError, MalformedDraftError, ModelTimeoutError, ModelUnavailableError
from lsqa.models import open_chat_model
from lsqa.models.chat_client import ChatClient, native_structure
from lsqa.models.chat_models import ClientLimits

KEY = "sk-testkey-abcdefghijklmnop"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def drafter(server: ModelServer, seconds: float = 10.0, retries: int = 2, tokens: int = 400) -> Drafter:
    model = open_chat_model("openai:small", server.url, ClientLimits(seconds, tokens))
    return Drafter(ChatClient("openai:small", model, seconds, retries, tokens))


def draft(server: ModelServer, seconds: float = 10.0, retries: int = 2, tokens: int = 400) -> tuple[Claim, ...]:
    return tuple(drafter(server, seconds, retries, tokens).draft(QUESTION, EVIDENCE))


def test_a_draft_is_asked_for_in_the_schema_within_the_limits_and_at_temperature_0() -> None:
    with serve(Says(GOOD)) as server:
        assert draft(server) == CLAIMS
        (request,) = server.requests
    assert request["response_format"]["type"] == "json_schema"
    assert request["response_format"]["json_schema"]["schema"]["required"] == ["claims"]
    assert (request["temperature"], request["max_tokens"], request["stream"]) == (0.0, 400, True)
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert server.keys == [f"Bearer {KEY}"]


def test_a_server_on_this_machine_wants_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with serve(Says(GOOD)) as server:
        assert draft(server) == CLAIMS


def test_claims_are_passed_on_while_the_reply_goes_on() -> None:
    held = threading.Event()
    with serve(Says(GOOD, piece=GOOD.rindex('"text"'), held=held)) as server:
        claims = drafter(server, seconds=60).draft(QUESTION, EVIDENCE)
        assert next(claims) == CLAIMS[0]  # the second one is not sent yet
        held.set()
        assert tuple(claims) == CLAIMS[1:]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_form_of_reply_that_a_server_does_not_take_is_not_asked_for_again(status: int) -> None:
    refused = Fails(status, "response_format is not supported")
    with serve(refused, refused, Says(GOOD)) as server:
        asking = drafter(server, retries=0)
        assert tuple(asking.draft(QUESTION, EVIDENCE)) == CLAIMS
        assert tuple(asking.draft(QUESTION, EVIDENCE)) == CLAIMS
        forms = [request.get("response_format", {}).get("type") for request in server.requests]
    assert forms == ["json_schema", "json_object", None, None]


def test_a_server_that_was_down_is_asked_in_the_strictest_form_again() -> None:
    down = Fails(500)
    with serve(down, down, down, Says(GOOD)) as server:
        asking = drafter(server, retries=0)
        with pytest.raises(ModelUnavailableError):
            tuple(asking.draft(QUESTION, EVIDENCE))
        assert tuple(asking.draft(QUESTION, EVIDENCE)) == CLAIMS
    assert server.requests[3]["response_format"]["type"] == "json_schema"


def test_a_request_that_is_refused_either_way_is_an_error() -> None:
    with serve(Fails(400, "unknown parameter")) as server:
        with pytest.raises(ModelUnavailableError, match="unknown parameter"):
            draft(server)
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_server_is_asked_again(status: int) -> None:
    with serve(Fails(status, retry_after="0.1"), Says(GOOD)) as server:
        assert draft(server) == CLAIMS
        assert len(server.requests) == 2


def test_the_pause_that_a_server_asks_for_is_kept() -> None:
    with serve(Fails(429, retry_after="1"), Says(GOOD)) as server:
        started = time.monotonic()
        draft(server)
    assert time.monotonic() - started >= 1.0


def test_the_pause_grows_where_none_is_asked_for() -> None:
    with serve(Fails(503), Fails(503), Says(GOOD)) as server:
        started = time.monotonic()
        draft(server)
    assert time.monotonic() - started > 0.75 * (0.5 + 1.0)


def test_a_server_that_stays_busy_is_given_up() -> None:
    with serve(Fails(429, "slow down", retry_after="0.01")) as server:
        with pytest.raises(ModelUnavailableError, match="slow down") as caught:
            draft(server, retries=3)
        assert len(server.requests) == 4
    assert "--fallback quote" in caught.value.hint


def test_a_pause_longer_than_the_time_left_is_not_waited_for() -> None:
    with serve(Fails(429, retry_after="3600")) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailableError):
            draft(server, seconds=60)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "key"), (403, "key"), (404, "model's name")],
)
def test_what_asking_again_cannot_help_is_asked_once_and_says_what_to_do(status: int, hint: str) -> None:
    with serve(Fails(status, f"wrong key {KEY} or sk-proj-12345***6789")) as server:
        with pytest.raises(ModelUnavailableError) as caught:
            draft(server)
        assert len(server.requests) == 1
    assert hint in caught.value.hint
    assert KEY not in str(caught.value)
    assert "6789" not in str(caught.value)


def test_nobody_listens() -> None:
    with serve() as server:
        pass
    with pytest.raises(ModelUnavailableError, match="openai:small") as caught:
        draft(server, retries=1)
    assert "LSQA_LLM_BASE_URL" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_reply_cut_in_the_middle_is_asked_for_again_and_claims_come_once() -> None:
    with serve(Says(GOOD, cut=7), Says(GOOD)) as server:
        assert draft(server) == CLAIMS
        assert len(server.requests) == 2


def test_a_reply_that_always_breaks_off_is_an_error_after_what_was_whole() -> None:
    with serve(Says(GOOD, cut=7)) as server:
        claims = drafter(server, retries=1).draft(QUESTION, EVIDENCE)
        assert next(claims) == CLAIMS[0]
        with pytest.raises(ModelUnavailableError):
            next(claims)


@pytest.mark.parametrize("bad", ["{'claims': []}", "Sure! The budget is 1.2 billion yen.", GOOD[:-2]])
def test_no_json_is_complained_of_once(bad: str) -> None:
    with serve(Says(bad), Says(GOOD)) as server:
        assert draft(server) == CLAIMS
        roles = [message["role"] for message in server.requests[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


def test_no_json_twice_is_an_error() -> None:
    with serve(Says("no JSON")) as server, pytest.raises(MalformedDraftError):
        draft(server)


def test_a_reply_cut_by_its_length_is_malformed_not_a_crash() -> None:
    with serve(Says(GOOD[:-20], finish="length"), Says(GOOD)) as server:
        assert draft(server) == CLAIMS


def test_tokens_without_end_are_cut_by_the_limit_whatever_the_server_does() -> None:
    with serve(Says(" \n" * 200, endless=True)) as server:
        with pytest.raises(MalformedDraftError):
            draft(server, tokens=50)
        assert server.gone.wait(30)


def test_tokens_that_drip_without_end_are_cut_by_the_time() -> None:
    with serve(Says(" ", endless=True, pause=0.05)) as server:
        started = time.monotonic()
        with pytest.raises(ModelTimeoutError, match="openai:small"):
            draft(server, seconds=1)
        assert time.monotonic() - started < 10
        assert server.gone.wait(30)


def test_a_server_that_says_nothing_is_left_when_the_time_is_over() -> None:
    with serve(Says(GOOD, before=15)) as server:
        started = time.monotonic()
        with pytest.raises(ModelTimeoutError) as caught:
            draft(server, seconds=1)
    assert time.monotonic() - started < 10  # the server says nothing for longer
    assert "LSQA_LLM_SECONDS" in caught.value.hint


def test_calling_off_ends_a_silent_reply_at_once() -> None:
    cancelled = threading.Event()
    timer = threading.Timer(0.3, cancelled.set)
    with serve(Says(GOOD, before=15)) as server:
        timer.start()
        started = time.monotonic()
        with pytest.raises(CalledOffError):
            list(drafter(server, seconds=60).draft(QUESTION, EVIDENCE, cancelled))
    assert time.monotonic() - started < 10  # the server says nothing for longer


def test_closing_the_iterator_leaves_the_server() -> None:
    with serve(Says(GOOD + " " * 10_000, endless=True, pause=0.01)) as server:
        claims: Iterator[Claim] = drafter(server).draft(QUESTION, EVIDENCE)
        next(claims)
        claims.close()  # type: ignore[attr-defined]
        assert server.gone.wait(30)


def test_wrong_labels_and_altered_digits_pass_the_reading_and_fail_the_check() -> None:
    for bad in (GOOD.replace('"label": 1', '"label": 7'), GOOD.replace("12億円", "13億円")):
        with serve(Says(bad)) as server:
            first, second = check(draft(server), EVIDENCE)
        assert (first.verdict, second.verdict) == ("unsupported", "supported")


def test_a_model_that_knows_no_schema_is_asked_in_plain_words() -> None:
    with serve(Says(GOOD)) as server:
        old = open_chat_model("openai:gpt-4", server.url, ClientLimits(10, 400))
        assert native_structure(old, SCHEMA) is None
        assert tuple(Drafter(ChatClient("old", old)).draft(QUESTION, EVIDENCE)) == CLAIMS
        assert "tools" not in server.requests[0]


def test_keys_stand_in_no_text_of_a_model_that_is_shown() -> None:
    with serve(Says(GOOD)) as server:
        asking = drafter(server)
        assert KEY not in repr(asking)
        assert KEY not in str(asking.client.model)
