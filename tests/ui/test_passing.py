"""Statuses that last are shown, those that pass are not, and nothing else is ever held back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps

from lsqa.errors import CaseError
from lsqa.ui.desk import Event, Failed, Stage, Waiting
from lsqa.ui.passing import settled

END = Failed(CaseError("the end", hint="begin"))


def apart(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """In a thread of its own: while a browser is open, its event loop runs in the thread of the tests."""

    @wraps(test)
    def run() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, test()).result()

    return run


async def said(*events: tuple[float, Event]) -> AsyncIterator[Event]:
    """Events, each after some seconds."""
    for seconds, event in events:
        await asyncio.sleep(seconds)
        yield event


async def shown(*events: tuple[float, Event], lasting: float = 0.05) -> list[Event]:
    return [event async for event in settled(said(*events), lasting=lasting)]


@apart
async def test_a_status_that_passes_is_not_shown() -> None:
    assert await shown((0, Waiting(2)), (0, Stage("retrieve")), (0, Stage("check")), (0, END), lasting=30) == [END]


@apart
async def test_a_status_that_lasts_is_shown_and_only_once() -> None:
    found = await shown((0, Stage("retrieve")), (0.3, Stage("answer")), (0, Stage("check")), (0.3, END))
    assert found == [Stage("retrieve"), Stage("check"), END]


@apart
async def test_it_is_shown_while_it_lasts_and_not_when_it_is_over() -> None:
    seen = asyncio.Event()

    async def waits_to_be_seen() -> AsyncIterator[Event]:
        yield Stage("retrieve")
        await asyncio.wait_for(seen.wait(), 5)
        yield END

    async for event in settled(waits_to_be_seen(), lasting=0.05):
        if event == Stage("retrieve"):
            seen.set()
    assert seen.is_set()


@apart
async def test_what_is_no_status_comes_at_once() -> None:
    seen = asyncio.Event()

    async def waits_to_be_seen() -> AsyncIterator[Event]:
        yield Failed()
        await asyncio.wait_for(seen.wait(), 5)
        yield END

    async for _ in settled(waits_to_be_seen(), lasting=60):
        seen.set()


@apart
async def test_whoever_goes_calls_off_what_they_asked() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[Event]:
        try:
            while True:
                yield Stage("retrieve")
                await asyncio.sleep(0.2)
        finally:
            ended.set()

    events = settled(endless(), lasting=0.05)
    assert await anext(events) == Stage("retrieve")
    await events.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert ended.is_set()
