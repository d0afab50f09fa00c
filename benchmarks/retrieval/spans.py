"""Does the answer stand in what is shown? JaQuAD's dev questions over all of its dev paragraphs."""

import numpy as np
from benchmarks.retrieval.opened import Opened
from benchmarks.retrieval.table import Row

from lsqa.answers import Answer
from lsqa.evaluation.cases import Case
from lsqa.questions import analyse
from lsqa.text import fold


def holds(case: Case, shown: str) -> float:
    """1 where a spelling of every gold fact stands in `shown`, both folded."""
    text = fold(shown)
    return float(all(any(fold(spelling) in text for spelling in group) for group in case.gold))


def quotes(answer: Answer) -> str:
    """The quotes that stand in the text of an answer."""
    text = fold(answer.text)
    cited = (c.citation.quote for claim in answer.claims if claim.verdict == "supported" for c in claim.citations)
    return "\n".join(quote for quote in dict.fromkeys(cited) if fold(quote) in text)


def rows(cases: tuple[Case, ...], opened: Opened) -> list[Row]:
    """The first chunk of each way to search, and lsqa's answers."""
    library, retriever = opened.library, opened.retriever
    first: dict[str, list[float]] = {}
    for case in cases:
        question = analyse(case.question)
        vector = np.asarray(retriever.embedder.embed_query(question.text), dtype=np.float32)
        near = [chunk_id for chunk_id, _ in library.nearest(vector, 1)]
        shown = {
            "e5: the nearest chunk, whole": "".join(c.text for c in library.catalogue.chunks(near)),
            "lsqa: the first passage, whole": "".join(
                hit.chunk.text for hit in retriever.retrieve(question, 1, read=False)
            ),
        }
        answer = opened.assistant.ask(case.question)
        name = "lsqa with the reader" if retriever.reranker is not None else "lsqa"
        shown[f"{name}: the quotes of the answer"] = quotes(answer)
        for row, text in shown.items():
            first.setdefault(row, []).append(holds(case, text))
    return [Row(name, (np.array(values),)) for name, values in first.items()]
