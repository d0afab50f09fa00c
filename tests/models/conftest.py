"""The converted encoder, made once for all tests of this folder."""

from pathlib import Path

import pytest

from lsqa.models.bundled_encoder import EngineEmbeddings, OnnxEmbeddings, convert_bundled


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert_bundled(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def encoder(converted: Path) -> OnnxEmbeddings:
    return OnnxEmbeddings(converted)


@pytest.fixture(scope="session")
def engine() -> EngineEmbeddings:
    return EngineEmbeddings()
