"""Chat models by LangChain's `provider:model`; imported on the first call, for that takes a second."""

import re
from dataclasses import dataclass
from typing import Any, Final

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from lsqa.errors import ModelUnavailableError

_KEY_FOR_LOCAL_SERVERS: Final = "none"
_LONGEST_REASON: Final = 240
_MASK: Final = "•" * 8
# Providers repeat a part of the key in what they say of it; an address may carry a name and a password.
_SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|AIza|hf|key)[-_][\w*.-]{6,}|\bAIza[\w*-]{10,}|(?<=Bearer )[^\s'\"]+|(?<=://)[^/@\s]*(?=@)"
)


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


def secrets_of(model: object) -> tuple[str, ...]:
    """The keys that a chat model holds; for masking, not for use."""
    fields = getattr(type(model), "model_fields", {})
    held = (getattr(model, name, None) for name in fields)
    return tuple(s for value in held if isinstance(value, SecretStr) and len(s := value.get_secret_value()) > 4)


def reason_of(error: BaseException, secrets: tuple[str, ...] = ()) -> str:
    """What `error` says, in one line that holds no key."""
    line = " ".join(str(error).split()) or type(error).__name__
    for secret in secrets:
        line = line.replace(secret, _MASK)
    return _SECRET.sub(_MASK, line)[:_LONGEST_REASON]
