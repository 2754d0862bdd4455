"""All that is kept below one home of a profile: its session, its sign-ins, their journals.

Also what the other profiles there know of a refresh token, which is good for one use in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from filelock import FileLock

from ..errors import OneCloudError
from ..home import Home
from .journal import Entry, Journal
from .records import Record
from .recovery import may_be_spent
from .stores import FileStore

__all__ = ["Profile", "Trace"]


@dataclass(frozen=True)
class Trace:
    """Where a refresh token was spent: the profile, and the record that knows of it.

    Attributes:
        pending: the sign-in of that profile which spent it; empty for its session.
        lives: whether the record is what came of it: has its successor.
    """

    profile: str
    pending: str
    record: Record
    lives: bool

    @property
    def named(self) -> str:
        """The profile to go on in; empty where nothing is left to go on with."""
        return self.profile if self.lives else ""


@dataclass(frozen=True)
class Profile:
    """What is kept of one profile below *home*."""

    home: Home
    name: str

    def store(self, pending: str = "") -> FileStore:
        """The store of the session, or of the sign-in *pending*."""
        return FileStore(self.name, self.home, pending)

    def journal(self, pending: str = "") -> Journal:
        """The journal that belongs to that store."""
        return Journal(self.home, self.home.journal(self.name, pending))

    def beside(self, pending: str) -> list[Entry]:
        """What all journals but that of *pending* tell: of every profile: a token counts once."""
        found: list[Entry] = []
        for profile, place in self._places():
            if (profile, place) != (self.name, pending):
                # What stands in the way in another profile must not end this one.
                with suppress(*(() if profile == self.name else (OneCloudError,))):
                    found += Journal(self.home, self.home.journal(profile, place)).read()
        return found

    def trace(self, record: Record, but: str | None = None) -> Trace | None:
        """Where the refresh token of *record* was spent, as far as anybody here knows.

        A successor that lives comes before one that was given up, this profile before others.
        The sign-in *but* (empty: the session) of this profile is not asked.
        """
        found = [
            Trace(profile, place, kept, kept.came_of(record))
            for profile, place in self._places()
            if (profile, place) != (self.name, but)
            and (kept := FileStore(profile, self.home, place).peek())
            and kept.has_spent(record)
        ]
        return min(found, key=self._rank, default=None)

    def forget(self) -> None:
        """Keep no secret of the profile any more, but which tokens were spent or may be.

        A renewal that is under way right now takes its own journal away when it ends.
        """
        for place in ("", *self.home.pending(self.name)):
            self.store(place).forget(may_be_spent(self.journal(place).read()))
        with suppress(OSError, NotImplementedError), self._lock():
            for place in ("", *self.home.pending(self.name)):
                self.journal(place).drop()

    def _lock(self) -> FileLock:
        return FileLock(self.home.lock(self.name), timeout=0, mode=0o600, fallback_to_soft=False)

    def _places(self) -> Iterator[tuple[str, str]]:
        for profile in self.home.profiles():
            for place in ("", *self.home.pending(profile)):
                yield profile, place

    def _rank(self, trace: Trace) -> tuple[bool, bool, bool]:
        return not trace.lives, trace.profile != self.name, trace.pending != ""
