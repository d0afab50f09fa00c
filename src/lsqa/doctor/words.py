"""The keyword tables as they are stored, for comparison."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from lsqa.glossary import Definition
from lsqa.keyword_index import KeywordRow, page_number

TABLES: Final = ("keywords", "page_keywords")


class StoredWords:
    """The rows of both keyword tables and of the glossary. For one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def is_there(self) -> bool:
        names = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
        return {*TABLES, "glossary"} <= names

    def numbers(self, table: str) -> frozenset[int]:
        return frozenset(int(n) for (n,) in self._connection.execute(f"SELECT id FROM {table}_docsize"))

    def rows(self, table: str, numbers: Iterable[int]) -> tuple[KeywordRow, ...]:
        """Those of `numbers` that are stored."""
        statement = f"SELECT rowid, title, headings, words, bigrams FROM {table} WHERE rowid = ?"
        found = (self._connection.execute(statement, (number,)).fetchone() for number in numbers)
        return tuple(KeywordRow(*row) for row in found if row)

    def definitions(self, version: int) -> frozenset[Definition]:
        found = self._connection.execute("SELECT short, long FROM glossary WHERE version = ?", (version,))
        return frozenset(Definition(short, name) for short, name in found)

    def strangers(self) -> dict[str, list[int]]:
        """By table: numbers of rows that belong to no chunk, page or document that readers see."""
        shown = "SELECT version FROM documents WHERE state = 'indexed'"
        first, beyond = page_number(1, 0), page_number(1, 0) - 1
        statements = {
            "keywords": f"""SELECT id FROM keywords_docsize WHERE id NOT IN
                (SELECT row FROM chunks WHERE version IN ({shown}))""",
            "page_keywords": f"""SELECT k.id FROM page_keywords_docsize k LEFT JOIN pages p
                ON p.version = k.id / {first} AND p.number = (k.id & {beyond}) AND p.version IN ({shown})
                WHERE p.version IS NULL""",
            "glossary": f"SELECT DISTINCT version FROM glossary WHERE version NOT IN ({shown})",
        }
        return {table: [int(n) for (n,) in self._connection.execute(sql)] for table, sql in statements.items()}

    def damaged_tables(self) -> list[str]:
        """The tables whose postings do not fit their own rows, by FTS5's own check. Needs a connection that writes."""
        return [table for table in TABLES if not self._is_consistent(table)]

    def _is_consistent(self, table: str) -> bool:
        try:
            self._connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            return False
        return True

    def make_again(self, table: str) -> None:
        """The postings of a table, from its rows."""
        self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")

    def remove(self, strangers: dict[str, list[int]]) -> None:
        for table, numbers in strangers.items():
            key = "version" if table == "glossary" else "rowid"
            self._connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", ((n,) for n in numbers))
