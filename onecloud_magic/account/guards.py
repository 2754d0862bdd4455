"""Environments in which a start is no matter of a slip: those that the settings protect."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .onecloud import OneCloud

__all__ = ["is_protected"]


def is_protected(oc: OneCloud, *names: str) -> bool:
    """Whether one of the *names* (of an environment, or its path) is among the protected ones."""
    patterns = [each.casefold() for each in oc.protected_environments]
    return any(fnmatchcase(name.casefold(), each) for name in names for each in patterns)
