"""Who is calling: access tokens that end, refresh tokens good for one use, grants.

The rules are those of the guide ("API V1 Time Limits", "Refreshing your access token");
the words of the errors are those of RFC 6749, 5.2.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

from .messages import Refused

Reuse = Literal["refuse", "revoke"]
GRANT_SECONDS = 600.0  # a client_credentials token of the newer host lives ten minutes


@dataclass
class Application:
    """What "Enable API Access" makes: all tokens that descend from one click of the button."""

    user_id: int
    client_id: str
    client_secret: str = field(repr=False)
    revoked: bool = False


@dataclass
class _Refresh:
    application: Application
    spent: bool = False


class Tokens:
    """All tokens ever given out. *reuse* says what a second use of a refresh token does."""

    def __init__(self, ttl: float, tell_expiry: bool = True, reuse: Reuse = "refuse") -> None:
        self.ttl, self.tell_expiry, self.reuse = ttl, tell_expiry, reuse
        self.disabled: set[int] = set()
        self._applications: dict[str, Application] = {}
        self._access: dict[str, tuple[Application, float]] = {}
        self._refresh: dict[str, _Refresh] = {}

    def enable(self, user_id: int) -> Application:
        """Press "Enable API Access" for a user."""
        made = Application(user_id, secrets.token_hex(16), secrets.token_hex(24))
        self._applications[made.client_id] = made
        return made

    def pair(self, application: Application, now: float) -> dict[str, object]:
        """Give out an access token and the refresh token that follows it."""
        refresh = secrets.token_urlsafe(32)
        self._refresh[refresh] = _Refresh(application)
        return {**self._bearer(application, now, self.ttl), "refresh_token": refresh}

    def revoke(self, user_id: int) -> None:
        """Press "Revoke API Access" for a user: every token of theirs is dead."""
        for application in self._applications.values():
            application.revoked |= application.user_id == user_id

    def owner(self, token: str) -> int | None:
        """Name the user of a token that was given out, whether it still lives or not."""
        known = self._access.get(token)
        return known[0].user_id if known else None

    def client(self, client_id: str) -> int | None:
        """Name the user whose access a client id belongs to."""
        known = self._applications.get(client_id)
        return known.user_id if known else None

    def check(self, token: str, now: float) -> int:
        """Return the user of a living access token, or refuse with 401."""
        known = self._access.get(token)
        if known is None:
            raise _unauthorized("The access token is invalid")
        application, ends = known
        if self._dead(application):
            raise _unauthorized("The access token was revoked")
        if now >= ends:
            raise _unauthorized("The access token expired")
        return application.user_id

    def refresh(self, client_id: str, token: str, now: float) -> dict[str, object]:
        """Spend a refresh token: the answer is a new pair (guide, "Refresh Tokens")."""
        known = self._refresh.get(token)
        if client_id not in self._applications:
            raise Refused(401, "invalid_client", "Client authentication failed.")
        if known is None or known.application.client_id != client_id:
            raise _invalid_grant()
        if known.spent and self.reuse == "revoke":
            known.application.revoked = True
        if known.spent or self._dead(known.application):
            raise _invalid_grant()
        known.spent = True
        return self.pair(known.application, now)

    def grant(self, client_id: str, client_secret: str, now: float) -> dict[str, object]:
        """Buy a short token with a grant's id and secret (RFC 6749, 4.4)."""
        known = self._applications.get(client_id)
        given = client_secret.encode("utf-8", "replace")
        if (
            known is None
            or not secrets.compare_digest(known.client_secret.encode(), given)
            or self._dead(known)
        ):
            raise Refused(401, "invalid_client", "Client authentication failed.")
        return self._bearer(known, now, min(GRANT_SECONDS, self.ttl))

    def _bearer(self, application: Application, now: float, ttl: float) -> dict[str, object]:
        access = secrets.token_urlsafe(32)
        self._access[access] = (application, now + ttl)
        answer: dict[str, object] = {"access_token": access, "token_type": "Bearer"}
        return {**answer, "expires_in": int(ttl)} if self.tell_expiry else answer

    def _dead(self, application: Application) -> bool:
        return application.revoked or application.user_id in self.disabled


def _unauthorized(description: str) -> Refused:
    challenge = f'Bearer error="invalid_token", error_description="{description}"'
    return Refused(401, "Unauthorized", description, WWW_Authenticate=challenge)


def _invalid_grant() -> Refused:
    return Refused(
        400, "invalid_grant", "The refresh token is invalid, expired, revoked or was already used."
    )
