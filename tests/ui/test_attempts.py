"""A login that is guessed has to wait, by address and by name, and nobody is kept out for good."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from benchmarks.serving_page import started
from playwright.sync_api import Browser
from starlette.exceptions import HTTPException
from tests.ui.conftest import needs_chromium

from lsqa.ui.attempts import asked_from, limited

RIGHT = ("ann", "secret")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Door:
    """A login over a clock that the test turns; `asked` counts how often the password itself was looked at."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.asked = 0
        self._admits = limited(self._compare, self.clock)

    def _compare(self, name: str, password: str) -> bool:
        self.asked += 1
        return (name, password) == RIGHT

    def knock(self, name: str, password: str, address: str = "10.0.0.1") -> bool | int:
        """Whether it opened; or the seconds to wait."""
        token = asked_from.set(address)
        try:
            return self._admits(name, password)
        except HTTPException as error:
            return int((error.headers or {})["Retry-After"])
        finally:
            asked_from.reset(token)


def test_five_failures_are_free_and_then_each_waits_longer() -> None:
    door = Door()
    assert [door.knock("ann", "x") for _ in range(5)] == [False] * 5
    assert door.knock("ann", "x") == 5
    assert door.knock(*RIGHT) == 5  # the right one, too: or guesses would be told by being let in
    assert door.asked == 5
    door.clock.now += 5
    assert door.knock("ann", "x") is False
    assert door.knock("ann", "x") == 10
    door.clock.now += 10
    assert door.knock(*RIGHT) is True
    assert [door.knock("ann", "x") for _ in range(6)] == [False] * 5 + [5]


def test_an_address_that_tries_many_names_waits() -> None:
    door = Door()
    assert [door.knock(f"name{n}", "x") for n in range(6)] == [False] * 5 + [5]
    assert door.knock("another", "x", "10.0.0.2") is False


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_what_may_be_a_proxy_on_this_machine_counts_by_name_only(address: str) -> None:
    door = Door()
    assert [door.knock(f"name{n}", "x", address) for n in range(20)] == [False] * 20
    assert [door.knock("ann", "x", address) for _ in range(6)] == [False] * 5 + [5]
    assert door.knock("ben", "x", address) is False


def test_a_name_that_many_addresses_try_waits_a_minute_at_most() -> None:
    door = Door()
    waits = []
    for number in range(40):
        found = door.knock("ann", "x", f"10.0.1.{number}")
        if found is not False:
            waits.append(found)
            door.clock.now += found
    assert max(waits) == 60
    assert door.knock("ben", "x", "10.0.1.1") is False
    door.clock.now += 60
    assert door.knock(*RIGHT, "10.0.0.9") is True


def test_an_address_waits_a_quarter_of_an_hour_at_most_and_is_forgotten_in_an_hour() -> None:
    door = Door()
    wait = 0
    for number in range(60):
        found = door.knock(f"name{number}", "x")
        if found is not False:
            wait = max(wait, found)
            door.clock.now += found
    assert wait == 900
    door.clock.now += 3_600
    assert [door.knock("ann", "x") for _ in range(2)] == [False, False]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one network of 64 bits
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_which_addresses_are_one(first: str, second: str, *, is_one: bool) -> None:
    door = Door()
    for number in range(5):
        door.knock(f"name{number}", "x", first)
    assert (door.knock("another", "x", second) is not False) == is_one


@pytest.fixture(scope="module")
def guarded(served_home: Path) -> Iterator[str]:
    with started(served_home, LSQA_UI_USERS="ann:secret") as address:
        yield address


@needs_chromium
def test_the_page_of_the_login_says_that_one_may_have_to_wait(browser: Browser, guarded: str) -> None:
    page = browser.new_page()
    page.goto(guarded)
    page.wait_for_selector("input[type=password]")
    assert "しばらくログインできません" in page.inner_text("body")
    page.close()


def test_a_real_server_stops_guesses_and_lets_the_right_one_in_afterwards(guarded: str) -> None:
    def log_in(password: str) -> httpx.Response:
        return httpx.post(f"{guarded}login", data={"username": "ann", "password": password}, timeout=30)

    assert [log_in(f"guess{n}").status_code for n in range(5)] == [400] * 5
    stopped = log_in("secret")
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 5
    assert re.search(r"wait \d seconds", stopped.text)
    assert "set-cookie" not in stopped.headers
    time.sleep(int(stopped.headers["Retry-After"]))
    assert log_in("secret").status_code == 200
