"""How a server listens: beyond this machine only with tokens, and with bounds on what it reads before the application
does."""

import ipaddress
from typing import Any, Final

import uvicorn

from lsqa.api.connections import Connection
from lsqa.api.tokens import Tokens
from lsqa.errors import UsageError
from lsqa.settings import Settings

_HEADER_BYTES: Final = 64 * 1024
_GRACE_SECONDS: Final = 10


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound to `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_tokens(host: str, settings: Settings) -> None:
    """Raises `UsageError` where a server bound to `host` would be open to everyone who reaches it, or a token is
    malformed."""
    if not Tokens(settings.api_tokens).are_set and not is_loopback(host):
        raise UsageError(
            f"the server would be open to everyone who reaches {host}",
            hint="set LSQA_API_TOKENS, or leave out --host to serve this machine only",
        )


def server_configuration(app: Any, **more: Any) -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,
        http=Connection,  # by h11: the faster parser knows no limit of headers
        h11_max_incomplete_event_size=_HEADER_BYTES,
        proxy_headers=False,  # whoever says in a header who asks goes round the rates
        server_header=False,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        **more,
    )
