"""Whether a cell runs: what is typed into a widget meanwhile would wait in the browser."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..account.settings import running_shell

__all__ = ["Cells"]


class Cells:
    """The cells of the running shell; *changed* is called when one begins or ends.

    Attributes:
        running: whether one runs now.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed, self._shell = changed, running_shell()
        self.running = _in_cell(self._shell)
        if self._shell is not None:
            self._shell.events.register("pre_run_cell", self._begins)
            self._shell.events.register("post_run_cell", self._ends)

    def leave(self) -> None:
        """Hear of no more cells; twice is once."""
        shell, self._shell = self._shell, None
        if shell is not None:
            with suppress(ValueError):  # the shell has forgotten all its callbacks
                shell.events.unregister("pre_run_cell", self._begins)
                shell.events.unregister("post_run_cell", self._ends)

    def _begins(self, *_: object) -> None:
        self.running = True
        self._changed()

    def _ends(self, *_: object) -> None:
        self.running = False
        self._changed()


def _in_cell(shell: Any) -> bool:
    """Whether a cell of *shell* is what is running: its beginning will not be heard any more."""
    frame = sys._getframe() if shell is not None else None
    while frame is not None:
        if frame.f_code is type(shell).run_cell_async.__code__:
            return True
        frame = frame.f_back
    return False
