"""Drawing not too often: a page takes ten pictures a second, and has to get the last one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Redraw"]

_LEAST = 0.1  # seconds between two pictures
_START = threading.Timer


class Redraw:
    """Calls *draw* when asked, from whatever thread: at once, or when it may be drawn again.

    However often it is asked in between, it draws once, and after the last time that it was asked.
    """

    def __init__(
        self,
        draw: Callable[[], object],
        *,
        clock: Callable[[], float] = time.monotonic,
        timer: Callable[[float, Callable[[], None]], threading.Timer] = _START,
    ) -> None:
        self._draw, self._clock, self._timer = draw, clock, timer
        self._lock, self._drawing = threading.Lock(), threading.Lock()
        self._drawn_at = float("-inf")
        self._due: threading.Timer | None = None
        self._ended = False

    def ask(self) -> None:
        """Something has changed that is to be seen."""
        with self._lock:
            if self._ended or self._due is not None:
                return
            wait = self._drawn_at + _LEAST - self._clock()
            if wait > 0:
                self._due = self._timer(wait, self._now)
                self._due.daemon = True
                self._due.start()
                return
            self._drawn_at = self._clock()
        self._picture()

    def end(self) -> None:
        """Draw a last time if that is due, and never again."""
        with self._lock:
            self._ended, due = True, self._due
        if due is not None:
            due.cancel()
            self._picture()

    def _now(self) -> None:
        with self._lock:
            self._due = None
            if self._ended:
                return
            self._drawn_at = self._clock()
        self._picture()

    def _picture(self) -> None:
        with self._drawing:  # a picture is not overtaken by one that was begun before
            self._draw()
