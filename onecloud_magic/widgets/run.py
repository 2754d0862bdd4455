"""The card of a run: it moves while the run lives, and ends as facts with clock times."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from typing import Any, Protocol

from ..account import OneCloud, clock_time, quota_facts
from ..account.settings import running_shell
from ..runs import ChainRun
from ..show import Card, Fact, in_voila, in_words, kernel
from .progress import Timer
from .run_lines import RunLines

__all__ = ["RunCard"]

_BEATS = ((120.0, 1.0), (3600.0, 5.0))  # the clock on a card of that age moves so often, in seconds
_SLOW = 60.0
_CELL_ENDS = "post_run_cell"


class Stage(Protocol):
    """Where a run is shown."""

    def show(self) -> None: ...
    def changed(self) -> None: ...
    def resend(self) -> None: ...
    def end(self) -> None: ...


class RunCard:
    """Shows *run* as it goes, until `end`; somebody else looks at the run.

    In a notebook it is output that is replaced, in Voilà a widget, in a terminal a line a change.

    Attributes:
        run: what it shows.
    """

    def __init__(self, oc: OneCloud, run: ChainRun, *, timer: Timer = threading.Timer) -> None:
        self.run, self._oc, self._timer = run, oc, timer
        self._said, self._ended, self._cell = "", False, 0
        self._stage: Stage = self._made()
        self._beat: threading.Timer | None = None
        self._undo: Callable[[], None] = lambda: None
        self._shell: Any = None
        # The last look, a beat and the end of the watch come in threads of their own.
        self._lock = threading.RLock()

    @property
    def card(self) -> Card:
        """The run as it stands now; costs no call."""
        card = self.run.card
        facts = (*self._moving(card), *(quota_facts(self._oc)))
        if self._said and not self.run.done:
            facts = (*facts, ("notice", self._said))
        return Card(card.title, facts, self._next(), card.badge)

    def show(self) -> None:
        """Show it here, and keep it up to date from now on."""
        self._cell = _cell()
        self._undo = self.run.observe(self._changed, nodes=True)
        self.run.shown_by = self._stands_here
        self._stage.show()
        self._follow_cells()
        self._wait()

    def tell(self, words: str) -> None:
        """Show a line beside the facts, for as long as the run lives."""
        now = self._oc.activity.clock()
        self._said = f"{clock_time(self._oc, now)}: {words}"
        self._stage.changed()

    def end(self) -> None:
        """Let it stand as it is, once it shows the last facts; twice is once."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            if self._beat is not None:
                self._beat.cancel()
        self._undo()
        self._stage.changed()
        self._stage.end()

    def _made(self) -> Stage:
        if kernel() is None and not in_voila():
            return RunLines(self.run, lambda: self._said)
        from .live import LiveCard

        return LiveCard(lambda: self.card, within=copy_context())

    def _moving(self, card: Card) -> Iterator[tuple[str, Fact]]:
        """The facts of the run; what it has taken so far is told while somebody looks only."""
        for label, fact in card.facts:
            if label != "so far":
                yield label, fact
            elif not self._ended:
                yield label, in_words(self._age)

    @property
    def _age(self) -> timedelta:
        began = self.run.start_at
        now = self._oc.activity.clock()
        return timedelta(seconds=now - began.timestamp() if began else 0.0)

    def _next(self) -> tuple[str, ...]:
        number = self.run.id
        if self.run.ok:
            return (f"%onecloud outputs {number}",)
        if self.run.done:
            return (f"%onecloud nodes {number}", f"%onecloud outputs {number}")
        again = (f"%onecloud watch {number}",) if self._ended else ()
        return (*again, f"%onecloud stop {number}")

    def _changed(self, _: object) -> None:
        self._stage.changed()
        if self.run.done:
            self.end()

    def _stands_here(self) -> bool:
        """Whether the run needs no other card in the cell that runs now."""
        if isinstance(self._stage, RunLines):
            return False
        if self._cell == _cell():
            return True
        if self._ended:
            return False
        self._stage.show()
        return True

    def _wait(self) -> None:
        """Have the clock on the card move."""
        age = self._age.total_seconds()
        pause = next((beat for until, beat in _BEATS if age < until), _SLOW)
        with self._lock:
            if not self._ended:
                self._beat = self._timer(pause, self._ring)
                self._beat.daemon = True
                self._beat.start()

    def _ring(self) -> None:
        with suppress(Exception):
            self._stage.changed()
        self._wait()

    def _follow_cells(self) -> None:
        self._shell = running_shell()
        if self._shell is not None:
            self._shell.events.register(_CELL_ENDS, self._cell_ends)

    def _cell_ends(self, *_: object) -> None:
        """A cell ends: whoever saves what it gave is given this card, too."""
        ended = self._ended
        with suppress(Exception):
            self._stage.resend()
        if ended and self._shell is not None:
            with suppress(ValueError):  # the shell has forgotten all its callbacks
                self._shell.events.unregister(_CELL_ENDS, self._cell_ends)


def _cell() -> int:
    return getattr(running_shell(), "execution_count", 0)
