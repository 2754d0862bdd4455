"""Where the record of a profile is kept: in a file, or in memory only."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from ..errors import OneCloudError, StoreDamaged
from ..home import Home
from .records import Record

__all__ = ["FileStore", "MemoryStore", "Store"]


class Store(Protocol):
    """Keeps the record of one profile."""

    def load(self) -> Record | None:
        """The record as it is now, also where another process wrote it; None if there is none."""

    def save(self, record: Record) -> None:
        """Keep *record* instead of the one before: from here on, or, if this raises, not at all."""

    def forget(self) -> None:
        """Keep no secret any more."""


class FileStore:
    """Keeps the record of *profile* in a file below *home*, for the owner's eyes only.

    *pending* is the place of a sign-in that is not yet current. A file that cannot be understood
    is set aside and never overwritten; one of a newer version stays where it is. Either is said
    by a `StoreDamaged`.
    """

    def __init__(self, profile: str, home: Home, *, pending: bool = False) -> None:
        self._home, self._pending = home, pending
        self._path = home.record(profile, pending=pending)

    def load(self) -> Record | None:
        data = self._home.read(self._path)
        if data is None:
            return None
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

    def peek(self) -> Record | None:
        """The record, where there is one that can be read; says and changes nothing."""
        with suppress(OneCloudError):
            data = self._home.read(self._path)
            record = None if data is None else Record.from_json(data)
            return record if isinstance(record, Record) else None
        return None

    def save(self, record: Record) -> None:
        self.load()  # raises where there is something that must not be overwritten
        self._home.replace(self._path, memoryview(record.to_json().encode()))

    def replace(self, before: Record, record: Record) -> None:
        """Keep *record*, unless somebody has signed in or out since *before* was read."""
        if self.load() == before:
            self._home.replace(self._path, memoryview(record.to_json().encode()))

    def tidy(self, before: float) -> None:
        """Take away what a crash has left of writes *before* that time."""
        self._home.sweep(self._path, before)

    def forget(self) -> None:
        """Keep no secret any more, but which tokens were spent, so that none is tried again."""
        self._home.sweep(self._path)
        record = self.load()
        if record is not None and record.spent and not self._pending:
            self.save(record.emptied())
        else:
            self._home.remove(self._path)


class MemoryStore:
    """Keeps the record for as long as the process lives."""

    def __init__(self) -> None:
        self._record: Record | None = None

    def load(self) -> Record | None:
        return self._record

    def save(self, record: Record) -> None:
        self._record = record

    def forget(self) -> None:
        self._record = None
