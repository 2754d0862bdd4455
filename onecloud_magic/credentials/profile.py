"""All that is kept below one home of a profile: its session, its sign-ins, their journals.

Also what the other profiles there know of a refresh token, which is good for one use in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

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
        """The entries of all journals but that of *pending*, also of the other profiles."""
        found: list[Entry] = []
        for profile, place in self._places():
            if (profile, place) != (self.name, pending):
                found += self._entries(profile, place)
        return found

    def _entries(self, profile: str, place: str) -> list[Entry]:
        try:
            return Journal(self.home, self.home.journal(profile, place)).read()
        except OneCloudError:
            if profile == self.name:
                raise
            return []  # what stands in the way in another profile must not end this one

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

    def forget(self, keeps: Callable[[Record], bool] = lambda record: False) -> None:
        """Keep no secret of the profile any more, but which tokens were spent or may be.

        What *keeps* says of is left alone. A renewal that is under way right now takes its own
        journal away when it ends. Something that cannot be read is said once all else is done.
        """
        asked = may_be_spent(list(self._own_entries()))
        trouble: OneCloudError | None = None
        for place in ("", *self.home.pending(self.name)):
            try:
                kept = self.store(place).load()
                if kept is None or not keeps(kept):
                    self.store(place).forget(asked)
            except OneCloudError as error:
                trouble = error
        self.home.sweep(self.home.record(self.name, "*"))
        self.home.forget_damaged(self.name)
        with (
            suppress(TimeoutError, NotImplementedError),
            self.home.hold(self.home.lock(self.name), 0),
        ):
            self.tidy(answers=True)
        if trouble is not None:
            raise trouble

    def tidy(self, *, answers: bool = False) -> None:
        """Take away the journals of what was signed out. Only for who holds the lock.

        An answer whose record is gone is for who signs in with its token again; with *answers* it
        goes, too.
        """
        for place in ("", *self.home.pending(self.name)):
            kept = self.store(place).peek()
            if kept.signed_out if kept else answers:
                self.journal(place).drop()

    def _own_entries(self) -> Iterator[Entry]:
        for place in ("", *self.home.pending(self.name)):
            yield from self.journal(place).read()

    def _places(self) -> Iterator[tuple[str, str]]:
        for profile in self.home.profiles():
            for place in ("", *self.home.pending(profile)):
                yield profile, place

    def _rank(self, trace: Trace) -> tuple[bool, bool, bool]:
        return not trace.lives, trace.profile != self.name, trace.pending != ""
