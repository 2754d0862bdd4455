"""Where the record of a profile is kept: in a file, or in memory only."""

from __future__ import annotations

from typing import Protocol

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

    A file that cannot be understood is never overwritten: every method raises `NotSignedIn`.
    """

    def __init__(self, profile: str, home: Home) -> None:
        self._home = home
        self._path = home.record(profile)

    def load(self) -> Record | None:
        data = self._home.read(self._path)
        return None if data is None else Record.from_json(data, self._path)

    def save(self, record: Record) -> None:
        self.load()  # raises where there is something that must not be overwritten
        self._home.replace(self._path, memoryview(record.to_json().encode()))

    def forget(self) -> None:
        self.load()  # likewise
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
