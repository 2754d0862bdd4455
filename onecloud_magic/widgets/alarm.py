"""Something that is to happen once, at a time of the clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Alarm"]

_LONGEST = 60.0  # seconds; a machine that slept must not wait for what it slept through
_SHORTEST = 0.05


class Alarm:
    """Calls *ring* when its time has come, on a thread that ends with the wait.

    It may ring before: whoever is called looks at the clock, and sets it anew.
    """

    def __init__(self, ring: Callable[[], object], clock: Callable[[], float] = time.time) -> None:
        self._ring, self._clock = ring, clock
        self._lock, self._timer = threading.Lock(), threading.Timer(0, ring)
        self._ended = False

    def set(self, at: float | None) -> None:
        """Ring at that time instead of any other; not at all where it is None or has passed."""
        with self._lock:
            self._timer.cancel()
            left = 0.0 if at is None else at - self._clock()
            if left > 0 and not self._ended:
                self._timer = threading.Timer(min(max(left, _SHORTEST), _LONGEST), self._ring)
                self._timer.daemon = True
                self._timer.name = "onecloud-alarm"
                self._timer.start()

    def end(self) -> None:
        """Never ring again, whoever sets it."""
        with self._lock:
            self._ended = True
            self._timer.cancel()
