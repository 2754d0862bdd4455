"""Before whom things are shown: the front end of a kernel, a page of Voilà, or a terminal."""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["in_voila", "kernel"]


def kernel() -> Any:
    """The Jupyter kernel that this is, None where it is none."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython is not None else None


def in_voila() -> bool:
    """Whether a page of Voilà is the front end: nothing moves there but widgets."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
