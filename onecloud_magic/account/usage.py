"""How fast the calls of the day go, by what the answers told: whoever makes them."""

from __future__ import annotations

import threading
from collections import deque
from itertools import pairwise

__all__ = ["MINUTES", "Usage"]

MINUTES = 10  # that are looked back
_MINUTE = 60.0


class Usage:
    """Notes what is left of the day's calls each time an answer tells it.

    All who use the account are counted, as the service counts them. Times are seconds since the
    epoch.
    """

    def __init__(self) -> None:
        self._told: deque[tuple[float, int]] = deque(maxlen=MINUTES * 60)
        self._lock = threading.Lock()

    def told(self, at: float, left: int | None) -> None:
        """Note what an answer told; more left than before begins anew, as does another account."""
        with self._lock:
            if left is None:
                return
            if self._told and (left > self._told[-1][1] or at < self._told[-1][0]):
                self._told.clear()
            if len(self._told) > 1 and at - self._told[-2][0] < 1.0:
                self._told.pop()  # within a second only the last one counts
            self._told.append((at, left))

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._told.clear()

    def by_minute(self, now: float) -> list[int]:
        """The calls of each of the last minutes, the latest last."""
        with self._lock:
            told = list(self._told)
        made = [0] * MINUTES
        for (_, before), (at, left) in pairwise(told):
            age = int((now - at) // _MINUTE)
            if 0 <= age < MINUTES:
                made[-1 - age] += before - left
        return made

    def a_minute(self, now: float) -> float | None:
        """The calls a minute, over as much of the last minutes as is known; None before that."""
        with self._lock:
            first = self._told[0][0] if self._told else now
        known = min((now - first) / _MINUTE, MINUTES)
        return sum(self.by_minute(now)) / max(known, 1.0) if known > 0 else None

    def spent_at(self, now: float) -> float | None:
        """When none will be left if it goes on so; None where it is not known or does not end."""
        rate = self.a_minute(now)
        with self._lock:
            left = self._told[-1][1] if self._told else None
        return now + left / rate * _MINUTE if rate and left is not None else None
