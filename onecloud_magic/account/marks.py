"""What every card has: times in the zone of the account, and a word for the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ..api import is_loopback
from ..errors import UsageError
from . import when

if TYPE_CHECKING:
    from .onecloud import OneCloud

__all__ = ["badge", "clock_time"]

_SANDBOX = "sandbox"  # the profile of the embedded service


def badge(account: OneCloud) -> str:
    """A word for an account that is not the real thing."""
    sandbox = account.profile == _SANDBOX and is_loopback(account.session.host)
    return _SANDBOX.upper() if sandbox else ""


def clock_time(account: OneCloud, seconds: float) -> str:
    """A time (seconds since the epoch) in the zone of the account, which it names."""
    zone = _zone(account.timezone)
    moment = datetime.fromtimestamp(seconds, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S} {str(zone).removeprefix('Etc/')}"


def _zone(name: str) -> tzinfo:
    try:
        return when.zone(name or None)
    except UsageError:
        return UTC  # what is shown names its zone
