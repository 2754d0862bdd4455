"""Plain text: what a terminal may be given."""

from __future__ import annotations

import unicodedata
from typing import Any

__all__ = ["Text", "printable"]


def printable(text: str) -> str:
    """The text on one line, without what a terminal would take for an order."""
    kept = (" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)
    return " ".join("".join(kept).translate(_TURNS).split())


# What turns the direction of writing: the rest of a line would be read backwards.
_TURNS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class Text(str):
    """A text that a notebook shows as it is, not as a quoted string."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))
