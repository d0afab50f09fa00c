"""Retrieval units: what is embedded, indexed and labelled as evidence.

A chunk is a run of whole blocks of one page, up to `TARGET_CHARACTERS`: a section, short neighbouring sections of one
parent together, a
long section in parts. A block that is longer still is divided at sentences. Ids are hashes of place and text:
ingesting the same file
again gives the same ids.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lsqa.documents import Document, Page
from lsqa.sections import HeadingPath, page_sections
from lsqa.text import Span, sentence_spans

CHUNKING_VERSION = "1"
TARGET_CHARACTERS = 360
SHORT_SECTION = 90


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is `page_text[start:end]` of page `page` (1-based) of document `doc_id`, character for character."""

    chunk_id: str
    doc_id: str
    heading_path: HeadingPath
    page: int
    start: int
    end: int
    text: str


def make_chunk(doc_id: str, heading_path: HeadingPath, page: int, start: int, end: int, text: str) -> Chunk:
    """A chunk whose id is the hash of where it stands and what it says."""
    place = "\x1f".join((doc_id, str(page), str(start), str(end), *heading_path, text))
    return Chunk(hashlib.sha256(place.encode()).hexdigest()[:20], doc_id, heading_path, page, start, end, text)


def chunk_document(document: Document) -> tuple[Chunk, ...]:
    """The chunks of `document` in reading order. They do not overlap and hold every block."""
    return tuple(
        make_chunk(document.doc_id, path, page.number, start, end, page.text[start:end])
        for page in document.pages
        for path, (start, end) in _page_chunks(page)
    )


def embedding_text(chunk: Chunk, title: str) -> str:
    """What is embedded for a chunk: its document's title, its headings and its text, so that a bare figure is
    findable.
    """
    headings = [h for h in chunk.heading_path if h not in chunk.text]
    return "\n".join(part for part in (title, " > ".join(headings), chunk.text) if part)


def _page_chunks(page: Page) -> Iterator[tuple[HeadingPath, Span]]:
    pending: tuple[HeadingPath, Span] | None = None
    for section in page_sections(page):
        for span in _parts([(b.start, b.end) for b in section.blocks], page.text):
            joined = _join(pending, (section.heading_path, span))
            if joined is None and pending is not None:
                yield pending
            pending = joined or (section.heading_path, span)
    if pending is not None:
        yield pending


def _join(a: tuple[HeadingPath, Span] | None, b: tuple[HeadingPath, Span]) -> tuple[HeadingPath, Span] | None:
    """Two neighbours as one chunk where one is short and both stand under one parent; else None."""
    if a is None:
        return None
    (path_a, (start, end_a)), (path_b, (start_b, end)) = a, b
    common = tuple(x for x, y in zip(path_a, path_b, strict=False) if x == y)
    is_short = min(end_a - start, end - start_b) <= SHORT_SECTION
    related = len(common) >= max(len(path_a), len(path_b)) - 1
    return (common, (start, end)) if is_short and related and end - start <= TARGET_CHARACTERS else None


def _parts(spans: list[Span], text: str) -> Iterator[Span]:
    """Runs of whole spans up to the target size; a span beyond it is divided at sentences."""
    pieces = [piece for span in spans for piece in _divide(span, text)]
    start, end = pieces[0]
    for (_, before), (piece_start, piece_end) in pairwise(pieces):
        if piece_end - start > TARGET_CHARACTERS:
            yield start, before
            start = piece_start
        end = piece_end
    yield start, end


def _divide(span: Span, text: str) -> Iterator[Span]:
    start, end = span
    if end - start <= TARGET_CHARACTERS:
        yield span
        return
    for a, b in sentence_spans(text[start:end]):
        for at in range(a, b, TARGET_CHARACTERS):
            yield start + at, start + min(b, at + TARGET_CHARACTERS)
