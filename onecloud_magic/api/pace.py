"""When a call may go: threads wait here for their turn, by the rules of `share`.

    with pace.turn() as turn:
        reply = send()
        turn.answered(Quota.from_headers(reply.headers))

What was called is kept in a ledger that the kernels of a machine share. Waiting threads look
again a few times a second: what another one learns may let them go earlier.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ..errors import OneCloudWarning, QuotaExceeded
from .ledger import Ledger, MemoryLedger, has_ended, owner
from .share import Share, Wait
from .tally import Tally
from .wire import Quota

__all__ = ["LOOK", "Pace", "Turn", "Waiting"]

T = TypeVar("T")
Waiting = Callable[[float, str], object]
"""Is told of a wait of a second or more: its seconds and its reason; 0.0 and "" when it is over."""

LOOK = 0.25  # seconds between two looks at most
_LONG = 1.0  # seconds; a shorter wait is nobody's business
_PATIENCE = 15  # windows without a single call let through, until it is the day's end or a rival
_TOLD_LATELY = 3600.0  # seconds for which the day's remainder is taken for what it still is

# The calls of this process that hold a turn, of whichever pace: what is under way besides was
# left behind by an interrupt.
_turns: set[str] = set()


class Pace:
    """At most *burst_limit* calls in *burst_window* seconds, of all who share the *ledger*."""

    def __init__(
        self,
        burst_limit: int = 100,
        burst_window: float = 20.0,
        *,
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        waiting: Waiting = lambda seconds, why: None,
    ) -> None:
        self.burst_limit, self.burst_window = burst_limit, burst_window
        self.ledger: Ledger = ledger or MemoryLedger()
        self.waiting = waiting
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._said: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait until a call may go; inside the block it is under way."""
        turn = Turn(self, self.ledger)
        _turns.add(turn.call)
        try:
            self._wait(turn)
            yield turn
        finally:
            # Whatever ended it, a call that took off may have been counted by the service.
            turn.left()
            _turns.discard(turn.call)

    @contextmanager
    def expects(self, calls: int) -> Iterator[None]:
        """Announce that this process is about to make so many calls: that lets it pace better.

        Raises:
            QuotaExceeded: so many are not left of the day.
        """
        ledger, name = self.ledger, uuid.uuid4().hex
        left = self.change(ledger, lambda share, now: _left_of_the_day(share.tally, now))
        if left is not None and calls > left:
            raise QuotaExceeded(
                f"This needs up to {calls:,} calls, and {left:,} are left of the day.",
                "Ask for less (limit, since, or one chain), or wait: the day's window is 24 h.",
                needed=calls,
                remaining=left,
            )
        try:
            self.change(ledger, lambda share, now: share.expect(now, name, owner(), calls))
            yield
        finally:
            self.change(ledger, lambda share, now: share.expected(name))

    def on(self, ledger: Ledger) -> Pace:
        """A pace like this one, for another quota."""
        return Pace(
            self.burst_limit,
            self.burst_window,
            ledger=ledger,
            clock=self._clock,
            sleep=self._sleep,
            chance=self._chance,
            waiting=self.waiting,
        )

    def change(self, ledger: Ledger, step: Callable[[Share, float], T]) -> T:
        """Take a step with the rules, alone and at one time."""

        def taken(tally: Tally) -> T:
            # Inside of the ledger's lock: no other's time can be later than ours.
            now = self._clock()
            share = Share(tally, self.burst_limit, self.burst_window)
            _bury(share, now)
            return step(share, now)

        return ledger.change(taken)

    def _wait(self, turn: Turn) -> None:
        wait = self._take_off(turn)
        waited = 0.0
        try:
            while wait:
                self._tell(turn, wait, waited)
                seconds = min(wait.seconds, LOOK)
                self._sleep(seconds)
                waited += seconds
                wait = self._take_off(turn)
        finally:
            self._tell_end(turn)

    def _take_off(self, turn: Turn) -> Wait | None:
        wait = self.change(turn.ledger, lambda share, now: share.may_go(now, turn.call, turn.owner))
        turn.flying = wait is None
        for trouble in turn.ledger.troubles():
            warnings.warn(OneCloudWarning(trouble), stacklevel=5)
        return wait

    def _tell(self, turn: Turn, wait: Wait, waited: float) -> None:
        """Tell of a wait, once, and again when its end or its reason has changed."""
        if waited + wait.seconds < _LONG:
            return
        ends, told = self._clock() + wait.seconds, self._said.get(turn.call)
        if told is None or told[1] != wait.why or abs(told[0] - ends) > _LONG / 2:
            with self._lock:
                self._said[turn.call] = ends, wait.why
            self.waiting(wait.seconds, wait.why)

    def _tell_end(self, turn: Turn) -> None:
        with self._lock:
            last = self._said.pop(turn.call, None) is not None and not self._said
        if last:
            self.waiting(0.0, "")

    def _answered(self, turn: Turn, quota: Quota) -> None:
        told = quota.burst_remaining, quota.daily_remaining
        self.change(turn.ledger, lambda share, now: share.answered(now, turn.call, *told))

    def _refused(self, turn: Turn, quota: Quota) -> None:
        chance, left = self._chance(), quota.daily_remaining

        def step(share: Share, now: float) -> float:
            share.refused(now, turn.call, left, chance)
            return share.in_vain(now)

        waited = self.change(turn.ledger, step)
        if left == 0:
            raise QuotaExceeded(
                "The calls of the day are spent.",
                "The service counts 24 hours, for everything that uses this account: try later.",
                remaining=0,
            )
        if waited > _PATIENCE * self.burst_window:
            raise QuotaExceeded(
                f"The service has refused every call for {waited:.0f} s: rate limit exceeded.",
                "The day's calls may be spent, or another program of this account uses them all.",
            )


class Turn:
    """One call's turn: says how the call ended. An end that is not told counts as a call made."""

    def __init__(self, pace: Pace, ledger: Ledger) -> None:
        self._pace, self.ledger = pace, ledger
        self.call, self.owner = uuid.uuid4().hex[:12], owner()
        self.flying: bool | None = None  # None while it is not known

    def answered(self, quota: Quota) -> None:
        """The service took the call, and told what is left."""
        self._pace._answered(self, quota)
        self.flying = False

    def refused(self, quota: Quota) -> None:
        """The service refused the call for want of quota: all calls wait.

        Raises:
            QuotaExceeded: the day's calls are spent, or waiting has not helped for a long time.
        """
        self.flying = False
        self._pace._refused(self, quota)

    def left(self) -> None:
        """The call is over; nothing is done where its end was told, or where it never went."""
        if self.flying is not False:
            self._pace.change(self.ledger, lambda share, now: share.left(now, self.call))
        self.flying = False


def _bury(share: Share, now: float) -> None:
    """What the dead had under way is over, and so is what an interrupt left behind here."""
    mine = owner()
    for name in share.tally.owners - {mine}:
        if has_ended(name):
            share.gone(now, name)
    for call, flight in list(share.tally.flying.items()):
        if flight.owner == mine and call not in _turns:
            share.left(now, call)


def _left_of_the_day(tally: Tally, now: float) -> int | None:
    """The day's remainder, where it was told lately: an hour later it may be another day's."""
    lately = tally.day_at is not None and 0 <= now - tally.day_at < _TOLD_LATELY
    return tally.day_left if lately else None
