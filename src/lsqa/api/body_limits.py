"""How long the body of a request may be, and how long it may take to come."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from lsqa.api.access import API_PATHS
from lsqa.api.problems import ProblemError
from lsqa.settings import Settings

BODY_BYTES: Final = 1024**2
BODY_SECONDS: Final = 30.0
UPLOAD_SECONDS: Final = 900.0  # a gigabyte over 10 Mbit/s
_MIB: Final = 1024**2
_FORM_BYTES: Final = 64 * 1024  # of a form beside its files
_CLOSE: Final = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """`most_bytes` a body may have, and the `seconds` in which it has to be there whole."""

    most_bytes: int
    seconds: float

    def exceeded(self) -> ProblemError:
        return ProblemError(413, "too-large", f"a body may have {self.most_bytes:,} bytes", _CLOSE)

    def check(self, headers: Headers) -> None:
        """Raises `ProblemError` where the headers say already that the body is too long, of two lengths, or packed."""
        length = headers.get("content-length", "")
        if length and "transfer-encoding" in headers:
            # A server before this one may see another end of the body, and a request in what follows.
            raise ProblemError(400, "two-lengths", "a body has one length", _CLOSE)
        if length.isdigit() and int(length[:20]) > self.most_bytes:
            raise self.exceeded()
        if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
            raise ProblemError(415, "content-encoding", "send the body as it is, without Content-Encoding", _CLOSE)

    def limited(self, receive: Receive) -> Receive:
        """`receive`, which raises `ProblemError` beyond the limits, whatever the headers say of the length."""
        until = asyncio.get_running_loop().time() + self.seconds
        read, is_whole = 0, False

        async def limited() -> Message:
            nonlocal read, is_whole
            try:
                # What comes after the body is the end of the connection, which may be waited for as long as it takes.
                async with asyncio.timeout_at(None if is_whole else until):
                    message = await receive()
            except TimeoutError:
                said = f"the body was not there whole in {self.seconds:g} s"
                raise ProblemError(408, "slow-body", said, _CLOSE) from None
            is_whole = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise self.exceeded()
            return message

        return limited


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of a server: of what the API takes, of what the chat page takes beside its files, of uploads."""

    body: BodyLimit
    page: BodyLimit
    upload: BodyLimit

    def of(self, path: str) -> BodyLimit:
        if path.rstrip("/") == "/v1/documents" or path.rstrip("/").endswith("/upload"):
            return self.upload
        return self.body if path.startswith(API_PATHS) else self.page


def body_limits(
    settings: Settings, body_seconds: float = BODY_SECONDS, upload_seconds: float = UPLOAD_SECONDS
) -> BodyLimits:
    """A body has to be there whole in `body_seconds`, an upload in `upload_seconds`."""
    # How much the page takes is its own affair, up to what an upload may have.
    most = settings.max_upload_mb * settings.max_upload_files * _MIB + _FORM_BYTES
    return BodyLimits(
        BodyLimit(BODY_BYTES, body_seconds), BodyLimit(most, body_seconds), BodyLimit(most, upload_seconds)
    )
