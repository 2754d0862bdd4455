"""What stands in for timers and for the output of a notebook."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.conftest import Clock

__all__ = ["Outputs", "Timers"]


class Timers:
    """Timers that go off when the clock of the test has come to them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.due: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, wait: float, ring: Callable[[], None]) -> Any:
        mine = (self.clock() + wait, ring)

        def cancel() -> None:
            if mine in self.due:
                self.due.remove(mine)

        return SimpleNamespace(start=lambda: self.due.append(mine), cancel=cancel, daemon=False)

    def advance(self, seconds: float) -> None:
        end = self.clock() + seconds
        while due := [each for each in self.due if each[0] <= end]:
            first = min(due, key=lambda each: each[0])
            self.due.remove(first)
            self.clock.now = max(self.clock.now, first[0])
            first[1]()
        self.clock.now = end


class Outputs:
    """Stands in for the output of a notebook: what was shown, by its display id."""

    def __init__(self) -> None:
        self.shown: dict[str, list[Any]] = {}

    def display(self, bar: Any, *, display_id: Any) -> SimpleNamespace:
        name = f"id {len(self.shown)}" if display_id is True else str(display_id)
        self.shown.setdefault(name, []).append(bar.text)
        return SimpleNamespace(display_id=name)

    def update(self, bar: Any, *, display_id: str, raw: bool = False) -> None:
        self.shown[display_id].append(bar if raw else bar.text)

    @property
    def last(self) -> list[Any]:
        return [each[-1] for each in self.shown.values()]
