"""One line of a terminal, for what takes its time."""

from __future__ import annotations

import shutil
import sys
import threading

from ..account import Stretch

__all__ = ["StatusLine"]


class StatusLine:
    """Writes to stderr how far *stretch* is, whenever its state changes: not at every call.

    On a terminal the line is written over, elsewhere each is a line of its own.
    """

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._state, self._wide = "", 0
        self._lock = threading.Lock()

    def show(self) -> None:
        """Write how far it is now."""
        self.changed()

    def changed(self) -> None:
        """Write it again, where its state is another one."""
        state = self._stretch.state
        with self._lock:
            if state != self._state:
                self._state = state
                self._write(self._stretch.bar.text)

    def end(self) -> None:
        """Write what it was; that stays."""
        self.changed()
        if _on_terminal():
            _out("\n")

    def vanish(self) -> None:
        """Take the line away, where that can be done."""
        if _on_terminal():
            self._write("")
            _out("\r")

    def _write(self, text: str) -> None:
        if not _on_terminal():
            _out(f"{text}\n")
            return
        # A longer line would go on in the next one, and could not be written over.
        text = text[: shutil.get_terminal_size().columns - 1]
        _out(f"\r{text:<{self._wide}}")
        self._wide = len(text)


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _out(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()
