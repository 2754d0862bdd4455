"""What is known of a quota, as plain data: our calls, those under way and to come, and others'.

It can be written as JSON at any moment and read again by another process; times are those of one
clock that all of them see. The rules that go by it are in `share`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

__all__ = ["Coming", "Flight", "Made", "Tally"]

_SMALL_STEP = 1.0  # seconds back, which two processors may differ by; more is another clock


@dataclass
class Made:
    """Calls that ended at about the same time.

    *sent* is when the first of them was sent, None where the service may not have counted them;
    *ended* is when the last of them had its answer; *left* is the least that they were told.
    """

    sent: float | None
    ended: float
    calls: int = 1
    left: int | None = None


@dataclass
class Flight:
    """A call that is under way."""

    sent: float
    owner: str


@dataclass
class Coming:
    """The calls that somebody has announced and not yet made; *at* is when they last made one."""

    calls: int
    owner: str
    at: float


@dataclass
class Tally:
    """All that the pace of one account has to remember.

    Attributes:
        now: the latest time that was seen.
        made: our calls, in the order in which they ended.
        flying: our calls under way, by name.
        coming: our calls that were announced, by the name of the announcement.
        others: what others were seen to use, as (when, calls in a window), the most first.
        went_at: when the last call was let go.
        heard_at: when the service last answered.
        reset_at: when it was last noticed that the service had begun to count anew.
        probing_at: since when calls are held back as probes; None where that is over.
        told: the calls that may still go by what the service said was left.
        roof, roof_at: the most that the service said it takes in a window, and when.
        held_until: before that no call goes.
        refused: refusals in a row, those of one moment counted once.
        refused_at, refused_since: when the last and the first of them came.
        day_left, day_at: the calls of the day that were left, and when that was told.
    """

    now: float | None = None
    made: list[Made] = field(default_factory=list)
    flying: dict[str, Flight] = field(default_factory=dict)
    coming: dict[str, Coming] = field(default_factory=dict)
    others: list[tuple[float, int]] = field(default_factory=list)
    went_at: float | None = None
    heard_at: float | None = None
    reset_at: float | None = None
    probing_at: float | None = None
    told: int = 0
    roof: int = 0
    roof_at: float | None = None
    held_until: float | None = None
    refused: int = 0
    refused_at: float | None = None
    refused_since: float | None = None
    day_left: int | None = None
    day_at: float | None = None

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what was written, whatever it may be: what makes no sense is a tally anew."""
        try:
            return cls(**_read(json.loads(text)))
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def move_to(self, now: float) -> None:
        """Let it be *now*. A clock that went back has begun anew: all times go back with it.

        So no time passes where none is known to have passed: nothing expires too early, and
        nothing lies in the future, to be waited for.
        """
        back = 0.0 if self.now is None else self.now - now
        if back > _SMALL_STEP:
            self._shift(-back)
        self.now = now if self.now is None or back > _SMALL_STEP else max(self.now, now)

    def add(self, sent: float | None, ended: float, grain: float, left: int | None = None) -> None:
        """Remember a call that ended; with others of the same *grain* of time it is one entry."""
        last = self.made[-1] if self.made else None
        together = last and last.ended // grain == ended // grain
        if last and together and (last.sent is None) == (sent is None):
            last.sent = None if sent is None or last.sent is None else min(last.sent, sent)
            last.left = None if left is None or last.left is None else min(last.left, left)
            last.ended, last.calls = max(last.ended, ended), last.calls + 1
        else:
            self.made.append(Made(sent, ended, left=left))

    def tell_day(self, now: float, left: int | None, sent: float) -> None:
        """An answer to a call that was *sent* then told what is *left* of the day.

        Of answers to calls that were under way together the least is the last one's, in whatever
        order they come.
        """
        if left is None:
            return
        if self.day_left is not None and self.day_at is not None and sent <= self.day_at:
            left = min(left, self.day_left)
        self.day_left, self.day_at = left, now

    @property
    def owners(self) -> set[str]:
        """Those who have calls under way, or to come."""
        flying = {each.owner for each in self.flying.values()}
        return flying | {each.owner for each in self.coming.values()}

    def forget(self, until: float) -> None:
        """Forget the calls that had ended by then."""
        while self.made and self.made[0].ended <= until:
            del self.made[0]

    def drop(self, calls: int) -> None:
        """Forget the *calls* that ended first."""
        while calls > 0 and self.made:
            oldest = self.made[0]
            calls, oldest.calls = calls - oldest.calls, oldest.calls - calls
            if oldest.calls <= 0:
                del self.made[0]

    def _shift(self, by: float) -> None:
        for name in _TIMES:
            at = getattr(self, name)
            setattr(self, name, None if at is None else at + by)
        for made in self.made:
            made.sent = None if made.sent is None else made.sent + by
            made.ended += by
        for flight in self.flying.values():
            flight.sent += by
        for coming in self.coming.values():
            coming.at += by
        self.others = [(at + by, calls) for at, calls in self.others]


_TIMES = (
    *("went_at", "heard_at", "reset_at", "probing_at", "roof_at", "held_until"),
    *("refused_at", "refused_since", "day_at"),
)


def _read(found: dict[str, Any]) -> dict[str, Any]:
    times = {name: _maybe(found[name]) for name in ("now", *_TIMES)}
    left = found["day_left"]
    return {
        **times,
        "made": [
            Made(
                _maybe(each["sent"]),
                float(each["ended"]),
                int(each["calls"]),
                None if each["left"] is None else int(each["left"]),
            )
            for each in found["made"]
        ],
        "flying": {
            name: Flight(float(each["sent"]), str(each["owner"]))
            for name, each in found["flying"].items()
        },
        "coming": {
            name: Coming(int(each["calls"]), str(each["owner"]), float(each["at"]))
            for name, each in found["coming"].items()
        },
        "others": [(float(at), int(calls)) for at, calls in found["others"]],
        **{name: int(found[name]) for name in ("told", "roof", "refused")},
        "day_left": None if left is None else int(left),
    }


def _maybe(at: Any) -> float | None:
    return None if at is None else float(at)
