"""Chat programs use lsqa as a model: the official client and LangChain's ChatOpenAI against a real server."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI
from markdown_it import MarkdownIt
from tests.api_server import ASK as TOKEN
from tests.api_server import serving
from tests.conftest import Ingested
from tests.scripted_model import ScriptedModel, drafted

from lsqa.api.markdown_text import markdown_text
from lsqa.sources import LabelAt

QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"


@pytest.fixture
def server(api_with_tokens: httpx.Client) -> httpx.Client:
    return api_with_tokens


@pytest.fixture
def client(server: httpx.Client) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.base_url}/v1", api_key=TOKEN, max_retries=0) as one:
        yield one


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    (listed,) = client.models.list()
    assert client.models.retrieve("lsqa") == listed
    with pytest.raises(openai.NotFoundError, match="the one here is lsqa"):
        client.models.retrieve("gpt")


def test_an_answer_is_a_completion_with_its_sources(client: openai.OpenAI, server: httpx.Client) -> None:
    done = client.chat.completions.create(model="lsqa", messages=[{"role": "user", "content": QUESTION}])
    (choice,) = done.choices
    text = choice.message.content or ""
    assert "12億円" in text
    assert "[1] あけぼの計画の概要, p. 1" in text
    assert choice.finish_reason == "stop"
    cited = choice.message.annotations or []
    assert cited
    for one in cited:
        place = one.url_citation
        assert text[place.start_index : place.end_index] == "[1]"
        doc_id = place.url.split("/")[3]
        page = server.get(f"/v1/documents/{doc_id}/pages/1", headers={"authorization": f"Bearer {TOKEN}"})
        assert "12億円" in page.json()["text"]
    assert (done.model_extra or {})["lsqa"]["status"] == "answered"


def test_what_is_streamed_is_the_same(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="lsqa", messages=[{"role": "user", "content": QUESTION}])
    chunks = list(
        client.chat.completions.create(model="lsqa", messages=[{"role": "user", "content": QUESTION}], stream=True)
    )
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == whole.choices[0].message.content
    last: Any = chunks[-1].choices[0].delta
    told = whole.choices[0].message.annotations
    assert told
    assert last.annotations == [one.model_dump() for one in told]
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_conversation_is_the_history(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(
        model="lsqa",
        messages=[
            {"role": "system", "content": "Answer like a pirate."},
            {"role": "user", "content": "あけぼの計画の予算はいくらですか"},
            {"role": "assistant", "content": "12億円です。"},
            {"role": "user", "content": [{"type": "text", "text": "担当課はどこですか"}]},
        ],
    )
    assert "星間物質研究課" in (done.choices[0].message.content or "")


@pytest.mark.parametrize(
    "question", [QUESTION, "What is the budget of B-cure in fiscal 2025?", "予算はいくら増えましたか"]
)
def test_every_label_that_the_answer_has_is_annotated(client: openai.OpenAI, question: str) -> None:
    messages: list[Any] = [
        {"role": "user", "content": "あけぼの計画の予算はいくらですか"},
        {"role": "assistant", "content": "12億円です。"},
        {"role": "user", "content": question},
    ]
    message = client.chat.completions.create(model="lsqa", messages=messages).choices[0].message
    found = [(match.start(), match.end()) for match in re.finditer(r"\[\d+\]", message.content or "")]
    places = [(one.url_citation.start_index, one.url_citation.end_index) for one in message.annotations or []]
    assert places == found
    assert found


def test_the_mark_of_a_footnote_within_a_quote_is_no_citation(corpus_library: Ingested, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    noted = "# かささぎ計画\n\n## 予算\n\nかささぎ計画の令和7年度の予算[1]は41億円[1]である。\n"
    with (
        serving(home) as running,
        openai.OpenAI(base_url=f"{running.base_url}/v1", api_key="none", max_retries=0) as client,
    ):
        running.post("/v1/documents", files=[("files", ("plan.md", noted.encode()))]).raise_for_status()
        messages: list[Any] = [{"role": "user", "content": "かささぎ計画の令和7年度の予算はいくらですか"}]
        message = client.chat.completions.create(model="lsqa", messages=messages).choices[0].message
    text = message.content or ""
    assert "41億円[1]である" in text
    assert message.annotations
    for one in message.annotations:
        place = one.url_citation
        assert text[place.start_index - 1 : place.start_index] in ("」", "\n")
    assert len(message.annotations) == text.count("」[1]") + 1  # and the list of places


HOSTILE = html.escape("""
黒潮計画の令和7年度の予算は41億円![logo](https://attacker.test/p.png?q=1)である。
黒潮計画の担当課は<img src=x onerror=alert(1)>[海流課](javascript:alert(1))である。
黒潮計画の連絡先はwww.attacker.testと\\\\[ここ](https://attacker.test/2)と<https://attacker.test/3>である。
[1]: https://attacker.test/4
""").replace("\n", "<p>")


@pytest.mark.parametrize(
    "question",
    ["黒潮計画の令和7年度の予算はいくらですか", "黒潮計画の担当課はどこですか", "黒潮計画の連絡先"],
)
def test_no_link_picture_or_html_of_a_document_is_markup_in_a_completion(
    corpus_library: Ingested, tmp_path: Path, question: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    with (
        serving(home) as running,
        openai.OpenAI(base_url=f"{running.base_url}/v1", api_key="none", max_retries=0) as client,
    ):
        running.post(
            "/v1/documents",
            files=[
                (
                    "files",
                    ("plan.html", f"<!DOCTYPE html><html><body><h1>黒潮計画</h1>{HOSTILE}</body></html>".encode()),
                )
            ],
        ).raise_for_status()
        messages: list[Any] = [{"role": "user", "content": question}]
        whole = client.chat.completions.create(model="lsqa", messages=messages).choices[0].message
        chunks = list(client.chat.completions.create(model="lsqa", messages=messages, stream=True))
    text = whole.content or ""
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == text
    assert "attacker.test" in text or "海流課" in text  # it was quoted, and yet
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    assert not re.search(r"<(?:img|a|script)\b", rendered)
    assert "://" not in text.replace(r"\://", "")
    assert "www." not in text
    for one in whole.annotations or []:
        place = one.url_citation
        assert re.fullmatch(r"\[\d+\]", text[place.start_index : place.end_index])


@pytest.mark.parametrize(
    "quote",
    [
        "![a](https://x.test/p.png)",
        r"\![a](https://x.test/p.png)",
        r"\[a](https://x.test/p)",
        r"\\[a](https://x.test/p)",
        "[![a](https://x.test/p)](https://x.test/q)",
        "[[a]](https://x.test/p)",
        "[a [b]](https://x.test/p)",
        "[a][1] text [1]",
        "[a]: https://x.test/p",
        "<https://x.test/p>",
        "<img src=https://x.test/p>",
        r"\<img src=https://x.test/p>",
        "<a@x.test>",
        "<!-- a --> <?a?> </p><svg/onload=a>",
        "`<img src=a>` ``![a](https://x.test/p)`",
    ],
)
def test_nothing_of_a_quote_is_markup_in_markdown(quote: str) -> None:
    labels = (LabelAt(len(quote) + 3, len(quote) + 6, 1),)
    shown = markdown_text(f"「{quote}」 [1]\n{quote}\n\n{quote}", labels)
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(shown.text)
    assert not re.search(r"<(?!/?(?:p|code|br)\b)[a-z!?/]", rendered), rendered
    assert [shown.text[at.start : at.end] for at in shown.labels] == ["[1]"]
    assert markdown_text("43億円[1]（a_b*c）は3割<5である [1]", ()).text == "43億円[1]（a_b*c）は3割<5である [1]"


def test_a_refusal_is_a_completion(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="lsqa", messages=[{"role": "user", "content": "木星の重力とは"}])
    assert "資料からは答えられません" in (done.choices[0].message.content or "")
    assert done.choices[0].message.annotations == []


def test_errors_are_those_that_the_client_knows(client: openai.OpenAI, server: httpx.Client) -> None:
    with pytest.raises(openai.NotFoundError, match="the one here is lsqa"):
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": QUESTION}])
    with pytest.raises(openai.UnprocessableEntityError, match="the user's"):
        client.chat.completions.create(model="lsqa", messages=[{"role": "assistant", "content": "a"}])
    with openai.OpenAI(base_url=f"{server.base_url}/v1", api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError):
            stranger.models.list()
        with pytest.raises(openai.AuthenticationError):
            stranger.chat.completions.create(model="lsqa", messages=[{"role": "user", "content": QUESTION}])


def test_langchain_talks_to_it(server: httpx.Client) -> None:
    chat = ChatOpenAI(model="lsqa", base_url=f"{server.base_url}/v1", api_key=TOKEN, max_retries=0)  # type: ignore[arg-type]
    answer = chat.invoke(QUESTION)
    assert "12億円" in answer.text
    asked = [HumanMessage("あけぼの計画の予算はいくらですか"), AIMessage("12億円"), HumanMessage("担当課はどこですか")]
    assert "星間物質研究課" in "".join(chunk.text for chunk in chat.stream(asked))


def test_the_claims_of_a_language_model_come_as_they_pass(corpus_library: Ingested) -> None:
    quote = "令和7年度の予算は12億円である。"
    reply = drafted(("令和7年度の予算は12億円です。", [(1, quote)]), ("予算は99億円です。", [(1, quote)]))
    with (
        serving(corpus_library.home, ScriptedModel(replies=[reply])) as running,
        openai.OpenAI(base_url=f"{running.base_url}/v1", api_key="none", max_retries=0) as client,
    ):
        messages: list[Any] = [{"role": "user", "content": QUESTION}]
        chunks = list(client.chat.completions.create(model="lsqa", messages=messages, stream=True))
        pieces = [c.choices[0].delta.content for c in chunks if c.choices[0].delta.content]
        whole = client.chat.completions.create(model="lsqa", messages=messages).choices[0].message.content
    assert pieces[0] == "令和7年度の予算は12億円です。 [1]"
    assert "".join(pieces) == whole
    assert "99億円" not in str(whole)
