"""Frames that were made before: while their answers hold, a read is a copy of one."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..api import Answers, Flights, Kind, Stamp
from ..frames import Origin
from .facts import origin, what_lacks

if TYPE_CHECKING:
    import pandas as pd

_MOST_FRAMES, _MOST_CELLS = 64, 20_000_000


@dataclass(frozen=True)
class Made:
    """A frame, the answers that it was made of, and what there is to say about it.

    Attributes:
        oldest: when the oldest answer of each kind came, in seconds since 1970.
        gap: why there may be more rows; empty where there are none.
        lasts: whether it can be given again later.
    """

    frame: pd.DataFrame
    oldest: Mapping[Kind, float]
    versions: Mapping[Kind, tuple[Stamp, int]]
    gap: str
    lasts: bool

    def said(self, table: str) -> list[str]:
        """What people have to be told of it, a line each."""
        return what_lacks(table, len(self.frame), self.gap)

    def origin(self, table: str, now: float) -> Origin:
        """Where the frame comes from, for its `attrs["onecloud"]`."""
        return origin(table, self.oldest, now, gap=self.gap)

    def holds(self, answers: Answers, ttl: float) -> bool:
        """Whether the same answers would be given again, so that the frame would be the same."""
        return all(
            answers.is_fresh(kind, came, ttl, kind == "runs")
            and (answers.stamp(kind), answers.replaced(kind)) == self.versions[kind]
            for kind, came in self.oldest.items()
        )


class Finished:
    """The frames of one account, by what was asked; those not asked for longest are let go."""

    def __init__(self) -> None:
        self.flights = Flights[Made]()
        self._made: dict[Hashable, Made] = {}
        self._lock = threading.Lock()

    def get(self, asked: Hashable, answers: Answers, ttl: float) -> Made | None:
        """The frame that answers *asked*, while it holds; who hands it out copies it."""
        with self._lock:
            made = self._made.pop(asked, None)
            if made is None:
                return None
            self._made[asked] = made
        return made if made.holds(answers, ttl) else None

    def keep(self, asked: Hashable, made: Made) -> None:
        """Keep a frame, which nobody may change from now on."""
        if not made.lasts:
            return
        with self._lock:
            self._made.pop(asked, None)
            self._made[asked] = made
            cells = sum(each.frame.size for each in self._made.values())
            while self._made and (len(self._made) > _MOST_FRAMES or cells > _MOST_CELLS):
                cells -= self._made.pop(next(iter(self._made))).frame.size

    def forget(self) -> None:
        """Let all frames go."""
        with self._lock:
            self._made.clear()
