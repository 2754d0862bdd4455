"""The account as people see it: who is signed in, what is left of the quota, what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..show import Card, Fact
from .gauge import quota_facts
from .marks import badge, clock_time

if TYPE_CHECKING:
    from .observed import Session
    from .onecloud import OneCloud

STATES = {
    "signed_out": "signed out",
    "active": "active",
    "expired": "the access token has ended",
    "refreshing": "a new access token is being fetched",
    "rejected": "the service no longer takes the access token",
}
_SOURCES = {
    "argument": "the login of this process",
    "environment": "environment variables",
    "store": "the session that was kept",
}
_STORES = {"file": "kept in a file that only you can read", "memory": "kept in memory only"}
_END_NOT_KNOWN = (
    "not known: 24 hours after it was made unless the API page's advanced settings say more"
)
LIVE_ON = 'The tokens themselves live until "Revoke API Access" is pressed on the page Admin > API.'
_SIGN_IN = ("%onecloud login", "%onecloud sandbox")
_LOOK = ("%onecloud chains", "%onecloud runs --state failed", "%onecloud help")


def account_card(account: OneCloud) -> Card:
    """The card of *account*: profile, host, session, quota. Costs no call."""
    facts = _session_facts(account)
    if account.session.state != "signed_out":
        facts += quota_facts(account)
    looks = {"workspace": account.workspace, "environment": account.environment}
    facts += [(f"{kind} by default", name) for kind, name in looks.items() if name]
    return Card("OneCloud", tuple(facts), _next(account), badge(account))


def session_card(account: OneCloud) -> Card:
    """The card of who is signed in, where and until when, without figures. Costs no call."""
    return Card("OneCloud", tuple(_session_facts(account)), _next(account), badge(account))


def is_usable(session: Session) -> bool:
    """Whether calls can be made with *session*, if need be once it was renewed."""
    return session.state in ("active", "refreshing") or (
        session.state == "expired" and session.renews
    )


def _session_facts(account: OneCloud) -> list[tuple[str, Fact]]:
    session = account.session
    facts: list[tuple[str, Fact]] = [
        ("profile", session.profile),
        ("host", session.host),
        ("session", STATES[session.state]),
    ]
    if session.state != "signed_out":
        ends = session.expires_at
        facts += [
            ("user", session.user or "not told by the service"),
            ("from", f"{_SOURCES[session.source]}, {_STORES[account.token_store]}"),
            (
                "access token ends",
                clock_time(account, ends.timestamp()) if ends else _END_NOT_KNOWN,
            ),
            ("then", _renewed(account)),
        ]
    return facts


def _next(account: OneCloud) -> tuple[str, ...]:
    return _LOOK if is_usable(account.session) else _SIGN_IN


def _renewed(account: OneCloud) -> str:
    if not account.session.renews:
        return "sign in again: there is nothing to renew it with"
    if account.token_store == "file" or account.takes_grants:  # noqa: S105  # a place, no password
        return "it is renewed"
    return "sign in again: what is kept in memory only spends no refresh token"
