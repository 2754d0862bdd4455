"""A card that moves: drawn anew in its place as what it tells changes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any, Protocol

from IPython.display import display, update_display
from ipywidgets import HTML

from ..show import in_voila, kernel
from .redraw import Redraw

__all__ = ["Drawn", "LiveCard"]


class Drawn(Protocol):
    """What can be shown: a `Card`, a `Bar`."""

    @property
    def html(self) -> str: ...


class LiveCard:
    """Shows the card that *draw* gives, and shows it anew whenever it is told to.

    In a notebook that is output which is replaced: the file keeps the last card, as html and text.
    Voilà moves nothing but widgets, so there it is one. In a terminal the card is printed once.

    With *within* it is output of the cell that this is the context of, whichever cell runs by
    then. With *place* it takes the place of one that has vanished.
    """

    def __init__(
        self, draw: Callable[[], Drawn], *, within: Context | None = None, place: str = ""
    ) -> None:
        self._draw, self._within = draw, within
        self._widget: Any = None
        self.place, self._gone = place, False
        self._redraw = Redraw(self._again)

    def show(self) -> None:
        """Show it here; shown a second time it moves in both places."""
        self._do(self._show)

    def changed(self) -> None:
        """What it tells has changed; may be called from any thread, however often."""
        if self._widget is not None or self.place:
            self._redraw.ask()

    def resend(self) -> None:
        """Show it as output of the cell that runs now, as it stands.

        Who executes notebooks to save them drops what comes later than the end of its own cell.
        """
        self._update()

    def end(self) -> None:
        """Show the last card, which stays."""
        self._redraw.end()

    def vanish(self) -> None:
        """Leave nothing to be seen, and never show it again."""
        self._gone = True
        self._redraw.ask()
        self._redraw.end()

    def _do(self, step: Callable[[], None]) -> None:
        if self._within is None:
            step()
        else:
            self._within.copy().run(step)  # of a copy: only one thread can be in a context

    def _show(self) -> None:
        if in_voila():
            self._widget = self._widget or HTML(self._draw().html)
            display(self._widget)
        elif kernel() is None:
            display(self._draw())
        elif self.place:
            display(self._draw(), display_id=self.place)
        else:
            self.place = display(self._draw(), display_id=True).display_id

    def _again(self) -> None:
        self._do(self._update)

    def _update(self) -> None:
        if self._gone:
            self._clear()
            return
        card = self._draw()
        if self._widget is not None:
            self._widget.value = card.html
        if self.place:
            update_display(card, display_id=self.place)

    def _clear(self) -> None:
        if self._widget is not None:
            self._widget.close()
        if self.place:
            update_display({}, display_id=self.place, raw=True)
