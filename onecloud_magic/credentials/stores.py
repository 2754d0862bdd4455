"""Where the record of a profile is kept: in a file, or in memory only."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from ..errors import OneCloudError, OneCloudWarning, StoreDamaged
from ..home import Home
from .records import Record

__all__ = ["FileStore", "MemoryStore", "Store"]


Change = Callable[[Record | None], Record | None]


class Store(Protocol):
    """Keeps one record."""

    def load(self) -> Record | None:
        """The record as it is now, also where another process wrote it; None if there is none."""

    def update(self, change: Change) -> Record | None:
        """Let *change* make a new record of the one that is kept, or of None, and keep that.

        Nobody else writes between its look and the write. It gives back the record itself where
        all stays as it is, None where none is to be kept. If it raises, nothing was changed.
        """

    def save(self, record: Record) -> None:
        """Keep *record* instead of the one before: from here on, or, if this raises, not at all."""

    def forget(self) -> None:
        """Keep no secret any more."""


class FileStore:
    """Keeps a record of *profile* in a file below *home*, for the owner's eyes only.

    That is the session, or the sign-in *pending* (the fingerprint of the token that it began
    with), which is not yet current. A file that cannot be understood is set aside and never
    overwritten; one of a newer version stays where it is. Either is said by a `StoreDamaged`.
    """

    def __init__(self, profile: str, home: Home, pending: str = "") -> None:
        self._home, self._profile, self._pending = home, profile, pending
        self._path = home.record(profile, pending)

    def load(self) -> Record | None:
        data = self._home.read(self._path)
        if data is None:
            return None
        self._close()
        record = Record.from_json(data)
        if isinstance(record, Record):
            return record
        if record.newer:
            raise StoreDamaged(
                f"The session in {self._path} was written by a newer version of onecloud-magic; "
                "it was left as it is.",
                "Upgrade onecloud-magic, or sign in under another profile.",
                kept_at=str(self._path),
            )
        kept = self._home.set_aside(self._path)
        if kept is None:  # another process was quicker, and has said it
            return self.load()
        raise StoreDamaged(
            f"The session in {self._path} was damaged; what was in it is kept at {kept}.",
            "Sign in again with %onecloud login.",
            kept_at=str(kept),
        )

    def _close(self) -> None:
        if self._home.is_open_to_others(self._path):
            self._home.close_to_others(self._path)
            warnings.warn(
                OneCloudWarning(
                    f"{self._path} could be read by other users of this machine; now it cannot. "
                    "If somebody may have read it, get new tokens on the page Admin > API."
                ),
                stacklevel=2,
            )

    def peek(self) -> Record | None:
        """The record, where there is one that can be read; says and changes nothing."""
        with suppress(OneCloudError):
            data = self._home.read(self._path)
            record = None if data is None else Record.from_json(data)
            return record if isinstance(record, Record) else None
        return None

    def update(self, change: Change) -> Record | None:
        with self._home.writing(self._profile):
            before = self.load()  # raises where there is something that must not be overwritten
            after = change(before)
            if after is None:
                self._home.remove(self._path)
            elif after is not before:
                self._home.replace(self._path, memoryview(after.to_json().encode()))
            return after

    def save(self, record: Record) -> None:
        self.update(lambda _: record)

    def replace(self, before: Record, record: Record) -> None:
        """Keep *record*, unless somebody has signed in or out since *before* was read."""
        self.update(lambda kept: record if kept == before else kept)

    def tidy(self, before: float) -> None:
        """Take away what a crash has left of writes *before* that time."""
        self._home.sweep(self._path, before)

    def forget(self, asked: Sequence[str] = ()) -> None:
        """Keep no secret any more, but which tokens were spent, so that none is tried again.

        *asked* are the fingerprints of tokens that may have been spent, too.
        """
        self._home.sweep(self._path)
        if self._home.read(self._path) is not None:
            self.update(
                lambda kept: kept.emptied(asked) if kept and (kept.spent or asked) else None
            )


class MemoryStore:
    """Keeps the record for as long as the process lives."""

    def __init__(self) -> None:
        self._record: Record | None = None
        self._lock = threading.Lock()

    def load(self) -> Record | None:
        return self._record

    def update(self, change: Change) -> Record | None:
        with self._lock:
            self._record = change(self._record)
            return self._record

    def save(self, record: Record) -> None:
        self.update(lambda _: record)

    def forget(self) -> None:
        self.update(lambda _: None)
