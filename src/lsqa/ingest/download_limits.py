"""What a download may cost, and where it may lead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What a download may cost. `max_bytes` counts what is kept, after decompression, and what comes over the line.

    `connect_seconds` and `read_seconds` are the longest waits for a connection and for a piece, `total_seconds` that
    for the whole, with all redirects and retries; `retry_seconds` the pause before the first of `retries`, doubled for
    each further one. `allow_private` lets machines be asked that are not on the public network.
    """

    max_bytes: int = 512 * 1024**2
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 600.0
    redirects: int = 5
    retries: int = 2
    retry_seconds: float = 1.0
    allow_private: bool = False
