"""Chat models by LangChain's `provider:model`; imported on the first call, for that takes a second."""

import logging
import os
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from lsqa.errors import ModelUnavailableError

_KEY_FOR_LOCAL_SERVERS: Final = "none"
_LONGEST_REASON: Final = 240
_MASK: Final = "•" * 8
# Providers repeat a part of the key in what they say of it; an address may carry a name and a password, or a key.
_SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|AIza|hf|key)[-_][\w*.-]{6,}|\bAIza[\w*-]{10,}|(?<=Bearer )[^\s'\"]+|(?<=://)[^/@\s]*(?=@)"
)
_QUERY: Final = re.compile(r"(?<=[?&])([\w.-]+=)[^&\s'\"#]+")
_SHORTEST: Final = 5  # characters of a secret; what is shorter would be masked in the middle of words


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """`seconds` without a word from the server, `reply_tokens` of a reply. Trying again is left to whoever asks."""

    seconds: float
    reply_tokens: int


def init_model(spec: str, base_url: str, limits: ClientLimits | None = None) -> BaseChatModel:
    """The chat model of `spec`, at temperature 0 where it has one. `base_url` is empty, or the server to ask; it need
    not want a key. Without `limits` the provider's own hold.

    Raises:
        ModelUnavailableError: the provider's package or key is missing, or LangChain does not know the provider.
    """
    _mask_logs()
    provider, _, model = spec.partition(":")
    options: dict[str, Any] = {"model_provider": provider, "temperature": 0.0}
    if base_url:
        options["base_url"] = base_url
    if limits:
        options |= _limiting_options(provider, base_url, limits)
    try:
        return _init_as_it_takes(model, options)
    except ImportError as error:
        missing = error.__cause__.name if isinstance(error.__cause__, ImportError) else error.name
        package = (missing or f"langchain_{provider}").split(".")[0].replace("_", "-")
        raise ModelUnavailableError(
            f"the language model {spec} needs {package}, which cannot be imported", hint=f"pip install {package}"
        ) from error
    except Exception as error:  # every provider's client raises its own error for a missing key
        raise ModelUnavailableError(
            f"the language model {spec} cannot be set up: {reason_of(error)}",
            hint="check provider:model and the provider's key in the environment, or use --llm none",
        ) from error


def _limiting_options(provider: str, base_url: str, limits: ClientLimits) -> dict[str, Any]:
    """What the provider's client calls the limits. Each is asked not to try again by itself."""
    if provider == "ollama":
        return {"num_predict": limits.reply_tokens, "client_kwargs": {"timeout": limits.seconds}}
    options: dict[str, Any] = {"timeout": limits.seconds, "max_retries": 0, "max_tokens": limits.reply_tokens}
    if provider == "google_genai":
        options["max_retries"] = 1  # its library takes 0 for its own default
    if provider == "openai" and base_url:
        # OpenAI has renamed the parameter, most servers that speak its protocol have not.
        options["extra_body"] = {"max_tokens": options.pop("max_tokens")}
    return options


def _init_as_it_takes(model: str, options: dict[str, Any]) -> BaseChatModel:
    chat_model = _init_with_any_key(model, options)
    if (chat_model.profile or {}).get("temperature") is False:
        without = {name: value for name, value in options.items() if name != "temperature"}
        chat_model = _init_with_any_key(model, without)
    return chat_model


def _init_with_any_key(model: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        chat_model: BaseChatModel = init_chat_model(model, **options)
    except ImportError:
        raise
    except Exception:
        # A local server wants no key, but OpenAI's client does not start without one.
        if options["model_provider"] != "openai" or "base_url" not in options:
            raise
        chat_model = init_chat_model(model, api_key=_KEY_FOR_LOCAL_SERVERS, **options)
    return chat_model


class _Masking(logging.Filter):
    """The address of a request, which the clients of model servers log, without keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = _without_keys(said, ())
        if masked != said:
            record.msg, record.args = masked, ()
        return True


_MASKING: Final = _Masking()


def _mask_logs() -> None:
    for name in ("httpx", "httpx2", "openai._base_client", "anthropic._base_client"):
        logging.getLogger(name).addFilter(_MASKING)  # once; a logger keeps a filter it has


def secrets_of(model: object) -> tuple[str, ...]:
    """The keys that a chat model holds, those in the address of its server included; for masking, not for use."""
    fields = getattr(type(model), "model_fields", {})
    held = [getattr(model, name, None) for name in fields]
    keys = [value.get_secret_value() for value in held if isinstance(value, SecretStr)]
    keys += [secret for value in held if isinstance(value, str) for secret in _secrets_in(value)]
    return tuple(dict.fromkeys(key for key in keys if len(key) >= _SHORTEST))


def _secrets_in(address: str) -> tuple[str, ...]:
    """The password of an address, the user where it has none, and the values of its query, as written and decoded."""
    if "://" not in address:
        return ()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ()
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    values = [value for _, value in parse_qsl(parts.query)]
    written = [password or user, *values]
    return (*written, *map(unquote, written), *map(quote, values))


def _keys_in_environment() -> tuple[str, ...]:
    return tuple(v for name, v in os.environ.items() if name.endswith("_API_KEY") and len(v) >= _SHORTEST)


def reason_of(error: BaseException, secrets: tuple[str, ...] = ()) -> str:
    """What `error` says, in one line that holds no key: none of `secrets`, of the environment, or that looks like
    one."""
    line = " ".join(str(error).split()) or type(error).__name__
    return _without_keys(line, secrets)[:_LONGEST_REASON]


def _without_keys(text: str, secrets: tuple[str, ...]) -> str:
    for secret in sorted((*secrets, *_keys_in_environment()), key=len, reverse=True):
        if secret != _KEY_FOR_LOCAL_SERVERS:
            text = text.replace(secret, _MASK)
    return _QUERY.sub(rf"\1{_MASK}", _SECRET.sub(_MASK, text))
