"""`st:MODEL` as a reranker: a cross-encoder of sentence-transformers."""

from collections.abc import Sequence

from lsqa.errors import ModelUnavailableError
from lsqa.models.passage_reading import PassageReading


class CrossEncoderReranker:
    """Scores passages for a query with a cross-encoder. Raises `ModelUnavailableError` where library or model is
    missing."""

    is_calibrated = False

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            hint = "pip install sentence-transformers, or set LSQA_RERANKER=none"
            raise ModelUnavailableError("the reranker needs sentence-transformers", hint=hint) from error
        try:
            self._model = CrossEncoder(model)
        except (OSError, ValueError) as error:
            hint = "check its name and the network, or set LSQA_RERANKER=none"
            raise ModelUnavailableError(f"the reranker {model!r} cannot be loaded: {error}", hint=hint) from error

    def read(self, query: str, passages: Sequence[str]) -> tuple[PassageReading, ...]:
        """A reading of each passage, in their order: its score; higher is better."""
        scores = self._model.predict([(query, passage) for passage in passages], show_progress_bar=False)
        return tuple(PassageReading(float(score)) for score in scores)
