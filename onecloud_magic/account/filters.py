"""Which runs are wanted: what the service is asked for, and what of its answer is kept.

The service is brought near to what is wanted; whatever it makes of that, the client filters again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from ..api import Record
from ..errors import BadAnswer, UsageError
from ..runs import ENDED, LIVE
from .given import shown
from .inventory import Scope
from .names import Named, id_of

# The service's search words, and the run states that each finds; the narrowest first.
WORDS = {
    "succeeded": ("all_succeeded",),
    "failed": ("errored",),
    "warned": ("warned",),
    "paused": ("paused",),
    "running": ("enqueueing", "sleeping"),
    "completed": ENDED,
}
_NEVER = datetime.max.replace(tzinfo=UTC)
_PLENTY = 100  # ids that fit into one question


@dataclass(frozen=True)
class Filter:
    """Which runs are wanted; the range is half-open on `start_at`."""

    states: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def word(self) -> str | None:
        """The search word that finds all wanted states and as few others as can be."""
        fitting = (word for word, states in WORDS.items() if self.states <= set(states))
        return next(fitting, None) if self.states else None

    def fits(self, run: Record) -> bool:
        """Whether the run is wanted; `BadAnswer` where the field that tells it is no such thing."""
        if self.states and _text(run, "state") not in self.states:
            return False
        if self.since is None and self.until is None:
            return True
        start = start_of(run)
        return start is not None and (self.since or start) <= start < (self.until or _NEVER)


def states(given: object) -> frozenset[str]:
    """Read `state`: one or a list of run states and search words.

    Raises:
        UsageError: a word that is neither.
    """
    if given is None:
        return frozenset()
    listed = [given] if isinstance(given, str) else given
    known = {**{state: (state,) for state in LIVE + ENDED}, **WORDS}
    found: set[str] = set()
    for word in listed if isinstance(listed, Iterable) else [listed]:
        if not isinstance(word, str) or word.strip().lower() not in known:
            raise UsageError(f"state cannot be {shown(word)}.", f"Known: {', '.join(known)}.")
        found.update(known[word.strip().lower()])
    if not found:
        raise UsageError("state is an empty list.", "Give a state, or leave it out for all.")
    return frozenset(found)


def start_of(run: Record) -> datetime | None:
    """When a run started; None where it does not tell, `BadAnswer` where that is no time."""
    if not (text := _text(run, "startAt")):
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise BadAnswer("startAt of a run came as a text that is no time.") from None
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start


def _text(run: Record, field: str) -> str:
    """A field by which runs are filtered, empty where it is missing."""
    given = run.get(field)
    if given is None or isinstance(given, str):
        return given or ""
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    # Not "does not fit": a run would be missing from the frame, and nobody told.
    raise BadAnswer(f"{field} of a run came as neither text nor number.")


@dataclass(frozen=True)
class Whereabouts:
    """Where the wanted runs are: the field that tells it, and the ids; no field is everywhere."""

    field: str = ""
    ids: frozenset[str] = frozenset()
    nearby: frozenset[str] = frozenset()

    @classmethod
    def of(cls, scope: Scope, environments: list[Named], chains: list[Named]) -> Self:
        homes = frozenset(each.id for each in environments)
        if scope.chain:
            inner = frozenset(each.home.id for each in chains if each.home)
            return cls("chainId", frozenset(each.id for each in chains), inner)
        return cls() if scope.everywhere else cls("envId", homes)

    @property
    def key(self) -> str:
        """The place as one text: the same for the same ids."""
        return " ".join((self.field, *sorted(self.ids)))

    @property
    def exists(self) -> bool:
        return not self.field or bool(self.ids)

    def asked(self) -> dict[str, object]:
        """The parameters that bring the service near to it: an address has only so much room."""
        if len(self.ids) <= _PLENTY:
            names = {"chainId": "chain_id", "envId": "environment_id"}
            return {names[self.field]: sorted(self.ids)} if self.ids else {}
        return {"environment_id": sorted(self.nearby)} if 0 < len(self.nearby) <= _PLENTY else {}

    def holds(self, run: Record) -> bool:
        return not self.field or _text(run, self.field) in self.ids


def once(keep: Callable[[Record], bool] = lambda run: True) -> Callable[[Record], bool]:
    """Keep each run once: pages shift when a run starts between two calls."""
    seen: set[str] = set()

    def fresh(run: Record) -> bool:
        number = id_of(run)
        new = not number or number not in seen
        seen.add(number)
        return new and keep(run)

    return fresh
