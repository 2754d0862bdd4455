"""The account: settings, names and reads; the one place where the other rooms meet."""

from __future__ import annotations

from .face import account_card, clock_time, quota_card
from .line import Last, is_secret
from .onecloud import READS, OneCloud

__all__ = ["READS", "Last", "OneCloud", "account_card", "clock_time", "is_secret", "quota_card"]
