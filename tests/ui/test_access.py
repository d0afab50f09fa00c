"""Who reaches the page, and what it hands out."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.conftest import Ingested, Invoke

from lsqa.api.binding import is_loopback
from lsqa.errors import SettingsError, UsageError
from lsqa.settings import Settings, load_settings
from lsqa.ui.access import login, require_login
from lsqa.ui.desk import Desk
from lsqa.ui.serving import page_app


def settings(home: Path, **overrides: str) -> Settings:
    return load_settings(home=str(home), **overrides)[0]


TOKEN = "a-token-of-the-api-0123456789"


@pytest.fixture
def home(corpus_library: Ingested, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(corpus_library.home, home, ignore=shutil.ignore_patterns("models"))
    return home


@pytest.fixture
def client(home: Path, clean_settings: Path) -> Iterator[TestClient]:
    desk = Desk(settings(home))
    with TestClient(page_app(desk), base_url="http://127.0.0.1") as client:
        yield client
    desk.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *((host, True) for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.9.9.9")),
        *((host, False) for host in ("0.0.0.0", "::", "192.168.1.5", "example.org", "")),
    ],
)
def test_what_only_this_machine_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) == expected


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_it_refuses_to_start_open(tmp_path: Path, clean_settings: Path, host: str) -> None:
    with pytest.raises(UsageError, match="open to everyone"):
        require_login(host, settings(tmp_path))
    assert require_login("127.0.0.1", settings(tmp_path)) is None
    assert require_login(host, settings(tmp_path, ui_users="ann:secret")) is not None
    assert require_login(host, settings(tmp_path, api_tokens=TOKEN)) is not None


def test_the_command_refuses_with_what_to_do(invoke: Invoke, tmp_path: Path) -> None:
    outcome = invoke("ui", "--home", tmp_path, "--host", "0.0.0.0")
    assert outcome.code == 2
    assert "LSQA_UI_USERS" in outcome.complaint


def test_who_is_let_in(tmp_path: Path, clean_settings: Path) -> None:
    hashed = f"sha256:{hashlib.sha256(b'another token of the API').hexdigest()}"
    written = f"{TOKEN},read+ask:{TOKEN}-for-readers,{hashed}"
    admits = login(settings(tmp_path, ui_users="ann:s:e, ben:pass", api_tokens=written))
    assert admits is not None
    assert admits("ann", "s:e")
    assert admits("ben", "pass")
    assert admits("anyone", TOKEN)
    assert admits("anyone", "another token of the API")
    assert not any(
        admits(*pair) for pair in (("ann", "pass"), ("ann", ""), ("", ""), ("ben", "pas"), ("x", TOKEN[:-1]))
    )
    # The page takes files in, so a token for less is no password; nor is a hash that somebody has seen.
    assert not any(admits("x", secret) for secret in (f"{TOKEN}-for-readers", f"read+ask:{TOKEN}-for-readers", hashed))


@pytest.mark.parametrize("users", ["ann", "ann:", ":secret", "ann:x,ben"])
def test_malformed_users_are_an_error(tmp_path: Path, clean_settings: Path, users: str) -> None:
    with pytest.raises(SettingsError):
        login(settings(tmp_path, ui_users=users))


def test_with_users_nothing_is_seen_before_the_login(home: Path, clean_settings: Path) -> None:
    desk = Desk(settings(home, ui_users="ann:secret"))
    image = desk.images.folder / "ab12.png"
    named = "/gradio_api/file=slides/ab12.png"
    with TestClient(page_app(desk, "0.0.0.0"), base_url="http://page.example") as client:
        image.write_bytes(b"png")
        assert client.get("/config").status_code == 401
        assert client.get(f"/gradio_api/file={image}").status_code == 401
        assert client.get(named).status_code == 401
        assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 401
        assert client.post("/login", data={"username": "ann", "password": "wrong"}).status_code == 400
        assert client.post("/login", data={"username": "ann", "password": "secret"}).status_code == 200
        assert client.get("/config").status_code == 200
        assert client.get(f"/gradio_api/file={image}").status_code == 200
        assert client.get(named).content == b"png"
    desk.close()


def test_only_page_images_are_handed_out(client: TestClient, home: Path, tmp_path: Path) -> None:
    image = home / "slides" / "x.png"
    image.write_bytes(b"png")
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    assert client.get(f"/gradio_api/file={image}").content == b"png"
    for path in (
        home / "catalogue.sqlite3",
        home / "slides" / ".." / "catalogue.sqlite3",
        secret,
        Path("/etc/passwd"),
        Path("lsqa.toml"),
    ):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404), path
    assert client.get("/gradio_api/file=%2e%2e/%2e%2e/etc/passwd").status_code in (403, 404)


def test_a_link_out_of_the_images_leads_nowhere(client: TestClient, home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    (home / "slides" / "link.png").symlink_to(secret)
    answer = client.get(f"/gradio_api/file={home / 'slides' / 'link.png'}")
    assert answer.status_code in (403, 404) or b"geheim" not in answer.content


def test_another_name_than_this_machines_is_refused(client: TestClient) -> None:
    """A site that lets its own name point to this machine reaches nothing."""
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/config", headers={"host": "evil.example:7860"}).status_code == 421
    assert client.get("/", headers={"host": "localhost:7860"}).status_code == 200
    assert client.get("/", headers={"host": "[::1]:7860"}).status_code == 200


def test_nothing_may_be_loaded_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False


def test_uploads_that_are_off_are_off_on_the_wire(home: Path, clean_settings: Path) -> None:
    desk = Desk(settings(home, ui_uploads="no"))
    with TestClient(page_app(desk), base_url="http://127.0.0.1") as client:
        assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
        names = [d.get("api_name") for d in client.get("/config").json()["dependencies"]]
        assert not [name for name in names if name and "take" in name]
    desk.close()


def test_an_upload_is_no_larger_than_set(home: Path, clean_settings: Path) -> None:
    desk = Desk(settings(home, max_upload_mb="1"))
    with TestClient(page_app(desk), base_url="http://127.0.0.1") as client:
        assert client.post("/gradio_api/upload", files={"files": b"x" * 2_000_000}).status_code in (400, 413)
        assert client.post("/gradio_api/upload", files={"files": b"x" * 1_000}).status_code == 200
    desk.close()
