"""The documentation speaks of what there is: settings, commands, links; and what it shows runs."""

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from benchmarks.serving_page import served
from tests.api_server import ASK
from tests.conftest import PROJECT, Ingested, copied

from lsqa.cli.program import app
from lsqa.settings import Settings, load_settings
from lsqa.ui.desk import Desk

PAGES = (
    *sorted((PROJECT / "docs").glob("*.md")),
    *(PROJECT / n for n in ("README.md", "SECURITY.md", "CONTRIBUTING.md")),
)
NAMES = {f"LSQA_{field.name.upper()}": field for field in fields(Settings)}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)")
_SETTING = re.compile(r"LSQA_[A-Z_]+[A-Z]")
_FOR_TESTS = {"LSQA_TEST_LLM_PYTHON"}


def blocks(path: Path, *languages: str) -> list[str]:
    """The fenced blocks of a page in one of these languages."""
    return [code for language, code in _FENCE.findall(path.read_text(encoding="utf-8")) if language in languages]


def shell_lines(path: Path) -> Iterator[list[str]]:
    """The words of every call of the program in a page's shell examples, without the program's own name."""
    for block in blocks(path, "sh", "console", ""):
        for line in block.splitlines():
            if "lsqa " not in line or "│" in line or "─" in line:
                continue
            try:
                words = shlex.split(line.removeprefix("$ "), comments=True)
            except ValueError:
                continue
            at = next((i for i, word in enumerate(words) if word.rpartition("/")[2] == "lsqa"), None)
            if at is not None and words[0] not in ("export", "pip") and words[at + 1 :]:
                yield words[at + 1 :]


# Names


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(_SETTING.findall(path.read_text(encoding="utf-8")))
    assert named <= NAMES.keys() | _FOR_TESTS


def test_every_setting_stands_in_its_page_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(LSQA_\w+)` \| ([^|]*)\|", (PROJECT / "docs/settings.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(name for name, _ in rows) == sorted(NAMES)
    for name, shown in rows:
        default = NAMES[name].default
        if default is not MISSING and default != "":
            spelled = (
                ("no", "yes")[default]
                if isinstance(default, bool)
                else f"{default:g}"
                if isinstance(default, float)
                else str(default)
            )
            assert shown.strip().strip("`") == spelled, name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_and_option_that_is_shown_exists(path: Path) -> None:
    for words in shell_lines(path):
        command: Any = typer.main.get_command(app)
        rest = list(words)
        while rest and hasattr(command, "commands") and rest[0] in command.commands:
            command = command.commands[rest.pop(0)]
        if command.name == "eval":  # `lsqa eval SUITE…` is `lsqa eval run SUITE…`
            command = command.commands["run"]
        assert command.name not in (None, "lsqa"), f"no such command: lsqa {' '.join(words)}"
        known = {spelling for parameter in command.params for spelling in (*parameter.opts, *parameter.secondary_opts)}
        options = {word.partition("=")[0] for word in rest if re.match(r"-[a-zA-Z]$|--\w", word)}
        assert options <= known | {"--help"}, f"lsqa {' '.join(words)}"


def test_the_check_of_commands_sees_some() -> None:
    assert len(list(shell_lines(PROJECT / "README.md"))) > 20


# Links


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as MkDocs and GitHub make them of ASCII headings."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", title.lower()).strip()) for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{path.name} links to {target}"


# What is shown runs

RUNNABLE = [
    pytest.param(path, code, id=f"{path.name}-{number}")
    for path in PAGES
    for number, code in enumerate(blocks(path, "python"))
]


@pytest.fixture(scope="module")
def shown_home(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of the examples, in `.home` of a folder of its own."""
    folder = tmp_path_factory.mktemp("examples")
    copied(corpus_library, folder / ".home")
    return folder


_PAGE = "http://127.0.0.1:7860/"


@pytest.mark.parametrize(("path", "code"), RUNNABLE)
def test_a_python_example_runs(
    path: Path,
    code: str,
    shown_home: Path,
    clean_settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    api_with_tokens: httpx.Client,
) -> None:
    monkeypatch.chdir(shown_home)
    monkeypatch.setenv("LSQA_HOME", str(shown_home / ".home"))
    here = code.replace("http://127.0.0.1:8000", str(api_with_tokens.base_url).rstrip("/"))
    with ExitStack() as stack:
        if _PAGE in here:
            page = served(Desk(load_settings(home=str(shown_home / ".home"), reranker="none")[0]))
            here = here.replace(_PAGE, stack.enter_context(page))
        exec(compile(here, path.name, "exec"), {"__name__": "example", "token": ASK})
