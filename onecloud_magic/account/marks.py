"""What every card has: times in the zone of the account, and a word for the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Protocol

from ..api import is_loopback
from ..errors import UsageError
from . import when

if TYPE_CHECKING:
    from .onecloud import OneCloud

__all__ = ["badge", "badge_of", "clock_time"]

_SANDBOX = "sandbox"  # the profile of the embedded service


class Zoned(Protocol):
    """What has a zone in which times are shown: an account, or its activity."""

    @property
    def timezone(self) -> str: ...


def badge(account: OneCloud) -> str:
    """A word for an account that is not the real thing."""
    return badge_of(account.profile, account.session.host)


def badge_of(profile: str, host: str) -> str:
    """The same for an account that is known by its *profile* and its *host*."""
    return _SANDBOX.upper() if profile == _SANDBOX and is_loopback(host) else ""


def clock_time(account: Zoned, seconds: float) -> str:
    """A time (seconds since the epoch) in the zone of the account, which it names."""
    zone = _zone(account.timezone)
    moment = datetime.fromtimestamp(seconds, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S} {str(zone).removeprefix('Etc/')}"


def _zone(name: str) -> tzinfo:
    try:
        return when.zone(name or None)
    except UsageError:
        return UTC  # what is shown names its zone
