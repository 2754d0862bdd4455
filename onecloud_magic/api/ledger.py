"""Where the tally of an account is kept: in memory, or in a file that kernels share.

A ledger is changed by one thread of one process at a time. Times in it are those of a clock that
all processes of a machine see, and that a new date of the machine does not move; so each machine
has a row of its own, and others on the same drive are to it what any other program is.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..home.sharing import InFile, Tables, Unusable
from .tally import Tally

if TYPE_CHECKING:
    import sqlite3

    from ..home import Home

__all__ = ["FileLedger", "Ledger", "MemoryLedger", "has_ended", "owner"]

T = TypeVar("T")
_BORN = uuid.uuid4().hex[:12]
_TABLE = Tables(
    "pace", "create table if not exists pace (machine text primary key, tally text) without rowid"
)


def owner() -> str:
    """The name under which this process has calls under way; a fork has another."""
    return f"{os.getpid()}-{_BORN}"


def has_ended(name: str) -> bool:
    """Whether the process of that name has surely ended: then its calls are not under way."""
    number, _, born = name.partition("-")
    if not number.isdecimal():
        return True
    if int(number) == os.getpid():
        return born != _BORN  # it had our number before us
    if sys.platform == "win32":
        return False  # nobody to ask there without doing harm: what it left ends by its age
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        pass  # it is another user's
    return False


class Ledger(Protocol):
    """What keeps a tally."""

    def change(self, step: Callable[[Tally], T]) -> T:
        """Take *step* with the tally, alone; it may be taken again where it could not be kept."""

    def troubles(self) -> list[str]:
        """What has to be said to people since it was last asked."""


class MemoryLedger:
    """A tally that ends with the process."""

    def __init__(self, tally: Tally | None = None) -> None:
        self._tally, self._lock = tally or Tally(), threading.RLock()

    def change(self, step: Callable[[Tally], T]) -> T:
        with self._lock:
            return step(self._tally)

    def troubles(self) -> list[str]:
        return []


class FileLedger:
    """The tally of *account* on this machine, in its file; in memory where that cannot be."""

    def __init__(self, home: Home, account: str, machine: str = "") -> None:
        self._troubles: list[str] = []
        self._file = InFile(home, home.answers(account), _TABLE, self._troubles.append)
        self._machine = machine or platform.node() or "here"
        self._lock = threading.RLock()
        self._last = Tally()
        self._memory: MemoryLedger | None = None

    def change(self, step: Callable[[Tally], T]) -> T:
        with self._lock:
            if self._memory is None:
                try:
                    return self._file.take(lambda database: self._changed(database, step))
                except Unusable as why:
                    self._memory = self._instead(str(why))
            return self._memory.change(step)

    def troubles(self) -> list[str]:
        with self._lock:
            said = list(self._troubles)
            self._troubles.clear()
        return said

    def close(self) -> None:
        """Close the file; the next change opens it again."""
        self._file.close()

    def _changed(self, database: sqlite3.Connection, step: Callable[[Tally], T]) -> T:
        database.execute("begin immediate")
        found = database.execute(_READ, (self._machine,)).fetchone()
        tally = Tally.from_json(found[0]) if found else Tally()
        result = step(tally)
        # Of a wait too: a clock that began anew, or a death, is noticed once.
        database.execute(_WRITE, (self._machine, tally.to_json()))
        database.execute("commit")
        self._last = tally
        return result

    def _instead(self, why: str) -> MemoryLedger:
        with suppress(Exception):
            self.close()
        self._troubles.append(
            f"The pace of calls cannot be shared with other kernels: {why.rstrip('.')} "
            f"({self._file.path}). Until this one ends, each goes by its own count."
        )
        return MemoryLedger(self._last)


_READ = "select tally from pace where machine = ?"
_WRITE = "insert or replace into pace values (?, ?)"
