"""Several processes over one library: what one acknowledges, every one answers; whichever dies, the others go on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from benchmarks.faults import Trial, report, shares
from tests.chroma_server import ChromaProcess
from tests.conftest import Ingested, Invoke
from tests.served import served
from tests.test_api import DECK, upload
from tests.test_doctor import _lose, _stranger, _swap
from tests.test_ingest import HashEmbeddings

from lsqa.doctor import examine, repair
from lsqa.errors import IndexUnavailableError, StaleIndexError
from lsqa.ingest import ingest
from lsqa.library import Library, WritableLibrary
from lsqa.models import embedder_fingerprint


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[ChromaProcess]:
    with ChromaProcess(tmp_path / "chroma") as process:
        yield process


def test_workers_that_could_not_serve_are_not_started(own_home: Path, chroma_process: ChromaProcess) -> None:
    """Its collection is not on the server yet."""
    command = [sys.executable, "-m", "lsqa", "serve", "--no-page", "--workers", "2", "--port", "0"]
    variables = {**os.environ, "LSQA_CHROMA_URL": chroma_process.server.url, "LSQA_HOME": str(own_home)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=variables, check=False)
    assert done.returncode == 1
    assert "lsqa doctor --repair" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def asked(url: str, *doc_ids: str) -> httpx.Response:
    """On a connection of its own, which any of the workers may take. Of all documents where none is named."""
    body = {"question": "かささぎ計画の令和7年度の予算はいくらですか", "where": {"documents": doc_ids}}
    return httpx.post(f"{url}/v1/ask", json=body, timeout=60)


def test_what_one_worker_acknowledged_every_worker_answers_and_one_that_dies_while_asked_is_replaced_at_once(
    own_home: Path, chroma_process: ChromaProcess
) -> None:
    # A library that moves to a server takes its vectors along.
    encoder = embedder_fingerprint("bundled")
    found = examine(own_home, encoder, chroma_process.server)
    assert not found.is_sound
    assert repair(found, own_home, encoder, HashEmbeddings, chroma_process.server).is_sound
    with served(own_home, "--workers", "2", chroma_url=chroma_process.server.url) as (client, process):
        first = ""
        for number in (201, 202):  # the second in the place of the first
            content = DECK.format(number).encode()
            (file,) = upload(client, ("plan.md", content), replaces=first).json()["files"]
            assert file["doc_id"] == (first or file["doc_id"])
            first = file["doc_id"]
            answers = [asked(process.url, *([first] if turn % 2 else [])) for turn in range(8)]
            assert [response.status_code for response in answers] == [200] * 8
            assert all(f"{number}億円" in response.json()["text"] for response in answers)
            assert not any(f"{403 - number}億円" in response.text for response in answers)
        before = process.workers()
        assert len(before) == 2
        os.kill(before[0], signal.SIGSTOP)
        time.sleep(2)  # in which the supervisor asks it, and has no answer
        os.kill(before[0], signal.SIGKILL)
        until = time.monotonic() + 30  # half of the time that a worker may be silent
        while len(set(process.workers()) - {before[0]}) < 2:
            assert time.monotonic() < until
            assert asked(process.url, file["doc_id"]).status_code == 200  # the other one is there
        assert before[1] in process.workers()
        assert "202億円" in asked(process.url, file["doc_id"]).json()["text"]


def test_the_page_is_for_one_process(invoke: Invoke, corpus_library: Ingested) -> None:
    done = invoke("serve", "--workers", "2", "--home", corpus_library.home)
    assert (done.code, "--no-page" in done.complaint) == (2, True)


def test_killed_in_turn_while_documents_come_and_questions_are_asked(
    tmp_path: Path, corpus_library: Ingested, killable: ChromaProcess
) -> None:
    """The short form of `python -m benchmarks.faults`."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(corpus_library.home / "models")
    outcome = Trial(home, killable, seed=1).run(ingestions=5, questions=30, kills=3)
    assert outcome.is_good, report(outcome)
    assert len(outcome.told.acknowledged) == 5


def test_every_question_is_handed_out() -> None:
    assert shares(500, 3) == [167, 167, 166]
    assert sum(shares(30, 3)) == 30


WRITER = """
import sys
from pathlib import Path
from tests.test_ingest import HashEmbeddings
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
with WritableLibrary.open_for_writing(Path(sys.argv[1]), "hash") as library:
    assert not ingest([sys.argv[2]], library, HashEmbeddings()).has_failures
"""


def test_what_is_kept_in_memory_goes_by_what_another_process_wrote(tmp_path: Path) -> None:
    """Postings, vectors of pages, neighbours: old in a snapshot that was begun before, new in the next."""
    home, file = tmp_path / "home", tmp_path / "plan.md"

    def write(amount: int, thing: str) -> None:
        file.write_text(f"# 計画\n\n予算は{amount}億円である。拠点は{thing}に置く。\n")
        subprocess.run([sys.executable, "-c", WRITER, str(home), str(file)], check=True)

    def seen(reader: Library) -> tuple[bool, bool, bool, tuple[str, ...], list[str]]:
        """Which words stand anywhere, the chunks of the page, the nearest chunk's text."""
        (record,) = reader.catalogue.documents()
        known = reader.keywords.known(["札幌", "那覇"])
        page = reader.pages.read([(record.doc_id, 1)])
        (nearest, *_) = reader.nearest(np.ones(16, dtype=np.float32), 1)
        text = reader.catalogue.chunks([nearest[0]])[0].text
        amounts = [str(line.entry.value) for line in reader.catalogue.ledger()]
        return "札幌" in known, "那覇" in known, "札幌" in text, page.chunk_ids, amounts

    write(12, "札幌")
    with Library.open(home, "hash") as reader:
        with reader.catalogue.snapshot() as before, before.used():
            old = seen(reader)
            assert old[:3] == (True, False, True)
            write(30, "那覇")
            assert reader.keywords.known(["札幌", "那覇"]) == ["札幌"]
            assert reader.pages.read([(reader.catalogue.documents()[0].doc_id, 1)]).chunk_ids == old[3]
        with reader.catalogue.snapshot() as after, after.used():
            new = seen(reader)
        assert new[:3] == (False, True, False)
        assert not set(new[3]) & set(old[3])
        assert new[4] != old[4]


@pytest.mark.parametrize("most", [50_000, 0], ids=["kept", "too many to be kept"])
def test_where_chunks_stand_and_what_is_defined_goes_by_what_another_process_wrote(tmp_path: Path, most: int) -> None:
    home, file = tmp_path / "home", tmp_path / "plan.md"

    def write(place: str) -> None:
        file.write_text(f"# {place}計画\n\n{place}医療研究機構（KIKO）が担う。\n")
        subprocess.run([sys.executable, "-c", WRITER, str(home), str(file)], check=True)

    def seen(reader: Library) -> tuple[str, tuple[str, ...], frozenset[str], str]:
        """The document's title, the chunks that a word finds, the nearest ones, and what a name stands for."""
        (record,) = reader.catalogue.documents()
        found = tuple(chunk_id for chunk_id, _ in reader.keywords.search(["計画"], (), 5))
        assert [place for place, _ in reader.keywords.search_pages(["計画"], (), 5)] == [(record.doc_id, 1)]
        assert reader.catalogue.places((*found, "unknown")) == ((record.doc_id, 1),)
        near = frozenset(chunk_id for chunk_id, _ in reader.nearest(np.ones(16, dtype=np.float32), 5))
        ((title, _),) = reader.catalogue.titles([record.doc_id, "unknown"]).values()
        (defined,) = reader.keywords.definitions_in("KIKOとは")
        return title, found, near, defined.long

    write("札幌")
    with Library.open(home, "hash") as reader:
        reader.catalogue.directory.most = reader.keywords.most_definitions = most
        with reader.catalogue.snapshot() as before, before.used():
            old = seen(reader)
            assert (old[0], old[3]) == ("札幌計画", "札幌医療研究機構")
            write("那覇")
            assert (old[1], old[3]) == (seen(reader)[1], seen(reader)[3])
        with reader.catalogue.snapshot() as after, after.used():
            new = seen(reader)
        assert (new[0], new[3]) == ("那覇計画", "那覇医療研究機構")
        assert not set(old[1]) & set(new[1])
        assert set(new[1]) == new[2]


# The library with its vectors on a server


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.md").write_text(f"# 計画{number}\n\n予算は{number + 1}億円である。\n")
    return folder


def test_without_the_server_the_catalogue_answers_and_with_it_again_the_server(
    tmp_path: Path, docs: Path, killable: ChromaProcess
) -> None:
    home, server = tmp_path / "home", killable.server
    with WritableLibrary.open_for_writing(home, "hash", chroma=server) as library:
        ingest([docs], library, HashEmbeddings())
        vector = next(library.catalogue.vectors()).vector
    with Library.open(home, "hash", chroma=server) as reader:
        expected = reader.nearest(vector, 4)
        killable.kill()
        found = reader.nearest(vector, 4)
        assert [i for i, _ in found] == [i for i, _ in expected]
        assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-4)
        with pytest.raises(IndexUnavailableError, match="LSQA_CHROMA_URL"):
            WritableLibrary.open_for_writing(home, "hash", chroma=server)
        killable.start()
        reader.vectors.close()
        reader._away_until = 0.0  # the time until it is tried again
        assert [i for i, _ in reader.nearest(vector, 4)] == [i for i, _ in expected]
        assert reader.vectors.is_loaded


def test_a_server_that_dies_in_the_middle_of_an_ingest_leaves_nothing_half(
    tmp_path: Path, docs: Path, killable: ChromaProcess
) -> None:
    home, server = tmp_path / "home", killable.server

    class Killing(HashEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            killable.kill()
            return super().embed_documents(texts)

    with WritableLibrary.open_for_writing(home, "hash", chroma=server) as library:
        ingest([docs / "0.md"], library, HashEmbeddings())
        with pytest.raises(IndexUnavailableError):
            ingest([docs], library, Killing())
        assert library.catalogue.pending() == ()
    killable.start()
    found = examine(home, "hash", server)
    assert {f.check for f in found.findings} <= {"vectors"}
    assert repair(found, home, "hash", HashEmbeddings, server).is_sound
    with Library.open(home, "hash", chroma=server) as reader:
        assert reader.catalogue.document_count == 1
    encoder = HashEmbeddings()
    with WritableLibrary.open_for_writing(home, "hash", chroma=server) as library:
        assert not ingest([docs], library, encoder).has_failures
        assert len(library.nearest(np.ones(16, dtype=np.float32), 9)) == library.catalogue.document_count == 6
    assert encoder.texts == []  # what was encoded before is kept
    assert examine(home, "hash", server).is_sound


def test_vectors_on_a_server_are_examined_and_mended(tmp_path: Path, docs: Path, chroma_process: ChromaProcess) -> None:
    home, server = tmp_path / "home", chroma_process.server
    with WritableLibrary.open_for_writing(home, "hash", chroma=server) as library:
        ingest([docs], library, HashEmbeddings())
        for plant in (_lose, _stranger, _swap):
            plant(library)
    found = examine(home, "hash", server)
    assert {f.check for f in found.findings} == {"vectors"}
    assert len([f for f in found.findings if not f.is_note]) == 3
    mended = repair(found, home, "hash", HashEmbeddings, server)
    assert mended.is_sound
    assert [f.message for f in mended.findings] == ["the Chroma server does not offer sparse indexes"]


def test_an_index_that_was_made_in_another_way_meanwhile_is_told(tmp_path: Path, docs: Path) -> None:
    home = tmp_path / "home"
    with WritableLibrary.open_for_writing(home, "hash") as library:
        ingest([docs], library, HashEmbeddings())
    with Library.open(home, "hash") as reader:
        with WritableLibrary.open_for_writing(home, "other", rebuild=True) as library:
            ingest([], library, HashEmbeddings(24), rebuild=True)
        with pytest.raises(StaleIndexError, match="encoder=other"):
            reader.nearest(np.ones(16, dtype=np.float32), 1)
