"""When a call may go: the rules, on a `Tally`, without a clock, a lock or a file.

The service counts a call somewhere between its sending and its answer. A call is counted here
until a window after its *answer*, so it never leaves our count before the service's, whether its
window slides or stands. What the headers tell beyond that is read in two ways only: more calls
used than ours can be means others; fewer than ours must be means that the service counts anew.

Others are left their part, and calls go evenly in what remains. Alone, all calls go at once; some
that the last window can spare go one by one while the window is full: one of them shows at once
when a standing window has ended, long before ours would.
"""

from __future__ import annotations

from dataclasses import dataclass

from .tally import Coming, Flight, Tally

__all__ = ["BREATH", "Share", "Wait"]

BREATH = 0.05  # seconds between two looks while only calls under way are in the way
_FEW = 0.02  # of the limit: others who use no more are taken for chance
_APART = 0.04  # of the limit: what is left free between others and us
_PROBES = 0.4  # of the limit: as many calls at most go as probes
_REMEMBER = 2.25  # windows for which others are made room for after they were seen
_WANTED = 0.8  # of the limit: others are taken to want up to so many where nothing was left
_EVEN, _SINGLE = 0.9, 0.6  # of the limit: with less, calls go evenly; with less, one by one
_FIRST_HOLD = 3.0  # seconds after a refusal; twice as long after each further one
_ROOF = 100  # windows for which a limit of the service above our own is remembered
_STUCK = 0.25  # windows after which a call that has no answer holds up no other
_LOST = 120.0  # seconds after which a call or an announcement of another process is given up


@dataclass(frozen=True)
class Wait:
    """A call may not go yet: ask again in so many seconds."""

    seconds: float
    why: str


class Share:
    """The rules for one quota of *limit* calls in *window* seconds."""

    def __init__(self, tally: Tally, limit: int = 100, window: float = 20.0) -> None:
        self.tally, self.limit, self.window = tally, limit, window

    def may_go(self, now: float, call: str, owner: str) -> Wait | None:
        """Let *call* go (None), or tell how long to wait before asking again."""
        self._settle(now, owner)
        wait = self._held(now) or (self._among_others if self.others else self._alone)(now)
        if wait is None:
            self.tally.flying[call] = Flight(now, owner)
            self.tally.went_at = now
            self.tally.told -= 1
            self._announced(owner, -1)
        return wait

    def answered(self, now: float, call: str, burst: int | None, day: int | None = None) -> None:
        """The service took *call*, and told what is left; None is "not told"."""
        self._settle(now)
        tally = self.tally
        tally.heard_at, tally.refused, tally.refused_since = now, 0, None
        flight = tally.flying.pop(call, None)
        tally.tell_day(now, day, flight.sent if flight else now)
        if flight is None or burst is None:
            tally.add(None, now, self._grain)
            return
        before = self._surely_before(flight.sent, now)
        tally.add(flight.sent, now, self._grain, burst)
        self._raise_roof(now, burst + 1)
        used = max(self.limit, tally.roof) - burst
        since_reset = tally.reset_at is None or tally.reset_at < flight.sent
        if since_reset and now - flight.sent < self.window:
            self._compare(now, flight.sent, used, before + 1)
        tally.told = 0 if tally.others else max(tally.told, self._still_left(flight.sent))

    def refused(self, now: float, call: str, day: int | None = None, chance: float = 0.5) -> None:
        """The service refused *call* for want of quota; *chance* sets waiting clients apart."""
        self._settle(now)
        tally = self.tally
        unseen = self.limit - self._counted(now)
        flight = tally.flying.pop(call, None)
        tally.tell_day(now, day, flight.sent if flight else now)
        self._see(now, max(unseen, round(self.limit * 2 * _APART)))
        tally.add(None, now, self._grain)  # some services count what they refuse
        if flight is None or tally.refused_at is None or flight.sent >= tally.refused_at:
            self._hold(now, chance)
        if flight:
            self._announced(flight.owner, 1)

    def left(self, now: float, call: str) -> None:
        """*call* ended without an answer: the service may have counted it, or never seen it."""
        self._settle(now)
        if self.tally.flying.pop(call, None):
            self.tally.add(None, now, self._grain)

    def expect(self, now: float, name: str, owner: str, calls: int) -> None:
        """*calls* are to come, announced under *name*."""
        self._settle(now)
        if not self.tally.coming:
            self.tally.probing_at = now
        self.tally.coming[name] = Coming(calls, owner, now)

    def expected(self, name: str) -> None:
        """What was announced under *name* is over, however many calls it came to."""
        self.tally.coming.pop(name, None)

    def gone(self, now: float, owner: str) -> None:
        """*owner* has ended: nothing of theirs is under way or will come."""
        tally = self.tally
        for call in [name for name, flight in tally.flying.items() if flight.owner == owner]:
            self.left(now, call)
        for name in [name for name, each in tally.coming.items() if each.owner == owner]:
            del tally.coming[name]

    @property
    def others(self) -> int:
        """The calls in a window that others were lately seen to use; 0 for chance's few."""
        most = self.tally.others[0][1] if self.tally.others else 0
        return most if most > self.limit * _FEW else 0

    def in_vain(self, now: float) -> float:
        """The seconds for which every call has been refused."""
        since = self.tally.refused_since
        return 0.0 if since is None else now - since

    # ---- what holds a call back

    def _held(self, now: float) -> Wait | None:
        tally = self.tally
        if tally.held_until is not None and tally.held_until > now:
            return Wait(tally.held_until - now, "the service has no calls left in this window")
        known = tally.heard_at is not None and now - tally.heard_at < self.window
        if not known or tally.refused:
            return self._after_another(now, "what is left is not known before the first answer")
        return None

    def _among_others(self, now: float) -> Wait | None:
        part, few = self.limit - self.others, self.limit * _APART
        most = max(1, round(max(part - few, 2 * few)))
        why = f"others use about {self.others} of the {self.limit} calls in {self.window:g} s"
        wait = self._full(now, most, why)
        if wait is None and most < self.limit * _EVEN:
            wait = self._apart(now, self.window / most, why)
        if wait is None and most < self.limit * _SINGLE:
            wait = self._after_another(now, why)
        return wait

    def _alone(self, now: float) -> Wait | None:
        why = f"{self.limit} calls in {self.window:g} s were made"
        wait = None if self.tally.told > 0 else self._full(now, self.limit, why)
        free, kept = max(self.limit - self._counted(now), self.tally.told), self._probes(now)
        if wait or free > kept or self._to_come <= free:
            return wait
        return self._after_another(now, why) or self._apart(now, self._evenly(now, free), why)

    def _full(self, now: float, most: int, why: str) -> Wait | None:
        """Wait for so many of the oldest calls to leave the window that another one fits."""
        leaving = self._counted(now) - most + 1
        if leaving <= 0:
            return None
        for made in self.tally.made:
            if made.ended > now - self.window:
                leaving -= made.calls
            if leaving <= 0:
                return Wait(max(made.ended + self.window - now, 0.001), why)
        return Wait(BREATH, why)

    def _apart(self, now: float, seconds: float, why: str) -> Wait | None:
        went = self.tally.went_at
        left = 0.0 if went is None else went + seconds - now
        return Wait(left, why) if left > 1e-6 else None

    def _evenly(self, now: float, calls: int) -> float:
        """The seconds between *calls* that go until the oldest ones leave the window."""
        ends = (made.ended for made in self.tally.made if made.ended > now - self.window)
        return (next(ends, now) + self.window - now) / calls

    def _after_another(self, now: float, why: str) -> Wait | None:
        fresh = now - _STUCK * self.window
        flying = any(flight.sent > fresh for flight in self.tally.flying.values())
        return Wait(BREATH, why) if flying else None

    def _probes(self, now: float) -> int:
        """The calls that are held back as probes: no more than the last window has to spare."""
        since = self.tally.probing_at
        if since is None or now - since > 1.05 * self.window:
            return 0  # a standing window would have ended by now
        in_all = self._counted(now) + self._to_come
        spare = -in_all % self.limit if in_all > self.limit else 0
        return max(0, min(spare - round(self.limit * _APART), round(self.limit * _PROBES)))

    # ---- what the service's figures tell

    def _compare(self, now: float, sent: float, used: int, least: int) -> None:
        """Read *used*, of which at *least* so many are ours if its window slides."""
        tally = self.tally
        # What ended before this call was sent, and had left by then, cannot have been counted.
        most = sum(made.calls for made in tally.made if made.ended > sent - self.window)
        most += len(tally.flying)
        if used > most:
            # Nothing left: who knows how many of theirs were refused.
            wanted = self.limit * _WANTED if used >= self.limit else 0
            self._see(now, max(used - most, min(2 * (used - most), round(wanted))))
        elif used < least:
            tally.forget(now - self.window)
            tally.drop(least - used)
            tally.reset_at = now
            if least - used > self.limit * _FEW:
                tally.probing_at = None

    def _still_left(self, sent: float) -> int:
        """The calls that may arrive from now on, whatever the window, if nobody else calls.

        Of the calls that overlapped with the one *sent* then, the one that was told least came
        last, or more has become free since.
        """
        over = [made for made in self.tally.made if made.ended >= sent]  # a clock may be coarse
        told = min((made.left for made in over if made.left is not None), default=0)
        untold = sum(made.calls for made in over if made.left is None)
        above = max(0, self.tally.roof - self.limit)
        return told - above - untold - len(self.tally.flying)

    def _see(self, now: float, calls: int) -> None:
        """Others used so many: what was seen before and is less says nothing any more."""
        others = self.tally.others
        while others and others[-1][1] <= calls:
            others.pop()
        others.append((now, calls))

    def _raise_roof(self, now: float, calls: int) -> None:
        """The service takes at least *calls* in a window: more, maybe, than we are to make."""
        tally = self.tally
        if tally.roof_at is not None and now - tally.roof_at > _ROOF * self.window:
            tally.roof = 0
        if calls >= max(tally.roof, self.limit):
            tally.roof, tally.roof_at = calls, now

    def _surely_before(self, sent: float, now: float) -> int:
        """Our calls that the service counted before it saw the one *sent* then, and still does."""
        return sum(
            made.calls
            for made in self.tally.made
            if made.sent is not None and made.ended < sent and made.sent > now - self.window
        )

    def _hold(self, now: float, chance: float) -> None:
        tally = self.tally
        if tally.refused_at is None or now - tally.refused_at > 3 * self.window:
            tally.refused, tally.refused_since = 0, None
        seconds = min(self.window, _FIRST_HOLD * 2.0 ** min(tally.refused, 16))
        tally.refused += 1
        tally.refused_at = now
        tally.refused_since = now if tally.refused_since is None else tally.refused_since
        tally.held_until = now + seconds * (0.75 + chance / 2)

    # ---- the count

    def _settle(self, now: float, mine: str = "") -> None:
        """Forget what is over by *now*."""
        tally = self.tally
        tally.move_to(now)
        tally.forget(now - 2 * self.window)
        tally.others = [each for each in tally.others if each[0] > now - _REMEMBER * self.window]
        for call in [
            call
            for call, flight in tally.flying.items()
            if mine and flight.owner != mine and now - flight.sent > _LOST
        ]:
            del tally.flying[call]
            tally.add(None, now, self._grain)
        for name in [name for name, each in tally.coming.items() if now - each.at > _LOST]:
            del tally.coming[name]

    def _counted(self, now: float) -> int:
        """Our calls that the service may count now: of the last window, and those under way."""
        since = now - self.window
        made = sum(made.calls for made in self.tally.made if made.ended > since)
        return made + len(self.tally.flying)

    def _announced(self, owner: str, calls: int) -> None:
        """A call of *owner* went, or has to go once more: it is one of those announced."""
        for each in self.tally.coming.values():
            if each.owner == owner and each.calls + calls >= 0:
                each.calls, each.at = each.calls + calls, self.tally.now or each.at
                return

    @property
    def _to_come(self) -> int:
        return sum(each.calls for each in self.tally.coming.values())

    @property
    def _grain(self) -> float:
        return self.window / 500
