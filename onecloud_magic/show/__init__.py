"""How things of ours look: html and text with equal facts.

Static html carries inline styles only: notebooks that are not trusted lose everything else.
"""

from __future__ import annotations

from .bars import Bar, Done
from .cards import Card, Fact, shown
from .front import can_ask, in_voila, kernel, somebody_is_there
from .meters import Meter, trend
from .notes import note
from .plain import Text, printable
from .spans import in_words

__all__ = [
    "Bar",
    "Card",
    "Done",
    "Fact",
    "Meter",
    "Text",
    "can_ask",
    "in_voila",
    "in_words",
    "kernel",
    "note",
    "printable",
    "shown",
    "somebody_is_there",
    "trend",
]
