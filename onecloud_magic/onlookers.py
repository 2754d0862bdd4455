"""Who looks on while an account works, such as the progress that a notebook shows.

It imports nothing: the extension can look on before anything of an account is there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["Onlooker", "look_away", "look_on", "show"]

Onlooker = Callable[[Any], object]
"""Is called with the `Activity` of an account, or with a batch of runs (`Many`), whenever that has
changed, on whatever thread."""

_onlookers: tuple[Onlooker, ...] = ()


def look_on(onlooker: Onlooker) -> None:
    """Have *onlooker* called from now on; a second time changes nothing."""
    global _onlookers
    look_away(onlooker)
    _onlookers = (*_onlookers, onlooker)


def look_away(onlooker: Onlooker) -> None:
    """Call it no more."""
    global _onlookers
    _onlookers = tuple(each for each in _onlookers if each is not onlooker)


def show(seen: object) -> None:
    """Show it to all who look on; what goes wrong there is no concern of whoever works."""
    for each in _onlookers:
        with suppress(Exception):
            each(seen)
