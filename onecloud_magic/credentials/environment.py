"""The credential that environment variables give.

Variables are read through a function such as `os.getenv`, never from `os.environ`: a verbose
traceback prints the values that a line names, and that would be every variable there is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from ..errors import UsageError
from .hosts import resolve
from .records import Record
from .secret import Secret

__all__ = ["ENVIRONMENT", "SECRETS", "is_in", "profile", "record"]

GetEnv = Callable[[str], str | None]

_SECRETS = {
    "access_token": "ONECLOUD_ACCESS_TOKEN",
    "refresh_token": "ONECLOUD_REFRESH_TOKEN",
    "client_secret": "ONECLOUD_CLIENT_SECRET",
}
ENVIRONMENT = "environment"  # the profile of credentials for which none is named
SECRETS = frozenset(_SECRETS.values())  # variables that no process of ours hands on


def record(getenv: GetEnv = os.getenv) -> Record | None:
    """The record that the variables make, bound to the host that they name; None without a secret.

    Settings have no say in the host: a shared notebook cannot send these tokens elsewhere.
    """
    given = {
        field: Secret(getenv(name) or "", name) for field, name in _SECRETS.items() if getenv(name)
    }
    if not given:
        return None
    host = resolve(getenv("ONECLOUD_BASE_URL") or "classic", getenv("ONECLOUD_TOKEN_URL") or "")
    client_id = (getenv("ONECLOUD_CLIENT_ID") or "").strip()
    return Record.given(host, "environment", client_id=client_id, **given)


def is_in(text: str, getenv: GetEnv = os.getenv) -> bool:
    """Whether one of the secrets that the variables give is in *text*."""
    for name in _SECRETS.values():
        with suppress(UsageError):  # it is not set, or no secret
            if Secret(getenv(name) or "").is_in(text):
                return True
    return False


def profile(getenv: GetEnv = os.getenv) -> str:
    """The profile that a new process begins with."""
    has_secret = any(getenv(name) for name in _SECRETS.values())
    return getenv("ONECLOUD_PROFILE") or (ENVIRONMENT if has_secret else "default")
