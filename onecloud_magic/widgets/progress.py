"""The progress of reads and waits that last: shown while they do, and told when they have ended.

    look_on(progress)  # of any account, until look_away(progress)

In a notebook it is a line that is drawn anew in its place, in Voilà a widget, else a line of
stderr.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, Protocol

from ..account import Activity, Stretch
from ..account.settings import running_shell
from ..show import in_voila, kernel
from .terminal import StatusLine

__all__ = ["Progress", "Timer", "progress"]

_SOON = 2.0  # seconds; a read that is over by then is nobody's business
_BEAT = 1.0  # seconds between two looks at the clock
Timer = Callable[[float, Callable[[], None]], threading.Timer]


class Stage(Protocol):
    """Where a stretch is shown."""

    def show(self) -> None: ...
    def changed(self) -> None: ...
    def end(self) -> None: ...
    def vanish(self) -> None: ...


class Progress:
    """An onlooker that shows what takes its time: one line an account, however many reads."""

    def __init__(self, timer: Timer = threading.Timer) -> None:
        self._timer = timer
        self._shown: dict[Activity, _Shown] = {}
        self._places = _Places()

    def __call__(self, activity: Activity) -> None:
        """Look at what has changed."""
        shown = self._shown.get(activity)
        if shown is None or shown.ended:
            stretch = Stretch(activity)
            if not stretch.goes_on:
                return
            shown = self._shown[activity] = _Shown(stretch, self._timer, self._places)
        shown.look()
        if shown.ended:
            self._shown.pop(activity, None)

    def close(self) -> None:
        """Let everything stand as it is."""
        while self._shown:
            self._shown.popitem()[1].close()


class _Places:
    """Where lines stood that have vanished: the next one of the same cell may stand there."""

    def __init__(self) -> None:
        self._cell, self._left = 0, ""

    def take(self) -> str:
        left, self._left = self._left, ""
        return left if self._cell == _cell() else ""

    def give(self, place: str) -> None:
        self._cell, self._left = _cell(), place


class _Shown:
    """One stretch, from its begin to its end; it is shown once it has lasted."""

    def __init__(self, stretch: Stretch, timer: Timer, places: _Places) -> None:
        self._stretch, self._timer, self._places = stretch, timer, places
        self._within = copy_context()  # of the read, so that it is its cell's output
        self._stage: Stage | None = None
        self._beat: threading.Timer | None = None
        # Another thread may be about to show what has just ended.
        self._lock = threading.RLock()
        self.ended = False

    def look(self) -> None:
        """Show, change or end what is shown, as things stand now."""
        stretch = self._stretch
        with self._lock:
            if self.ended:
                return
            stretch.look()
            if not stretch.goes_on:
                self._end()
            elif self._stage is not None:
                self._stage.changed()
            elif stretch.waits or stretch.lasts >= _SOON:
                self._stage = _stage(stretch, self._within, self._places.take)
                self._stage.show()
            if not self.ended and self._beat is None:
                self._wait()

    def close(self) -> None:
        """Leave it as it is."""
        with self._lock:
            if not self.ended:
                self._end()

    def _wait(self) -> None:
        left = _BEAT if self._stage is not None else max(_SOON - self._stretch.lasts, 0.0)
        self._beat = self._timer(min(left, _SOON), self._ring)
        self._beat.daemon = True
        self._beat.start()

    def _ring(self) -> None:
        with suppress(Exception):
            self._beat = None
            self._stretch.activity.tell()  # an interrupt may have come between
            self.look()

    def _end(self) -> None:
        stretch, self.ended = self._stretch, True
        if self._beat is not None:
            self._beat.cancel()
        stretch.end()
        if self._stage is None:
            return
        if stretch.is_worth_telling and (stretch.lasts >= _SOON or stretch.interrupted):
            self._stage.changed()
            self._stage.end()
        else:
            self._stage.vanish()
            self._places.give(getattr(self._stage, "place", ""))


def _stage(stretch: Stretch, within: Context, place: Callable[[], str]) -> Stage:
    if kernel() is None and not in_voila():
        return StatusLine(stretch)
    from .live import LiveCard

    return LiveCard(lambda: stretch.bar, within=within, place=place())


def _cell() -> int:
    shell: Any = running_shell()
    return getattr(shell, "execution_count", 0)


progress = Progress()
"""The one that notebooks and terminals share."""
