"""How things of ours look: html and text with equal facts.

Static html carries inline styles only: notebooks that are not trusted lose everything else.
"""

from __future__ import annotations

from .cards import Card, shown
from .notes import note
from .plain import Text, printable

__all__ = ["Card", "Text", "note", "printable", "shown"]
