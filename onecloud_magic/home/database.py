"""Opening SQLite files: for the owner alone, shared by threads and processes, made anew if damaged.

WAL lets readers and a writer work side by side. Where a drive cannot do it the old journal is
used: slower, and as safe.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["is_damaged", "opened"]

_PATIENCE = 30.0  # seconds; a transaction takes less than a thousandth of one
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_BESIDE = ("-wal", "-shm", "-journal")


def opened(
    path: Path,
    set_aside: Callable[[], Path | None],
    say: Callable[[str], object],
    whole: bool = False,
) -> sqlite3.Connection:
    """Open the file at *path*; a damaged one goes where *set_aside* puts it."""
    try:
        return _connect(path, whole)
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
    with _alone(path):
        try:
            return _connect(path, whole)  # another process may have been quicker
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
        kept = set_aside()
        for beside in _BESIDE:
            Path(f"{path}{beside}").unlink(missing_ok=True)
        say(f"{path.name} was damaged: it was moved to {kept}, and begun anew.")
        return _connect(path)


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is what SQLite complains of."""
    return _code(error) in _DAMAGED


def _connect(path: Path, whole: bool = False) -> sqlite3.Connection:
    _make(path)
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        _share(connection)
        connection.execute("pragma synchronous=normal")
        connection.execute("select count(*) from sqlite_master").fetchone()
        if whole and connection.execute("pragma quick_check(1)").fetchone() != ("ok",):
            raise _damage()
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    """Make the file for the owner alone, before SQLite makes it for everybody.

    One that is there is not opened: closing it would end the locks that this process has on it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        if sys.platform != "win32" and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _share(connection: sqlite3.Connection) -> None:
    """Switch to WAL, again and again: SQLite's own patience does not cover this step."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            (mode,) = connection.execute("pragma journal_mode=wal").fetchone()
            break
        except sqlite3.OperationalError as error:
            if _code(error) in _BUSY and time.monotonic() < until:
                time.sleep(0.01)
                continue
            mode = "none"
            break
    if mode != "wal":
        connection.execute("pragma journal_mode=delete")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only process that looks whether the file is damaged, where the drive has locks."""
    from filelock import FileLock

    lock = FileLock(f"{path}.lock", timeout=_PATIENCE, mode=0o600, fallback_to_soft=False)
    with suppress(OSError, NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _damage() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _code(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
