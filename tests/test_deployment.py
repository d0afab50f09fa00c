"""The files of deploy/ and compose.yaml parse, and name only what there is. No container is started."""

import re
import shlex
import subprocess
from configparser import RawConfigParser
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from tests.conftest import PROJECT

from lsqa.cli.program import app
from lsqa.settings import Settings

DEPLOY = PROJECT / "deploy"
SETTINGS = {f"LSQA_{f.name.upper()}" for f in fields(Settings)}
NOT_SETTINGS = {"LSQA_DOMAIN"}  # of the proxy
CHROMA_PORT = 8000


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    return loaded


def check_command(words: list[str]) -> None:
    """`words` after `lsqa` are a command with options that it has. Values and arguments are not looked at."""
    command: Any = typer.main.get_command(app)
    chosen = command.commands[words[0]]
    known = {option for parameter in chosen.params for option in parameter.opts}
    assert {word for word in words[1:] if word.startswith("--")} <= known, words


def test_compose_names_commands_that_there_are(compose: dict[str, Any]) -> None:
    own = {name: service for name, service in compose["services"].items() if service.get("image") == "lsqa"}
    assert own.keys() == {"api", "page", "ingest", "doctor"}
    for service in own.values():
        entrypoint = service.get("entrypoint", ["lsqa"])
        assert entrypoint[0] == "lsqa"
        check_command([*entrypoint[1:], *service.get("command", [])])
        assert (PROJECT / service["build"]["dockerfile"]).is_file()


def test_compose_names_settings_and_volumes_that_there_are(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service.get("environment", {}).keys() <= SETTINGS | NOT_SETTINGS, name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or source.startswith("./"), volume
        assert set(service.get("depends_on", ())) <= compose["services"].keys()
    assert compose["services"]["api"]["environment"]["LSQA_CHROMA_URL"] == f"http://chroma:{CHROMA_PORT}"
    # The server speaks the protocol of the client that is pinned.
    pinned = re.search(r"^chromadb==(\S+)", (PROJECT / "constraints.txt").read_text(), re.M)
    assert pinned
    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"


@pytest.mark.parametrize("path", [*DEPLOY.iterdir(), PROJECT / "compose.yaml"], ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    assert set(re.findall(r"LSQA_[A-Z_]+", path.read_text())) <= SETTINGS | NOT_SETTINGS


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_the_units_start_what_there_is(path: Path) -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are told apart by case
    unit.read_string(path.read_text())
    program, *words = shlex.split(unit["Service"]["ExecStart"].replace("%i", "8001"))
    if program.endswith("/lsqa"):
        check_command(words)
    else:
        assert words[0] == "run"
        assert Path(program).name == "chroma"


def test_the_image_starts_a_command_that_there_is() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    found = re.search(r"^CMD (\[.*\])$", text, re.M)
    assert found
    check_command(yaml.safe_load(found[1]))
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        assert all((PROJECT / name).exists() for name in source.split()), source


def test_proxies_lead_to_ports_that_are_served(compose: dict[str, Any]) -> None:
    led = set(re.findall(r"reverse_proxy (\w+):(\d+)", (DEPLOY / "Caddyfile").read_text()))
    served = {
        (name, compose["services"][name]["command"][compose["services"][name]["command"].index("--port") + 1])
        for name in ("api", "page")
    }
    assert led == served
    for name in ("Caddyfile", "nginx.conf"):
        text = (DEPLOY / name).read_text()
        assert text.count("{") == text.count("}")


def test_the_chroma_program_takes_these_options() -> None:
    program = PROJECT / ".venv" / "bin" / "chroma"
    if not program.exists():
        pytest.skip("the chroma program is not installed here")
    told = subprocess.run([program, "run", "--help"], capture_output=True, text=True, check=True).stdout
    used = re.findall(r"--[a-z]+", (DEPLOY / "chroma.service").read_text())
    assert used
    assert all(option in told for option in used)
