"""The body of an answer, decompressed and counted while it comes in."""

import zlib
from collections.abc import Iterable, Iterator

import httpcore

from lsqa.errors import DocumentError

_PIECE = 1 << 20


def decompressed(raw: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """A body without its `Content-Encoding` (none, or gzip), in pieces of at most a MiB where it was compressed.

    HTTP libraries expand a received piece as a whole, which makes 64 GiB of 64 KiB that were compressed twice. Both
    sides are counted here: neither what comes in nor what is made of it may be more than `most` bytes.

    Raises `DocumentError` for a body that is larger, damaged, or compressed in another way;
    `httpcore.RemoteProtocolError` for one that breaks off.
    """
    received = limited(raw, most)
    if encoding in ("", "identity"):
        return received
    if encoding not in ("gzip", "x-gzip"):
        raise DocumentError(
            f"the server compresses the file in a way that was not asked for ({encoding[:40]!r})",
            hint="download the file and give its path",
        )
    return limited(_gunzipped(received), most)


def limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """`pieces`, until they are more than `most` bytes: then `DocumentError`."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise too_large(most)
        yield piece


def too_large(most: int) -> DocumentError:
    size = f"{most / 1024**2:g} MiB" if most >= 1024**2 else f"{most} bytes"
    return DocumentError(f"the file is larger than {size}", hint="raise max_download_mb, or give a smaller file")


def _gunzipped(raw: Iterable[bytes]) -> Iterator[bytes]:
    """The members of a gzip stream, one after the other (RFC 1952, 2.2)."""
    member, is_whole = _new_member(), True
    try:
        for piece in raw:
            rest = piece
            while rest:
                yield member.decompress(rest, _PIECE)
                rest, is_whole = member.unconsumed_tail, member.eof
                if member.eof:
                    rest, member = member.unused_data, _new_member()
    except zlib.error as error:
        raise DocumentError(
            f"the compressed file is damaged: {error}", hint="download the file and give its path"
        ) from error
    if not is_whole:
        raise httpcore.RemoteProtocolError("the compressed file ends early")


def _new_member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
