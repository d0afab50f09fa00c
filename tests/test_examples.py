"""The examples in the docstrings of every public name, run over a real library."""

import doctest
from typing import Any

import pytest
from tests.conftest import Ingested

import lsqa

NAMES = [name for name in lsqa.__all__ if name != "__version__"]
METHODS = [
    name
    for name in dir(lsqa.Assistant)
    if not name.startswith("_") and callable(getattr(lsqa.Assistant, name)) and name != "close"
]


def examples(value: Any, name: str) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(recurse=False)
    namespace = {public: getattr(lsqa, public) for public in lsqa.__all__}
    return [test for test in finder.find(value, name, globs=namespace) if test.examples]


@pytest.fixture
def _library(corpus_library: Ingested, clean_settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSQA_HOME", str(corpus_library.home))


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("name", [*NAMES, *(f"Assistant.{method}" for method in METHODS)])
def test_every_public_name_has_an_example_that_holds(name: str) -> None:
    value: Any = lsqa
    for part in name.split("."):
        value = getattr(value, part)
    found = examples(value, name)
    assert found, f"{name} has no example"
    for test in found:
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=said.append)
        assert runner.failures == 0, "".join(said)
