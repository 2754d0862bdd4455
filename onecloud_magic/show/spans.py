"""Lengths of time as people say them."""

from __future__ import annotations

__all__ = ["in_words"]

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def in_words(seconds: float) -> str:
    """A length of time: `45 s`, `12 min`, `2 h 5 min`, `3 days`."""
    whole = max(0, round(seconds))
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < 2 * _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} days"
