"""Keyword search: SQLite FTS5 over Japanese and English words and character bigrams, ranked by BM25.

The tables live in the catalogue's file and hold exactly the chunks and the pages that readers see: rows come and go in
the transaction that publishes or drops their document. The row numbers of the first are those of the catalogue's
`chunks`, those of the second its pages' (`page_number`). A page as a whole says what a chunk of it is about: words that
a question joins often stand in two chunks.
"""

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lsqa.chunks import Chunk
from lsqa.documents import Page
from lsqa.glossary import Definition
from lsqa.tokens import bigrams, index_tokens

# The ascii tokenizer leaves every character above U+007F alone, so Japanese words pass whole; `_term` hides ASCII
# punctuation from it.
_TABLES = """
CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5 (title, headings, words, bigrams, tokenize = 'ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS keyword_terms USING fts5vocab (keywords, 'col');
CREATE VIRTUAL TABLE IF NOT EXISTS page_keywords USING fts5 (title, headings, words, bigrams, tokenize = 'ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS page_terms USING fts5vocab (page_keywords, 'col');
CREATE TABLE IF NOT EXISTS glossary (version INTEGER NOT NULL, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS glossary_by_version ON glossary (version);
"""
_PAGES_A_VERSION = 2**24
_K1 = 1.2  # of FTS5
_MOST_DEFINITIONS = 8  # that one question is expanded by
_PRIVATE_USE = 0xE000
PagePlace = tuple[str, int]
"""A document's id and the number of a page."""
_HIDDEN = {code: chr(_PRIVATE_USE + code) for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True)
class Weights:
    """What an occurrence counts in each field; a field of weight 0 neither matches nor ranks."""

    title: float = 1.0
    headings: float = 1.0
    words: float = 1.0
    bigrams: float = 0.5


@dataclass(frozen=True, slots=True)
class KeywordRow:
    """A chunk or a page as the index holds it: the terms of each field, separated by spaces."""

    number: int
    title: str
    headings: str
    words: str
    bigrams: str


def keyword_row(number: int, title: str, chunk: Chunk) -> KeywordRow:
    """The terms of a chunk. `title` is the document's; the head of a chunk's table counts as its text."""
    text = f"{chunk.table_head}\n{chunk.text}" if chunk.table_head else chunk.text
    headings = " / ".join(chunk.heading_path)
    return KeywordRow(
        number,
        _terms(index_tokens(title)),
        _terms(index_tokens(headings)),
        _terms(index_tokens(text)),
        _terms(bigrams(text)),
    )


def page_keyword_row(version: int, title: str, page: Page) -> KeywordRow:
    """The terms of a whole page of a document's version; its headings count as its text too."""
    headings = " / ".join(page.text_of(block) for block in page.blocks if block.kind == "heading")
    return KeywordRow(
        page_number(version, page.number),
        _terms(index_tokens(title)),
        _terms(index_tokens(headings)),
        _terms(index_tokens(page.text)),
        _terms(bigrams(page.text)),
    )


def page_number(version: int, number: int) -> int:
    """The row number of a page."""
    return version * _PAGES_A_VERSION + number


def _term(token: str) -> str:
    """A token in a form that the tokenizer keeps whole and the query language cannot misread, whatever is in it."""
    return token.encode("utf-8", "replace").decode("utf-8").translate(_HIDDEN)


def _terms(tokens: Iterable[str]) -> str:
    return " ".join(_term(token) for token in tokens if token)


def _any_of(tokens: Sequence[str], phrases: Sequence[Sequence[str]] = ()) -> str:
    terms = [_term(token) for token in tokens if token]
    terms += [_terms(phrase) for phrase in phrases if any(phrase)]
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))


def _expression(words: Sequence[str], pairs: Sequence[str], phrases: Sequence[Sequence[str]], weights: Weights) -> str:
    fields = [name for name in ("title", "headings", "words") if getattr(weights, name)]
    parts = []
    if fields and (any(words) or any(map(any, phrases))):
        parts.append(f"{{{' '.join(fields)}}} : ({_any_of(words, phrases)})")
    if weights.bigrams and any(pairs):
        parts.append(f"bigrams : ({_any_of(pairs)})")
    return " OR ".join(parts)


class KeywordIndex:
    """Search over the keyword table of an open catalogue file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create(self) -> None:
        """Make the tables where there are none."""
        self._connection.executescript(_TABLES)

    def add(self, rows: Iterable[KeywordRow]) -> None:
        """Add rows of chunks; the caller's transaction makes them visible."""
        self._insert("keywords", rows)

    def add_pages(self, rows: Iterable[KeywordRow]) -> None:
        """Add rows of pages; the caller's transaction makes them visible."""
        self._insert("page_keywords", rows)

    def define(self, version: int, defined: Iterable[Definition]) -> None:
        """Note the abbreviations that a document's version defines."""
        self._connection.executemany(
            "INSERT INTO glossary VALUES (?, ?, ?)", ((version, d.short, d.long) for d in defined)
        )

    def definitions_in(self, text: str) -> tuple[Definition, ...]:
        """The definitions whose short or long name stands in `text`, as `text.spaced_with_offsets` spells it; those
        that most documents give first."""
        rows = self._connection.execute(
            """SELECT short, long FROM glossary WHERE instr(?1, short) OR instr(?1, long)
            GROUP BY short, long ORDER BY count(DISTINCT version) DESC, long, short LIMIT ?2""",
            (text, _MOST_DEFINITIONS),
        )
        return tuple(Definition(str(short), str(name)) for short, name in rows)

    def remove_pages(self, version: int) -> None:
        """Remove the pages of a document's version, and what they define."""
        self._connection.execute("DELETE FROM glossary WHERE version = ?", (version,))
        first = page_number(version, 0)
        self._connection.execute(
            "DELETE FROM page_keywords WHERE rowid >= ? AND rowid < ?", (first, first + _PAGES_A_VERSION)
        )

    def _insert(self, table: str, rows: Iterable[KeywordRow]) -> None:
        self._connection.executemany(
            f"INSERT INTO {table} (rowid, title, headings, words, bigrams) VALUES (?, ?, ?, ?, ?)",
            ((row.number, row.title, row.headings, row.words, row.bigrams) for row in rows),
        )

    def remove(self, numbers: Iterable[int]) -> None:
        self._connection.executemany("DELETE FROM keywords WHERE rowid = ?", ((n,) for n in numbers))

    def search(
        self,
        words: Sequence[str],
        pairs: Sequence[str],
        k: int,
        *,
        phrases: Sequence[Sequence[str]] = (),
        weights: Weights = Weights(),
        doc_ids: Sequence[str] | None = None,
    ) -> tuple[tuple[str, float], ...]:
        """The `k` best chunks that hold any of `words`, of `phrases` (words that follow each other) or of the bigrams
        `pairs`: (chunk id, BM25), best first.

        Scores are positive and higher is better (FTS5's bm25() with its sign turned; k1 = 1.2, b = 0.75).
        """
        statement = f"""SELECT c.chunk_id, -best.rank FROM ({_ranked("keywords", weights, doc_ids, _CHUNKS_OF)})
            best JOIN chunks c ON c.row = best.number ORDER BY best.rank, c.row"""
        rows = self._search(statement, _expression(words, pairs, phrases, weights), k, doc_ids)
        return tuple((str(chunk_id), float(score)) for chunk_id, score in rows)

    def search_pages(
        self,
        words: Sequence[str],
        pairs: Sequence[str],
        k: int,
        *,
        phrases: Sequence[Sequence[str]] = (),
        weights: Weights = Weights(),
        doc_ids: Sequence[str] | None = None,
    ) -> tuple[tuple[PagePlace, float], ...]:
        """Like `search`, for whole pages: ((document, page), BM25), best first."""
        statement = f"""SELECT d.doc_id, best.number % {_PAGES_A_VERSION}, -best.rank
            FROM ({_ranked("page_keywords", weights, doc_ids, _PAGES_OF)}) best
            JOIN documents d ON d.version = best.number / {_PAGES_A_VERSION} ORDER BY best.rank, best.number"""
        rows = self._search(statement, _expression(words, pairs, phrases, weights), k, doc_ids)
        return tuple(((str(doc_id), int(page)), float(score)) for doc_id, page, score in rows)

    def _search(
        self, statement: str, expression: str, k: int, doc_ids: Sequence[str] | None
    ) -> Iterable[tuple[Any, ...]]:
        if not expression or k < 1:
            return ()
        # As one value: a statement has room for some thousand parameters, a library for more documents.
        allowed = () if doc_ids is None else (json.dumps(list(doc_ids)),)
        return self._connection.execute(statement, (expression, *allowed, k))

    def document_frequency(self, token: str) -> int:
        """In how many chunks' text a word stands, 0 for an unknown one."""
        return self._frequency("keyword_terms", "words", token)

    def known(self, words: Sequence[str]) -> list[str]:
        """Those of `words` that stand in the text of any chunk."""
        return [word for word in words if self.document_frequency(word)]

    def bounds(self, words: Sequence[str], pairs: Sequence[str]) -> tuple[float, float, float]:
        """The BM25 that no chunk can exceed for `words`, and no page for `words` and for the bigrams `pairs`.

        A word counts idf x (k1 + 1) where it stands without end.
        """
        chunks, pages = (self._count(table) for table in ("keywords", "page_keywords"))
        return (
            self._bound("keyword_terms", "words", words, chunks),
            self._bound("page_terms", "words", words, pages),
            self._bound("page_terms", "bigrams", pairs, pages),
        )

    def _bound(self, vocabulary: str, column: str, tokens: Sequence[str], count: int) -> float:
        frequencies = (self._frequency(vocabulary, column, token) for token in dict.fromkeys(tokens))
        return sum(max(1e-6, math.log((count - n + 0.5) / (n + 0.5))) * (_K1 + 1) for n in frequencies)

    def _frequency(self, vocabulary: str, column: str, token: str) -> int:
        row = self._connection.execute(
            f"SELECT doc FROM {vocabulary} WHERE term = ? AND col = ?", (_term(token).lower(), column)
        ).fetchone()
        return int(row[0]) if row else 0

    def _count(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {table}_docsize").fetchone()[0])


def _ranked(table: str, weights: Weights, doc_ids: Sequence[str] | None, rows_of: str) -> str:
    rank = f"bm25({table}, {weights.title}, {weights.headings}, {weights.words}, {weights.bigrams})"
    allowed = "" if doc_ids is None else f"AND {rows_of}"
    return f"SELECT rowid AS number, {rank} AS rank FROM {table} WHERE {table} MATCH ? {allowed} ORDER BY 2 LIMIT ?"


_IDS = "(SELECT value FROM json_each(?))"
_CHUNKS_OF = f"rowid IN (SELECT row FROM chunks JOIN documents USING (version) WHERE doc_id IN {_IDS})"
_PAGES_OF = f"rowid / {_PAGES_A_VERSION} IN (SELECT version FROM documents WHERE doc_id IN {_IDS})"
