"""Pages as images over REST: what is quoted is marked where it stands, and nothing else of this machine is shown."""

import io
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.test_api import problem

DECK = "mext-life-science-2025"
QUESTION = "B-cureの2025年度の予算はいくらですか？"


def image_of(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def address(page: int = 1, doc_id: str = DECK) -> str:
    return f"/v1/documents/{doc_id}/pages/{page}/image"


def yellow(image: Image.Image) -> Any:
    """Where the image is of the marker's colour."""
    pixels = np.asarray(image).astype(int)
    return (pixels[..., 0] > 180) & (pixels[..., 2] < 140)


@pytest.fixture(scope="module")
def cited(api: httpx.Client) -> dict[str, Any]:
    """A citation of the deck."""
    answer = api.post("/v1/ask", json={"question": QUESTION}).json()
    found = [c for claim in answer["claims"] for c in claim["citations"] if c["doc_id"] == DECK]
    return dict(found[0])


def test_a_citation_is_marked_where_it_stands(api: httpx.Client, cited: dict[str, Any]) -> None:
    where = address(cited["page"])
    plain = image_of(api.get(where))
    by_words = image_of(api.get(where, params={"quote": cited["quote"]}))
    by_span = image_of(api.get(where, params={"start": cited["start"], "end": cited["end"]}))
    assert max(plain.size) == 1600
    assert by_words.size == by_span.size == plain.size
    assert np.array_equal(np.asarray(by_words), np.asarray(by_span))
    marked = yellow(by_words) & ~yellow(plain)
    rows, columns = np.nonzero(marked)
    assert 500 < len(rows) < 0.2 * marked.size
    changed = (np.asarray(plain) != np.asarray(by_words)).any(axis=2)
    assert not changed[~_around(rows, columns, marked.shape)].any()


def _around(rows: Any, columns: Any, shape: tuple[int, ...]) -> Any:
    """The rectangle round some pixels, with a pixel of air."""
    inside = np.zeros(shape, dtype=bool)
    inside[max(0, rows.min() - 3) : rows.max() + 4, max(0, columns.min() - 3) : columns.max() + 4] = True
    return inside


def test_letters_under_a_mark_stay_dark(api: httpx.Client, cited: dict[str, Any]) -> None:
    where = address(cited["page"])
    plain = np.asarray(image_of(api.get(where)).convert("L"))
    marked = np.asarray(image_of(api.get(where, params={"quote": cited["quote"]})).convert("L"))
    assert (marked[plain < 60] < 60).all()


@pytest.mark.parametrize("width", [64, 400, 1600])
def test_an_image_is_no_wider_than_asked_for(api: httpx.Client, width: int) -> None:
    full = image_of(api.get(address()))
    small = image_of(api.get(address(), params={"width": width}))
    assert small.width == min(width, full.width)
    assert small.height / small.width == pytest.approx(full.height / full.width, rel=0.05)


def test_what_has_not_changed_is_not_sent_again(api: httpx.Client, cited: dict[str, Any]) -> None:
    first = api.get(address(cited["page"]), params={"quote": cited["quote"]})
    assert first.headers["cache-control"] == "private, no-cache"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = api.get(address(cited["page"]), params={"quote": cited["quote"]}, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    others: list[dict[str, Any]] = [{}, {"quote": cited["quote"], "width": 300}]
    for params in others:
        other = api.get(address(cited["page"]), params=params, headers={"if-none-match": tag})
        assert (other.status_code, other.headers["etag"] != tag) == (200, True)


@pytest.mark.parametrize(
    ("params", "status", "kind"),
    [
        ({"quote": "この頁のどこにもない言葉"}, 422, "quote"),
        ({"quote": ["\u200b"]}, 422, "quote"),
        ({"quote": ""}, 422, "invalid"),
        ({"quote": "あ" * 501}, 422, "invalid"),
        ({"quote": ["予"] * 11}, 422, "invalid"),
        ({"start": 3}, 422, "span"),
        ({"end": 3}, 422, "span"),
        ({"start": 5, "end": 5}, 422, "span"),
        ({"start": 9, "end": 4}, 422, "span"),
        ({"start": 0, "end": 99_999_999}, 422, "span"),
        ({"start": -1, "end": 4}, 422, "invalid"),
        ({"width": 0}, 422, "invalid"),
        ({"width": 63}, 422, "invalid"),
        ({"width": 100_000}, 422, "invalid"),
        ({"width": "1e3"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_shown_is_a_problem(api: httpx.Client, params: dict[str, Any], status: int, kind: str) -> None:
    problem(api.get(address(), params=params), status, kind)


def test_a_page_that_is_not_there_has_no_image(api: httpx.Client) -> None:
    for where in (address(999), address(1, "kaiju"), address(1, "..%2F..%2Fetc%2Fpasswd"), address(1, "%00")):
        problem(api.get(where), 404, "unknown-document")
    assert api.get(address(0)).status_code == 422
    (akebono,) = [d["doc_id"] for d in api.get("/v1/documents").json()["documents"] if d["kind"] == "markdown"][:1]
    told = problem(api.get(address(1, akebono)), 404, "no-image")
    assert "/" not in told["detail"]


def test_an_image_needs_the_scope_of_reading(api_with_tokens: httpx.Client) -> None:
    problem(api_with_tokens.get(address()), 401, "token")


def test_the_description_tells_of_images(api: httpx.Client) -> None:
    described = api.get("/openapi.json").json()["paths"]["/v1/documents/{doc_id}/pages/{number}/image"]["get"]
    assert described["responses"]["200"]["content"].keys() == {"image/png"}
    assert {"quote", "start", "end", "width"} <= {p["name"] for p in described["parameters"]}
