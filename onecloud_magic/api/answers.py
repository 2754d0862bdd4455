"""What the service answered before, and for how long it may be said again.

An answer is kept as JSON text and read anew for each reader: nobody can change what the next one
gets. Variables are often passwords: they stay in memory, and the rest of their answer is kept
without them.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self, TypeVar, get_args

from ..home.sharing import InMemory, Unusable
from .flights import Flights
from .kept import Kept, KeptRun, KindInfo, kept_text
from .operations import Kind
from .shelf import TABLES, Shelf, Stamp

__all__ = ["TTL", "Answers"]

T = TypeVar("T")
TTL = 600.0  # seconds that metadata lives, unless somebody says otherwise
_HOUR = 3600.0
_AHEAD = 60.0  # seconds that the clock of another kernel may be before ours
_PUTS = 64  # after so many it is looked how much is kept


class Answers:
    """The answers of one account, never more than about *most_bytes* of them.

    Where the file cannot be used it goes on in memory, and `troubles` says so.
    """

    def __init__(
        self, *, most_bytes: int = 256_000_000, clock: Callable[[], float] = time.time
    ) -> None:
        self.most_bytes = most_bytes
        self.flights = Flights[Kept]()
        self._shelf = Shelf(InMemory(TABLES))
        self._clock = clock
        self._lock = threading.Lock()
        self._puts = 0
        self._replaced: Counter[Kind] = Counter()
        self._whole: dict[str, tuple[Kept, Stamp]] = {}
        self._troubles: list[str] = []

    def keep_in(self, shelf: Shelf) -> Self:
        """Keep them on that shelf from now on."""
        self._shelf = shelf
        return self

    def get(
        self, key: str, *, ttl: float = TTL, stale: bool = False, whole: bool = False
    ) -> Kept | None:
        """Give what is kept under *key* while it is fresh; with *stale*, whatever its age.

        Metadata lives *ttl* seconds. With *whole* only what has all that the service answered,
        variables too.
        """
        kept = self.on_shelf(lambda shelf: shelf.get(key))
        if whole and kept is not None and not kept.whole:
            kept = self._with_variables(key)
        if kept is None or stale:
            return kept
        return kept if self.is_fresh(kept.kind, kept.fetched_at, ttl, kept.lasting) else None

    def put(
        self,
        key: str,
        kind: Kind,
        data: Any,
        *,
        lasting: bool = False,
        asked_at: float | None = None,
        stamp: Stamp | None = None,
    ) -> tuple[Kept, bool]:
        """Keep an answer, and say whether it follows another; *lasting*: it will never change.

        It is not kept where answers were forgotten since it was asked for, which *stamp* tells,
        or where what is there was asked for later than *asked_at*.
        """
        now = self._clock() if asked_at is None else asked_at
        stamp = self.stamp(kind) if stamp is None else stamp
        kept = Kept(kind, json.dumps(data), now, lasting)
        bare = kept_text(data)
        written = kept if bare == kept.text else replace(kept, text=bare, whole=False)
        followed = self.on_shelf(
            lambda shelf: shelf.put(key, written, stamp),
            lambda shelf: shelf.put(key, written, shelf.stamp(kind)),
        )
        if followed is not None:
            with self._lock:
                self._whole.pop(key, None)
                if not written.whole:
                    self._whole[key] = kept, stamp
                self._replaced[kind] += followed
            self._now_and_then()
        return kept, bool(followed)

    def put_runs(self, runs: Sequence[KeptRun], stamp: Stamp) -> None:
        """Keep runs, one by one, unless runs were forgotten since *stamp*."""
        self.on_shelf(lambda shelf: shelf.put_runs(runs, stamp))
        self._now_and_then()

    def is_fresh(
        self, kind: Kind, fetched_at: float, ttl: float = TTL, lasting: bool = False
    ) -> bool:
        """Whether an answer of that age may be said again."""
        if lasting or kind == "runs":
            return lasting
        age = self._clock() - fetched_at
        return -_AHEAD < age < (ttl if kind == "metadata" else _HOUR)

    def stamp(self, kind: Kind) -> Stamp:
        """Another one once answers of that kind were forgotten, by whichever process."""
        return self.on_shelf(lambda shelf: shelf.stamp(kind))

    def replaced(self, kind: Kind) -> int:
        """How many answers of that kind were followed by others in this process."""
        return self._replaced[kind]

    def drop(self, kind: Kind | None = None) -> int:
        """Forget all answers of a kind, or all there are; gives their number.

        Raises:
            Unusable: they cannot be forgotten now.
        """
        with self._lock:
            self._whole.clear()
        kinds: tuple[Kind, ...] = get_args(Kind) if kind is None else (kind,)
        return sum(self._shelf.drop(each) for each in kinds)

    def trim(self) -> int:
        """Forget the oldest answers while there are more than *most_bytes*; gives their number."""
        return self.on_shelf(lambda shelf: shelf.trim(self.most_bytes))

    def info(self) -> list[KindInfo]:
        """Tell what is kept, a line for each kind of which there is something."""
        return self.on_shelf(Shelf.info)

    def troubles(self) -> list[str]:
        """What has to be said to people since it was last asked."""
        with self._lock:
            said, self._troubles = self._troubles, []
        return said

    def heard(self, trouble: str) -> None:
        """Something has happened to the file that people are to be told."""
        with self._lock:
            self._troubles.append(trouble)

    def on_shelf(
        self, step: Callable[[Shelf], T], in_memory: Callable[[Shelf], T] | None = None
    ) -> T:
        """Take *step* with what is kept; where the file cannot be used any more, *in_memory*."""
        shelf = self._shelf
        try:
            return step(shelf)
        except Unusable as why:
            self._go_on_in_memory(shelf, str(why))
        return (in_memory or step)(self._shelf)

    def _go_on_in_memory(self, shelf: Shelf, why: str) -> None:
        with self._lock:
            if self._shelf is not shelf:  # another thread was quicker
                return
            self._shelf = Shelf(InMemory(TABLES))
        self.heard(
            f"Answers cannot be kept on disk: {why.rstrip('.')}. Until this kernel ends they are "
            "kept in memory."
        )

    def _now_and_then(self) -> None:
        with self._lock:
            self._puts += 1
            due = self._puts % _PUTS == 1
        if due:
            self.trim()

    def _with_variables(self, key: str) -> Kept | None:
        with self._lock:
            kept, stamp = self._whole.get(key, (None, (0, 0)))
        return kept if kept is not None and stamp == self.stamp(kept.kind) else None
