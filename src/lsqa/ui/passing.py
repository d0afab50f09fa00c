"""What is only passing is not shown: a status that another event follows at once would not be read, and costs as much
to send as an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from lsqa.ui.desk import Event, Stage, Waiting

LASTING: Final = 0.15
"""Seconds that a status has to last to be shown."""


async def settled(events: AsyncIterator[Event], lasting: float = LASTING) -> AsyncIterator[Event]:
    """The events without the statuses that another event follows within `lasting` seconds. What comes after a status is
    never held back."""
    held: Event | None = None
    async with aclosing(events) as source:  # type: ignore[type-var]  # it is a generator
        following = asyncio.ensure_future(anext(source, None))
        try:
            while True:
                if held is not None and not (await asyncio.wait((following,), timeout=lasting))[0]:
                    yield held
                held, event = None, await following
                if event is None:
                    return
                following = asyncio.ensure_future(anext(source, None))
                if isinstance(event, Stage | Waiting):
                    held = event
                else:
                    yield event
        finally:
            # Whoever asked may have gone: the question is called off where it waits.
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
