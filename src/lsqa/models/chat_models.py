"""Chat models by LangChain's `provider:model`; imported on the first call, for that takes a second."""

from typing import Any, Final

from langchain_core.language_models import BaseChatModel

from lsqa.errors import ModelUnavailableError

_KEY_FOR_LOCAL_SERVERS: Final = "none"


def init_model(spec: str, base_url: str) -> BaseChatModel:
    """The chat model of `spec`, at temperature 0. `base_url` is empty, or the server to ask; it need not want a key.

    Raises:
        ModelUnavailableError: the provider's package or key is missing, or LangChain does not know the provider.
    """
    provider, _, model = spec.partition(":")
    options: dict[str, Any] = {"model_provider": provider, "temperature": 0.0}
    if base_url:
        options["base_url"] = base_url
    try:
        return _init_with_any_key(model, options)
    except ImportError as error:
        missing = error.__cause__.name if isinstance(error.__cause__, ImportError) else error.name
        package = (missing or f"langchain_{provider}").split(".")[0].replace("_", "-")
        raise ModelUnavailableError(
            f"the language model {spec} needs {package}, which cannot be imported", hint=f"pip install {package}"
        ) from error
    except Exception as error:  # every provider's client raises its own error for a missing key
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelUnavailableError(
            f"the language model {spec} cannot be set up: {reason}",
            hint="check provider:model and the provider's key in the environment, or use --llm none",
        ) from error


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
