"""A card that moves: drawn anew in its place as what it tells changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.display import display, update_display
from ipywidgets import HTML

from ..show import Card, in_voila, kernel
from .redraw import Redraw

__all__ = ["LiveCard"]


class LiveCard:
    """Shows the card that *draw* gives, and shows it anew whenever it is told to.

    In a notebook that is output which is replaced: the file keeps the last card, as html and text.
    Voilà moves nothing but widgets, so there it is one. In a terminal the card is printed once.
    """

    def __init__(self, draw: Callable[[], Card]) -> None:
        self._draw = draw
        self._widget: Any = None
        self._handle: Any = None
        self._redraw = Redraw(self._again)

    def show(self) -> None:
        """Show it here; shown a second time it moves in both places."""
        if in_voila():
            self._widget = self._widget or HTML(self._draw().html)
            display(self._widget)
        elif kernel() is None:
            display(self._draw())
        elif self._handle is None:
            self._handle = display(self._draw(), display_id=True)
        else:
            display(self._draw(), display_id=self._handle.display_id)

    def changed(self) -> None:
        """What it tells has changed; may be called from any thread, however often."""
        if self._widget is not None or self._handle is not None:
            self._redraw.ask()

    def end(self) -> None:
        """Show the last card, which stays."""
        self._redraw.end()

    def _again(self) -> None:
        card = self._draw()
        if self._widget is not None:
            self._widget.value = card.html
        if self._handle is not None:
            update_display(card, display_id=self._handle.display_id)
