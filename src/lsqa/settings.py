"""All settings, in one frozen object; this module is the only reader of the environment and of `lsqa.toml`.

Later wins: the default, the user's `lsqa.toml` (the platform's configuration folder), `lsqa.toml` in the working
directory,
the environment (`LSQA_HOME`, …), an option of the command line or an argument in Python.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from lsqa.errors import SettingsError

_SECRET = frozenset({"api_tokens", "ui_users", "chroma_token"})
_FILE = "lsqa.toml"
_PASSWORD = re.compile(r"(?:(?<=://)|^(?!https?:))[^/@\s]*@")
_IN_QUERY = re.compile(r"(?<=[?&])([\w.-]+=)[^&#\s]+")
_OCR = re.compile(r"auto|none|\w+(?:[+]\w+)*")


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server: its address (http:// or https://), and what a hosted one asks for."""

    url: str
    tenant: str = "default_tenant"
    database: str = "default_database"
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one run.

    `home`: the data folder. `llm`: `none` or a LangChain `provider:model`. `llm_base_url`: any OpenAI-compatible
    server.
    `llm_seconds`: what a language model may take for a question: to see what a follow-up means, for the answer, and
    all tries together. `llm_retries`: how often it is
    asked again when it is busy or cannot be reached. `llm_input_tokens`, `llm_reply_tokens`: how long its prompt and
    its reply may be, estimated. `fallback`: `quote` answers by quotes where the language model fails, `none` fails.
    `embedder`: `bundled`, `st:MODEL` or `openai:MODEL`. `reranker`: `bundled`, `none` or `st:MODEL`. `chroma_url`: a
    Chroma server instead of the embedded one; `chroma_tenant`, `chroma_database`, `chroma_token`: where it has several
    users.

    `api_tokens`: comma-separated bearer tokens of the server, each with scopes before it where it has not all:
    `read+ask:TOKEN`. `api_origins`: comma-separated origins whose pages may call it from a browser. `api_rate`:
    requests a minute of one token and of one address, 0 for any number. `api_seconds`: what an answer may take.
    `api_waiting`: how many may wait for a free thread before others are sent away.

    `ocr`: languages of Tesseract for text in images (`jpn+eng`), `none`, or `auto` for the Japanese and English that
    are installed. `file_seconds`, `file_memory_mb`: what reading one file may take, beside the time for its pages.
    `max_download_mb`: of a file behind an address. `allow_private_addresses`: whether machines off the public network
    may be asked for files.

    `log_questions`: whether questions stand in the log of the server and in traces.

    `office`: the program that makes images of presentations, `none`, or `auto` for LibreOffice where it is installed.

    `ui_users`: who may log in to the chat page, `name:password` with commas between them. `ui_uploads`: whether the
    page takes and removes documents. `max_upload_mb`, `max_upload_files`: how large a file, and how many at a time.
    """

    home: Path
    llm: str = "none"
    llm_base_url: str = ""
    llm_seconds: float = 60.0
    llm_retries: int = 2
    llm_input_tokens: int = 8000
    llm_reply_tokens: int = 1500
    fallback: str = "none"
    embedder: str = "bundled"
    reranker: str = "none"
    chroma_url: str = ""
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"
    chroma_token: str = ""
    api_tokens: str = ""
    api_origins: str = ""
    api_rate: int = 600
    api_seconds: float = 120.0
    api_waiting: int = 48
    log_questions: bool = False
    ocr: str = "auto"
    file_seconds: float = 120.0
    file_memory_mb: int = 2048
    max_download_mb: int = 512
    allow_private_addresses: bool = False
    office: str = "auto"
    ui_users: str = ""
    ui_uploads: bool = True
    max_upload_mb: int = 50
    max_upload_files: int = 20

    @property
    def chroma(self) -> ChromaServer | None:
        """The Chroma server; None for the index in the data folder."""
        if not self.chroma_url:
            return None
        return ChromaServer(self.chroma_url, self.chroma_tenant, self.chroma_database, self.chroma_token)


_NAMES = tuple(f.name for f in fields(Settings))
_LEAST = {
    "file_seconds": 1.0,
    "file_memory_mb": 128,
    "max_download_mb": 1,
    "api_rate": 0,
    "api_seconds": 1.0,
    "api_waiting": 0,
    "max_upload_mb": 1,
    "max_upload_files": 1,
    "llm_seconds": 1.0,
    "llm_retries": 0,
    "llm_input_tokens": 500,
    "llm_reply_tokens": 50,
}
_FRACTIONS = frozenset({"file_seconds", "llm_seconds", "api_seconds"})
_YES_OR_NO = ("allow_private_addresses", "log_questions", "ui_uploads")
_SWITCHES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """One row of `lsqa settings`: secrets are masked, `origin` says where the value came from."""

    name: str
    value: str
    origin: str


def _from_file(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        hint = "correct or remove it"
        raise SettingsError(f"cannot read the settings file {path}: {error}", hint=hint) from error
    values: dict[str, str] = {}
    for key, value in table.items():
        name = key.lower().removeprefix("lsqa_").replace("-", "_")
        if name not in _NAMES:
            raise _unknown(key, f" in {path}")
        if name in _LEAST or name in _YES_OR_NO:
            value = str(value)
        if not isinstance(value, str):
            raise SettingsError(f"{key} in {path} must be text in quotes", hint=f'write {key} = "…"')
        if value:
            values[name] = value
    return values


def _unknown(name: str, place: str = "") -> SettingsError:
    return SettingsError(f"unknown setting {name!r}{place}", hint="known are " + ", ".join(sorted(_NAMES)))


def _layers(environment: Mapping[str, str], overrides: Mapping[str, str | None]) -> list[tuple[str, dict[str, str]]]:
    if unknown := [name for name in overrides if name not in _NAMES]:
        raise _unknown(unknown[0])
    user_file = Path(platformdirs.user_config_dir("lsqa", appauthor=False)) / _FILE
    return [
        ("default", {"home": platformdirs.user_data_dir("lsqa", appauthor=False)}),
        (str(user_file), _from_file(user_file)),
        (_FILE, _from_file(Path(_FILE))),
        ("environment", {n: environment[f"LSQA_{n.upper()}"] for n in _NAMES if environment.get(f"LSQA_{n.upper()}")}),
        ("option", {n: str(v) for n, v in overrides.items() if v is not None}),
    ]


def _refuse(name: str, value: str, wanted: str) -> SettingsError:
    return SettingsError(f"the setting {name} cannot be {_mask(name, value)!r}", hint=f"use {wanted}")


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not _LEAST[name] <= number < 1e9:
        raise _refuse(name, value, f"a number, {_LEAST[name]:g} or more")
    return number


def _parsed(values: Mapping[str, str]) -> Settings:
    """Settings from their spelling in files, variables and options."""
    known: dict[str, Any] = dict(values)
    for name in _LEAST.keys() & known.keys():
        number = _number(name, known[name])
        known[name] = number if name in _FRACTIONS else int(number)
    for name in _YES_OR_NO:
        if (switch := known.get(name)) is not None:
            if switch.lower() not in _SWITCHES:
                raise _refuse(name, switch, "yes or no")
            known[name] = _SWITCHES[switch.lower()]
    return Settings(**{**known, "home": _folder(known["home"])})


def _check(settings: Settings) -> Settings:
    if settings.embedder != "bundled" and not settings.embedder.startswith(("st:", "openai:")):
        raise _refuse("embedder", settings.embedder, "bundled, st:MODEL or openai:MODEL")
    if settings.reranker not in ("none", "bundled") and not settings.reranker.startswith("st:"):
        raise _refuse("reranker", settings.reranker, "bundled, none or st:MODEL")
    if settings.llm != "none" and ":" not in settings.llm:
        raise _refuse("llm", settings.llm, "none or PROVIDER:MODEL, for example ollama:gemma3")
    if settings.fallback not in ("none", "quote"):
        raise _refuse("fallback", settings.fallback, "none or quote")
    if not _OCR.fullmatch(settings.ocr):
        raise _refuse("ocr", settings.ocr, "auto, none, or languages of Tesseract with + between them: jpn+eng")
    for name in ("llm_base_url", "chroma_url"):
        value = getattr(settings, name)
        if value and not value.startswith(("http://", "https://")):
            raise _refuse(name, value, "an http:// or https:// address")
    if settings.chroma_url:
        _check_chroma(settings.chroma_url)
    return settings


def _check_chroma(url: str) -> None:
    """Chroma's client takes a host and a port, and would leave out the rest without a word."""
    try:
        found = urlsplit(url)
        is_plain = bool(found.hostname) and (found.port or 1) > 0
    except ValueError:
        is_plain = False
    if not is_plain or "@" in url or found.path.strip("/") or found.query or found.fragment:
        raise _refuse("chroma_url", url, "http://HOST:PORT alone; what the server asks for is set in chroma_token")


def load_settings(**overrides: str | None) -> tuple[Settings, tuple[SettingOrigin, ...]]:
    """The settings that hold, and a row for each that says where it came from.

    Raises `SettingsError` for an unknown name in a file or a value that cannot be used.
    """
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for origin, layer in _layers(os.environ, overrides):
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))
    settings = _check(_parsed(values))
    rows = tuple(
        SettingOrigin(name, _mask(name, _spelled(getattr(settings, name))), origins.get(name, "default"))
        for name in _NAMES
    )
    return settings, rows


def trace_exporter() -> str:
    """Where OpenTelemetry's own variables want traces to go: `otlp`, `console` or another word of theirs; empty where
    they ask for none."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return ""
    if named := os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower():
        return "" if named == "none" else named
    addresses = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return "otlp" if any(os.environ.get(name, "").strip() for name in addresses) else ""


def _folder(value: str) -> Path:
    hint = "name the data folder by its whole path, with --home or LSQA_HOME"
    if not value or "\0" in value:
        raise SettingsError(f"the setting home cannot be {value!r}", hint=hint)
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # `~name` of a user who does not exist
        raise SettingsError(f"the setting home cannot be {value!r}: {error}", hint=hint) from error


def _spelled(value: object) -> str:
    """A value as it is written in a file of settings."""
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _mask(name: str, value: str) -> str:
    """`value` as it may be shown: no secret, and no user, password or query of an address."""
    return "•" * 8 if name in _SECRET and value else masked(value)


def masked(address: str) -> str:
    """An address without its user and password, and without the values of its query, one of which may be a key."""
    return _IN_QUERY.sub(r"\1" + "•" * 8, _PASSWORD.sub("•" * 8 + "@", address))
