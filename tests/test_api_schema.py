"""Whatever fits the description, or nearly, is answered: schemathesis makes the requests, and no answer is a 5xx."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from tests.api_server import serving
from tests.conftest import Ingested, copied

OPERATIONS = (
    "DELETE /v1/documents/{doc_id}",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/documents",
    "GET /v1/documents/{doc_id}",
    "GET /v1/documents/{doc_id}/pages/{number}",
    "GET /v1/documents/{doc_id}/pages/{number}/image",
    "GET /v1/models",
    "POST /v1/ask",
    "POST /v1/chat/completions",
    "POST /v1/check",
    "POST /v1/documents",
    "POST /v1/retrieve",
)
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance)


@pytest.fixture(scope="module")
def operations(corpus_library: Ingested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the description of a running server lists, by method and path."""
    home = copied(corpus_library, tmp_path_factory.mktemp("described") / "home")
    with serving(home) as client:
        schema = schemathesis.openapi.from_url(f"{client.base_url}/openapi.json")
        found: list[Any] = [operation.ok() for operation in schema.get_all_operations()]  # type: ignore[union-attr]
        yield {operation.label: operation for operation in found}


def test_every_operation_is_tried(operations: dict[str, Any]) -> None:
    assert sorted(operations) == list(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_no_request_makes_the_server_fail(operations: dict[str, Any], label: str, mode: Any) -> None:
    operation = operations[label]
    if mode is schemathesis.GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters):
        pytest.skip("there is nothing to get wrong")

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    call()
