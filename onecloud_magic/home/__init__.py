"""Every path that we write: places, modes, atomic replacement, locks."""

from __future__ import annotations

from .places import Home, named_profile

__all__ = ["Home", "named_profile"]
