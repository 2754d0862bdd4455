"""Following a run in a thread of its own, while whoever started it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING

from ..errors import OneCloudError
from .account import Account
from .waiting import Wait, timed_out

if TYPE_CHECKING:
    from .chain_run import ChainRun

__all__ = ["Following"]

_STEP = 0.2  # seconds; Windows tells of an interrupt between two of them only


class Following:
    """Looks at *run* until it has ended, or nobody wants it any more.

    *tell* is called with what is worth a line, *over* when the last look was taken; both in the
    thread that looks.

    Attributes:
        run: the run.
    """

    def __init__(
        self,
        run: ChainRun,
        account: Account,
        *,
        tell: Callable[[str], object],
        over: Callable[[], object] = lambda: None,
    ) -> None:
        self.run, self._account, self._over = run, account, over
        self._wait = Wait(run, account, tell=tell)
        self._left = threading.Event()
        self._error: OneCloudError | None = None
        # What it shows is output of the cell that began it: kernels look that up in the context.
        within = copy_context()
        self._thread = threading.Thread(
            target=lambda: within.run(self._follow), name=f"run {run.id}", daemon=True
        )

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def leave(self) -> None:
        """Take no further look, and tell nobody anything; twice is once."""
        self._left.set()

    def wait(self, timeout: float | None = None, *, since: float | None = None) -> None:
        """Wait until the last look was taken; an interrupt ends the wait, and not the looking.

        Raises:
            WaitTimeout: it is not over *timeout* seconds after *since*, else after now.
            OneCloudError: what the service answered was of no use for too long.
        """
        began_at = self._account.now() if since is None else since
        until = None if timeout is None else began_at + timeout
        while self._thread.is_alive():
            self._thread.join(_STEP)
            if until is not None and self._account.now() >= until and not self.run.done:
                raise timed_out(self.run, timeout or 0.0)
        if self._error is not None:
            raise self._error

    def _follow(self) -> None:
        try:
            self._wait.first()
            while not self.run.done and not self._left.is_set():
                self._account.sleep(self._wait.pause())
                if not self._left.is_set():
                    self._wait.look()
        except OneCloudError as error:
            self._error = error
        finally:
            if not self._left.is_set():
                self._over()
