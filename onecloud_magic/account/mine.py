"""What one thread asks: how often, as whom, and how long it waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ..credentials.records import Record


class GivenUp(Exception):
    """Nobody waits any more for what this thread was to ask."""


class Mine(threading.local):
    """What this thread has sent: how many calls, and the record and the moment of the last one."""

    sent = 0
    asked_at: datetime | None = None  # by the machine's clock
    sent_at: float | None = None  # by that of the line
    record: Record | None = None
    _given_up: threading.Event | None = None

    @contextmanager
    def until(self, given_up: threading.Event) -> Iterator[None]:
        """Inside, this thread waits no longer than until *given_up* is set."""
        self._given_up = given_up
        try:
            yield
        finally:
            self._given_up = None

    def pause(self, sleep: Callable[[float], None], seconds: float) -> None:
        """Sleep, unless nobody waits for this thread any more."""
        self.check()
        sleep(seconds)

    def check(self) -> None:
        """See that somebody waits for what this thread asks."""
        if self._given_up is not None and self._given_up.is_set():
            raise GivenUp
