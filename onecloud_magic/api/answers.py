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
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self, TypeVar, get_args

from ..home.sharing import InMemory, Unusable
from .operations import Kind
from .shelf import TABLES, Kept, KindInfo, Shelf

__all__ = ["Answers", "kept_text"]

T = TypeVar("T")
_HOUR = 3600.0
_AHEAD = 60.0  # seconds that the clock of another kernel may be before ours
_PUTS = 64  # after so many it is looked how much is kept


class Answers:
    """The answers of one account, never more than about *most_bytes* of them.

    Metadata lives *ttl* seconds, security an hour, what cannot change any more for good. Where
    the file cannot be used it goes on in memory, and `troubles` says so.
    """

    def __init__(
        self,
        ttl: float = 600.0,
        *,
        most_bytes: int = 256_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.ttl, self.most_bytes = ttl, most_bytes
        self._shelf = Shelf(InMemory(TABLES))
        self._clock = clock
        self._lock = threading.Lock()
        self._puts = 0
        self._replaced: Counter[Kind] = Counter()
        self._whole: dict[str, tuple[Kept, int]] = {}
        self._flights: dict[str, _Flight] = {}
        self._troubles: list[str] = []

    def keep_in(self, shelf: Shelf) -> Self:
        """Keep them on that shelf from now on."""
        self._shelf = shelf
        return self

    def get(self, key: str, *, stale: bool = False, whole: bool = False) -> Kept | None:
        """Give what is kept under *key* while it is fresh; with *stale*, whatever its age.

        With *whole* only what has all that the service answered, variables too.
        """
        kept = self.on_shelf(lambda shelf: shelf.get(key))
        if whole and kept is not None and not kept.whole:
            kept = self._with_variables(key)
        if kept is None or stale:
            return kept
        return kept if self.is_fresh(kept.kind, kept.fetched_at, kept.lasting) else None

    def put(self, key: str, kind: Kind, data: Any, *, lasting: bool = False) -> Kept:
        """Keep an answer; *lasting* says that it will not change any more."""
        kept = Kept(kind, json.dumps(data), self._clock(), lasting)
        bare = kept_text(data)
        written = kept if bare == kept.text else replace(kept, text=bare, whole=False)
        before = self.on_shelf(lambda shelf: shelf.get(key))
        drops = self._drops(kind)
        self.on_shelf(lambda shelf: shelf.put(key, written))
        with self._lock:
            self._whole.pop(key, None)
            if not written.whole:
                self._whole[key] = kept, drops
            self._replaced[kind] += before is not None
        self.trim(now_and_then=True)
        return kept

    def together(self, key: str, ask: Callable[[], tuple[Kept, bool]]) -> Kept:
        """Give what *ask* gives: of threads that ask the same at once one does, the others wait.

        *ask* also says whether the others may have it; where they may not, or where it failed,
        they ask themselves.
        """
        while True:
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = _Flight()
                    break
            while not flight.landed.wait(1.0):  # with an end: else Windows hears no Ctrl-C
                pass
            if flight.kept is not None:
                return flight.kept
        try:
            kept, for_all = ask()
            mine.kept = kept if for_all else None
            return kept
        finally:
            with self._lock:
                del self._flights[key]
            mine.landed.set()

    def is_fresh(self, kind: Kind, fetched_at: float, lasting: bool = False) -> bool:
        """Whether an answer of that age may be said again."""
        if lasting or kind == "runs":
            return lasting
        age = self._clock() - fetched_at
        return -_AHEAD < age < (self.ttl if kind == "metadata" else _HOUR)

    def version(self, kind: Kind) -> tuple[int, int]:
        """What changes when answers of that kind are forgotten, or followed by others here."""
        return self._drops(kind), self._replaced[kind]

    def drop(self, kind: Kind | None = None) -> int:
        """Forget all answers of a kind, or all there are; gives their number."""
        with self._lock:
            self._whole.clear()
        kinds: tuple[Kind, ...] = get_args(Kind) if kind is None else (kind,)
        return sum(self.on_shelf(partial(Shelf.drop, kind=each)) for each in kinds)

    def trim(self, *, now_and_then: bool = False) -> int:
        """Forget the oldest answers while there are more than *most_bytes*; gives their number."""
        self._puts += 1
        if now_and_then and self._puts % _PUTS != 1:
            return 0
        return self.on_shelf(lambda shelf: shelf.trim(self.most_bytes))

    def info(self) -> list[KindInfo]:
        """Tell what is kept, a line for each kind of which there is something."""
        return self.on_shelf(lambda shelf: shelf.info())

    def troubles(self) -> list[str]:
        """What has to be said to people since it was last asked."""
        said, self._troubles[:] = list(self._troubles), []
        return said

    def on_shelf(self, step: Callable[[Shelf], T]) -> T:
        """Take *step* with what is kept; in memory where the file cannot be used any more."""
        shelf = self._shelf
        try:
            return step(shelf)
        except Unusable as why:
            with self._lock:
                if self._shelf is shelf:
                    self._shelf = Shelf(InMemory(TABLES))
                    self._troubles.append(
                        f"Answers cannot be kept on disk: {str(why).rstrip('.')}. Until this "
                        "kernel ends they are kept in memory."
                    )
        return step(self._shelf)

    def heard(self, trouble: str) -> None:
        """Something has happened to the file that people are to be told."""
        self._troubles.append(trouble)

    def _drops(self, kind: Kind) -> int:
        return self.on_shelf(lambda shelf: shelf.drops(kind))

    def _with_variables(self, key: str) -> Kept | None:
        with self._lock:
            kept, drops = self._whole.get(key, (None, 0))
        return kept if kept is not None and drops == self._drops(kept.kind) else None


@dataclass
class _Flight:
    """A question that is under way."""

    landed: threading.Event = field(default_factory=threading.Event)
    kept: Kept | None = None


def kept_text(data: Any) -> str:
    """An answer as it may be written down: as JSON, without the variables in it."""
    return json.dumps(_without_variables(data))


def _without_variables(data: Any) -> Any:
    """*data* without the variables in it; an empty list of them stays: it says so."""
    if isinstance(data, list):
        return [_without_variables(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {k: _without_variables(v) for k, v in data.items() if not (k == "variables" and v)}
