"""Every path that we write: places, modes, atomic replacement, locks."""

from __future__ import annotations

from .places import Home

__all__ = ["Home"]
