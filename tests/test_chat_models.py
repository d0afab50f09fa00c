"""Providers of language models: opened by LangChain's name for them, and told clearly where something is missing."""

import importlib.util

import pytest

from lsqa.errors import ModelUnavailableError
from lsqa.models import open_chat_model

PROVIDERS = {"anthropic": "langchain_anthropic", "google_genai": "langchain_google_genai", "ollama": "langchain_ollama"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_opens_or_its_missing_package_is_named(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, "key-of-a-test-0123456789")
    if importlib.util.find_spec(PROVIDERS[provider]):
        assert provider.split("_")[0] in open_chat_model(f"{provider}:some-model")._llm_type
        return
    with pytest.raises(ModelUnavailableError) as caught:
        open_chat_model(f"{provider}:some-model")
    package = PROVIDERS[provider].replace("_", "-")
    assert package in str(caught.value)
    assert caught.value.hint == f"pip install {package}"


def test_a_missing_key_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelUnavailableError) as caught:
        open_chat_model("openai:some-model")
    assert "openai:some-model" in str(caught.value)
    assert "key" in caught.value.hint


def test_a_provider_that_nobody_knows_is_told() -> None:
    with pytest.raises(ModelUnavailableError, match="nobody:some-model"):
        open_chat_model("nobody:some-model")
