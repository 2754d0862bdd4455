"""What can be watched: the session, the quota, what is under way. No secret is on any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from traitlets import Bool, Enum, HasTraits, Instance, Int, Tuple, Unicode

from .. import onlookers
from .usage import Usage

if TYPE_CHECKING:
    from ..api import Quota as Told
    from ..credentials.session import Session as Held

STATES = ("signed_out", "active", "expired", "refreshing", "rejected")


class Session(HasTraits):
    """Who is signed in, and where; `observe` any of it.

    *expires_at* is None while the end of the access token is not known; *user* is None until
    the service has told it.
    """

    state = Enum(STATES, "signed_out", help="Where the session stands.")
    profile = Unicode("", help="The profile that it belongs to.")
    host = Unicode("", help="The base URL of the service.")
    signed_in_at = Unicode("", help="The host that the profile has signed in at in this process.")
    user = Unicode(None, allow_none=True, help="The user, once the service has told it.")
    source = Unicode("", help="Where the credential came from: argument, environment or store.")
    renews = Bool(False, help="Whether an access token that ends is followed by another.")
    expires_at = Instance(datetime, allow_none=True, help="When the access token ends, in UTC.")

    def show(self, held: Held) -> None:
        """Take over what the holder of the secrets knows."""
        record = held.current
        ends = record.expires_at if record else None
        with self.hold_trait_notifications():
            self.state = held.state
            self.renews = bool(record and record.renewable)
            self.source = record.source if record else ""
            self.expires_at = None if ends is None else datetime.fromtimestamp(ends, UTC)

    def __repr__(self) -> str:
        return f"<Session {self.state}: profile {self.profile!r} at {self.host}>"


class Quota(HasTraits):
    """The calls that are left, as the last answer told them; None is "not told".

    The figures are those of the headers `oc-api-burst-remaining` and `oc-api-daily-remaining`,
    never our own arithmetic (guide, "Rate Limit"). How fast they go is in *usage*.
    """

    burst_remaining = Int(None, allow_none=True, help="Calls left in the burst window of 20 s.")
    burst_limit = Int(100, help="Calls that the burst window takes.")
    daily_remaining = Int(None, allow_none=True, help="Calls left in the window of 24 h.")
    daily_limit = Int(50_000, help="Calls that the window of 24 h takes.")
    updated_at = Instance(datetime, allow_none=True, help="When the service told them, in UTC.")

    def __init__(self) -> None:
        super().__init__()
        self.usage = Usage()
        # Answers come in many threads, and traitlets holds back for one at a time.
        self._lock = threading.RLock()

    def show(self, told: Told, asked_at: datetime | None = None) -> None:
        """Take over what an answer told to a call that was made at *asked_at*.

        Of answers to calls that were under way together the least is the last one's, in whatever
        order they come.
        """
        with self._lock, self.hold_trait_notifications():
            now, before = datetime.now(UTC), self.updated_at
            burst, daily = told.burst_remaining, told.daily_remaining
            if before is not None and asked_at is not None and asked_at < before:
                burst = _least(burst, self.burst_remaining)
                daily = _least(daily, self.daily_remaining)
            self.usage.told(now.timestamp(), daily)
            self.burst_remaining, self.daily_remaining, self.updated_at = burst, daily, now

    def forget(self) -> None:
        """Know nothing any more: another account signed in, or none is."""
        self.usage.forget()
        with self._lock, self.hold_trait_notifications():
            self.burst_remaining = self.daily_remaining = self.updated_at = None

    def __repr__(self) -> str:
        burst, daily = (
            "not told" if left is None else f"{left:,} of {limit:,}"
            for left, limit in (
                (self.burst_remaining, self.burst_limit),
                (self.daily_remaining, self.daily_limit),
            )
        )
        return f"<Quota burst {burst}, daily {daily}>"


def _least(told: int | None, before: int | None) -> int | None:
    return told if told is None or before is None else min(told, before)


@dataclass(eq=False)
class Read:
    """One read that is under way, or was.

    Attributes:
        name: what it reads, a table.
        began_at: when it was asked for, in seconds since the epoch.
        calls_before: the calls that had been made before it.
        shown: whether its progress is to be shown.
        outcome: how it ended; empty while it goes on.
    """

    name: str
    began_at: float
    calls_before: int
    shown: bool = True
    outcome: Literal["", "done", "interrupted", "failed"] = ""
    thread: int = field(default_factory=threading.get_ident, repr=False)


@dataclass(frozen=True)
class _UnderWay:
    """What is under way at one moment; the traits of the activity have the same names."""

    calls_done: int = 0
    calls_expected: int | None = None
    waiting_until: datetime | None = None
    why: str = ""
    reads: tuple[Read, ...] = ()


class Activity(HasTraits):
    """What is under way: calls done and, where they are known, expected; a wait, and why.

    It may be told from any thread. Who observes it is called on one of them at a time, and in the
    end always with what was told last.

    Attributes:
        profile: the profile whose activity it is.
        host: where its calls go.
        shown: whether progress is to be shown, by the settings that were used last.
        timezone: the zone in which times are shown, by the same.
        clock: the time, in seconds since the epoch.
    """

    calls_done = Int(0, help="Calls that were made so far, repeats included.")
    calls_expected = Int(None, allow_none=True, help="Calls that they will need, where known.")
    waiting_until = Instance(datetime, allow_none=True, help="The end of a wait, in UTC.")
    why = Unicode("", help="What is waited for.")
    reads = Tuple(help="The reads that make calls, each a `Read`, the first one first.")

    def __init__(
        self, profile: str = "", host: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self.profile, self.host, self.clock = profile, host, clock
        self.shown, self.timezone = True, ""
        self._now = self._told = _UnderWay()
        self._lock, self._telling = threading.Lock(), threading.RLock()
        self._expecting = 0  # reads

    @contextmanager
    def reading(self, name: str, began_at: float | None = None) -> Iterator[None]:
        """Inside, a read of *name* is under way; in another read of the thread it is part of that.

        At its end everybody who looks on has been told of it.
        """
        read = Read(name, self.clock() if began_at is None else began_at, 0, self.shown)
        if any(each.thread == read.thread for each in self._now.reads):
            yield
            return
        try:
            self._change(lambda now: _begun(now, read))
            yield
        except BaseException as error:
            read.outcome = "failed" if isinstance(error, Exception) else "interrupted"
            raise
        finally:
            read.outcome = read.outcome or "done"
            self._change(lambda now: _ended(now, read), wait=True)

    @contextmanager
    def expecting(self, calls: int) -> Iterator[None]:
        """So many calls are to come, besides those that were made and those that others expect."""

        def more(now: _UnderWay) -> _UnderWay:
            self._expecting += 1
            known = max(now.calls_expected or 0, now.calls_done)
            return replace(now, calls_expected=known + calls)

        def less(now: _UnderWay) -> _UnderWay:
            self._expecting -= 1
            return now if self._expecting else replace(now, calls_expected=None)

        self._change(more)
        try:
            yield
        finally:
            self._change(less)

    def called(self) -> None:
        """Tell of a call that is made."""
        self._change(lambda now: replace(now, calls_done=now.calls_done + 1))

    def wait(self, seconds: float, why: str) -> None:
        """Tell of a wait, or of its end (0 seconds)."""
        ends = datetime.fromtimestamp(self.clock() + seconds, UTC) if seconds else None
        self._change(lambda now: replace(now, waiting_until=ends, why=why))

    def tell(self, *, wait: bool = False) -> None:
        """Tell who observes it what they have not been told yet, unless another thread does.

        With *wait* they have been told when it returns, whichever thread did it.
        """
        # No thread waits here in the midst of its work: whoever is told may need what it holds.
        while self._told is not self._now and self._telling.acquire(blocking=wait):
            try:
                self._tell(self._now)
            finally:
                self._telling.release()

    def _tell(self, now: _UnderWay) -> None:
        with self.hold_trait_notifications():
            for name, value in vars(now).items():
                setattr(self, name, value)
        onlookers.show(self)
        self._told = now

    def _change(self, step: Callable[[_UnderWay], _UnderWay], *, wait: bool = False) -> None:
        with self._lock:
            self._now = step(self._now)
        self.tell(wait=wait)

    def __repr__(self) -> str:
        of = "" if self.calls_expected is None else f" of {self.calls_expected}"
        return f"<Activity {self.calls_done}{of} calls done{', ' + self.why if self.why else ''}>"


def _begun(now: _UnderWay, read: Read) -> _UnderWay:
    read.calls_before = now.calls_done
    return replace(now, reads=(*now.reads, read))


def _ended(now: _UnderWay, read: Read) -> _UnderWay:
    return replace(now, reads=tuple(each for each in now.reads if each is not read))
