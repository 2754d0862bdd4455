"""Notices: a line that is no error, said where the user's own code stands."""

from __future__ import annotations

import sys
import warnings

from ..errors import OneCloudWarning

__all__ = ["say"]

_OURS = __name__.partition(".")[0]


def say(words: str) -> None:
    """Warn with an `OneCloudWarning` that points to the first line which is none of ours."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == _OURS:
        level, frame = level + 1, frame.f_back
    warnings.warn(OneCloudWarning(words), stacklevel=level)
