"""One thing at a time, away from the kernel's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Errands"]


class Errands:
    """Does what a click asks for on a thread: the kernel goes on, and a second click does nothing.

    Args:
        began: is called before the thread starts.
        settled: is called when it is done, and nothing else can begin yet.
        ended: is called then, with what was returned or raised.
    """

    def __init__(
        self,
        began: Callable[[str], object],
        settled: Callable[[], object],
        ended: Callable[[str | Exception], object],
    ) -> None:
        self._began, self._settled, self._ended = began, settled, ended
        self._busy = threading.Lock()

    @property
    def under_way(self) -> bool:
        return self._busy.locked()

    def start(self, says: str, errand: Callable[[], str]) -> None:
        """Begin *errand*, unless another is under way; *says* is what to tell meanwhile."""
        if not self._busy.acquire(blocking=False):
            return
        self._began(says)
        thread = threading.Thread(
            target=self._run, args=(errand,), name="onecloud-login", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # no thread can be started: in its place, here
            self._run(errand)

    def _run(self, errand: Callable[[], str]) -> None:
        try:
            outcome: str | Exception = errand()
        except Exception as error:  # told by whoever hears of the end
            outcome = error
        try:
            self._settled()
        finally:
            self._busy.release()
        self._ended(outcome)
