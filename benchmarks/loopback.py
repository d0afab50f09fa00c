"""A client for load tests that costs little: HTTP/1.1 over a kept connection, and of the answer only what is counted.

A client library takes a millisecond of processor time a request, which on two cores is a share of what is measured.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

_LONGEST_HEAD: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers by lower-case name, the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Connection:
    """One connection, for one request at a time; opened anew where the server closed it. To be closed."""

    url: str
    _reader: asyncio.StreamReader | None = field(default=None, repr=False)
    _writer: asyncio.StreamWriter | None = field(default=None, repr=False)

    async def post(self, request: bytes) -> Reply:
        """The reply to a request as `encoded` makes it. Raises `OSError`, `EOFError` where there is none."""
        if self._writer is None or self._writer.is_closing():
            parts = urlsplit(self.url)
            self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_LONGEST_HEAD)
        assert self._reader is not None
        try:
            self._writer.write(request)
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except BaseException:
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(head[0].split()[1]), headers, body)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def encoded(url: str, path: str, body: Any) -> bytes:
    """A POST of `body` as JSON, ready to be sent."""
    content = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
