"""A Chroma server as it is hosted: with a token, a tenant and a database, and what is told where these are wrong."""

import gc
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.chroma_proxy import TokenProxy, token_proxy
from tests.chroma_server import ChromaProcess
from tests.conftest import DECK, Ingested, Invoke

# Where Chroma's client is refused it keeps its connection until it is collected.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning"
)
QUESTION = "あけぼの計画の令和7年度の予算はいくらですか"
TOKEN, WRONG = "ck-the-token-0123456789", "ck-another-9876543210"


@dataclass(frozen=True, slots=True)
class Hosted:
    """A tenant with a database behind a proxy that wants `TOKEN`. `direct` is where its collections are past it."""

    proxy: TokenProxy
    direct: str
    home: Path
    settings: dict[str, str]

    @property
    def counts(self) -> list[int]:
        """How many vectors each of its collections has."""
        ids = [collection["id"] for collection in httpx.get(self.direct).json()]
        return [httpx.get(f"{self.direct}/{each}/count").json() for each in ids]


@pytest.fixture(params=["X-Chroma-Token", "Authorization"])
def hosted(
    request: pytest.FixtureRequest,
    chroma_process: ChromaProcess,
    corpus_library: Ingested,
    tmp_path: Path,
    clean_settings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hosted]:
    """The program's settings name it; its library is empty."""
    tenant, database = f"tenant-{uuid.uuid4()}", "policies"
    tenants = f"{chroma_process.server.url}/api/v2/tenants"
    httpx.post(tenants, json={"name": tenant}).raise_for_status()
    httpx.post(f"{tenants}/{tenant}/databases", json={"name": database}).raise_for_status()
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    (clean_settings / "akebono.md").write_text(DECK, encoding="utf-8")
    with token_proxy(chroma_process.server, TOKEN, header=request.param) as proxy:
        settings = {
            "LSQA_HOME": str(home),
            "LSQA_CHROMA_URL": proxy.url,
            "LSQA_CHROMA_TENANT": tenant,
            "LSQA_CHROMA_DATABASE": database,
            "LSQA_CHROMA_TOKEN": TOKEN,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield Hosted(proxy, f"{tenants}/{tenant}/databases/{database}/collections", home, settings)
    gc.collect()


def test_a_library_lives_on_a_hosted_server(hosted: Hosted, invoke: Invoke) -> None:
    assert invoke("ingest", "akebono.md").code == 0
    assert not (hosted.home / "chroma").exists()
    (count,) = hosted.counts  # in that tenant's database
    assert count > 0
    before = len(hosted.proxy.let_in)
    found = invoke("retrieve", QUESTION, "-k", "1", "--json")
    assert found.json["hits"][0]["doc_id"].startswith("akebono")
    assert any(path.endswith("/query") for path in hosted.proxy.let_in[before:])
    assert "12億円" in invoke("ask", QUESTION).out
    assert invoke("doctor").code == 0
    assert hosted.proxy.sent_away == []


def test_a_wrong_token_is_one_clear_error(hosted: Hosted, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSQA_CHROMA_TOKEN", WRONG)
    refused = invoke("ingest", "akebono.md")
    assert (refused.code, refused.out) == (1, "")
    assert "LSQA_CHROMA_TOKEN" in refused.complaint
    assert sum(hosted.counts) == 0
    monkeypatch.setenv("LSQA_CHROMA_TOKEN", TOKEN)
    assert invoke("ingest", "akebono.md").code == 0  # and nothing of the first try is in the way
    shown = [refused]
    for wrong in (WRONG, ""):
        monkeypatch.setenv("LSQA_CHROMA_TOKEN", wrong)
        shown += [invoke("retrieve", QUESTION), invoke("doctor"), invoke("settings")]
        assert "LSQA_CHROMA_TOKEN" in shown[-3].complaint
    assert not any(token in each.out + each.err for each in shown for token in (TOKEN, WRONG))


@pytest.mark.parametrize("name", ["TENANT", "DATABASE"])
def test_a_tenant_or_database_that_is_not_there_is_one_clear_error(
    hosted: Hosted, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"LSQA_CHROMA_{name}", "kaiju")
    refused = invoke("ingest", "akebono.md")
    assert refused.code == 1
    assert f"LSQA_CHROMA_{name}" in refused.complaint
    assert TOKEN not in refused.err


@pytest.mark.parametrize("token", [TOKEN, WRONG])
def test_neither_logs_nor_traces_nor_answers_tell_the_token(hosted: Hosted, invoke: Invoke, token: str) -> None:
    assert invoke("ingest", "akebono.md").code == 0
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LSQA_", "OTEL_"))}
    variables = {**clean, **hosted.settings, "OTEL_TRACES_EXPORTER": "console"}
    command = [sys.executable, "-m", "lsqa", "serve", "--no-page", "--port", "0"]
    answers: list[str] = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**variables, "LSQA_CHROMA_TOKEN": token}
    ) as served:
        assert served.stderr is not None
        said = ""
        for line in served.stderr:
            said += line
            if found := re.search(r"serving on (http://127[.]0[.]0[.]1:\d+)", line):
                answers.append(httpx.post(f"{found[1]}/v1/retrieve", json={"query": QUESTION}, timeout=60).text)
                answers.extend(httpx.get(found[1] + path, timeout=60).text for path in ("/readyz", "/metrics"))
                break
        served.terminate()
        said += served.communicate(timeout=60)[1]
    assert not any(token in each for each in (said, *answers))
    if token == TOKEN:
        assert '"trace_id"' in said
        assert "akebono" in answers[0]
    else:
        assert "LSQA_CHROMA_TOKEN" in said
