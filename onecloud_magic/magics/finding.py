"""A line of what `%onecloud doctor` tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ..errors import OneCloudError

__all__ = ["Finding", "told"]


class Finding(NamedTuple):
    """What was found where a *check* looked, and what to do *next*."""

    check: str
    state: Literal["ok", "look", "wrong"]
    detail: str
    next: str = ""


def told(check: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings under the name of their check; an error that ends them is the last one."""
    try:
        for each in findings:
            yield each._replace(check=each.check or check)
    except (OneCloudError, OSError) as error:
        hint = error.hint if isinstance(error, OneCloudError) else ""
        yield Finding(check, "wrong", f"{type(error).__name__}: {error}", hint)
