"""Questions that are under way: who asks the same meanwhile waits for the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Flights"]

T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    """A question; *asking* is held while it is under way, whatever an interrupt may cut short."""

    stamp: object
    asking: threading.Lock = field(default_factory=threading.Lock)
    landed: threading.Event = field(default_factory=threading.Event)
    answers: list[T] = field(default_factory=list)


class Flights(Generic[T]):
    """The questions of one account that are under way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, _Flight[T]] = {}

    def together(self, key: Hashable, stamp: object, ask: Callable[[], tuple[T, bool]]) -> T:
        """Give what *ask* gives: of threads that ask the same at once one does, the others wait.

        *ask* also says whether the others may have it; where they may not, or where it failed,
        they ask themselves. So does who comes with another *stamp*: since the question was asked,
        answers were forgotten.
        """
        while True:
            mine = _Flight[T](stamp)
            with mine.asking:
                flight = self._joined(key, mine)
                if flight is mine:
                    try:
                        answer, for_all = ask()
                        mine.answers += [answer] * for_all
                        return answer
                    finally:
                        self._land(key, mine)
            while flight.asking.locked():
                flight.landed.wait(0.5)  # with an end: else Windows hears no Ctrl-C
            if flight.answers:
                return flight.answers[0]

    def _joined(self, key: Hashable, mine: _Flight[T]) -> _Flight[T]:
        with self._lock:
            flight = self._under_way.get(key)
            if flight is None or not flight.asking.locked() or flight.stamp != mine.stamp:
                flight = self._under_way[key] = mine
            return flight

    def _land(self, key: Hashable, mine: _Flight[T]) -> None:
        with self._lock:
            if self._under_way.get(key) is mine:
                del self._under_way[key]
        mine.landed.set()
