"""Who may call what: tokens with scopes, rates, and pages of other sites kept out."""

import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from lsqa.api.problems import ProblemError, seconds_to_wait
from lsqa.api.rates import RateLimit
from lsqa.api.tokens import Bearer, Scope, Tokens
from lsqa.settings import Settings

_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_described: Final = HTTPBearer(auto_error=False, description="A token of LSQA_API_TOKENS, where any are set.")


class Access:
    """The rules of one server. Every check raises `ProblemError`."""

    def __init__(self, settings: Settings) -> None:
        self.tokens = Tokens(settings.api_tokens)
        self.origins = tuple(o.strip().rstrip("/") for o in settings.api_origins.split(",") if o.strip())
        self._rates = RateLimit(settings.api_rate)

    def admit(self, headers: Headers, address: str, *scopes: Scope) -> Bearer:
        """Whoever sends these headers from `address`, where all `scopes` are theirs."""
        # Before the token is looked at: guessing counts as well.
        self._count(f"address {address}")
        bearer = self.tokens.bearer(headers.get("authorization", ""))
        if bearer is None:
            raise ProblemError(
                401, "token", "send Authorization: Bearer TOKEN", {"WWW-Authenticate": 'Bearer realm="lsqa"'}
            )
        if bearer.name:
            self._count(f"token {bearer.name}")
        if missing := sorted(set(scopes) - bearer.scopes):
            raise ProblemError(403, "scope", f"the token does not allow {' and '.join(missing)}")
        return bearer

    def _count(self, key: str) -> None:
        if wait := self._rates.wait(key):
            raise ProblemError(429, "rate", "slow down", seconds_to_wait(wait))

    def check_site(self, headers: Headers) -> None:
        """Keep out what a page of another site sends through the browser of someone who may call this server."""
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if not self.tokens.are_set and name.lower() not in _LOCAL_NAMES:
            # A name of somebody's own that leads here (DNS rebinding): the browser takes it for that site.
            raise ProblemError(403, "host", "without tokens this server answers to localhost only")
        origin = headers.get("origin", "")
        if origin and origin.rstrip("/") not in self.origins and urlsplit(origin).netloc.lower() != host.lower():
            raise ProblemError(403, "origin", "pages of this origin may not call the server; see LSQA_API_ORIGINS")


def allow(*scopes: Scope) -> Callable[..., Bearer]:
    """A dependency of routes that need these scopes."""

    def admitted(request: Request, _: object = Security(_described)) -> Bearer:
        access: Access = request.app.state.access
        return access.admit(request.headers, request.client.host if request.client else "", *scopes)

    return admitted


def new_request_id() -> str:
    return secrets.token_hex(8)
