"""Who may use the page: anyone on this machine; from elsewhere only those who log in."""

import hmac
from collections.abc import Callable

from lsqa.api.binding import is_loopback
from lsqa.api.tokens import SCOPES, Tokens
from lsqa.errors import SettingsError, UsageError
from lsqa.settings import Settings

Login = Callable[[str, str], bool]
_HINT = "set LSQA_UI_USERS=name:password (or LSQA_API_TOKENS), or leave out --host"


def login(settings: Settings) -> Login | None:
    """Who is let in by name and password; None where nobody has to log in. A token of the API that allows everything is
    a password under any name: the page reads, asks and takes files in. Raises `SettingsError` where users or tokens are
    malformed."""
    users, tokens = _users(settings.ui_users), Tokens(settings.api_tokens)
    if not users and not tokens.are_set:
        return None

    def admits(name: str, password: str) -> bool:
        # Every comparison is made, and each takes as long whatever it finds.
        known = [_same(name, user) & _same(password, secret) for user, secret in users]
        bearer = tokens.bearer(f"Bearer {password}") if tokens.are_set else None
        return any(known) or (bearer is not None and bearer.scopes == SCOPES)

    return admits


def require_login(host: str, settings: Settings) -> Login | None:
    """The login for a page that is bound to `host`. Raises `UsageError` where it would be open to others."""
    admits = login(settings)
    if admits is None and not is_loopback(host):
        raise UsageError(f"the page would be open to everyone who reaches {host}", hint=_HINT)
    return admits


def _users(written: str) -> tuple[tuple[str, str], ...]:
    pairs = [pair.strip().partition(":") for pair in written.split(",") if pair.strip()]
    if any(not name.strip() or not password for name, _, password in pairs):
        raise SettingsError(
            "the setting ui_users is malformed", hint="write name:password, with commas between several"
        )
    return tuple((name.strip(), password) for name, _, password in pairs)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
