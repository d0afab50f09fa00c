"""Bearer tokens: who may do what.

`LSQA_API_TOKENS` holds, with commas between them, `TOKEN`, `SCOPES:TOKEN` or either with `sha256:` and the token's hash
in hexadecimal in the place of the token. SCOPES are `read`, `ask`, `ingest` with + between them; without them a token
has all. Only hashes are kept: a token is long and random, so a plain SHA-256 of it tells nothing.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from lsqa.errors import SettingsError

Scope = Literal["read", "ask", "ingest"]
SCOPES: Final[frozenset[Scope]] = frozenset(get_args(Scope))
SHORTEST: Final = 16
_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
_HINT: Final = "write TOKEN or read+ask:TOKEN, with commas between several"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever comes with a token: a name that is safe in logs, and what the token allows."""

    name: str
    scopes: frozenset[Scope]


ANYONE: Final = Bearer("", SCOPES)


class Tokens:
    """The tokens of a server. Without any, whoever reaches it may do everything."""

    def __init__(self, written: str) -> None:
        """Raises `SettingsError` where a token is malformed or short."""
        self._known = tuple(_parsed(item.strip()) for item in written.split(",") if item.strip())

    @property
    def are_set(self) -> bool:
        return bool(self._known)

    def bearer(self, authorization: str) -> Bearer | None:
        """Who comes with this Authorization header; None for no one who is known. `ANYONE` where no tokens are set.

        Every token is compared, each in constant time: how long it takes tells nothing of any of them.
        """
        if not self._known:
            return ANYONE
        scheme, _, token = authorization.partition(" ")
        given = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
        found: Bearer | None = None
        for digest, bearer in self._known:
            if hmac.compare_digest(given, digest):
                found = bearer
        return found if scheme.lower() == "bearer" else None


def _parsed(item: str) -> tuple[bytes, Bearer]:
    before, colon, rest = item.partition(":")
    named = before.split("+")
    if colon and SCOPES & set(named) and (not rest or not set(named) <= SCOPES):
        # An empty variable of a shell, or a scope misspelt: the whole would be a token that allows everything.
        raise SettingsError(
            "an entry of the setting api_tokens has scopes but no token, or an unknown scope", hint=_HINT
        )
    if rest and set(named) <= SCOPES:
        scopes, secret = frozenset(s for s in SCOPES if s in named), rest
    else:
        scopes, secret = SCOPES, item
    if match := _HASH.fullmatch(secret):
        digest = bytes.fromhex(match[1])
    elif secret.startswith("sha256:"):
        raise SettingsError("a hash in the setting api_tokens is no SHA-256 in hexadecimal", hint=_HINT)
    elif len(secret) < SHORTEST or not secret.isascii() or " " in secret:
        raise SettingsError(
            f"a token in the setting api_tokens has fewer than {SHORTEST} characters, blanks, or others than ASCII",
            hint="make one with: python -c 'import secrets; print(secrets.token_urlsafe())'",
        )
    else:
        digest = hashlib.sha256(secret.encode()).digest()
    return digest, Bearer(digest.hex()[:8], scopes)
