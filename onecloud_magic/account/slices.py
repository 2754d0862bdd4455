"""A long history in slices of time, which are read at once: a page alone names only the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..api import CONNECTIONS

AFTER = 2  # pages that are read one after another; they tell how many there are in a time
_WORTH = 8  # pages that a slice has to have: each costs up to one page more
_ONE = 1.0  # second that slices overlap: the service's bounds are whole seconds


@dataclass(frozen=True)
class Slice:
    """A part of a history, from *since* until *until* in seconds since 1970."""

    since: float
    until: float


def slices(first: float | None, last: float | None, since: float | None) -> list[Slice]:
    """Cut what is older than *last*, down to *since*, newest first; empty where it is not worth it.

    The first pages held runs that started from *first* down to *last*.
    """
    if first is None or last is None or since is None:
        return []
    pages = AFTER * (last - since) / max(first - last, _ONE)
    many = min(CONNECTIONS, int(pages // _WORTH))
    if many <= 1:
        return []
    return list(_cut(last, since, many))


def _cut(last: float, since: float, many: int) -> Iterator[Slice]:
    length = (last - since) / many
    for number in range(many):
        older = since if number == many - 1 else last - (number + 1) * length
        yield Slice(older, last - number * length + _ONE)
