"""A search that finds nothing, as where no passage of the documents searched is left."""

from collections.abc import Sequence

from lsqa import Assistant
from lsqa.questions import Question
from lsqa.retrieval import Hit, Retriever


class FindsNothing(Retriever):
    def retrieve(
        self, question: Question, k: int, doc_ids: Sequence[str] | None = None, *, read: bool = True
    ) -> tuple[Hit, ...]:
        return ()


def searching_in_vain(assistant: Assistant) -> FindsNothing:
    """To be put in the place of the retriever of `assistant`."""
    return FindsNothing(assistant.library, assistant.retriever.embedder)
