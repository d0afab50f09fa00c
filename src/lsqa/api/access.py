"""Who may call what: tokens with scopes, rates, and pages of other sites kept out."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from lsqa.api.problems import ProblemError, respond, seconds_to_wait
from lsqa.api.rates import RateLimit, network_of
from lsqa.api.tokens import Bearer, Scope, Tokens
from lsqa.settings import Settings

API_PATHS: Final = ("/v1/", "/mcp", "/metrics", "/openapi.json")
"""What the paths begin with that are for programs: with tokens, all of them need one. Health needs none."""
HEALTH_PATHS: Final = ("/healthz", "/readyz")

_BEARER: Final = "lsqa.bearer"
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_described: Final = HTTPBearer(auto_error=False, description="A token of LSQA_API_TOKENS, where any are set.")


class Access:
    """The rules of one server. Every check raises `ProblemError`."""

    def __init__(self, settings: Settings) -> None:
        self.tokens = Tokens(settings.api_tokens)
        self.origins = tuple(o.strip().rstrip("/") for o in settings.api_origins.split(",") if o.strip())
        self._rates = RateLimit(settings.api_rate)

    def admit(self, headers: Headers, address: str) -> Bearer:
        """Whoever sends these headers from `address`."""
        # Before the token is looked at: guessing counts as well.
        self._count(f"address {network_of(address)}")
        bearer = self.tokens.bearer(headers.get("authorization", ""))
        if bearer is None:
            raise ProblemError(
                401, "token", "send Authorization: Bearer TOKEN", {"WWW-Authenticate": 'Bearer realm="lsqa"'}
            )
        if bearer.name:
            self._count(f"token {bearer.name}")
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


def allow(*scopes: Scope) -> Callable[..., Awaitable[Bearer]]:
    """A dependency of routes that need these scopes."""

    async def admitted(request: Request, _: object = Security(_described)) -> Bearer:
        # In the loop: FastAPI would send anything else through a thread of its own, which costs more than this does.
        access: Access = request.app.state.access
        return require(request.scope, access, *scopes)

    return admitted


def require(scope: AsgiScope, access: Access, *scopes: Scope) -> Bearer:
    """Whoever sends the request, where all `scopes` are theirs. Counted and looked up once for a request."""
    if _BEARER not in scope:
        client = scope.get("client")
        scope[_BEARER] = access.admit(Headers(scope=scope), client[0] if client else "")
    bearer: Bearer = scope[_BEARER]
    if missing := sorted(set(scopes) - bearer.scopes):
        raise ProblemError(403, "scope", f"the token does not allow {' and '.join(missing)}")
    return bearer


def is_guarded(scope: AsgiScope) -> bool:
    """Whether a request needs a token, where any are set."""
    # What a browser asks first (OPTIONS) comes without a token, and has no body.
    return bool(scope["path"].startswith(API_PATHS) and scope["method"] != "OPTIONS")


class Admission:
    """ASGI middleware: who is not let in to the API, or asks too often, is told so before anything of the body is
    read."""

    def __init__(self, app: ASGIApp, *, access: Access, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._access = access
        self._routes = routes

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_guarded(scope):
            try:
                require(scope, self._access)
            except ProblemError as error:
                # Where it would have gone, for log and measures.
                scope["route"] = next((r for r in self._routes if r.matches(scope)[0] is Match.FULL), None)
                await respond(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def new_request_id() -> str:
    return secrets.token_hex(8)
