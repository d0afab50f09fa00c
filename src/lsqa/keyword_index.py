"""Keyword search: SQLite FTS5 over Japanese and English words and character bigrams, ranked by BM25.

The table lives in the catalogue's file and holds exactly the chunks that readers see: rows come and go in the
transaction that publishes or drops their document. Its row numbers are those of the catalogue's `chunks`.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lsqa.chunks import Chunk
from lsqa.tokens import bigrams, index_tokens

# The ascii tokenizer leaves every character above U+007F alone, so Japanese words pass whole; `_term` hides ASCII
# punctuation from it.
_TABLES = """
CREATE VIRTUAL TABLE IF NOT EXISTS keywords USING fts5 (title, headings, words, bigrams, tokenize = 'ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS keyword_terms USING fts5vocab (keywords, 'col');
"""
_PRIVATE_USE = 0xE000
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
    """A chunk as the index holds it: the terms of each field, separated by spaces."""

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


def _term(token: str) -> str:
    """A token in a form that the tokenizer keeps whole and the query language cannot misread, whatever is in it."""
    return token.encode("utf-8", "replace").decode("utf-8").translate(_HIDDEN)


def _terms(tokens: Iterable[str]) -> str:
    return " ".join(_term(token) for token in tokens if token)


def _any_of(tokens: Sequence[str]) -> str:
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(_term(token) for token in tokens if token))


def _expression(words: Sequence[str], pairs: Sequence[str], weights: Weights) -> str:
    fields = [name for name in ("title", "headings", "words") if getattr(weights, name)]
    parts = []
    if fields and any(words):
        parts.append(f"{{{' '.join(fields)}}} : ({_any_of(words)})")
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
        """Add rows; the caller's transaction makes them visible."""
        self._connection.executemany(
            "INSERT INTO keywords (rowid, title, headings, words, bigrams) VALUES (?, ?, ?, ?, ?)",
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
        weights: Weights = Weights(),
        doc_ids: Sequence[str] | None = None,
    ) -> tuple[tuple[str, float], ...]:
        """The `k` best chunks that hold any of `words` or of the bigrams `pairs`: (chunk id, BM25), best first.

        Scores are positive and higher is better (FTS5's bm25() with its sign turned; k1 = 1.2, b = 0.75).
        """
        expression = _expression(words, pairs, weights)
        if not expression or k < 1:
            return ()
        rank = f"bm25(keywords, {weights.title}, {weights.headings}, {weights.words}, {weights.bigrams})"
        allowed = "" if doc_ids is None else f"AND rowid IN ({_ROWS_OF_DOCUMENTS.format(','.join('?' * len(doc_ids)))})"
        rows = self._connection.execute(
            f"""SELECT c.chunk_id, -best.rank FROM
            (SELECT rowid AS number, {rank} AS rank FROM keywords WHERE keywords MATCH ? {allowed} ORDER BY 2 LIMIT ?)
            best JOIN chunks c ON c.row = best.number ORDER BY best.rank, c.row""",
            (expression, *(doc_ids or ()), k),
        )
        return tuple((str(chunk_id), float(score)) for chunk_id, score in rows)

    def document_frequency(self, token: str) -> int:
        """In how many chunks' text a word stands, 0 for an unknown one."""
        row = self._connection.execute(
            "SELECT doc FROM keyword_terms WHERE term = ? AND col = 'words'", (_term(token).lower(),)
        ).fetchone()
        return int(row[0]) if row else 0


_ROWS_OF_DOCUMENTS = "SELECT row FROM chunks JOIN documents USING (version) WHERE doc_id IN ({})"
