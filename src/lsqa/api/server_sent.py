"""Server-sent events: what fails at once is a response of its own, and a silence is filled with comments.

Proxies and clients give up a connection on which nothing comes for a minute or so; a language model may take longer to
its first claim. A comment is a line that every reader of such events leaves out (HTML standard, 9.2.6).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final, TypeVar

from fastapi.responses import StreamingResponse

Event = TypeVar("Event")
QUIET_SECONDS: Final = 15.0
_COMMENT: Final = ": still at it\n\n"


async def event_response(
    events: AsyncGenerator[Event], told: Callable[[AsyncIterator[Event]], AsyncGenerator[str]], quiet_seconds: float
) -> StreamingResponse:
    """`events` as `told` puts them into words. Raises what they raise before the first of them, within
    `quiet_seconds`; later there is a comment whenever nothing has come for as long."""
    first = asyncio.ensure_future(anext(events))
    try:
        await asyncio.wait({first}, timeout=quiet_seconds)
        if first.done():
            first.result()
    except BaseException:
        await leave(first, events)
        raise
    return StreamingResponse(
        _with_comments(told(_again(first, events)), quiet_seconds),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},  # else nginx collects what it passes on
    )


async def _again(first: "asyncio.Future[Event]", events: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
    """The events with the one that has been asked for already."""
    try:
        yield await first
        async for event in events:
            yield event
    finally:
        await leave(first, events)


async def _with_comments(pieces: AsyncGenerator[str], quiet_seconds: float) -> AsyncGenerator[str]:
    following = asyncio.ensure_future(anext(pieces))
    try:
        while True:
            while not (await asyncio.wait({following}, timeout=quiet_seconds))[0]:
                yield _COMMENT
            try:
                yield following.result()
            except StopAsyncIteration:
                return
            following = asyncio.ensure_future(anext(pieces))
    finally:
        await leave(following, pieces)


async def leave(following: "asyncio.Future[Event]", events: AsyncGenerator[Event]) -> None:
    """End `events`, of which the `following` one may be waited for in a task of its own.

    A generator that runs cannot be closed: the task is called off, which ends it from within. Whoever calls may be
    called off at every step, so that comes first.
    """
    if following.done():
        await events.aclose()
        return
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await following
