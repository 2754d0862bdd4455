"""When a call may go: never more of them in a window than the service takes.

    with pace.turn() as turn:
        reply = send()
        turn.answered(Quota.from_headers(reply.headers))

A call is stamped when its answer comes, not when it is sent: the service counts it somewhere
between the two, so a stamp at the answer never leaves the window before the service's own does.
A call in flight counts as one that was just made.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import QuotaExceeded
from .wire import Quota

__all__ = ["Pace", "Turn", "Waiting"]

Waiting = Callable[[float, str], object]
"""Is told of every wait: its seconds and its reason; 0.0 and "" when it is over."""

_BREATH = 0.05  # seconds between two looks while only calls in flight are in the way
_PATIENCE = 15  # windows without a single call let through, until it is the day's end or a rival


class Pace:
    """A sliding window of *burst_limit* calls in *burst_window* seconds, shared by all threads."""

    def __init__(
        self,
        burst_limit: int = 100,
        burst_window: float = 20.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        waiting: Waiting = lambda seconds, why: None,
    ) -> None:
        self.burst_limit, self.burst_window = burst_limit, burst_window
        self.waiting = waiting
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._stamps: deque[float] = deque()
        self._flying: set[Turn] = set()
        self._held_until = float("-inf")
        self._refused_since: float | None = None

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait until a call may go; inside the block it is in flight."""
        turn = Turn(self)
        try:
            self._wait(turn)
            yield turn
        finally:
            # Whatever ended it, a call that took off may have been counted by the service.
            with self._lock:
                self._land(turn)

    def _wait(self, turn: Turn) -> None:
        wait = self._take_off(turn)
        if wait is None:
            return
        try:
            while wait is not None:
                self.waiting(*wait)
                self._sleep(wait[0])
                wait = self._take_off(turn)
        finally:
            self.waiting(0.0, "")

    def _take_off(self, turn: Turn) -> tuple[float, str] | None:
        """Let the call go (None), or tell how long to wait before asking again, and why."""
        with self._lock:
            now = self._clock()
            if self._held_until > now:
                return self._held_until - now, "the service has no calls left in this window"
            if self._made(now) < self.burst_limit:
                self._flying.add(turn)
                return None
            leaves = self._stamps[0] + self.burst_window - now if self._stamps else _BREATH
            why = f"{self.burst_limit} calls in {self.burst_window:g} s were made"
            return max(leaves, 0.001), why

    def _made(self, now: float) -> int:
        """The calls that may count now: those of the last window, and those in flight."""
        while self._stamps and self._stamps[0] <= now - self.burst_window:
            self._stamps.popleft()
        return len(self._stamps) + len(self._flying)

    def _land(self, turn: Turn) -> None:
        if turn in self._flying:
            self._flying.remove(turn)
            self._stamps.append(self._clock())

    def _answered(self, turn: Turn, quota: Quota) -> None:
        with self._lock:
            self._land(turn)
            now = self._clock()
            self._refused_since = None
            # None left, but not through our calls: others use the quota, or a kernel before us.
            if quota.burst_remaining == 0 and self._made(now) < self.burst_limit:
                self._held_until = now + self.burst_window

    def _refused(self, turn: Turn, quota: Quota) -> None:
        if quota.daily_remaining == 0:
            raise QuotaExceeded(
                "The calls of the day are spent.",
                "The service counts 24 hours, for everything that uses this account: try later.",
                remaining=0,
            )
        with self._lock:
            self._land(turn)
            now = self._clock()
            self._held_until = now + self.burst_window
            self._refused_since = now if self._refused_since is None else self._refused_since
            waited = now - self._refused_since
        if waited > _PATIENCE * self.burst_window:
            raise QuotaExceeded(
                f"The service has refused every call for {waited:.0f} s: rate limit exceeded.",
                "The day's calls may be spent, or another program of this account uses them all.",
            )


class Turn:
    """One call's turn: says how the call ended. An end that is not told counts as a call made."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def answered(self, quota: Quota) -> None:
        """The service took the call, and told what is left."""
        self._pace._answered(self, quota)

    def refused(self, quota: Quota) -> None:
        """The service refused the call for want of quota: all calls wait out the window.

        Raises:
            QuotaExceeded: the day's calls are spent, or waiting has not helped for a long time.
        """
        self._pace._refused(self, quota)
