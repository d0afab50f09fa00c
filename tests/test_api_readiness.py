"""/readyz says that questions can be answered where they can, and not otherwise."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.api_server import PLAIN, serving
from tests.conftest import Ingested
from tests.test_api import problem
from tests.test_ingest import HashEmbeddings

from lsqa.api import Service
from lsqa.api.readiness import NotReadyError, Readiness
from lsqa.assistant import Assistant
from lsqa.errors import EmptyLibraryError
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary


def test_an_index_of_another_encoder_is_not_ready(own_home: Path) -> None:
    """The catalogue can be read, and every search fails."""
    query = {"query": "予算", "k": 1}
    with serving(own_home) as client:
        assert client.post("/v1/retrieve", json=query).status_code == 200
        with WritableLibrary.open_for_writing(own_home, "other", rebuild=True) as library:
            ingest([], library, HashEmbeddings(24), rebuild=True)
        problem(client.post("/v1/retrieve", json=query), 503, "library")
        told = problem(client.get("/readyz"), 503, "library")
        assert str(own_home) not in str(told)
        assert client.get("/healthz").status_code == 200


class Counted(Service):
    """Counts how often it is asked for its assistant; `holds` keeps whoever asks waiting."""

    opened = 0
    holds: threading.Event | None = None

    def assistant(self) -> Assistant:
        self.opened += 1
        if self.holds is not None:
            self.holds.wait(30)
        return super().assistant()


@pytest.fixture
def service(corpus_library: Ingested) -> Iterator[Counted]:
    service = Counted(replace(PLAIN, home=corpus_library.home))
    yield service
    service.close()


def test_probes_share_one_search(service: Counted) -> None:
    async def probed() -> list[int]:
        readiness = Readiness(service, kept_seconds=600)
        together = await asyncio.gather(*(readiness.documents() for _ in range(20)))
        return [*together, await readiness.documents()]

    counts = asyncio.run(probed())
    assert counts[0] > 1
    assert len(set(counts)) == 1
    assert service.opened == 1


def test_what_was_found_holds_for_a_while_only(service: Counted) -> None:
    async def probed() -> None:
        readiness = Readiness(service, kept_seconds=0)
        await readiness.documents()
        await readiness.documents()

    asyncio.run(probed())
    assert service.opened == 2


def test_that_there_is_nothing_yet_is_not_kept(tmp_path: Path) -> None:
    service = Counted(replace(PLAIN, home=tmp_path))

    async def probed() -> None:
        readiness = Readiness(service, kept_seconds=600)
        for _ in range(2):
            with pytest.raises(EmptyLibraryError):
                await readiness.documents()

    asyncio.run(probed())
    assert service.opened == 2


def test_a_search_that_does_not_end_is_not_ready(service: Counted) -> None:
    service.holds = threading.Event()

    async def probed() -> None:
        readiness = Readiness(service, seconds=0.1)
        for _ in range(2):
            with pytest.raises(NotReadyError, match="has not ended"):
                await readiness.documents()
        assert service.opened == 1, "the second probe waits for the same search"
        assert service.holds is not None
        service.holds.set()
        while service.opened == 1:  # the search ends, and what it found holds
            try:
                await readiness.documents()
                return
            except NotReadyError:
                continue

    asyncio.run(probed())
