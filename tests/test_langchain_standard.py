"""LangChain's own tests of a retriever."""

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests
from tests.conftest import Ingested

from lsqa import Assistant
from lsqa.langchain_adapters import LsqaRetriever


class TestLsqaRetriever(RetrieversIntegrationTests):
    assistant: Assistant

    @pytest.fixture(autouse=True)
    def _opened(self, corpus_library: Ingested) -> Iterator[None]:
        with Assistant.open(home=str(corpus_library.home), embedder="bundled", reranker="none", llm="none") as opened:
            self.assistant = opened
            yield

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return LsqaRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return "あけぼの計画の令和7年度の予算はいくらですか"
