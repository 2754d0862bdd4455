"""What can be watched: the session, the quota, what is under way. No secret is on any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from traitlets import Bool, Enum, HasTraits, Instance, Int, Unicode

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

    def show(self, told: Told, asked_at: datetime | None = None) -> None:
        """Take over what an answer told to a call that was made at *asked_at*.

        Of answers to calls that were under way together the least is the last one's, in whatever
        order they come.
        """
        now, before = datetime.now(UTC), self.updated_at
        together = before is not None and asked_at is not None and asked_at < before
        burst, daily = told.burst_remaining, told.daily_remaining
        if together:
            burst = _least(burst, self.burst_remaining)
            daily = _least(daily, self.daily_remaining)
        self.usage.told(now.timestamp(), daily)
        with self.hold_trait_notifications():
            self.burst_remaining, self.daily_remaining, self.updated_at = burst, daily, now

    def forget(self) -> None:
        """Know nothing any more: another account signed in, or none is."""
        self.usage.forget()
        with self.hold_trait_notifications():
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


class Activity(HasTraits):
    """What is under way: calls done and, where they are known, expected; a wait, and why."""

    calls_done = Int(0, help="Calls that were made so far, repeats included.")
    calls_expected = Int(None, allow_none=True, help="Calls that they will need, where known.")
    waiting_until = Instance(datetime, allow_none=True, help="The end of a wait, in UTC.")
    why = Unicode("", help="What is waited for.")
    _reads = 0  # that expect calls

    @contextmanager
    def expecting(self, calls: int) -> Iterator[None]:
        """So many calls are to come, besides those that were made and those that others expect."""
        self._reads += 1
        self.calls_expected = max(self.calls_expected or 0, self.calls_done) + calls
        try:
            yield
        finally:
            self._reads -= 1
            if not self._reads:
                self.calls_expected = None

    def wait(self, seconds: float, why: str) -> None:
        """Tell of a wait, or of its end (0 seconds)."""
        ends = datetime.now(UTC).timestamp() + seconds
        with self.hold_trait_notifications():
            self.waiting_until = datetime.fromtimestamp(ends, UTC) if seconds else None
            self.why = why

    def __repr__(self) -> str:
        of = "" if self.calls_expected is None else f" of {self.calls_expected}"
        return f"<Activity {self.calls_done}{of} calls done{', ' + self.why if self.why else ''}>"
