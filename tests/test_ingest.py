"""Ingesting: what is new is written, what is not costs nothing, what fails harms nothing else."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import chromadb
import numpy as np
import pypdf
import pytest
from langchain_core.embeddings import Embeddings

from lsqa.catalogue import Entry, VectorRecord
from lsqa.documents import Page
from lsqa.errors import (
    EmptyLibraryError,
    HomeError,
    LibraryError,
    LockedError,
    ModelError,
    StaleIndexError,
    UnknownDocumentError,
)
from lsqa.ingest import FileResult, IngestReport, Progress, ingest
from lsqa.isolation import ReadingLimits
from lsqa.library import Library, WritableLibrary
from lsqa.readers.reading_options import ReadingOptions
from lsqa.settings import ChromaServer
from lsqa.tokens import index_tokens


class HashEmbeddings(Embeddings):
    """A deterministic vector for each text; `texts` lists everything that was encoded."""

    def __init__(self, values: int = 16) -> None:
        self.values = values
        self.texts: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts.extend(texts)
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return [float(x) for x in np.random.default_rng(seed).normal(size=self.values)]


class BrokenEmbeddings(HashEmbeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return super().embed_documents(texts)[1:]


@pytest.fixture
def embedder() -> HashEmbeddings:
    return HashEmbeddings()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def library(home: Path, chroma: ChromaServer | None) -> Iterator[WritableLibrary]:
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        yield library


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# 計画A\n\nB-cureの予算は53億円である。\n")
    (folder / "b.txt").write_text("ゲノム研究を進める。創薬を強化する。\n")
    return folder


Run = Callable[..., IngestReport]


@pytest.fixture
def run(library: WritableLibrary, embedder: HashEmbeddings) -> Run:
    def run(*paths: str | Path, prune: bool = False, rebuild: bool = False) -> IngestReport:
        embedder.texts.clear()
        return ingest(paths, library, embedder, prune=prune, rebuild=rebuild)

    return run


def statuses(report: IngestReport) -> dict[str, str]:
    return {Path(result.path).name: result.status for result in report.files}


def found(library: Library, words: str) -> set[str]:
    chunks = library.catalogue.chunks([i for i, _ in library.keywords.search(index_tokens(words), (), 10)])
    return {chunk.doc_id for chunk in chunks}


def passages(path: Path, *texts: str) -> Path:
    lines = (json.dumps({"id": f"p{n}", "title": f"題{n}", "text": text}) for n, text in enumerate(texts) if text)
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_progress_tells_of_each_file_when_it_is_begun_and_how_it_ended(
    library: WritableLibrary, embedder: HashEmbeddings, docs: Path
) -> None:
    (docs / "a.md").with_name("empty.txt").write_bytes(b"")
    for _ in range(2):  # the second time nothing is read
        told: list[Progress] = []
        report = ingest([docs], library, embedder, progress=told.append)
        ended = [result for progress in told for result in progress.ended]
        assert sorted(r.path for r in ended) == sorted(r.path for r in report.files)
        assert {(r.path, r.status) for r in ended} == {(r.path, r.status) for r in report.files}
        for place, progress in enumerate(told):
            for result in progress.ended:
                begun = [p.path for p in told[: place + 1]]
                assert result.path in begun or not result.seconds or result.status in ("unchanged", "empty")


def test_what_has_not_changed_is_read_again_where_it_is_forced(
    library: WritableLibrary, embedder: HashEmbeddings, docs: Path
) -> None:
    ingest([docs / "a.md"], library, embedder)
    (record,) = library.catalogue.documents()
    # As a reader might have left it that has been mended since.
    document = replace(library.catalogue.document(record.doc_id), pages=(Page(1, "別の文", ()),))
    signature = library.catalogue.file_signature(record.path)
    library.store([Entry(document, record.path, (), ())])
    library.note_files({record.path: str(signature)})
    assert statuses(ingest([docs / "a.md"], library, embedder)) == {"a.md": "unchanged"}
    assert library.catalogue.page(record.doc_id, 1).text == "別の文"
    assert statuses(ingest([docs / "a.md"], library, embedder, force=True)) == {"a.md": "indexed"}
    assert "53億円" in library.catalogue.page(record.doc_id, 1).text
    # Where it says the same as before, nothing is written and this is told.
    embedder.texts.clear()
    told: list[Progress] = []
    assert statuses(ingest([docs / "a.md"], library, embedder, force=True, progress=told.append)) == {
        "a.md": "unchanged"
    }
    assert told[-1].pages == 1
    assert embedder.texts == []


@pytest.mark.both_storages
def test_a_folder_is_found_by_words_and_by_vectors(
    run: Run, docs: Path, home: Path, library: WritableLibrary, chroma: ChromaServer | None
) -> None:
    report = run(docs)
    assert statuses(report) == {"a.md": "indexed", "b.txt": "indexed"}
    with Library.open(home, "hash", chroma=chroma) as reader:
        assert reader.catalogue.document_count == 2
        (doc_id,) = found(reader, "創薬")
        assert doc_id.startswith("b-")
        chunk = reader.catalogue.chunks_of(doc_id)[0]
        vector = reader.catalogue.embeddings([library.embedding_key(embedded(reader, doc_id))])
        hits = reader.nearest(next(iter(vector.values())), 2)
        assert hits[0][0] == chunk.chunk_id
        assert hits[0][1] == pytest.approx(1.0, abs=1e-4)
        assert len(reader.nearest(next(iter(vector.values())), 5, [doc_id])) == len(reader.catalogue.chunks_of(doc_id))


def embedded(reader: Library, doc_id: str) -> str:
    from lsqa.chunks import embedding_text

    return embedding_text(reader.catalogue.chunks_of(doc_id)[0], reader.catalogue.document(doc_id).title)


def test_the_report_is_the_contract(run: Run, docs: Path) -> None:
    (docs / "empty.txt").write_text(" \n")
    plain = run(docs).to_dict()
    assert plain["files"][0].keys() >= {"path", "status", "doc_id", "pages", "chunks", "reason", "seconds"}
    assert [f["reason"] is None for f in plain["files"]] == [True, True, False]
    assert plain["files"][2]["doc_id"] is None
    assert (plain["totals"]["indexed"], plain["totals"]["empty"], plain["totals"]["files"]) == (2, 1, 3)
    json.dumps(plain)


def test_an_unchanged_file_is_neither_read_nor_encoded(run: Run, docs: Path, embedder: HashEmbeddings) -> None:
    run(docs)
    os.utime(docs / "a.md", (1, 1))
    assert set(statuses(run(docs)).values()) == {"unchanged"}
    assert embedder.texts == []


@pytest.mark.both_storages
def test_a_change_of_the_same_size_and_time_is_noticed(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    before = (docs / "b.txt").stat()
    (docs / "b.txt").write_text("ゲノム研究を止める。創薬を強化する。\n")
    os.utime(docs / "b.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    ids = {r.doc_id for r in library.catalogue.documents()}
    assert statuses(run(docs))["b.txt"] == "indexed"
    assert {r.doc_id for r in library.catalogue.documents()} == ids
    assert found(library, "進める") == set()
    assert library.keywords.document_frequency(index_tokens("進める")[0]) == 0
    assert library.vectors.ids() == library.catalogue.vector_ids()


def test_a_renamed_file_keeps_its_id_and_is_not_encoded_again(
    run: Run, docs: Path, library: WritableLibrary, embedder: HashEmbeddings
) -> None:
    run(docs)
    ids = {r.doc_id for r in library.catalogue.documents()}
    (docs / "a.md").rename(docs / "z.md")
    assert statuses(run(docs)) == {"b.txt": "unchanged", "z.md": "unchanged"}
    assert {r.doc_id for r in library.catalogue.documents()} == ids
    assert str(docs / "z.md") in {r.path for r in library.catalogue.documents()}
    assert embedder.texts == []


def test_a_renamed_file_is_not_even_read_again(library: WritableLibrary, docs: Path) -> None:
    passages(docs / "p.jsonl", "甲の文。", "乙の文。")
    ingest([docs], library, HashEmbeddings())
    (docs / "sub").mkdir()
    for name in ("a.md", "p.jsonl"):
        (docs / name).rename(docs / "sub" / name)
    report = ingest([docs], library, HashEmbeddings(), limits=ReadingLimits(seconds=0.0))  # no time to read anything
    assert statuses(report) == {"a.md": "unchanged", "b.txt": "unchanged", "p.jsonl": "unchanged"}
    assert library.catalogue.document_count == 4
    assert {str(docs / "sub" / "a.md"), str(docs / "sub" / "p.jsonl")} <= {
        r.path for r in library.catalogue.documents()
    }
    assert set(statuses(ingest([docs], library, HashEmbeddings(), prune=True)).values()) == {"unchanged"}


def test_a_file_whose_name_is_its_title_is_read_again_under_another(
    run: Run, docs: Path, library: WritableLibrary
) -> None:
    run(docs)
    (docs / "b.txt").rename(docs / "ゲノム.txt")
    run(docs)
    assert {r.title for r in library.catalogue.documents()} == {"計画A", "ゲノム"}


def test_other_languages_of_recognition_read_the_files_again(library: WritableLibrary, docs: Path) -> None:
    ingest([docs], library, HashEmbeddings())
    late = ReadingLimits(seconds=0.0)
    assert set(statuses(ingest([docs], library, HashEmbeddings(), limits=late)).values()) == {"unchanged"}
    report = ingest([docs], library, HashEmbeddings(), limits=late, reading=ReadingOptions(ocr_languages="jpn"))
    assert set(statuses(report).values()) == {"failed"}


def test_what_cannot_be_read_is_told_again_without_being_read_again(library: WritableLibrary, docs: Path) -> None:
    (docs / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (docs / "blank.md").write_text("\n \n")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(docs / "locked.pdf")
    first = ingest([docs], library, HashEmbeddings())
    late = ReadingLimits(seconds=0.0)
    again = ingest([docs], library, HashEmbeddings(), limits=late)
    failed = {"binary.txt": "unsupported", "blank.md": "empty", "locked.pdf": "locked"}
    assert statuses(again) == {"a.md": "unchanged", "b.txt": "unchanged", **failed}
    assert [r.reason for r in again.files] == [r.reason for r in first.files]
    # Another password is another attempt, and so is another content.
    opened = ingest([docs], library, HashEmbeddings(), reading=ReadingOptions(password="geheim"))
    assert statuses(opened)["locked.pdf"] == "empty"
    (docs / "blank.md").write_text("# 題\n\n本文である。\n")
    assert statuses(ingest([docs], library, HashEmbeddings()))["blank.md"] == "indexed"
    (docs / "blank.md").write_text("\n \n")
    assert statuses(ingest([docs], library, HashEmbeddings()))["blank.md"] == "empty"


def test_a_copy_is_a_document_of_its_own(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    (docs / "copy.md").write_bytes((docs / "a.md").read_bytes())
    run(docs)
    assert library.catalogue.document_count == 3


def test_a_manifest_names_the_files_and_what_is_known_of_them(run: Run, docs: Path, library: WritableLibrary) -> None:
    manifest = docs / "manifest.toml"
    manifest.write_text('[[document]]\nfile = "a.md"\nid = "plan"\ntitle = "計画"\npublished = 2025-06-26\n')
    assert statuses(run(docs)) == {"a.md": "indexed"}
    record = library.catalogue.documents()[0]
    assert (record.doc_id, record.title, record.published) == ("plan", "計画", "2025-06-26")
    manifest.write_text(manifest.read_text().replace('"計画"', '"新計画"'))
    assert statuses(run(docs / "a.md")) == {"a.md": "indexed"}
    assert library.catalogue.documents()[0].title == "新計画"
    assert library.vectors.ids() == library.catalogue.vector_ids()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[document]]\nfile = "a.md"\n[[document]\n', "line 3"),
        ('\n[[document]]\nfile = "a.md"\n\n[[document]]\nid = "x"\n', "line 5: file"),
        ('[[document]]\nfile = "../secret.md"\n', "outside"),
        (
            '[[document]]\nfile = "a.md"\nid = "x"\n[[document]]\nfile = "b.txt"\nid = "x"\n',
            "line 4: 'x' is named before",
        ),
        ("# nothing\n", "names no document"),
    ],
)
def test_a_broken_manifest_is_named_with_its_line(run: Run, docs: Path, tmp_path: Path, text: str, reason: str) -> None:
    (docs / "manifest.toml").write_text(text)
    other = tmp_path / "other.txt"
    other.write_text("別の文書。")
    report = run(docs, other)
    assert statuses(report) == {"manifest.toml": "failed", "other.txt": "indexed"}
    assert reason in report.files[0].reason


def test_a_manifest_that_names_a_missing_file(run: Run, docs: Path) -> None:
    (docs / "manifest.toml").write_text('[[document]]\nfile = "gone.md"\n[[document]]\nfile = "a.md"\n')
    assert statuses(run(docs)) == {"gone.md": "failed", "a.md": "indexed"}


def _write(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _empty_folder(folder: Path) -> Path:
    (folder / "void").mkdir()
    return folder / "void"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.txt")
    return folder / "pipe.txt"


@pytest.mark.parametrize(
    ("make", "status", "reason"),
    [
        (lambda f: f / "missing.pdf", "failed", "no such file"),
        (_empty_folder, "failed", "no readable file"),
        (_pipe, "failed", "no regular file"),
        (_write("binary.txt", bytes(range(256)) * 40), "unsupported", ""),
        (_write("broken.pdf", b"%PDF-1.7\nbroken"), "failed", ""),
        (_write("blank.md", b"\n \n"), "empty", "no text"),
        (_write("bad.jsonl", b'{"id": "x", "text": "ok"}\nnot json\n'), "failed", "line 2"),
        (_write("half.jsonl", b'{"id": "x", "text": "\\ud800"}\n'), "failed", "line 1"),
        (_write("none.jsonl", b""), "empty", "no text"),
        (lambda f: "ftp://example.org/a.pdf", "failed", "no http:// or https:// address"),
        (lambda f: "http://localhost:1/a.pdf", "failed", "allow_private_addresses"),
    ],
)
def test_a_bad_file_is_reported_and_the_rest_goes_on(
    run: Run, docs: Path, tmp_path: Path, make: Callable[[Path], Path], status: str, reason: str
) -> None:
    report = run(make(tmp_path), docs)
    results = {Path(r.path).name: r for r in report.files}
    assert (results["a.md"].status, results["b.txt"].status) == ("indexed", "indexed")
    (bad,) = [r for name, r in results.items() if name not in ("a.md", "b.txt")]
    assert bad.status == status
    assert bad.reason
    assert reason in bad.reason
    assert report.has_failures


def test_a_file_that_breaks_leaves_its_earlier_version(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    (docs / "b.txt").write_bytes(bytes(range(256)) * 40)
    assert statuses(run(docs))["b.txt"] == "unsupported"
    assert len(found(library, "創薬")) == 1


def test_hidden_files_are_skipped_and_links_in_a_circle_end(run: Run, docs: Path) -> None:
    (docs / ".hidden.md").write_text("秘密")
    (docs / "loop").symlink_to(docs)
    (docs / "again.md").symlink_to(docs / "a.md")
    assert statuses(run(docs, docs / "a.md")) == {"a.md": "indexed", "b.txt": "indexed"}


@pytest.mark.both_storages
@pytest.mark.parametrize("name", ["p.jsonl", "p.jsonl.gz"])
def test_of_changed_passages_only_the_changed_line_is_encoded(
    run: Run, tmp_path: Path, library: WritableLibrary, embedder: HashEmbeddings, name: str
) -> None:
    texts = [f"第{n}の文である。" for n in range(300)]
    assert run(passages(tmp_path / name, *texts)).files[0].documents == 300
    texts[7], texts[9] = "変わった文である。", ""
    report = run(passages(tmp_path / name, *texts))
    assert [t.splitlines()[-1] for t in embedder.texts] == ["変わった文である。"]
    assert (report.removed, report.files[0].status, report.files[0].documents) == (("p9",), "indexed", 299)
    assert library.vectors.ids() == library.catalogue.vector_ids()
    assert "p9" not in found(library, "第9の文")


def test_two_files_of_one_run_cannot_be_the_same_document(run: Run, tmp_path: Path, library: WritableLibrary) -> None:
    report = run(passages(tmp_path / "one.jsonl", "甲"), passages(tmp_path / "two.jsonl", "乙"))
    assert statuses(report) == {"one.jsonl": "indexed", "two.jsonl": "failed"}
    assert "one.jsonl" in report.files[1].reason
    assert library.catalogue.document_count == 1


@pytest.mark.both_storages
def test_prune_removes_what_vanished_under_the_given_paths_only(run: Run, docs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.txt").write_text("別の場所。")
    run(docs, other)
    (docs / "a.md").unlink()
    (other / "c.txt").unlink()
    assert run(docs).removed == ()
    assert [i.rpartition("-")[0] for i in run(docs, prune=True).removed] == ["a"]
    report = run(other / "c.txt", prune=True)
    assert [i.rpartition("-")[0] for i in report.removed] == ["c"]
    assert not report.has_failures


def test_a_folder_that_is_not_there_prunes_nothing(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    docs.rename(docs.with_name("moved"))
    assert run(docs, prune=True).has_failures
    assert library.catalogue.document_count == 2


@pytest.mark.both_storages
def test_removing_a_document(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    (doc_id,) = found(library, "創薬")
    library.remove([doc_id])
    assert found(library, "創薬") == set()
    assert library.vectors.ids() == library.catalogue.vector_ids()
    with pytest.raises(UnknownDocumentError, match=doc_id):
        library.remove([doc_id])
    assert statuses(run(docs)) == {"a.md": "unchanged", "b.txt": "indexed"}


def test_progress_ends_at_the_whole(library: WritableLibrary, embedder: HashEmbeddings, docs: Path) -> None:
    told: list[Progress] = []
    ingest([docs], library, embedder, progress=told.append)
    assert (told[-1].files, told[-1].files_total) == (2, 2)
    assert told[-1].chunks == told[-1].chunks_known > 0


def test_an_encoder_that_loses_a_text_is_no_success(library: WritableLibrary, docs: Path) -> None:
    with pytest.raises(ModelError):
        ingest([docs], library, BrokenEmbeddings())
    assert library.catalogue.document_count == 0


@pytest.mark.both_storages
def test_another_encoder_asks_for_a_rebuild_and_the_rebuild_serves(
    home: Path, docs: Path, chroma: ChromaServer | None
) -> None:
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        ingest([docs], library, HashEmbeddings())
    for opening in (Library.open, WritableLibrary.open_for_writing):
        with pytest.raises(StaleIndexError, match="lsqa ingest --rebuild"):
            opening(home, "other", chroma=chroma)
    with WritableLibrary.open_for_writing(home, "other", rebuild=True, chroma=chroma) as library:
        with pytest.raises(StaleIndexError):
            ingest([passages(docs / "p.jsonl", "新しい文。")], library, HashEmbeddings(24))
        report = ingest([], library, HashEmbeddings(24), rebuild=True)
        assert (report.rebuilt, report.encoded) == (2, library.catalogue.chunk_count)
    with Library.open(home, "other", chroma=chroma) as reader:
        vector = np.asarray(HashEmbeddings(24).embed_query(embedded(reader, next(iter(found(reader, "創薬"))))))
        assert reader.nearest(vector, 1)[0][1] == pytest.approx(1.0, abs=1e-4)


def test_a_rebuild_by_the_same_encoder_changes_nothing(run: Run, docs: Path, library: WritableLibrary) -> None:
    run(docs)
    before = library.vectors.ids(), found(library, "創薬"), library.catalogue.chunk_count
    assert run(rebuild=True).encoded == 0
    assert (library.vectors.ids(), found(library, "創薬"), library.catalogue.chunk_count) == before


def test_reading_a_home_that_is_not_there_makes_nothing(home: Path, chroma: ChromaServer | None) -> None:
    with pytest.raises(EmptyLibraryError, match="lsqa ingest"):
        Library.open(home, "hash", chroma=chroma)
    assert not home.exists()


def test_a_library_without_documents_is_empty(
    library: WritableLibrary, home: Path, chroma: ChromaServer | None
) -> None:
    with pytest.raises(EmptyLibraryError):
        Library.open(home, "hash", chroma=chroma)


@pytest.mark.parametrize("opening", [Library.open, WritableLibrary.open_for_writing])
def test_a_file_in_the_place_of_the_home(home: Path, opening: Callable[[Path, str], Library]) -> None:
    home.write_text("x")
    with pytest.raises(HomeError, match="is a file"):
        opening(home, "hash")
    with pytest.raises(HomeError):
        opening(home / "below", "hash")


def test_a_second_writer_is_told_who_holds_the_lock(
    library: WritableLibrary, home: Path, chroma: ChromaServer | None
) -> None:
    with pytest.raises(LockedError, match=f"{os.getpid()}.*{home.name}"):
        WritableLibrary.open_for_writing(home, "hash", chroma=chroma)


@pytest.mark.both_storages
def test_a_damaged_vector_index_is_told_and_mended_by_the_next_writer(
    home: Path, docs: Path, chroma: ChromaServer | None
) -> None:
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        ingest([docs], library, HashEmbeddings())
        ids = library.vectors.ids()
        if chroma:
            chromadb.HttpClient("127.0.0.1", urlsplit(chroma.url).port or 0).delete_collection(
                library.vectors.collection
            )
    if not chroma:
        shutil.rmtree(home / "chroma")
    how = "lsqa doctor --repair" if chroma else "lsqa ingest --rebuild"
    with Library.open(home, "hash", chroma=chroma) as reader, pytest.raises(LibraryError, match=how):
        reader.nearest(np.ones(16, dtype=np.float32), 1)
    embedder = HashEmbeddings()
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        assert set(statuses(ingest([docs], library, embedder)).values()) == {"unchanged"}
        assert library.vectors.ids() == ids
    assert embedder.texts == []


@pytest.mark.both_storages
def test_a_vector_that_nothing_needs_is_removed_by_the_next_writer(
    home: Path, docs: Path, chroma: ChromaServer | None
) -> None:
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        ingest([docs], library, HashEmbeddings())
        library.vectors.upsert([VectorRecord("alien:vector", "none", 1, np.ones(16, dtype=np.float32))])
        hits = library.nearest(np.ones(16, dtype=np.float32), 1)
        assert hits[0][0] != "alien"
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        assert library.vectors.ids() == library.catalogue.vector_ids()


@pytest.mark.both_storages
def test_threads_may_search_while_the_library_changes(
    home: Path, docs: Path, tmp_path: Path, chroma: ChromaServer | None
) -> None:
    with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
        ingest([docs], library, HashEmbeddings())
    with Library.open(home, "hash", chroma=chroma) as reader, ThreadPoolExecutor(8) as pool:
        searches = [pool.submit(reader.nearest, np.ones(16, dtype=np.float32), 2) for _ in range(200)]
        with WritableLibrary.open_for_writing(home, "hash", chroma=chroma) as library:
            for n in range(5):
                ingest([passages(tmp_path / f"{n}.jsonl", f"文{n}である。")], library, HashEmbeddings())
                searches += [pool.submit(reader.nearest, np.ones(16, dtype=np.float32), 2) for _ in range(50)]
        assert {len(search.result()) for search in searches} == {2}


def test_a_file_result_with_any_other_status_is_a_failure() -> None:
    assert not FileResult("x", "unchanged").is_failure
    assert FileResult("x", "empty").is_failure


def test_a_folder_that_holds_the_data_folder_is_read_without_it(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 計画\n\n予算は53億円である。\n")
    (home / "models").mkdir()
    (home / "models" / "vocabulary.txt").write_text("これは文書ではない。\n")
    assert statuses(run(tmp_path)) == {"a.md": "indexed"}
