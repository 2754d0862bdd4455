"""Every path that we write: places, modes, atomic replacement, locks."""

from __future__ import annotations

from .places import NO_LOCKS, Home

__all__ = ["NO_LOCKS", "Home"]
