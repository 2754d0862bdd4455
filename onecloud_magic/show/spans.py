"""Lengths of time as people say them."""

from __future__ import annotations

from datetime import timedelta

__all__ = ["in_words"]


def in_words(span: timedelta) -> str:
    """A length of time: `42 s`, `3 min 05 s`, `2 h 10 min`, `3 days`; none is below zero."""
    seconds = max(0, round(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
    if days > 1:
        return f"{days} days"
    if hours:
        return f"{hours} h {minutes % 60:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"
