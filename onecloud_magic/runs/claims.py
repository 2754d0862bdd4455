"""Which starts this process is really sending: no file can tell that after an interrupt."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from .entries import Entry

__all__ = ["Claim", "is_claimed"]

_sent_now: set[tuple[str, int, float]] = set()


class Claim:
    """The one start that a call is about to send; until the call has ended, nobody else may.

    *entry* is that start, once it is taken.
    """

    def __init__(self) -> None:
        self.entry: Entry | None = None

    def take(self, entry: Entry) -> None:
        """Take it, before another thread can see it."""
        self.entry = entry
        _sent_now.add(_key(entry))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.entry is not None:
            _sent_now.discard(_key(self.entry))


def is_claimed(entry: Entry) -> bool:
    """Whether a call of this process is sending it in this moment."""
    return _key(entry) in _sent_now


def _key(entry: Entry) -> tuple[str, int, float]:
    return entry.account, entry.id, entry.asked_at  # numbers alone are those of one file
