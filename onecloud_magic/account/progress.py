"""How far reads and waits are, as people see it."""

from __future__ import annotations

import math

from ..show import Bar
from .marks import badge_of, clock_time
from .observed import Activity, Read

__all__ = ["Stretch"]


class Stretch:
    """What an account does from when something is under way until nothing is any more.

    Several reads may be part of it. Reads whose progress is not to be shown are not.

    Attributes:
        reads: its reads so far, the first one first.
        ended_at: when it ended, in seconds since the epoch; None while it goes on.
    """

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.reads: list[Read] = []
        self.ended_at: float | None = None
        self._calls = 0

    @property
    def goes_on(self) -> bool:
        """Whether anything of it is under way now, of what is to be shown."""
        activity = self.activity
        if self.reads or activity.reads:
            return any(each.shown for each in activity.reads)
        return activity.waiting_until is not None and activity.shown

    @property
    def lasts(self) -> float:
        """The seconds that its reads have taken so far; 0 where there are none."""
        if not self.reads:
            return 0.0
        ends = self.activity.clock() if self.ended_at is None else self.ended_at
        return max(ends - self.reads[0].began_at, 0.0)

    @property
    def waits(self) -> bool:
        """Whether a call waits for its turn."""
        return self.ended_at is None and self.activity.waiting_until is not None

    @property
    def interrupted(self) -> bool:
        return any(each.outcome == "interrupted" for each in self.reads)

    @property
    def is_worth_telling(self) -> bool:
        """Whether something of it did not fail: of a failure the error says all there is to say."""
        return any(each.outcome != "failed" for each in self.reads)

    @property
    def state(self) -> str:
        """What is worth a line of its own where it changes; figures are not."""
        why = self.activity.why if self.waits else ""
        return f"{self._names} {self.waits} {why} {self.ended_at}"

    def look(self) -> None:
        """Notice the reads that have begun, and the calls that were made."""
        if self.ended_at is None:
            activity, seen = self.activity, set(self.reads)
            self.reads += [each for each in activity.reads if each.shown and each not in seen]
            self._calls = activity.calls_done - (self.reads[0].calls_before if self.reads else 0)

    def end(self) -> None:
        """Let it be over now: what is said of it does not change any more."""
        self.look()
        self.ended_at = self.activity.clock()

    @property
    def bar(self) -> Bar:
        """How far it is; where it has ended, what it was."""
        activity = self.activity
        if not self.reads:
            return self._bar(f"waiting {self._waiting()}")
        words = f"{', '.join(self._names)}: "
        if self.ended_at is not None:
            ended = clock_time(activity, self.ended_at)
            return self._bar(f"{words}{self._outcome()} in {self.lasts:,.0f} s, ended at {ended}")
        done, most = self._calls, self._expected()
        words += f"{_calls(done)}" if most is None else f"{done:,} of {_calls(most)}"
        words += f", {self.lasts:,.0f} s"
        words += f"; waiting {self._waiting()}" if self.waits else ""
        return self._bar(words, done, most, moves=True)

    def _bar(
        self, words: str, done: int = 0, most: int | None = None, *, moves: bool = False
    ) -> Bar:
        profile, host = self.activity.profile, self.activity.host
        where = f"{profile} at {host}"
        badge, label = badge_of(profile, host), ", ".join(self._names)
        return Bar(words, label, where, badge, done=done, of=most, moves=moves)

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(each.name for each in self.reads))

    def _expected(self) -> int | None:
        """The calls that its reads need in all, where that is known and still holds."""
        expected = self.activity.calls_expected
        most = None if expected is None else expected - self.reads[0].calls_before
        return None if most is None or most < self._calls else most

    def _waiting(self) -> str:
        until, why = self.activity.waiting_until, self.activity.why
        left = 0.0 if until is None else until.timestamp() - self.activity.clock()
        return f"{max(math.ceil(left), 0):,} s: {why}"

    def _outcome(self) -> str:
        calls = _calls(self._calls)
        return f"interrupted after {calls}" if self.interrupted else calls


def _calls(number: int) -> str:
    return f"{number:,} call" if number == 1 else f"{number:,} calls"
