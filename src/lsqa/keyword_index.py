"""Keyword search: SQLite FTS5 over Japanese and English words and character bigrams, ranked by BM25.

The tables live in the catalogue's file and hold exactly the chunks and the pages that readers see: rows come and go in
the transaction that publishes or drops their document. The row numbers of the first are those of the catalogue's
`chunks`, those of the second its pages' (`page_number`). A page as a whole says what a chunk of it is about: words that
a question joins often stand in two chunks. FTS5 keeps the postings and finds phrases; words and bigrams are scored by
`lsqa.postings`, which holds in memory what was asked for lately.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lsqa.catalogue import DirectoryReader
from lsqa.chunks import Chunk
from lsqa.documents import Page
from lsqa.glossary import Definition
from lsqa.postings import K1, Group, Postings, inverse_frequency
from lsqa.recent import Kept
from lsqa.tokens import bigrams, index_tokens

# The ascii tokenizer leaves every character above U+007F alone, so Japanese words pass whole; `_term` hides ASCII
# punctuation from it.
_TABLES = """
CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5 (title, headings, words, bigrams, tokenize = 'ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS page_keywords USING fts5 (title, headings, words, bigrams, tokenize = 'ascii');
CREATE TABLE IF NOT EXISTS glossary (version INTEGER NOT NULL, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS glossary_by_version ON glossary (version);
"""
_PAGES_A_VERSION = 2**24
_MOST_DEFINITIONS = 8  # that one question is expanded by
_MOST_KEPT = 20_000  # definitions in memory, some hundred bytes each
_PRIVATE_USE = 0xE000
# The weights of the search, so that what it has read serves for frequencies too.
_TEXT = (1.0, 1.0, 1.0, 0.0)
_BIGRAMS = (0.0, 0.0, 0.0, 1.0)
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
    headings = " / ".join(chunk.heading_path)
    return KeywordRow(
        number,
        _terms(index_tokens(title)),
        _terms(index_tokens(headings)),
        _terms(index_tokens(_text(chunk))),
        chunk_bigrams(chunk),
    )


def chunk_bigrams(chunk: Chunk) -> str:
    """The last field of a chunk's row, which takes no dictionary."""
    return _terms(bigrams(_text(chunk)))


def page_bigrams(page: Page) -> str:
    """The last field of a page's row."""
    return _terms(bigrams(page.text))


def _text(chunk: Chunk) -> str:
    return f"{chunk.table_head}\n{chunk.text}" if chunk.table_head else chunk.text


def page_keyword_row(version: int, title: str, page: Page) -> KeywordRow:
    """The terms of a whole page of a document's version; its headings count as its text too."""
    headings = " / ".join(page.text_of(block) for block in page.blocks if block.kind == "heading")
    return KeywordRow(
        page_number(version, page.number),
        _terms(index_tokens(title)),
        _terms(index_tokens(headings)),
        _terms(index_tokens(page.text)),
        page_bigrams(page),
    )


def page_number(version: int, number: int) -> int:
    """The row number of a page."""
    return version * _PAGES_A_VERSION + number


def _term(token: str) -> str:
    """A token in a form that the tokenizer keeps whole and the query language cannot misread, whatever is in it."""
    if token.isalnum():
        return token
    return token.encode("utf-8", "replace").decode("utf-8").translate(_HIDDEN)


def _terms(tokens: Iterable[str]) -> str:
    return " ".join(_term(token) for token in tokens if token)


def _distinct(tokens: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_term(token) for token in tokens if token))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a search is for. `words` and `pairs` are terms, `phrases` terms separated by spaces; each once."""

    words: list[str]
    pairs: list[str]
    phrases: list[str]
    weights: Weights

    @classmethod
    def of(cls, words: Sequence[str], pairs: Sequence[str], phrases: Sequence[Sequence[str]], w: Weights) -> "_Asked":
        by_length = [[token for token in phrase if token] for phrase in phrases]
        single = [token for phrase in by_length if len(phrase) == 1 for token in phrase]
        longer = [_terms(phrase) for phrase in by_length if len(phrase) > 1]
        return cls(_distinct((*words, *single)), _distinct(pairs), list(dict.fromkeys(longer)), w)

    @property
    def groups(self) -> tuple[Group, ...]:
        w = self.weights
        return (
            *([Group(self.words, (w.title, w.headings, w.words, 0.0))] if w.title or w.headings or w.words else ()),
            *([Group(self.pairs, (0.0, 0.0, 0.0, w.bigrams))] if w.bigrams else ()),
        )

    @property
    def expression(self) -> str:
        """The phrases in FTS5's language; empty where there is nothing to ask."""
        fields = [name for name in ("title", "headings", "words") if getattr(self.weights, name)]
        any_of = " OR ".join(f'"{phrase}"' for phrase in self.phrases)
        return f"{{{' '.join(fields)}}} : ({any_of})" if fields and any_of else ""


class KeywordIndex:
    """Search over the keyword table of an open catalogue file."""

    def __init__(self, connection: sqlite3.Connection, directory: DirectoryReader | None = None) -> None:
        self._connection = connection
        self._directory = directory
        self.most_definitions = _MOST_KEPT  # of more, none are kept
        self._glossary: Kept[Sequence[Definition] | None] = Kept(connection, self._all_definitions)
        self._chunks = Postings(connection, "keywords")
        self._pages = Postings(connection, "page_keywords")

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
        if (kept := self._glossary.get()) is not None:
            standing = (d for d in kept if d.short in text or d.long in text)
            return tuple(islice(standing, _MOST_DEFINITIONS))
        return self._definitions("WHERE instr(?1, short) OR instr(?1, long)", text, _MOST_DEFINITIONS)

    def _all_definitions(self) -> tuple[Definition, ...] | None:
        """All of them, those that most documents give first; None where they are too many to be kept."""
        (count,) = self._connection.execute("SELECT count(*) FROM glossary").fetchone()
        return self._definitions("", "", count) if count <= self.most_definitions else None

    def _definitions(self, where: str, text: str, most: int) -> tuple[Definition, ...]:
        rows = self._connection.execute(
            f"""SELECT short, long FROM glossary {where}
            GROUP BY short, long ORDER BY count(DISTINCT version) DESC, long, short LIMIT ?2""",
            (text, most),
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
        best = self._best(self._chunks, _Asked.of(words, pairs, phrases, weights), k, self._rows(_CHUNKS_OF, doc_ids))
        known = self._directory and self._directory.get()
        chunk_ids = known.chunk_ids if known else self._names(_CHUNK_IDS, [number for number, _ in best])
        return tuple((chunk_ids[number], score) for number, score in best if number in chunk_ids)

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
        best = self._best(self._pages, _Asked.of(words, pairs, phrases, weights), k, self._rows(_PAGES_OF, doc_ids))
        found = [(*divmod(number, _PAGES_A_VERSION), score) for number, score in best]
        known = self._directory and self._directory.get()
        doc_of = known.doc_ids if known else self._names(_DOC_IDS, [version for version, _, _ in found])
        return tuple(((doc_of[version], page), score) for version, page, score in found if version in doc_of)

    def _best(
        self, postings: Postings, asked: _Asked, k: int, allowed: NDArray[np.int64] | None
    ) -> list[tuple[int, float]]:
        """The numbers of the `k` best rows with their BM25, best first; of equals the first. `allowed`: only these."""
        if k < 1:
            return []
        numbers, scores = postings.scores(asked.groups)
        if asked.expression:
            found = dict(self._phrases(postings.table, asked))
            standing, at, _ = np.intersect1d(numbers, np.fromiter(found, np.int64), True, return_indices=True)
            scores[at] += [found[number] for number in standing.tolist()]
        if allowed is not None:
            scores[~np.isin(numbers, allowed)] = 0.0
        least = max(np.partition(scores, -k)[-k], 0.0) if k < len(scores) else 0.0
        foremost = np.flatnonzero((scores >= least) & (scores > 0))
        order = foremost[np.argsort(-scores[foremost], kind="stable")][:k]
        return list(zip(numbers[order].tolist(), scores[order].tolist(), strict=True))

    def _phrases(self, table: str, asked: _Asked) -> Iterable[tuple[int, float]]:
        """(row number, BM25 of the phrases), in no order."""
        w = asked.weights
        return self._connection.execute(
            f"SELECT rowid, -bm25({table}, {w.title}, {w.headings}, {w.words}, 0) FROM {table} WHERE {table} MATCH ?",
            (asked.expression,),
        )

    def _rows(self, statement: str, doc_ids: Sequence[str] | None) -> NDArray[np.int64] | None:
        """The row numbers of some documents."""
        if doc_ids is None:
            return None
        # As one value: a statement has room for some thousand parameters, a library for more documents.
        found = self._connection.execute(statement, (json.dumps(list(doc_ids)),)).fetchall()
        return np.array([number for (number,) in found], dtype=np.int64)

    def _names(self, statement: str, numbers: Sequence[int]) -> dict[int, str]:
        return dict(self._connection.execute(statement, (json.dumps(list(numbers)),)).fetchall())

    def document_frequency(self, token: str) -> int:
        """In how many chunks' text a word stands, 0 for an unknown one."""
        return self._chunks.frequencies(Group([_term(token)], _TEXT), "words")[0][0] if token else 0

    def known(self, words: Sequence[str]) -> list[str]:
        """Those of `words` that stand in the text of any chunk."""
        terms = _distinct(words)
        found = dict(zip(terms, self._chunks.frequencies(Group(terms, _TEXT), "words")[0], strict=True))
        return [word for word in words if found.get(_term(word))]

    def bounds(self, words: Sequence[str], pairs: Sequence[str]) -> tuple[float, float, float]:
        """The BM25 that no chunk can exceed for `words`, and no page for `words` and for the bigrams `pairs`.

        A word counts idf x (k1 + 1) where it stands without end.
        """
        return (
            _bound(self._chunks, Group(_distinct(words), _TEXT), "words"),
            _bound(self._pages, Group(_distinct(words), _TEXT), "words"),
            _bound(self._pages, Group(_distinct(pairs), _BIGRAMS), "bigrams"),
        )


def _bound(postings: Postings, group: Group, field: str) -> float:
    frequencies, count = postings.frequencies(group, field)
    return sum(inverse_frequency(found, count) * (K1 + 1) for found in frequencies)


_GIVEN: Final = "(SELECT value FROM json_each(?))"
_CHUNKS_OF: Final = f"SELECT row FROM chunks JOIN documents USING (version) WHERE doc_id IN {_GIVEN}"
_PAGES_OF: Final = f"""SELECT p.id FROM documents JOIN page_keywords_docsize p
    ON p.id >= version * {_PAGES_A_VERSION} AND p.id < (version + 1) * {_PAGES_A_VERSION} WHERE doc_id IN {_GIVEN}"""
_CHUNK_IDS: Final = f"SELECT row, chunk_id FROM chunks WHERE row IN {_GIVEN}"
_DOC_IDS: Final = f"SELECT version, doc_id FROM documents WHERE version IN {_GIVEN}"
