"""The account: settings, names and reads; the one place where the other rooms meet."""

from __future__ import annotations

from .face import LIVE_ON, STATES, account_card, is_usable, session_card
from .gauge import quota_card, quota_facts
from .guards import is_protected
from .line import Last, is_secret
from .marks import clock_time
from .observed import Activity
from .onecloud import READS, OneCloud
from .progress import Stretch

__all__ = [
    "LIVE_ON",
    "READS",
    "STATES",
    "Activity",
    "Last",
    "OneCloud",
    "Stretch",
    "account_card",
    "clock_time",
    "is_protected",
    "is_secret",
    "is_usable",
    "quota_card",
    "quota_facts",
    "session_card",
]
