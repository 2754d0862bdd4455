"""How things of ours look: html and text with equal facts.

Static html carries inline styles only: notebooks that are not trusted lose everything else.
"""

from __future__ import annotations

from .cards import Card, Fact, shown
from .front import in_voila, kernel
from .meters import Meter, trend
from .notes import note
from .plain import Text, printable

__all__ = [
    "Card",
    "Fact",
    "Meter",
    "Text",
    "in_voila",
    "kernel",
    "note",
    "printable",
    "shown",
    "trend",
]
