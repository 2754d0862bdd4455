"""The account as people see it: who is signed in, what is left of the quota, what to type next."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ..api import is_loopback
from ..errors import UsageError
from ..show import Card
from . import when

if TYPE_CHECKING:
    from .observed import Session
    from .onecloud import OneCloud

SANDBOX = "sandbox"  # the profile of the embedded service

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
        facts += _quota_facts(account, _zone(account.timezone))
    looks = {"workspace": account.workspace, "environment": account.environment}
    facts += [(f"{kind} by default", name) for kind, name in looks.items() if name]
    return Card("OneCloud", tuple(facts), _next(account), _badge(account))


def session_card(account: OneCloud) -> Card:
    """The card of who is signed in, where and until when, without figures. Costs no call."""
    return Card("OneCloud", tuple(_session_facts(account)), _next(account), _badge(account))


def is_usable(session: Session) -> bool:
    """Whether calls can be made with *session*, if need be once it was renewed."""
    return session.state in ("active", "refreshing") or (
        session.state == "expired" and session.renews
    )


def _session_facts(account: OneCloud) -> list[tuple[str, str]]:
    session = account.session
    facts = [
        ("profile", session.profile),
        ("host", session.host),
        ("session", STATES[session.state]),
    ]
    if session.state != "signed_out":
        ends = _time(session.expires_at, _zone(account.timezone))
        facts += [
            ("user", session.user or "not told by the service"),
            ("from", f"{_SOURCES[session.source]}, {_STORES[account.token_store]}"),
            ("access token ends", ends or _END_NOT_KNOWN),
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


def quota_card(account: OneCloud) -> Card:
    """The card of the calls that are left. Costs no call."""
    session = account.session
    facts = [("profile", session.profile), ("host", session.host)]
    facts += _quota_facts(account, _zone(account.timezone))
    return Card("Quota", tuple(facts), badge=_badge(account))


def clock_time(account: OneCloud, seconds: float) -> str:
    """A time (seconds since the epoch) in the zone of the account, which it names."""
    return _time(datetime.fromtimestamp(seconds, UTC), _zone(account.timezone))


def _quota_facts(account: OneCloud, zone: tzinfo) -> list[tuple[str, str]]:
    """What is left of the quota, in the figures of the last answer."""
    quota, window = account.quota, account.burst_window
    return [
        (f"calls left in {window:g} s", _left(quota.burst_remaining, quota.burst_limit)),
        ("calls left in 24 h", _left(quota.daily_remaining, quota.daily_limit)),
        ("told at", _time(quota.updated_at, zone) or "not told"),
    ]


def _badge(account: OneCloud) -> str:
    """A word for an account that is not the real thing."""
    sandbox = account.profile == SANDBOX and is_loopback(account.session.host)
    return SANDBOX.upper() if sandbox else ""


def _left(remaining: int | None, limit: int) -> str:
    return "not told" if remaining is None else f"{remaining:,} of {limit:,}"


def _time(moment: datetime | None, zone: tzinfo) -> str:
    if moment is None:
        return ""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S} {str(zone).removeprefix('Etc/')}"


def _zone(name: str) -> tzinfo:
    try:
        return when.zone(name or None)
    except UsageError:
        return UTC  # what is shown names its zone
