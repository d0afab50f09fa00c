"""The tables of the catalogue and how its file is opened.

The keyword table lives in the same file, so that one transaction covers both (see `lsqa.keyword_index`).
"""

import sqlite3
import uuid
from pathlib import Path

from lsqa.catalogue.snapshots import SharedConnection
from lsqa.errors import HomeError

SCHEMA_VERSION = "3"
FILE_NAME = "catalogue.sqlite3"
_BUSY_SECONDS = 10.0

# A document has at most one row for each state: the version that readers see, and the one that is being written beside
# it. A chunk's text is not stored: it is `page.text[start:stop]`. Embeddings are found by a hash of what was encoded
# and by which encoder, so that unchanged text is never encoded twice, and the vector index can be filled again without
# an encoder.
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, signature TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_signature ON files (signature);
CREATE TABLE failures (
    path TEXT PRIMARY KEY, signature TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE documents (
    version INTEGER PRIMARY KEY,
    doc_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'indexed')),
    title TEXT NOT NULL, publisher TEXT NOT NULL, published TEXT NOT NULL, url TEXT NOT NULL, licence TEXT NOT NULL,
    sha256 TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, warnings TEXT NOT NULL,
    UNIQUE (doc_id, state)
);
CREATE INDEX documents_by_path ON documents (path);
CREATE INDEX documents_by_hash ON documents (sha256);
CREATE TABLE pages (
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL, boxes TEXT NOT NULL,
    PRIMARY KEY (version, number)
);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    chunk_id TEXT NOT NULL, page INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    heading_path TEXT NOT NULL, table_head TEXT NOT NULL, ocr REAL, embedding_key TEXT NOT NULL,
    UNIQUE (version, chunk_id)
);
CREATE INDEX chunks_by_id ON chunks (chunk_id);
CREATE INDEX chunks_by_embedding ON chunks (embedding_key);
CREATE TABLE ledger (
    version INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    page INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    quote_start INTEGER NOT NULL, quote_stop INTEGER NOT NULL, context TEXT NOT NULL,
    kind TEXT NOT NULL, value TEXT NOT NULL, unit TEXT NOT NULL, approximate INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL, status TEXT NOT NULL, names TEXT NOT NULL, programme TEXT NOT NULL,
    measure TEXT NOT NULL, marks TEXT NOT NULL, period TEXT NOT NULL, series TEXT NOT NULL,
    PRIMARY KEY (version, position)
) WITHOUT ROWID;
CREATE TABLE embeddings (key TEXT PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE garbage (vector_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def connect(home: Path, *, writing: bool) -> sqlite3.Connection:
    """A connection to the catalogue in `home`, in autocommit mode; for writing, the file and its tables are made where
    absent.

    Raises `HomeError` where the file cannot be opened, is no catalogue, or was made by another version of lsqa.
    """
    path = home / FILE_NAME
    try:
        # SQLite serialises calls itself (threadsafety 3), so threads may share the connection; readers take snapshots.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'rwc' if writing else 'rw'}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=sqlite3.Connection if writing else SharedConnection,
        )
        _configure(connection, writing=writing)
        if writing:
            _create(connection)
        found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        raise HomeError(
            f"the catalogue {path} cannot be opened ({error})",
            hint="check the folder's permissions and free space; move a damaged file away and ingest again",
        ) from error
    if found != (SCHEMA_VERSION,):
        connection.close()
        raise HomeError(
            f"the catalogue {path} has layout {found and found[0]}, this version of lsqa reads layout {SCHEMA_VERSION}",
            hint="move the folder away and ingest again, or use the version of lsqa that made it",
        )
    return connection


def _configure(connection: sqlite3.Connection, *, writing: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if writing:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last batch, never the consistency
    else:
        connection.execute("PRAGMA query_only = ON")


def _create(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        return
    # One script in one transaction: a process killed in the middle leaves an empty file, not half a schema.
    library = uuid.uuid4().hex[:12]
    connection.executescript(f"""
        BEGIN IMMEDIATE; {TABLES}
        INSERT INTO meta VALUES ('schema', '{SCHEMA_VERSION}'), ('library', '{library}'), ('generation', '0');
        COMMIT;
    """)
