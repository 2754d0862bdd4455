"""The current profile and what was said of it: both belong to the process, not to an object."""

from __future__ import annotations

from ..credentials import environment

_chosen: list[str] = []
_defaults: dict[str, dict[str, str]] = {}


def current() -> str:
    """The profile that objects get where none is named.

    A process begins with `ONECLOUD_PROFILE`, else with `environment` where the environment holds
    credentials, else with `default`.
    """
    return _chosen[-1] if _chosen else first()


def first() -> str:
    """The profile that a new process begins with."""
    return environment.profile()


def use(profile: str, **defaults: str) -> None:
    """Make *profile* the current one of this process.

    *defaults* are settings of its accounts that are made from now on; they beat the environment.
    """
    _chosen[:] = [profile]
    _defaults.setdefault(profile, {}).update(defaults)


def defaults(profile: object) -> dict[str, str]:
    """The settings of *profile*'s accounts, as far as they were said in this process."""
    return dict(_defaults.get(profile, {})) if isinstance(profile, str) else {}


def forget() -> None:
    """Begin anew, as a new process does."""
    _chosen.clear()
    _defaults.clear()
