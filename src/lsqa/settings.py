"""All settings, in one frozen object; this module is the only reader of the environment and of `lsqa.toml`.

Later wins: the default, the user's `lsqa.toml` (the platform's configuration folder), `lsqa.toml` in the working directory,
the environment (`LSQA_HOME`, …), an option of the command line or an argument in Python.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from lsqa.errors import SettingsError

_SECRET = frozenset({"api_tokens"})
_FILE = "lsqa.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one run.

    `home`: the data folder. `llm`: `none` or a LangChain `provider:model`. `llm_base_url`: any OpenAI-compatible server.
    `embedder`: `bundled`, `st:MODEL` or `openai:MODEL`. `reranker`: `none` or `st:MODEL`. `chroma_url`: a Chroma server instead of
    the embedded one. `api_tokens`: comma-separated bearer tokens of the REST server.
    """

    home: Path
    llm: str = "none"
    llm_base_url: str = ""
    embedder: str = "bundled"
    reranker: str = "none"
    chroma_url: str = ""
    api_tokens: str = ""


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """One row of `lsqa settings`: secrets are masked, `origin` says where the value came from."""

    name: str
    value: str
    origin: str


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {path}: {error}", hint="correct or remove the file") from error
    known = {f.name for f in fields(Settings)}
    values: dict[str, str] = {}
    for key, value in table.items():
        name = key.lower().removeprefix("lsqa_").replace("-", "_")
        if name not in known:
            raise SettingsError(f"unknown setting {key!r} in {path}", hint="known are " + ", ".join(sorted(known)))
        if isinstance(value, dict | list):
            raise SettingsError(f"{key} in {path} must be a plain value", hint=f'write {key} = "…"')
        values[name] = str(value)
    return values


def _layers(environment: Mapping[str, str], overrides: Mapping[str, str | None]) -> list[tuple[str, dict[str, str]]]:
    names = [f.name for f in fields(Settings)]
    user_file = Path(platformdirs.user_config_dir("lsqa", appauthor=False)) / _FILE
    return [
        ("default", {"home": platformdirs.user_data_dir("lsqa", appauthor=False)}),
        (str(user_file), _from_file(user_file)),
        (_FILE, _from_file(Path(_FILE))),
        ("environment", {n: environment[f"LSQA_{n.upper()}"] for n in names if environment.get(f"LSQA_{n.upper()}")}),
        ("option", {n: str(v) for n, v in overrides.items() if v is not None}),
    ]


def _check(settings: Settings) -> Settings:
    def refuse(name: str, value: str, wanted: str) -> SettingsError:
        return SettingsError(f"the setting {name} cannot be {value!r}", hint=f"use {wanted}")

    if settings.embedder != "bundled" and not settings.embedder.startswith(("st:", "openai:")):
        raise refuse("embedder", settings.embedder, "bundled, st:MODEL or openai:MODEL")
    if settings.reranker != "none" and not settings.reranker.startswith("st:"):
        raise refuse("reranker", settings.reranker, "none or st:MODEL")
    if settings.llm != "none" and ":" not in settings.llm:
        raise refuse("llm", settings.llm, "none or PROVIDER:MODEL, for example ollama:gemma3")
    for name in ("llm_base_url", "chroma_url"):
        value = getattr(settings, name)
        if value and not value.startswith(("http://", "https://")):
            raise refuse(name, value, "an http:// or https:// address")
    return settings


def load_settings(**overrides: str | None) -> tuple[Settings, tuple[SettingOrigin, ...]]:
    """The settings that hold, and a row for each that says where it came from.

    Raises `SettingsError` for an unknown name in a file or a value that cannot be used.
    """
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for origin, layer in _layers(os.environ, overrides):
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))
    home = Path(values.pop("home")).expanduser()
    settings = _check(Settings(home=home, **values))
    rows = tuple(
        SettingOrigin(f.name, _mask(f.name, str(getattr(settings, f.name))), origins.get(f.name, "default"))
        for f in fields(Settings)
    )
    return settings, rows


def _mask(name: str, value: str) -> str:
    if name not in _SECRET or not value:
        return value
    return "•" * 8
