"""What retrieval found, as quoting takes it: whole pages, each with how near its best hit came."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lsqa.catalogue import Catalogue
from lsqa.fusion import probability as as_probability
from lsqa.library import Library
from lsqa.questions import Question
from lsqa.retrieval import Hit
from lsqa.scoring import Frequency, MarkedAnswer, RankedPage
from lsqa.tokens import index_tokens

PAGES: Final = 8
_FIRST_PAGE: Final = 0.5  # how near the first page counts that was not found, to a question about the document


def ranked_pages(question: Question, hits: Sequence[Hit], catalogue: Catalogue) -> tuple[RankedPage, ...]:
    """The pages of the first `PAGES` places that `hits`, best first, name; to a question about the document itself also
    the first page of the one that was found first."""
    places: dict[tuple[str, int], RankedPage] = {}
    for hit in hits:
        place = (hit.chunk.doc_id, hit.chunk.page)
        if place not in places and len(places) < PAGES:
            nearness = min(1.0, hit.score / max(hits[0].score, 1e-9))
            places[place] = RankedPage(
                hit.chunk.doc_id, hit.title, catalogue.page(*place), nearness, _marked(hits, place)
            )
    if question.about_document and hits:
        first = (hits[0].chunk.doc_id, 1)
        places.setdefault(first, RankedPage(first[0], hits[0].title, catalogue.page(*first), _FIRST_PAGE))
    publishers = {doc_id: _publisher(catalogue, doc_id) for doc_id, _ in places}
    return tuple(replace(page, publisher=publishers[page.doc_id]) for page in places.values())


def _publisher(catalogue: Catalogue, doc_id: str) -> str:
    record = catalogue.record(doc_id)
    return record.publisher if record else ""


def frequency_in(library: Library) -> Frequency:
    """In how many chunks a spelling stands: as often as the rarest of its words, which is never too few."""

    def frequency(spelling: str) -> int:
        return min((library.keywords.document_frequency(token) for token in index_tokens(spelling)), default=0)

    return frequency


def _marked(hits: Sequence[Hit], place: tuple[str, int]) -> tuple[MarkedAnswer, ...]:
    """What the reader marked on a page."""
    return tuple(
        MarkedAnswer(*hit.answer, as_probability(hit.rerank_score) * (hit.certainty or 0.0))
        for hit in hits
        if hit.answer is not None and hit.rerank_score is not None and (hit.chunk.doc_id, hit.chunk.page) == place
    )
