"""What programs ask of the page with Gradio's official client, over a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks.serving_page import served
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from tests.conftest import PROJECT, Ingested

from lsqa.settings import load_settings
from lsqa.ui.desk import Desk

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか？"
# Without a report to Gradio's makers.
OPTIONS: dict[str, Any] = {"verbose": False, "analytics_enabled": False}


@pytest.fixture(scope="module")
def address(corpus_library: Ingested) -> Iterator[str]:
    settings, _ = load_settings(home=str(corpus_library.home), reranker="none")
    with served(Desk(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    client = Client(address, **OPTIONS)
    yield client
    client.close()


def test_every_endpoint_is_named_and_described(client: Client) -> None:
    told = client.view_api(return_format="dict", print_info=False)
    assert isinstance(told, dict)
    named = told["named_endpoints"]
    assert sorted(named) == ["/ask", "/check", "/documents", "/retrieve"]
    assert told["unnamed_endpoints"] == {}, "the page's own events are private"
    parameters = {
        name: {p["parameter_name"]: (p["type"].get("type"), p["parameter_has_default"]) for p in told["parameters"]}
        for name, told in named.items()
    }
    assert parameters["/retrieve"] == {"query": ("string", False), "k": ("integer", True), "document": ("string", True)}
    assert parameters["/check"] == {"text": ("string", False)}
    assert parameters["/documents"] == {}
    assert set(parameters["/ask"]) == {"question", "history", "k", "document"}
    assert all(endpoint["returns"][0]["type"]["type"] == "object" for endpoint in named.values())
    assert all("JSON" in endpoint["description"] for endpoint in named.values())


def test_a_question_is_answered_as_the_command_answers_it(client: Client) -> None:
    answer = client.predict(question=QUESTION, api_name="/ask")
    assert answer["status"] == "answered"
    assert "12億円" in answer["text"]
    assert answer["claims"][0]["citations"][0]["verdict"] == "quote_found"
    history = [{"question": QUESTION, "answer": answer["text"]}]
    deck = answer["claims"][0]["citations"][0]["doc_id"]
    following = client.predict(question="担当課はどこですか？", history=history, document=deck, api_name="/ask")
    assert "星間物質研究課" in following["text"]


def test_questions_of_one_client_do_not_call_each_other_off(client: Client) -> None:
    jobs = [client.submit(question=QUESTION, api_name="/ask") for _ in range(4)]
    assert {job.result(60)["status"] for job in jobs} == {"answered"}


def test_passages_verdicts_and_documents(client: Client) -> None:
    found = client.predict(query="あけぼの計画の予算", k=2, api_name="/retrieve")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert "12億円" in found["hits"][0]["text"]
    assert found["timings_ms"]["retrieve"] > 0
    checked = client.predict(text="あけぼの計画の令和7年度の予算は12億円である。", api_name="/check")
    assert [s["verdict"] for s in checked["sentences"]] == ["supported"]
    documents = client.predict(api_name="/documents")["documents"]
    assert found["hits"][0]["doc_id"] in {d["doc_id"] for d in documents}
    assert all("path" not in d for d in documents)


@pytest.mark.parametrize(
    ("endpoint", "given", "said"),
    [
        ("/retrieve", {"query": "予算", "k": 1_000}, "k: "),
        ("/retrieve", {"query": "予算", "document": "nowhere"}, "not here any more"),
        ("/ask", {"question": "   "}, "cannot be taken"),
        ("/ask", {"question": "x", "history": [{"geheim": "x"}]}, "history"),
        ("/check", {"text": ""}, "text: "),
    ],
)
def test_what_is_wrong_is_told_in_our_own_words(
    client: Client, corpus_library: Ingested, endpoint: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(AppError) as error:
        client.predict(api_name=endpoint, **given)
    assert said in str(error.value)
    assert str(corpus_library.home) not in str(error.value)


def test_an_error_names_no_path(tmp_path: Path) -> None:
    home = tmp_path / "geheim"
    with served(Desk(load_settings(home=str(home), reranker="none")[0])) as address:
        client = Client(address, **OPTIONS)
        with pytest.raises(AppError, match="no documents yet") as error:
            client.predict(query="予算", api_name="/retrieve")
        assert "geheim" not in str(error.value)
        assert client.predict(api_name="/documents") == {"documents": []}
        client.close()


def test_nothing_is_uploaded_through_the_endpoints(client: Client, address: str) -> None:
    before = client.predict(api_name="/documents")
    report = PROJECT / "corpus" / "briefing.pdf"
    for endpoint, given in (("/check", "text"), ("/retrieve", "query"), ("/ask", "question")):
        with pytest.raises(AppError, match=f"{given}: Input should be a valid string"):
            client.predict(api_name=endpoint, **{given: handle_file(report)})
    with pytest.raises(ValueError, match="api_name"):
        client.predict(handle_file(report), api_name="/ingest")
    # What the page itself takes files in with is not for clients, by number either.
    config = httpx.get(f"{address}config").json()
    private = [d["id"] for d in config["dependencies"] if d["api_visibility"] == "private"]
    assert private
    for number in private:
        with pytest.raises((ValueError, AppError)):
            client.predict(fn_index=number)
    assert client.predict(api_name="/documents") == before


def test_with_a_login_the_endpoints_are_behind_it(corpus_library: Ingested) -> None:
    settings, _ = load_settings(home=str(corpus_library.home), reranker="none", ui_users="ann:secret")
    with served(Desk(settings)) as address:
        assert httpx.get(f"{address}gradio_api/info").status_code == 401
        assert httpx.post(f"{address}gradio_api/call/documents", json={"data": []}).status_code == 401
        with pytest.raises(ValueError, match="Could not login"):
            Client(address, auth=("ann", "wrong"), **OPTIONS)
        client = Client(address, auth=("ann", "secret"), **OPTIONS)
        assert client.predict(query="あけぼの計画の予算", k=1, api_name="/retrieve")["hits"]
        client.close()
