"""What several test modules share: the program run in this process, and a library made by it once."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chroma_server import ChromaProcess

from lsqa.catalogue.schema import FILE_NAME as CATALOGUE_NAME
from lsqa.cli.program import run
from lsqa.settings import ChromaServer

if TYPE_CHECKING:
    import httpx

PROJECT = Path(__file__).parent.parent
# What runs in the background of a shell is started with interruptions switched off, and hands that on to its children.
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from lsqa.cli import main; main()"
)
DECK = """\
# あけぼの計画の概要

## 予算

令和7年度の予算は12億円である。前年度の予算は9億円であった。

## 担当

担当課は星間物質研究課である。

# あけぼの計画の体制

- 拠点は札幌と那覇に置く。
- 参加する大学は7校である。
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("lsqa: ")
        return lines[0].removeprefix("lsqa: ")


Invoke = Callable[..., Outcome]


@dataclass(frozen=True, slots=True)
class Ingested:
    """A data folder, what was ingested into it, and what the command said."""

    home: Path
    paths: tuple[Path, ...]
    report: dict[str, Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--storage", choices=["folder", "server"], default="folder", help="where tests of the library keep the vectors"
    )


# Those that take longest begin first, so that no core waits for another at the end.
_LONGEST = (
    "test_processes.py", "ui/test_page.py", "test_readme.py", "test_crash.py", "test_readers_recognition.py",
    "test_evaluation_runs.py", "test_ending.py", "ui/test_page_look.py", "ui/test_views_fit.py",
    "ui/test_evaluation_tab.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {PROJECT / "tests" / name: rank for rank, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for `chroma` runs with the embedded index, or a server; what is marked `both_storages`, with
    both."""
    if "chroma" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--storage")
        both = metafunc.definition.get_closest_marker("both_storages")
        metafunc.parametrize("chroma", ["folder", "server"] if both else [chosen], indirect=True, scope="session")


@pytest.fixture(scope="session")
def chroma(request: pytest.FixtureRequest) -> ChromaServer | None:
    """Where the vectors are kept: None for the data folder."""
    if request.param == "folder":
        return None
    process: ChromaProcess = request.getfixturevalue("chroma_process")
    return process.server


@pytest.fixture(scope="session")
def chroma_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """One real Chroma server for all tests; each library has a collection of its own on it."""
    with ChromaProcess(tmp_path_factory.mktemp("chroma")) as process:
        yield process


@pytest.fixture
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Neither variables nor settings files of whoever runs the tests; the working directory is the path given."""
    for name in [name for name in os.environ if name.startswith("LSQA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def invoke(clean_settings: Path, capfd: pytest.CaptureFixture[str]) -> Invoke:
    """Runs `lsqa` with arguments, in this process."""

    def invoke(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(int(end.value.code or 0), captured.out, captured.err)

    return invoke


def _ingested(folder: Path) -> None:
    """The corpus and a small deck, ingested by the program with the bundled encoder, in `home`; and what it said."""
    deck = folder / "akebono.md"
    deck.write_text(DECK, encoding="utf-8")
    paths = (PROJECT / "corpus", deck)
    command = [sys.executable, "-m", "lsqa", "ingest", *map(str, paths), "--home", str(folder / "home"), "--json"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=clean)
    assert done.returncode == 0, done.stderr
    (folder / "report.json").write_text(done.stdout, encoding="utf-8")


@pytest.fixture(scope="session")
def corpus_library(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Ingested:
    """The corpus and a small deck, ingested by the program with the bundled encoder. To change it, use `own_home`.

    Made once in a run: each process that runs tests has a copy of its own, taken before anyone has opened it.
    """
    own = tmp_path_factory.mktemp("corpus")
    made = own if worker_id == "master" else tmp_path_factory.getbasetemp().parent / "corpus-made"
    made.mkdir(exist_ok=True)
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "report.json").exists():
            _ingested(made)
    if made != own:
        shutil.copytree(made / "home", own / "home")
    report = json.loads((made / "report.json").read_text(encoding="utf-8"))
    return Ingested(own / "home", (PROJECT / "corpus", made / "akebono.md"), report)


@pytest.fixture(scope="session")
def api(corpus_library: Ingested) -> Iterator["httpx.Client"]:
    """A client of a server over the corpus, for all who change nothing."""
    from tests.api_server import serving

    with serving(corpus_library.home) as client:
        yield client


@pytest.fixture(scope="session")
def api_with_tokens(corpus_library: Ingested) -> Iterator["httpx.Client"]:
    """A client, without a token, of a server that wants one of `api_server.TOKENS`."""
    from tests.api_server import ORIGIN, TOKENS, serving

    with serving(corpus_library.home, api_tokens=TOKENS, api_origins=ORIGIN) as client:
        yield client


def copied(corpus_library: Ingested, home: Path) -> Path:
    """A copy of the library in `home`, which may be changed.

    Made without opening its files here: a process that closes a file loses its POSIX locks on it, SQLite's among them,
    and another process then takes the write-ahead log away under it.
    """
    home.mkdir()
    others = [p for p in corpus_library.home.iterdir() if p.name != "models" and not p.name.startswith(CATALOGUE_NAME)]
    subprocess.run(["cp", "-r", *others, home], check=True)
    with (
        closing(sqlite3.connect(corpus_library.home / CATALOGUE_NAME)) as source,
        closing(sqlite3.connect(home / CATALOGUE_NAME)) as copy,
    ):
        source.backup(copy)
    (home / "models").symlink_to(corpus_library.home / "models")
    return home


@pytest.fixture
def own_home(corpus_library: Ingested, tmp_path: Path) -> Path:
    """A copy of the library that a test may change."""
    return copied(corpus_library, tmp_path / "own")
