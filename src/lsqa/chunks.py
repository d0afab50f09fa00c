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

from lsqa.documents import Block, Document, Page
from lsqa.sections import HeadingPath, page_sections
from lsqa.text import Span, sentence_spans

CHUNKING_VERSION = "2"
TARGET_CHARACTERS = 360
SHORT_SECTION = 90


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is `page_text[start:end]` of page `page` (1-based) of document `doc_id`, character for character.

    `table_head` holds the head rows of the table that the chunk begins in the middle of, else it is empty. `ocr` is the
    mean confidence, 0 to 1, of the text in it that was recognised in an image, None where there is none.
    """

    chunk_id: str
    doc_id: str
    heading_path: HeadingPath
    page: int
    start: int
    end: int
    text: str
    table_head: str = ""
    ocr: float | None = None


def make_chunk(
    doc_id: str,
    heading_path: HeadingPath,
    page: int,
    start: int,
    end: int,
    text: str,
    table_head: str = "",
    ocr: float | None = None,
) -> Chunk:
    """A chunk whose id is the hash of where it stands and what it says."""
    place = "\x1f".join((doc_id, str(page), str(start), str(end), *heading_path, text))
    identifier = hashlib.sha256(place.encode()).hexdigest()[:20]
    return Chunk(identifier, doc_id, heading_path, page, start, end, text, table_head, ocr)


def chunk_document(document: Document) -> tuple[Chunk, ...]:
    """The chunks of `document` in reading order. They do not overlap and hold every block."""
    return tuple(
        make_chunk(
            document.doc_id,
            path,
            page.number,
            start,
            end,
            page.text[start:end],
            _table_head(page, start),
            _confidence(page, start, end),
        )
        for page in document.pages
        for path, (start, end) in _page_chunks(page)
    )


def embedding_text(chunk: Chunk, title: str) -> str:
    """What is embedded for a chunk: its document's title, its headings, the head of its table and its text, so that a
    bare figure is findable.
    """
    headings = [h for h in chunk.heading_path if h not in chunk.text]
    return "\n".join(part for part in (title, " > ".join(headings), chunk.table_head, chunk.text) if part)


def _table_head(page: Page, start: int) -> str:
    """The head rows over the row that begins at `start`, where they stand before it; rows of one table follow each
    other."""
    head: list[Block] = []
    before: Block | None = None
    for block in page.blocks:
        if block.end > start:
            return "\n".join(page.text_of(b) for b in head) if block.start <= start and block.kind == "row" else ""
        if block.kind == "head_row":
            head = [*head, block] if before is not None and before.kind == "head_row" else [block]
        elif block.kind != "row":
            head = []
        before = block
    return ""


def _confidence(page: Page, start: int, end: int) -> float | None:
    recognised = [
        (b.ocr, b.end - b.start) for b in page.blocks if b.ocr is not None and start < b.end and b.start < end
    ]
    total = sum(length for _, length in recognised)
    return round(sum(ocr * length for ocr, length in recognised) / total, 3) if total else None


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
