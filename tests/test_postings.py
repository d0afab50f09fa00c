"""Scores from postings in memory: those of FTS5 itself, and never older than the file."""

import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lsqa.postings import FIELDS, FieldWeights, Group, Postings

WORDS = ("政策", "予算", "研究", "b\ue02dcure", "fy2025", "等", "A", "者")
TEXT: FieldWeights = (1.0, 1.0, 1.0, 0.0)
ALL: FieldWeights = (4.0, 2.0, 1.0, 0.5)


def connect(path: Path, *, writing: bool = True) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    if not writing:
        connection.execute("PRAGMA query_only = ON")
    return connection


def add(connection: sqlite3.Connection, number: int, *fields: str) -> None:
    connection.execute(f"INSERT INTO t (rowid, {', '.join(FIELDS)}) VALUES (?, ?, ?, ?, ?)", (number, *fields))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with 400 rows of chance, of which some have been removed."""
    path, chance = tmp_path / "t.sqlite3", random.Random(7)
    with connect(path) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE t USING fts5 ({', '.join(FIELDS)}, tokenize = 'ascii')")
        connection.execute("BEGIN")
        for n in range(1, 401):
            # The commonest word stands in nearly all rows, where FTS5 takes the least idf; lengths pass one varint.
            lengths = (chance.randrange(3), chance.randrange(3), chance.choice((0, 5, 300)), chance.randrange(20))
            fields = [" ".join(chance.choices(WORDS, range(1, len(WORDS) + 1), k=length)) for length in lengths]
            add(connection, 3 * n + 2**40, *fields)
        connection.execute("COMMIT")
        connection.execute("DELETE FROM t WHERE rowid % 7 = 0")
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path)
    yield connection
    connection.close()


@pytest.fixture
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path, writing=False)
    yield connection
    connection.close()


def found(postings: Postings, words: Sequence[str], weights: FieldWeights = TEXT) -> dict[int, float]:
    numbers, scores = postings.scores([Group(words, weights)])
    return {int(n): float(s) for n, s in zip(numbers, scores, strict=True) if s > 0}


def by_fts5(connection: sqlite3.Connection, words: Sequence[str], weights: FieldWeights = TEXT) -> dict[int, float]:
    fields = " ".join(field for field, weight in zip(FIELDS, weights, strict=True) if weight)
    any_of = " OR ".join(f'"{word}"' for word in words)
    rank = f"-bm25(t, {', '.join(map(str, weights))})"
    return dict(connection.execute(f"SELECT rowid, {rank} FROM t WHERE t MATCH ?", (f"{{{fields}}} : ({any_of})",)))


@pytest.mark.parametrize("weights", [TEXT, ALL, (0.0, 0.0, 0.0, 1.0)], ids=str)
@pytest.mark.parametrize("words", [WORDS[:1], WORDS[3:5], WORDS, ("者", "ない")], ids=len)
def test_scores_are_those_of_fts5(reader: sqlite3.Connection, words: Sequence[str], weights: FieldWeights) -> None:
    postings = Postings(reader, "t")
    expected = by_fts5(reader, words, weights)
    assert expected
    for _ in range(2):  # read, then kept
        assert found(postings, words, weights) == pytest.approx(expected, rel=1e-9)


def test_groups_add_up(reader: sqlite3.Connection) -> None:
    postings = Postings(reader, "t")
    pairs: FieldWeights = (0.0, 0.0, 0.0, 0.5)
    _, both = postings.scores([Group(WORDS[:2], TEXT), Group(WORDS[5:], pairs)])
    _, first = postings.scores([Group(WORDS[:2], TEXT)])
    _, second = postings.scores([Group(WORDS[5:], pairs)])
    assert both.tolist() == pytest.approx((first + second).tolist())


def test_what_another_process_would_commit_is_seen_and_nothing_sooner(
    writer: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    postings = Postings(reader, "t")
    assert found(postings, ["新語"]) == {}
    before = found(postings, WORDS)
    writer.execute("BEGIN IMMEDIATE")
    add(writer, 1, "新語", "", "政策", "")
    assert (found(postings, ["新語"]), found(postings, WORDS)) == ({}, before)
    writer.execute("COMMIT")
    assert found(postings, ["新語"]) == pytest.approx(by_fts5(reader, ["新語"]))
    assert found(postings, WORDS) == pytest.approx(by_fts5(reader, WORDS), rel=1e-9) != before
    writer.execute("DELETE FROM t WHERE rowid = 1")
    assert found(postings, ["新語"]) == {}
    assert found(postings, WORDS) == pytest.approx(before, rel=1e-9)


def test_what_the_writer_itself_undoes_is_not_kept(writer: sqlite3.Connection) -> None:
    postings = Postings(writer, "t")
    writer.execute("BEGIN IMMEDIATE")
    add(writer, 1, "新語", "", "", "")
    assert 1 in found(postings, ["新語"])
    writer.execute("ROLLBACK")
    assert found(postings, ["新語"]) == {}


def test_the_reader_stays_a_reader(reader: sqlite3.Connection) -> None:
    found(Postings(reader, "t"), WORDS)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM t")


def test_an_empty_table_finds_nothing(tmp_path: Path) -> None:
    connection = connect(tmp_path / "empty.sqlite3")
    connection.execute(f"CREATE VIRTUAL TABLE t USING fts5 ({', '.join(FIELDS)}, tokenize = 'ascii')")
    postings = Postings(connection, "t")
    assert found(postings, WORDS) == {}
    assert postings.frequencies(Group(["政策"], TEXT), "words") == ([0], 0)
    connection.close()


def test_frequencies_count_rows_of_one_field(reader: sqlite3.Connection) -> None:
    (count,) = reader.execute("SELECT count(*) FROM t").fetchone()
    (rows,) = reader.execute("""SELECT count(*) FROM t WHERE t MATCH 'words : "予算"'""").fetchone()
    assert Postings(reader, "t").frequencies(Group(["予算", "ない"], TEXT), "words") == ([rows, 0], count)


def test_memory_is_bounded_and_what_was_forgotten_is_read_again(reader: sqlite3.Connection) -> None:
    postings = Postings(reader, "t", limit=12_000)
    for _ in range(2):
        for word in WORDS:
            assert found(postings, [word]) == pytest.approx(by_fts5(reader, [word]), rel=1e-9)
            assert 0 < postings.size <= 12_000
    assert found(postings, WORDS) == pytest.approx(by_fts5(reader, WORDS), rel=1e-9)


def test_threads_share_it_while_another_writes(writer: sqlite3.Connection, reader: sqlite3.Connection) -> None:
    """A row that is replaced again and again is there once, at every moment, for every thread."""
    postings = Postings(reader, "t")
    add(writer, 1, "標", "", "", "")

    def replace() -> None:
        for n in range(1, 80):
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("DELETE FROM t WHERE rowid = ?", (n,))
            writer.execute("DELETE FROM t WHERE rowid = ?", (n + 1,))
            add(writer, n + 1, "標", "", f"版{n}", "")
            writer.execute("COMMIT")
            time.sleep(0.002)

    def ask(_: int) -> set[int]:
        return {len(found(postings, ["標"])) for _ in range(30)}

    with ThreadPoolExecutor(5) as threads:
        writing = threads.submit(replace)
        counts = set().union(*threads.map(ask, range(12)))
        writing.result()
    assert counts == {1}
    assert list(found(postings, ["標"])) == [80]
