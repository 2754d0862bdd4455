"""How many calls are left: the burst and the daily limit of each user (guide, "Rate Limit").

The guide does not say whether a window slides or stands, or whether a refused call counts;
so both are options here, and the client has to live with all of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Literal

from .messages import Refused

Kind = Literal["sliding", "first", "clock"]


class Window:
    """At most *limit* calls in *seconds*, counted in one of three ways.

    `sliding` looks back from each call, `first` opens with the first call, and `clock` is
    aligned to the clock.
    """

    def __init__(self, limit: int, seconds: float, kind: Kind) -> None:
        self.limit, self.seconds, self.kind = limit, seconds, kind
        self._calls: deque[float] = deque()

    def remaining(self, now: float) -> int:
        self._forget(now)
        return max(0, self.limit - len(self._calls))

    def count(self, now: float) -> None:
        self._forget(now)
        self._calls.append(now)

    def _forget(self, now: float) -> None:
        calls = self._calls
        if self.kind == "sliding":
            while calls and calls[0] <= now - self.seconds:
                calls.popleft()
        elif calls and now >= self._opened() + self.seconds:
            calls.clear()

    def _opened(self) -> float:
        first = self._calls[0]
        return first if self.kind == "first" else first // self.seconds * self.seconds


class Limits:
    """Both windows of every user."""

    def __init__(self, burst: int, daily: int, kind: Kind, count_refused: bool) -> None:
        self._shape = (burst, daily, kind)
        self._count_refused = count_refused
        self._windows: dict[Hashable, tuple[Window, Window]] = {}

    def take(self, user: Hashable, now: float) -> None:
        """Count one call of *user*, or refuse it with the guide's 422."""
        windows = self._of(user)
        refused = any(window.remaining(now) == 0 for window in windows)
        if not refused or self._count_refused:
            for window in windows:
                window.count(now)
        if refused:
            raise Refused(422, "Rate limit exceeded", "Too many requests for this user.")

    def headers(self, user: Hashable, now: float) -> dict[str, str]:
        burst, daily = self._of(user)
        return {
            "oc-api-burst-remaining": str(burst.remaining(now)),
            "oc-api-daily-remaining": str(daily.remaining(now)),
        }

    def _of(self, user: Hashable) -> tuple[Window, Window]:
        if user not in self._windows:
            burst, daily, kind = self._shape
            self._windows[user] = (Window(burst, 20.0, kind), Window(daily, 86400.0, kind))
        return self._windows[user]
