"""The account: settings, names and reads; the one place where the other rooms meet."""

from __future__ import annotations

from .onecloud import READS, OneCloud

__all__ = ["READS", "OneCloud"]
