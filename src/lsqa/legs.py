"""The legs of the search: what the keyword and the vector index say of each chunk that either of them found.

A chunk is searched for by its own words and vector, and by the words and character bigrams of its whole page, which
says what the chunk is about. What one leg found is then judged by all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.catalogue import Vector
from lsqa.fusion import Bounds, as_usual
from lsqa.keyword_index import PagePlace, Weights
from lsqa.library import Library
from lsqa.questions import Question
from lsqa.relevance import stands_in
from lsqa.text import spaced_with_offsets
from lsqa.tokens import bigrams, index_tokens

FEATURES: Final = ("chunk words", "page words", "page bigrams", "cosine")
DEPTH: Final = 200
_CHUNKS, _PAGES = 60, 30  # of each leg, that are judged by all
_WORDS_ONLY: Final = Weights(bigrams=0.0)
_BIGRAMS_ONLY: Final = Weights(title=0.0, headings=0.0, words=0.0, bigrams=1.0)


@dataclass(frozen=True, slots=True)
class Candidates:
    """n chunks with what each leg gave them: `scores` (n, `FEATURES`), BM25 (0 where a leg's foremost `DEPTH` do not
    hold the chunk) and the cosine. Ranks count from 1 and name only what a leg found by itself.
    """

    chunk_ids: tuple[str, ...]
    places: tuple[PagePlace, ...]
    scores: NDArray[np.float64]
    bounds: Bounds
    vector_ranks: Mapping[str, int]
    keyword_ranks: Mapping[str, int]


def search(
    library: Library, question: Question, vector: Vector, doc_ids: Sequence[str] | None, *, depth: int = 0
) -> Candidates:
    """The candidates for `question`, whose vector is `vector`. At least the foremost `depth` of the legs over chunks
    are among them."""
    words, phrases, pairs = _words(question), _phrases(library, question), bigrams(question.text)
    keywords = library.keywords
    chunk_leg = dict(keywords.search(words, (), DEPTH, phrases=phrases, weights=_WORDS_ONLY, doc_ids=doc_ids))
    page_leg = dict(keywords.search_pages(words, (), DEPTH, phrases=phrases, weights=_WORDS_ONLY, doc_ids=doc_ids))
    pair_leg = dict(keywords.search_pages((), pairs, DEPTH, weights=_BIGRAMS_ONLY, doc_ids=doc_ids))
    vector_leg = dict(library.nearest(vector, max(DEPTH // 2, depth), doc_ids))
    near = [*list(chunk_leg)[: max(_CHUNKS, depth)], *list(vector_leg)[: max(_CHUNKS, depth)]]
    places = [*library.catalogue.places(near), *list(page_leg)[:_PAGES], *list(pair_leg)[:_PAGES]]
    unit = vector / max(float(np.linalg.norm(vector)), 1e-9)
    found = library.pages.read(places)
    by_words = [
        (chunk_leg.get(chunk_id, 0.0), page_leg.get(place, 0.0), pair_leg.get(place, 0.0))
        for chunk_id, place in zip(found.chunk_ids, found.places, strict=True)
    ]
    cosines = found.vectors @ unit if by_words else np.zeros(0)
    scores = np.column_stack((np.array(by_words, dtype=np.float64).reshape(-1, len(FEATURES) - 1), cosines))
    if not library.catalogue.meta("encoder").startswith("bundled:"):
        scores[:, 3] = as_usual(scores[:, 3])
    return Candidates(
        found.chunk_ids,
        found.places,
        scores,
        # Words of another language than the documents' cannot be found, and say nothing of whether they answer.
        Bounds(*keywords.bounds(keywords.known(words) if question.language == "en" else words, pairs)),
        {chunk_id: rank for rank, chunk_id in enumerate(vector_leg, 1)},
        {chunk_id: rank for rank, chunk_id in enumerate(chunk_leg, 1)},
    )


def _words(question: Question) -> list[str]:
    """An English question is searched by the Japanese words of the lexicon too."""
    words = index_tokens(question.text)
    if question.language == "en":
        words += [w for term in question.terms for spelling in term.alternatives for w in index_tokens(spelling)]
    return words


def _phrases(library: Library, question: Question) -> list[list[str]]:
    """The other names of what the question names, by the glossary of the documents."""
    return [index_tokens(name) for _, name in other_names(library, question)]


def other_names(library: Library, question: Question) -> tuple[tuple[str, str], ...]:
    """(name, other name) for each name that stands in the question and that a document abbreviates or spells out."""
    text = spaced_with_offsets(question.text).text
    return tuple(
        (here, there)
        for definition in library.keywords.definitions_in(text)
        for here, there in ((definition.short, definition.long), (definition.long, definition.short))
        if stands_in(here, text)
    )
