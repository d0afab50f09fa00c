"""Whatever fits the description, or nearly, is answered: schemathesis makes the requests, and no answer is a 5xx."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
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
    "GET /v1/models/{model}",
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
        response = case.call()
        # A stream is described as the text that it is; schemathesis would hold each event of it against that.
        is_stream = "text/event-stream" in response.headers.get("content-type", [""])[0]
        case.validate_response(response, checks=CHECKS if is_stream else (*CHECKS, response_schema_conformance))

    call()


def test_every_answer_in_json_has_an_example_that_fits_its_own_schema(api: httpx.Client) -> None:
    description = api.get("/openapi.json").json()
    without: list[str] = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    if "json" not in kind:
                        continue
                    schema = content.get("schema", {})
                    where = f"{method} {path} {status} {kind}"
                    named = description["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
                    examples = [content["example"]] if "example" in content else named.get("examples", [])
                    if not examples:
                        without.append(where)
                    validator = jsonschema.Draft202012Validator({**schema, "components": description["components"]})
                    for example in examples:
                        assert [e.message for e in validator.iter_errors(example)] == [], where
                        assert str(example.get("status", status)) == status or kind == "application/json"
    assert without == []


def test_an_example_says_all_that_an_answer_says(api: httpx.Client) -> None:
    """What an example leaves out, readers of the description do not learn of."""
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    given = {
        "Hits": api.post("/v1/retrieve", json={"query": "予算", "k": 1}).json(),
        "AnswerShown": api.post("/v1/ask", json={"question": "あけぼの計画の令和7年度の予算は？"}).json(),
        "CheckedShown": api.post("/v1/check", json={"text": "あけぼの計画の予算は12億円である。"}).json(),
        "DocumentsShown": api.get("/v1/documents").json(),
        "Models": api.get("/v1/models").json(),
        "Ready": api.get("/readyz").json(),
    }
    for name, answer in given.items():
        (example,) = schemas[name]["examples"]
        assert example.keys() <= answer.keys(), name
        assert set(schemas[name]["required"]) <= example.keys(), name
