"""An SQLite file that threads and processes of a user change at once.

Each step is taken on a connection that nobody else has meanwhile: one behind a lock would let all
threads wait for the slowest. What a fork has from its parent is not used, and not closed either,
since that would end the parent's locks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..errors import OneCloudError
from .database import is_damaged

if TYPE_CHECKING:
    from pathlib import Path

    from .places import Home

__all__ = ["Database", "InFile", "InMemory", "Tables", "Unusable"]

T = TypeVar("T")
Step = Callable[[sqlite3.Connection], T]
_Mark = tuple[int, int, int]  # process, device, file
_THERE = "select 1 from sqlite_master where name = ?"


class Tables(NamedTuple):
    """Tables of a file: the name of the one that is made last, and what makes them all."""

    last: str
    sql: str


class Unusable(Exception):
    """The file cannot be used; says why."""


class InFile:
    """The file at *path*; *tables* is what makes those that are not there yet.

    *say* hears of a damaged file that was moved aside.
    """

    def __init__(
        self,
        home: Home,
        path: Path,
        tables: Tables,
        say: Callable[[str], object] = lambda words: None,
    ) -> None:
        self.path = path
        self._home, self._tables, self._say = home, tables, say
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_of: _Mark = (0, 0, 0)
        self._of_parents: list[object] = []

    def take(self, step: Step[T]) -> T:
        """Take *step* on the file; once more where it turns out to be damaged.

        Raises:
            Unusable: it cannot be opened, read or written.
        """
        try:
            return self._once(step)
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise Unusable(str(error)) from None
            self.close()
        except (OSError, OneCloudError) as error:
            raise Unusable(str(error)) from None
        try:
            return self._once(step, whole=True)
        except (sqlite3.Error, OSError, OneCloudError) as error:
            raise Unusable(str(error)) from None

    def close(self) -> None:
        """Close what is open; the next step opens it again."""
        with self._lock:
            self._let_go()

    def _once(self, step: Step[T], *, whole: bool = False) -> T:
        connection, mark = self._borrowed(whole)
        try:
            result = step(connection)
        except BaseException:  # an interrupt may have left half of a transaction
            _close(connection)
            raise
        with self._lock:
            if mark == self._idle_of:
                self._idle.append(connection)
                return result
        _close(connection)
        return result

    def _borrowed(self, whole: bool) -> tuple[sqlite3.Connection, _Mark]:
        """A connection to the file that has the name now, of this process.

        With *whole* all of the file is looked at, and a damaged one set aside.
        """
        with self._lock:
            mark = self._mark()
            if mark != self._idle_of:
                self._let_go()
            elif self._idle and not whole:
                return self._idle.pop(), mark
        connection = self._home.database(self.path, self._say, whole=whole)
        try:
            # Looked at first: a disk that is full can still be read.
            if not connection.execute(_THERE, (self._tables.last,)).fetchone():
                connection.executescript(f"begin immediate; {self._tables.sql}; commit")
        except BaseException:
            _close(connection)
            raise
        with self._lock:
            mark = self._mark()
            if mark != self._idle_of:
                self._let_go()
                self._idle_of = mark
        return connection, mark

    def _let_go(self) -> None:
        if self._idle_of[0] == os.getpid():
            for each in self._idle:
                _close(each)
        else:
            self._of_parents.append(self._idle)
        self._idle, self._idle_of = [], (0, 0, 0)

    def _mark(self) -> _Mark:
        try:
            seen = self.path.stat()
        except OSError:
            return os.getpid(), 0, 0
        return os.getpid(), seen.st_dev, seen.st_ino


class InMemory:
    """Tables that end with the process; *tables* is what makes them."""

    def __init__(self, tables: Tables) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.executescript(tables.sql)

    def take(self, step: Step[T]) -> T:
        """Take *step*, alone.

        Raises:
            Unusable: it cannot be taken.
        """
        with self._lock:
            try:
                if self._connection.in_transaction:  # an interrupt has left half of one
                    self._connection.rollback()
                return step(self._connection)
            except sqlite3.Error as error:
                raise Unusable(str(error)) from None

    def close(self) -> None:
        """Nothing is open that others could miss."""


Database = InFile | InMemory


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.close()
