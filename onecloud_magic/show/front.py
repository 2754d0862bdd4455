"""Before whom things are shown: the front end of a kernel, a page of Voilà, or a terminal."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["can_ask", "in_voila", "kernel", "somebody_is_there"]


def kernel() -> Any:
    """The Jupyter kernel that this is, None where it is none."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython is not None else None


def in_voila() -> bool:
    """Whether a page of Voilà is the front end: nothing moves there but widgets."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def can_ask() -> bool:
    """Whether an answer can come: from a front end that takes input, or from a terminal."""
    running = kernel()
    if running is not None:  # nbclient and papermill say that nobody is there
        return bool(getattr(running, "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()


def somebody_is_there() -> bool:
    """Whether a person sits before the screen: not so in a scheduled notebook, or a script."""
    # Voilà takes no input, as if nobody was there; its pages are looked at, and have forms.
    return can_ask() or (kernel() is not None and in_voila())
