"""The current profile: it belongs to the process, not to an object."""

from __future__ import annotations

from ..credentials import environment

_chosen: list[str] = []


def current() -> str:
    """The profile that objects get where none is named.

    A process begins with `ONECLOUD_PROFILE`, else with `environment` where the environment holds
    credentials, else with `default`.
    """
    return _chosen[-1] if _chosen else environment.profile()


def use(profile: str) -> None:
    """Make *profile* the current one of this process."""
    _chosen[:] = [profile]
