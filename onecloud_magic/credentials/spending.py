"""Whether a single-use token may be spent here: not on a machine that is thrown away.

There the new token would be thrown away too, and the user locked out.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..api import is_loopback

__all__ = ["thrown_away"]

# What tells such a machine, and what it is called. Colab, Binder, and the runners of CI say so.
_SIGNS = {
    "COLAB_RELEASE_TAG": "Colab",
    "COLAB_GPU": "Colab",
    "BINDER_SERVICE_HOST": "Binder",
    "BINDER_REPO_URL": "Binder",
    "CI": "a CI runner",
}


def thrown_away(base_url: str, getenv: Callable[[str], str | None] = os.getenv) -> str:
    """The name of the kind of machine, where a refresh token must not be spent; else empty.

    With `ONECLOUD_HOME` set, the user has said where things outlast the machine. What runs on this
    machine itself, as the sandbox, ends with it anyway.
    """
    if getenv("ONECLOUD_HOME") or is_loopback(base_url):
        return ""
    return next((kind for sign, kind in _SIGNS.items() if getenv(sign)), "")
