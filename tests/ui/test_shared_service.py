"""Page and server over one library hold it once."""

from pathlib import Path

from tests.conftest import Ingested

from lsqa.api import Service
from lsqa.settings import load_settings
from lsqa.ui.desk import Desk


def test_a_page_on_a_server_opens_nothing_of_its_own(corpus_library: Ingested) -> None:
    settings, _ = load_settings(home=str(corpus_library.home), reranker="none")
    service = Service(settings)
    desk = Desk(settings, service=service)
    try:
        assert desk.assistant() is service.assistant()
        assert desk.checker() is service.checker()
        assert desk.images is service.images
        assert desk.embeddings is service.embeddings()
        desk.close()
        assert service.assistant().retrieve("あけぼの計画の予算", 1)  # still open
    finally:
        service.close()


def test_a_page_alone_closes_what_it_opened(own_home: Path) -> None:
    settings, _ = load_settings(home=str(own_home), reranker="none")
    desk = Desk(settings)
    assistant = desk.assistant()
    assert assistant.library.vectors.load()
    desk.close()
    assert not assistant.library.vectors.is_loaded
