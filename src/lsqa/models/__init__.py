"""Settings to models: the only place that imports a model library, and only the one that a setting asks for.

Importing this package imports none of them.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lsqa.errors import ConversionError, SettingsError
from lsqa.models.fingerprints import embedder_fingerprint

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from lsqa.models.bundled_reader import BundledReader
    from lsqa.models.chat_models import ClientLimits
    from lsqa.models.sentence_transformers_reranker import CrossEncoderReranker

logger = logging.getLogger(__name__)

__all__ = ["embedder_fingerprint", "open_chat_model", "open_embedder", "open_reranker"]


def open_embedder(spec: str, models_dir: Path, *, base_url: str = "") -> "Embeddings":
    """The embedder of `bundled`, `st:MODEL` or `openai:MODEL`.

    `models_dir` is where converted weights live. `base_url` is an OpenAI-compatible server for `openai:MODEL`.

    Raises:
        ModelUnavailableError: a library, the weights or a key is missing; the hint is the line that installs it.
        SettingsError: no such embedder.
    """
    kind, _, model = spec.partition(":")
    if spec == "bundled":
        from lsqa.models.bundled_encoder import open_bundled

        return open_bundled(models_dir)
    if kind == "st" and model:
        from lsqa.models.sentence_transformers_encoder import SentenceTransformersEmbeddings

        return SentenceTransformersEmbeddings(model)
    if kind == "openai" and model:
        from lsqa.models.openai_encoder import open_openai_embedder

        return open_openai_embedder(model, base_url)
    raise SettingsError(f"there is no embedder {spec!r}", hint="use bundled, st:MODEL or openai:MODEL")


def open_chat_model(spec: str, base_url: str = "", limits: "ClientLimits | None" = None) -> "BaseChatModel":
    """The chat model of LangChain's `provider:model`; `none` is for the caller to handle. `limits` replace those of its
    client.

    Raises:
        ModelUnavailableError: the provider's package or key is missing.
    """
    from lsqa.models.chat_models import init_model

    return init_model(spec, base_url, limits)


def open_reranker(spec: str, models_dir: Path) -> "BundledReader | CrossEncoderReranker | None":
    """The reranker of `bundled` or `st:MODEL`, or None for `none`. `models_dir` is as in `open_embedder`.

    Where the bundled encoder's weights cannot be converted there is no bundled reader either, and a warning says so.

    Raises:
        ModelUnavailableError: sentence-transformers or the model is missing.
        SettingsError: no such reranker.
    """
    kind, _, model = spec.partition(":")
    if spec == "none":
        return None
    if spec == "bundled":
        from lsqa.models.bundled_reader import open_bundled_reader

        try:
            return open_bundled_reader(models_dir)
        except ConversionError as error:
            logger.warning("%s; until then passages are not read again after the search", error)
            return None
    if kind == "st" and model:
        from lsqa.models.sentence_transformers_reranker import CrossEncoderReranker

        return CrossEncoderReranker(model)
    raise SettingsError(f"there is no reranker {spec!r}", hint="use none, bundled or st:MODEL")
