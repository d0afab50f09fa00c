"""What README shows runs: every shell example, and the first screen prints what it says."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pypdf
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from tests import model_server
from tests.conftest import DECK, INTERRUPTIBLE, PROJECT, Ingested, Invoke, copied
from tests.raw_pdf import pdf
from tests.test_docs import blocks, shell_lines
from tests.test_evaluation_cases import write_public_sets
from tests.web_server import give, running_site

README = PROJECT / "README.md"
_CASE = {
    "id": "c1",
    "question": "あけぼの計画の令和7年度の予算は？",
    "language": "ja",
    "kind": "lookup",
    "gold": [["12億円"]],
}
_MODEL = model_server.Says('{"claims": []}')
_TIMEOUT = 120.0

EXAMPLES = tuple(dict.fromkeys(tuple(words) for words in shell_lines(README)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where examples run: in `folder`, over the library in `.home`, with these variables."""

    folder: Path
    variables: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {**{k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}, **self.variables}


@pytest.fixture(scope="module")
def place(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The library of the corpus, and beside it the files that the examples name."""
    folder = tmp_path_factory.mktemp("readme")
    copied(corpus_library, folder / ".home")
    (folder / "turns.json").write_text('[{"question": "あけぼの計画の予算は？", "answer": "12億円"}]', encoding="utf-8")
    (folder / "questions.jsonl").write_text('{"id": 1, "question": "あけぼの計画の予算は？"}\n', encoding="utf-8")
    (folder / "draft.md").write_text("あけぼの計画の令和7年度の予算は12億円である。", encoding="utf-8")
    (folder / "passages.jsonl").write_text('{"id": "p1", "title": "要綱", "text": "期間は三年。"}\n', encoding="utf-8")
    (folder / "my-cases.jsonl").write_text(json.dumps(_CASE, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "notes").mkdir()
    (folder / "notes/akebono.md").write_text(DECK.replace("あけぼの", "ゆうひ"), encoding="utf-8")
    (folder / "report.pdf").write_bytes(pdf("BT /F1 12 Tf 10 50 Td (The term is three years.) Tj ET"))
    locked = pypdf.PdfWriter(clone_from=folder / "report.pdf")
    locked.encrypt("TEXT", "owner", algorithm="RC4-128")
    locked.write(folder / "secret.pdf")
    return Place(folder, {"LSQA_HOME": ".home", "LSQA_RERANKER": "none", "LSQA_OCR": "none"})


@pytest.fixture
def here(place: Place, clean_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This process in that place."""
    monkeypatch.chdir(place.folder)
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    return place


# The first screen


def shown_calls(path: Path) -> Iterator[tuple[list[str], str]]:
    """Each call of the program in a page's `console` blocks, and what is printed under it."""
    for block in blocks(path, "console"):
        for call in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, printed = call.partition("\n")
            program, *words = shlex.split(command, comments=True)
            if program.endswith("/lsqa"):
                yield words, printed.strip()


def test_the_first_screen_is_what_is_printed(
    corpus_library: Ingested, tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the shipped corpus alone."""
    copied(corpus_library, tmp_path / ".home")
    monkeypatch.chdir(tmp_path)
    (akebono,) = [d["doc_id"] for d in corpus_library.report["files"] if str(d["doc_id"]).startswith("akebono")]
    assert invoke("documents", "remove", akebono, "--home", ".home").code == 0
    calls = list(shown_calls(README))
    assert len(calls) >= 2
    for words, printed in calls:
        done = invoke(*words)
        assert (done.code, done.out.strip()) == (0, printed)


# Examples


def _server(place: Place, words: tuple[str, ...], look: Callable[[str], None]) -> None:
    """Start what serves, `look` at its address, and interrupt it as Ctrl-C does."""
    command = [sys.executable, "-c", INTERRUPTIBLE, *words, "--port", "0"]
    with _process(place, command) as program:
        assert program.stderr is not None
        for line in program.stderr:
            if found := re.search(r"http://127[.]0[.]0[.]1:\d+/", line):
                look(found[0])
                break
        else:
            pytest.fail(f"lsqa {' '.join(words)} ended")
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=_TIMEOUT)
        assert program.returncode in (0, 128 + signal.SIGINT), said


@contextmanager
def _process(place: Place, command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=place.folder, env=place.environment
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def _page_is_there(address: str) -> None:
    assert "<html" in httpx.get(address, timeout=_TIMEOUT).text


def _server_is_there(address: str) -> None:
    hits = httpx.post(f"{address}v1/retrieve", json={"query": "あけぼの計画の予算"}, timeout=_TIMEOUT).json()["hits"]
    assert hits[0]["doc_id"].startswith("akebono")


async def _agent(place: Place, words: tuple[str, ...]) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "lsqa", *words], env=place.environment, cwd=place.folder
    )
    async with Client(stdio_client(command)) as client:
        assert len((await client.list_tools()).tools) == 4


def _watched(place: Place, words: tuple[str, ...]) -> None:
    with _process(place, [sys.executable, "-c", INTERRUPTIBLE, *words]) as program:
        assert program.stdout is not None
        assert program.stdout.readline()
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=_TIMEOUT)
        assert (program.returncode, said.splitlines()[-1]) == (0, "lsqa: watching has ended")


@contextmanager
def _made_true(here: Place, words: tuple[str, ...], invoke: Invoke, patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The words of an example with what stands for something of the reader's own put in, as long as that is there."""
    if "--llm" in words:
        # Whichever provider is named, a server on this machine answers.
        patch.setenv("OPENAI_API_KEY", "none")
        with model_server.serve(_MODEL) as model:
            patch.setenv("LSQA_LLM_BASE_URL", model.url)
            yield [re.sub(r"^ollama:", "openai:", word) for word in words]
            assert model.requests
    elif any(word.startswith("https://") for word in words):
        patch.setenv("LSQA_ALLOW_PRIVATE_ADDRESSES", "yes")
        with running_site() as site:
            site.answers["/plan.pdf"] = give((here.folder / "report.pdf").read_bytes().replace(b"three", b"seven"))
            yield [re.sub(r"^https://[^/]+", site.address(""), word) for word in words]
            assert site.paths[-1] == "/plan.pdf"
    else:
        names: dict[str, str] = {}
        if words[:2] == ("documents", "remove"):
            (here.folder / "gone.md").write_text("# なくなる文書\n\n期間は三年である。\n", encoding="utf-8")
            names["ID"] = invoke("ingest", "gone.md", "--json").json["files"][0]["doc_id"]
        if words[:2] == ("eval", "compare"):
            for name in "AB":
                assert invoke("eval", "my-cases.jsonl", "--fresh").code == 0
                names[name] = sorted((here.folder / ".home/runs").iterdir())[-1].name
        if "DIR" in words:
            write_public_sets(here.folder / "sets")
            names["DIR"] = "sets"
        more = ["--limit", "2"] if words[0] == "eval" and words[1] not in ("compare", "draft-cases") else []
        yield [*(names.get(word, word) for word in words), *more]


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
async def test_a_shell_example_runs(
    words: tuple[str, ...], here: Place, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words[0] in ("ui", "serve"):
        _server(here, words, _page_is_there if words[0] == "ui" else _server_is_there)
    elif words[0] == "mcp":
        await _agent(here, words)
    elif "--watch" in words:
        _watched(here, words)
    else:
        with _made_true(here, words, invoke, monkeypatch) as run:
            done = invoke(*run)
        assert done.code == 0, done.err
        assert done.out or "-o" in words
        if "--json" in words:
            json.loads(done.out)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 25
    assert {"ask", "check", "doctor", "eval", "ingest", "mcp", "serve", "ui"} <= {words[0] for words in EXAMPLES}
