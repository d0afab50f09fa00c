"""Which value holds, where it came from, and what cannot be set."""

import os
from pathlib import Path

import platformdirs
import pytest
from tests.conftest import Invoke

from lsqa.errors import IndexUnavailableError, SettingsError
from lsqa.settings import ChromaServer, load_settings
from lsqa.vector_index import VectorIndex

pytestmark = pytest.mark.usefixtures("clean_settings")


def origins() -> dict[str, str]:
    return {row.name: row.origin for row in load_settings()[1]}


def test_later_places_win_and_each_is_named(clean_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(origins().values()) == {"default"}
    user_file = Path(platformdirs.user_config_dir("lsqa", appauthor=False)) / "lsqa.toml"
    user_file.parent.mkdir(parents=True)
    user_file.write_text('reranker = "st:user"\nembedder = "st:user"\nhome = "user"\nllm = "a:user"\n')
    (clean_settings / "lsqa.toml").write_text('embedder = "st:here"\nhome = "here"\nLSQA_LLM = "a:here"\n')
    monkeypatch.setenv("LSQA_HOME", "environment")
    monkeypatch.setenv("LSQA_LLM", "a:environment")
    settings, rows = load_settings(llm="a:option", home=None)
    assert (settings.reranker, settings.embedder, settings.home, settings.llm) == (
        "st:user",
        "st:here",
        Path("environment"),
        "a:option",
    )
    found = {row.name: row.origin for row in rows}
    assert [found[name] for name in ("chroma_url", "reranker", "embedder", "home", "llm")] == [
        "default",
        str(user_file),
        "lsqa.toml",
        "environment",
        "option",
    ]


@pytest.mark.parametrize("value", ["", '""'])
def test_an_empty_value_is_none(clean_settings: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LSQA_HOME", "")
    (clean_settings / "lsqa.toml").write_text(f"home = {value}\n" if value else "\n")
    assert origins()["home"] == "default"


def test_a_file_with_a_byte_order_mark_is_read(clean_settings: Path) -> None:
    (clean_settings / "lsqa.toml").write_text('home = "本棚"\n', encoding="utf-8-sig")
    assert load_settings()[0].home == Path("本棚")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"home = [", "cannot read the settings file"),
        (b"\xff\xfe", "cannot read the settings file"),
        (b'hom = "x"', "unknown setting 'hom'"),
        (b'[lsqa]\nhome = "x"', "unknown setting 'lsqa'"),
        (b"home = 3", 'write home = "…"'),
        (b"home = {a = 1}", 'write home = "…"'),
        (b'home = "a\\u0000b"', "setting home"),
        (b'embedder = "none"', "bundled, st:MODEL or openai:MODEL"),
        (b'reranker = "x"', "none or st:MODEL"),
        (b'llm = "gpt"', "PROVIDER:MODEL"),
        (b'chroma_url = "localhost:8000"', "http://"),
        (b'chroma_url = "http://me:topsecret@host:1"', "HOST:PORT alone"),
        (b'chroma_url = "https://host:1/path"', "HOST:PORT alone"),
        (b'chroma_url = "https://host:1/?x=topsecret"', "HOST:PORT alone"),
        (b'chroma_url = "http://:8000"', "HOST:PORT alone"),
        (b'chroma_url = "http://host:port"', "HOST:PORT alone"),
        (b'llm_base_url = "ftp://x"', "http://"),
        (b'ocr = "jpn, eng"', "jpn+eng"),
        (b"file_seconds = 0", "1 or more"),
        (b'file_memory_mb = "viel"', "128 or more"),
        (b"max_download_mb = 1e99", "1 or more"),
        (b'allow_private_addresses = "perhaps"', "yes or no"),
        (b'fallback = "hope"', "none or quote"),
        (b"llm_seconds = 0.5", "1 or more"),
        (b"llm_retries = -1", "0 or more"),
        (b'llm_input_tokens = "few"', "500 or more"),
        (b"llm_reply_tokens = 10", "50 or more"),
    ],
)
def test_a_setting_that_cannot_be_used(clean_settings: Path, invoke: Invoke, content: bytes, reason: str) -> None:
    (clean_settings / "lsqa.toml").write_bytes(content)
    done = invoke("settings")
    assert (done.code, done.out) == (2, "")
    assert reason in done.complaint


def test_a_folder_in_the_place_of_the_file(clean_settings: Path) -> None:
    (clean_settings / "lsqa.toml").mkdir()
    with pytest.raises(SettingsError, match=r"lsqa\.toml"):
        load_settings()


def test_an_unknown_argument_in_python() -> None:
    with pytest.raises(SettingsError, match="'hoem'"):
        load_settings(hoem="x")


def test_a_home_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings(home="~/data")[0].home == tmp_path / "data"


def test_without_a_home_directory_the_settings_still_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert load_settings(home="here")[0].home == Path("here")


def test_the_limits_of_a_language_model_are_numbers(clean_settings: Path) -> None:
    (clean_settings / "lsqa.toml").write_text('llm_seconds = 2.5\nllm_retries = 0\nllm_input_tokens = "900"\n')
    settings, _ = load_settings(llm_reply_tokens="77", fallback="quote")
    limits = (settings.llm_seconds, settings.llm_retries, settings.llm_input_tokens, settings.llm_reply_tokens)
    assert (*limits, settings.fallback) == (2.5, 0, 900, 77, "quote")


def test_secrets_are_never_shown(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSQA_API_TOKENS", "topsecret,other")
    monkeypatch.setenv("LSQA_LLM_BASE_URL", "https://me:topsecret@host:1/path@2")
    plain, rows = invoke("settings"), invoke("settings", "--json").json["settings"]
    assert "topsecret" not in plain.out + str(rows)
    values = {row["name"]: row["value"] for row in rows}
    assert (values["api_tokens"], values["llm_base_url"]) == ("•" * 8, "https://" + "•" * 8 + "@host:1/path@2")
    assert all(row.keys() == {"name", "value", "origin"} for row in rows)
    assert load_settings()[0].api_tokens == os.environ["LSQA_API_TOKENS"]


def test_no_error_shows_the_password_of_an_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LSQA_CHROMA_URL", "http://me:topsecret@host:1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "topsecret" not in str(refused.value)
    index = VectorIndex(tmp_path, "collection", server=ChromaServer("http://me:topsecret@127.0.0.1:1"))
    with pytest.raises(IndexUnavailableError) as away:
        index.load()
    assert "topsecret" not in str(away.value)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_chroma_server_is_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch, slash: str) -> None:
    for address in ("http://localhost:8000", "https://[::1]:8000", "https://chroma.example"):
        monkeypatch.setenv("LSQA_CHROMA_URL", address + slash)
        assert load_settings()[0].chroma_url == address + slash


@pytest.mark.parametrize("written", ['"yes"', "true", '"1"'])
def test_numbers_and_switches_may_stand_with_and_without_quotes(clean_settings: Path, written: str) -> None:
    (clean_settings / "lsqa.toml").write_text(
        f'file_seconds = 2.5\nfile_memory_mb = "300"\nallow_private_addresses = {written}\n'
    )
    settings, rows = load_settings()
    assert (settings.file_seconds, settings.file_memory_mb, settings.allow_private_addresses) == (2.5, 300, True)
    shown = {row.name: row.value for row in rows}
    assert (shown["file_seconds"], shown["allow_private_addresses"]) == ("2.5", "yes")
    assert not load_settings(allow_private_addresses="no")[0].allow_private_addresses


def test_a_chroma_server_is_known_by_address_tenant_database_and_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings()[0].chroma is None
    monkeypatch.setenv("LSQA_CHROMA_URL", "https://chroma.example")
    monkeypatch.setenv("LSQA_CHROMA_TOKEN", "geheim-0123456789")
    monkeypatch.setenv("LSQA_CHROMA_TENANT", "ministry")
    settings, rows = load_settings()
    assert settings.chroma == ChromaServer(
        "https://chroma.example", "ministry", "default_database", "geheim-0123456789"
    )
    assert "geheim" not in f"{[row for row in rows if row.name.startswith('chroma')]}"
