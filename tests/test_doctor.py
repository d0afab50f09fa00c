"""Each defect is planted in a real library, found, told, and mended; answers work after."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Ingested, Invoke
from tests.test_ingest import HashEmbeddings

from lsqa.catalogue import FILE_NAME, VectorRecord
from lsqa.doctor import examine, repair
from lsqa.errors import EmptyLibraryError, LockedError
from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.settings import ChromaServer
from lsqa.tokens import index_tokens

DOCUMENTS = {
    "akebono.md": "# あけぼの計画\n\n令和7年度の予算は12億円である。ゲノム医療実現バイオバンク（B-cure）を含む。\n",
    "minato.md": "# みなと計画\n\n令和7年度の予算は30億円である。\n\n# みなと計画の内容\n\n海洋を観測する。\n",
    "passages.jsonl": "\n".join(json.dumps({"id": f"p{n}", "text": f"第{n}の文である。"}) for n in range(20)),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound library with its vectors in the folder; the source files lie beside it."""
    folder = tmp_path_factory.mktemp("doctor")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    with WritableLibrary.open_for_writing(folder / "home", "hash") as library:
        assert not ingest([folder / name for name in DOCUMENTS], library, HashEmbeddings()).has_failures
    return folder / "home"


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "home"))


def sql(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / FILE_NAME)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def searched(home: Path) -> None:
    """Every document is found by its words and by its vectors, with the vector it should have."""
    with Library.open(home, "hash") as reader:
        assert reader.catalogue.document_count == 22
        assert reader.vectors.load()
        assert reader.vectors.ids() == reader.catalogue.vector_ids()
        for record in reader.catalogue.vectors():
            assert reader.nearest(record.vector, 1)[0][1] == pytest.approx(1, abs=1e-4)
        (best, *_) = reader.keywords.search(index_tokens("海洋を観測"), (), 5)
        assert "海洋" in reader.catalogue.chunks([best[0]])[0].text
        assert [d.short for d in reader.keywords.definitions_in("B-cureの予算")] == ["B-cure"]
        assert len(reader.catalogue.ledger()) >= 2


def written_in_place(home: Path) -> set[str]:
    """The vectors that Chroma's log of writes puts in again without having taken them out. About one loading in 40 of
    such a log gave a graph in which another vector is not found any more; of logs without them, none of 1,600 did."""
    there: set[str] = set()
    again: set[str] = set()
    with closing(sqlite3.connect(home / "chroma" / "chroma.sqlite3")) as connection:
        for vector_id, operation in connection.execute("SELECT id, operation FROM embeddings_queue ORDER BY seq_id"):
            if operation == _DELETED:
                there.discard(vector_id)
            else:
                again |= {vector_id} & there
                there.add(vector_id)
    assert there  # the log is where Chroma keeps its writes
    return again


_DELETED = 3  # as Chroma numbers them


def vectors(home: Path, change: Callable[[WritableLibrary], None]) -> None:
    """Change the vector index behind the catalogue's back."""
    with WritableLibrary.open_for_writing(home, "hash") as library:
        change(library)


def _swap(library: WritableLibrary) -> None:
    first, second, *_ = library.catalogue.vectors()
    library.vectors.upsert([VectorRecord(first.vector_id, first.doc_id, first.page, second.vector)])


def _lose(library: WritableLibrary) -> None:
    library.vectors.delete([record.vector_id for record in library.catalogue.vectors()][:3])


def _stranger(library: WritableLibrary) -> None:
    library.vectors.upsert([VectorRecord("alien:1", "none", 1, np.ones(16, dtype=np.float32))])


def _wrong_document(library: WritableLibrary) -> None:
    first, *_ = library.catalogue.vectors()
    library.vectors.upsert([VectorRecord(first.vector_id, "p3", first.page, first.vector)])


_FIELDS = "title, publisher, published, url, licence, sha256, kind, path, warnings"
_PENDING = f"""INSERT INTO documents (doc_id, state, {_FIELDS})
SELECT doc_id, 'pending', {_FIELDS} FROM documents WHERE doc_id = 'p1'"""
_PENDING_PAGES = """INSERT INTO pages SELECT (SELECT max(version) FROM documents), number, text, blocks, boxes
FROM pages WHERE version = (SELECT version FROM documents WHERE doc_id = 'p1' AND state = 'indexed')"""
_OF_P1 = "version = (SELECT version FROM documents WHERE doc_id = 'p1')"
DEFECTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a chunk is gone": ("documents", lambda h: sql(h, f"DELETE FROM chunks WHERE {_OF_P1}")),
    "a chunk has another place": ("documents", lambda h: sql(h, f"UPDATE chunks SET stop = stop - 2 WHERE {_OF_P1}")),
    "the ledger is gone": ("documents", lambda h: sql(h, "DELETE FROM ledger")),
    "an amount is another": ("documents", lambda h: sql(h, "UPDATE ledger SET value = '13' WHERE position = 0")),
    "an embedding is gone": (
        "embeddings",
        lambda h: sql(h, f"DELETE FROM embeddings WHERE key IN (SELECT embedding_key FROM chunks WHERE {_OF_P1})"),
    ),
    "an embedding is no vector": (
        "embeddings",
        lambda h: sql(
            h, f"UPDATE embeddings SET vector = x'00' WHERE key IN (SELECT embedding_key FROM chunks WHERE {_OF_P1})"
        ),
    ),
    "words of a chunk are gone": (
        "words",
        lambda h: sql(h, f"DELETE FROM keywords WHERE rowid = (SELECT row FROM chunks WHERE {_OF_P1})"),
    ),
    "words of a page are others": ("words", lambda h: sql(h, "UPDATE page_keywords SET words = 'x'")),
    "words of nothing": ("words", lambda h: sql(h, "INSERT INTO keywords (rowid, words) VALUES (99999, '海洋')")),
    "a page of nothing": (
        "words",
        lambda h: sql(h, "INSERT INTO page_keywords (rowid, words) VALUES (16777216000, '海洋')"),
    ),
    "postings are damaged": ("words", lambda h: sql(h, "DELETE FROM keywords_data WHERE id > 10")),
    "the glossary is gone": ("words", lambda h: sql(h, "DELETE FROM glossary")),
    "a definition of nothing": ("words", lambda h: sql(h, "INSERT INTO glossary VALUES (999, 'XYZ', '無い計画')")),
    "a document waits": ("pending", lambda h: sql(h, _PENDING, _PENDING_PAGES)),
    "a vector waits to be removed": ("vectors", lambda h: sql(h, "INSERT INTO garbage VALUES ('gone:1')")),
    "a file without document": ("files", lambda h: sql(h, "INSERT INTO files VALUES ('/nowhere/a.md', 'x')")),
    "vectors are gone": ("vectors", lambda h: vectors(h, _lose)),
    "a vector of nothing": ("vectors", lambda h: vectors(h, _stranger)),
    "a vector is another's": ("vectors", lambda h: vectors(h, _swap)),
    "a vector names another document": ("vectors", lambda h: vectors(h, _wrong_document)),
    "a write of vectors was interrupted": ("vectors", lambda h: (h / "chroma.writing").touch()),
    "the vector index is gone": ("vectors", lambda h: shutil.rmtree(h / "chroma")),
}


def test_a_sound_library_is_found_sound(home: Path) -> None:
    examination = examine(home, "hash")
    assert examination.findings == ()
    assert examination.is_sound
    assert examination.counts["documents"] == 22
    assert not (home / "writer.pid").exists()


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_and_mended(home: Path, defect: str) -> None:
    check, plant = DEFECTS[defect]
    plant(home)
    found = examine(home, "hash")
    assert check in {finding.check for finding in found.findings}
    assert not found.is_sound
    assert examine(home, "hash").findings == found.findings  # to look changes nothing
    repair(found, home, "hash", HashEmbeddings)
    assert examine(home, "hash").findings == ()
    assert written_in_place(home) == set()
    searched(home)


def test_what_was_changed_in_place_is_seen_in_the_log(home: Path) -> None:
    """Else nothing above would say that repairs leave none of it."""
    assert written_in_place(home) == set()
    vectors(home, _swap)
    assert len(written_in_place(home)) == 1


SLOW = {"the ledger is gone", "an amount is another", "words of a page are others"}


@pytest.mark.parametrize(
    "defect", sorted({*SLOW, "words of a chunk are gone", "a chunk is gone", "a vector of nothing"})
)
def test_a_quick_look_leaves_out_words_and_ledgers(home: Path, defect: str) -> None:
    DEFECTS[defect][1](home)
    assert examine(home, "hash", is_quick=True).is_sound == (defect in SLOW)


def test_only_what_is_missing_is_encoded_again(home: Path) -> None:
    DEFECTS["an embedding is gone"][1](home)
    encoder = HashEmbeddings()
    repair(examine(home, "hash"), home, "hash", lambda: encoder)
    assert len(encoder.texts) == 1
    assert "第1の文" in encoder.texts[0]


def test_a_reader_that_is_open_sees_what_was_mended(home: Path) -> None:
    DEFECTS["words of a chunk are gone"][1](home)
    with Library.open(home, "hash") as reader:
        words = index_tokens("第1の文")
        before = reader.keywords.search(words, (), 30)
        repair(examine(home, "hash"), home, "hash", HashEmbeddings)
        assert len(reader.keywords.search(words, (), 30)) == len(before) + 1


def test_pages_that_cannot_be_read_are_told_and_read_in_again(home: Path, sound: Path) -> None:
    sql(home, "UPDATE pages SET blocks = '{' WHERE version = 1")
    found = examine(home, "hash")
    assert [(f.check, f.is_mendable) for f in found.findings] == [("documents", False)]
    repair(found, home, "hash", HashEmbeddings)
    assert not examine(home, "hash").is_sound
    with WritableLibrary.open_for_writing(home, "hash") as library:
        ingest([sound.parent / name for name in DOCUMENTS], library, HashEmbeddings())
    assert examine(home, "hash").findings == ()


def test_a_damaged_catalogue_is_told(home: Path) -> None:
    path = home / FILE_NAME
    content = bytearray(path.read_bytes())
    for start in range(3 * 4096, len(content), 4096):
        content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)
    (finding, *_) = examine(home, "hash").findings
    assert (finding.check, finding.is_mendable) == ("catalogue", False)
    path.write_bytes(b"no database" * 1000)
    (finding, *_) = examine(home, "hash").findings
    assert finding.check == "catalogue"


def test_another_encoder_is_told_and_nothing_else_is_taken_for_a_defect(home: Path) -> None:
    (finding,) = examine(home, "other").findings
    assert (finding.check, finding.is_mendable) == ("fingerprint", False)
    assert "lsqa ingest --rebuild" in finding.hint


def test_a_server_that_does_not_answer_is_told(home: Path) -> None:
    findings = examine(home, "hash", ChromaServer("http://127.0.0.1:9")).findings
    assert [(f.check, f.is_mendable) for f in findings] == [("vectors", False)]
    assert "LSQA_CHROMA_URL" in findings[0].hint


def test_there_has_to_be_a_library_that_nobody_writes(tmp_path: Path, home: Path) -> None:
    with pytest.raises(EmptyLibraryError):
        examine(tmp_path, "hash")
    with WritableLibrary.open_for_writing(home, "hash"), pytest.raises(LockedError):
        examine(home, "hash")


# The command, over the corpus with the bundled encoder


@pytest.fixture
def planted(own_home: Path) -> Path:
    """A library with what interrupted work leaves, and an image of a document that has gone."""
    (own_home / "slides").mkdir(exist_ok=True)
    (own_home / "slides" / f"{'0' * 32}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"IEND\xaeB`\x82")
    (own_home / "slides" / f"{'1' * 32}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (own_home / "downloads").mkdir(exist_ok=True)
    partial = own_home / "downloads" / ".partial-0123"
    partial.write_bytes(b"half")
    os.utime(partial, (1, 1))
    sql(own_home, "DELETE FROM embeddings WHERE key = (SELECT embedding_key FROM chunks ORDER BY row DESC LIMIT 1)")
    return own_home


def test_the_command_tells_and_mends(planted: Path, invoke: Invoke) -> None:
    told = invoke("doctor", "--home", planted, "--json")
    assert told.code == 1
    assert {(f["check"], f["repaired"]) for f in told.json["findings"]} == {
        ("slides", False),
        ("folder", False),
        ("embeddings", False),
    }
    mended = invoke("doctor", "--home", planted, "--repair")
    assert mended.code == 0, mended.out
    assert mended.out.count("repaired") == 4
    assert "sound: " in mended.out
    again = invoke("doctor", "--home", planted, "--json")
    assert (again.code, again.json["findings"], again.json["sound"]) == (0, [], True)
    asked = invoke("ask", "--home", planted, "--json", "あけぼの計画の令和7年度の予算はいくらですか")
    assert "12億円" in asked.json["text"]


def test_what_cannot_be_mended_is_told_with_what_to_do(own_home: Path, invoke: Invoke) -> None:
    sql(own_home, "UPDATE meta SET value = 'encoder=other' WHERE key = 'fingerprint'")
    told = invoke("doctor", "--home", own_home, "--repair")
    assert told.code == 1
    assert "lsqa ingest --rebuild" in told.out
    assert "not sound" in told.out


def test_the_corpus_is_sound(corpus_library: Ingested, invoke: Invoke) -> None:
    told = invoke("doctor", "--home", corpus_library.home, "--json")
    assert (told.code, told.json["sound"]) == (0, True), told.json
    assert told.json["checked"]["documents"] >= 2
