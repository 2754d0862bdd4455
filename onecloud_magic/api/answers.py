"""What the service answered before, and for how long it may be said again.

An answer is kept as JSON text and read anew for each reader: nobody can change what the next one
gets, and the size of what is kept is known.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .operations import Kind

__all__ = ["Answers", "Kept", "KindInfo"]

_HOUR = 3600.0
_FOR_GOOD = float("inf")


@dataclass(frozen=True)
class Kept:
    """An answer that was kept; times are seconds since 1970."""

    kind: Kind
    text: str
    fetched_at: float
    expires_at: float

    @property
    def data(self) -> Any:
        """The answer, read anew each time."""
        return json.loads(self.text)


@dataclass(frozen=True)
class KindInfo:
    """What is kept of one kind."""

    kind: Kind
    entries: int
    size_bytes: int
    oldest_at: float
    newest_at: float


class Answers:
    """The answers of one account, in memory, never more than *most_bytes* of text.

    Metadata lives *ttl* seconds, security an hour, runs that ended for good; a live run is kept
    only to be shown when the service is down.
    """

    def __init__(
        self,
        ttl: float = 600.0,
        *,
        most_bytes: int = 256_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.ttl, self.most_bytes = ttl, most_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def get(self, key: str, *, stale: bool = False) -> Kept | None:
        """Give what is kept under *key* while it is fresh; with *stale*, whatever its age."""
        with self._lock:
            kept = self._kept.get(key)
        return kept if kept and (stale or self._clock() < kept.expires_at) else None

    def put(self, key: str, kind: Kind, data: Any, *, ended: bool = False) -> Kept:
        """Keep an answer; *ended* says that runs in it will not change any more."""
        now = self._clock()
        kept = Kept(kind, json.dumps(data), now, now + self._lifetime(kind, ended))
        with self._lock:
            # Taken out first: the last one put is the last one trimmed.
            self._kept.pop(key, None)
            self._kept[key] = kept
        self.trim()
        return kept

    def drop(self, kind: Kind | None = None) -> int:
        """Forget all answers of a kind, or all there are; gives their number."""
        with self._lock:
            keys = [key for key, kept in self._kept.items() if kind in (None, kept.kind)]
            for key in keys:
                del self._kept[key]
        return len(keys)

    def trim(self) -> int:
        """Forget the oldest answers while there are more than *most_bytes*; gives their number."""
        with self._lock:
            size = sum(len(kept.text) for kept in self._kept.values())
            before = len(self._kept)
            while size > self.most_bytes:
                size -= len(self._kept.pop(next(iter(self._kept))).text)
            return before - len(self._kept)

    def info(self) -> list[KindInfo]:
        """Tell what is kept, a line for each kind of which there is something."""
        with self._lock:
            every = list(self._kept.values())
        return [
            _info(kind, [one for one in every if one.kind == kind])
            for kind in sorted({one.kind for one in every})
        ]

    def _lifetime(self, kind: Kind, ended: bool) -> float:
        if kind == "runs":
            return _FOR_GOOD if ended else 0.0
        return self.ttl if kind == "metadata" else _HOUR


def _info(kind: Kind, kept: list[Kept]) -> KindInfo:
    times = [one.fetched_at for one in kept]
    return KindInfo(kind, len(kept), sum(len(one.text) for one in kept), min(times), max(times))
