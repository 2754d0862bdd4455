"""The quota as people see it: what is left, what waits, how fast it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..show import Card, Fact, Meter, trend
from .marks import badge, clock_time
from .usage import MINUTES

if TYPE_CHECKING:
    from .onecloud import OneCloud

__all__ = ["quota_card", "quota_facts"]

_DAY = 86_400.0


def quota_card(account: OneCloud) -> Card:
    """The gauge of *account* as it is now. Costs no call."""
    session = account.session
    facts = [("profile", session.profile), ("host", session.host), *quota_facts(account)]
    facts += [("pace", _pace(account)), ("use", _use(account))]
    return Card("Quota", tuple(facts), badge=badge(account))


def quota_facts(account: OneCloud) -> list[tuple[str, Fact]]:
    """What is left of the quota, in the figures of the last answer."""
    quota = account.quota
    burst, day = f"calls left in {account.burst_window:g} s", "calls left in 24 h"
    told = quota.updated_at
    return [
        (burst, Meter(burst, quota.burst_remaining, quota.burst_limit)),
        (day, Meter(day, quota.daily_remaining, quota.daily_limit)),
        ("told at", clock_time(account, told.timestamp()) if told else "not told"),
    ]


def _pace(account: OneCloud) -> str:
    """What waits, and what is still to be called."""
    activity = account.activity
    until, expected = activity.waiting_until, activity.calls_expected
    words = "no call waits"
    if until is not None:
        words = f"waiting until {clock_time(account, until.timestamp())}: {activity.why}"
    if expected is not None:
        words += f"; {activity.calls_done:,} of {expected:,} calls made"
    return words


def _use(account: OneCloud) -> str:
    """How fast the day's calls go, whoever makes them, and where that leads."""
    usage, now = account.quota.usage, time.time()
    rate, ends = usage.a_minute(now), usage.spent_at(now)
    if rate is None:
        return "not known yet"
    line = f"{trend(usage.by_minute(now))} {rate:,.1f} calls a minute in the last {MINUTES} min"
    if ends is None or ends - now > _DAY:
        return f"{line}; at this rate the day's calls last"
    return f"{line}; at this rate the day's calls are spent at {clock_time(account, ends)}"
