"""Embeddings of OpenAI, or of any server that speaks its protocol (`openai:MODEL`)."""

from typing import Any, Final

from langchain_core.embeddings import Embeddings

from lsqa.errors import ModelUnavailableError

_KEY_FOR_LOCAL_SERVERS: Final = "none"


def open_openai_embedder(model: str, base_url: str) -> Embeddings:
    """LangChain's client for `model`; `base_url` is empty for OpenAI itself, and need not want a key otherwise.

    Raises:
        ModelUnavailableError: langchain-openai is missing, or the client cannot be set up (no key).
    """
    try:
        from langchain_openai import OpenAIEmbeddings
        from openai import OpenAIError
    except ImportError as error:
        raise ModelUnavailableError(
            f"the embedder openai:{model} needs langchain-openai, which cannot be imported ({error})",
            hint="pip install langchain-openai",
        ) from error

    def connect(**options: Any) -> Embeddings:
        embedder: Embeddings = OpenAIEmbeddings(model=model, **options)
        return embedder

    try:
        if not base_url:
            return connect()
        # A server other than OpenAI's takes text, not the token ids of OpenAI's own tokenizer.
        server: dict[str, Any] = {"base_url": base_url, "check_embedding_ctx_length": False}
        try:
            return connect(**server)
        except OpenAIError:
            # A local server wants no key, but OpenAI's client does not start without one.
            return connect(api_key=_KEY_FOR_LOCAL_SERVERS, **server)
    except (OpenAIError, ValueError) as error:
        raise ModelUnavailableError(
            f"the embedder openai:{model} cannot be set up: {str(error).splitlines()[0]}", hint="set OPENAI_API_KEY"
        ) from error
