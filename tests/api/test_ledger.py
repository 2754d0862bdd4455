"""The ledger that kernels share: its file, what may become of it, and who may be dead."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloudWarning
from onecloud_magic.api import FileLedger
from onecloud_magic.home import Home

from .clock import Clock
from .counting import a_pace, made, make
from .keeping import Disk


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def path(home: Home) -> Path:
    return home.answers("me")


def test_kernels_of_one_account_go_by_one_count(home: Home) -> None:
    clock = Clock()
    one, other = (a_pace(FileLedger(home, "me"), clock) for _ in range(2))

    make(one, 3)
    make(other, 2)
    assert clock.slept == []
    make(one, 1)

    assert sum(clock.slept) == pytest.approx(20.0)


def test_two_accounts_and_two_machines_have_counts_of_their_own(home: Home) -> None:
    clock = Clock()
    ledgers = [FileLedger(home, "me"), FileLedger(home, "you"), FileLedger(home, "me", "there")]

    for ledger in ledgers:
        make(a_pace(ledger, clock), 5)

    assert clock.slept == []
    assert [made(ledger) for ledger in ledgers] == [5, 5, 5]


def test_the_count_outlives_its_kernel(home: Home) -> None:
    make(a_pace(FileLedger(home, "me"), Clock()), 5)

    assert made(FileLedger(home, "me")) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_its_owners_alone(home: Home, path: Path) -> None:
    previous = os.umask(0)
    try:
        make(a_pace(FileLedger(home, "me"), Clock()), 1)
        modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(previous)

    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_clock_that_begins_anew_is_noticed_once(home: Home) -> None:
    # A wait that forgot it would see it again at each look, and never end.
    clock = Clock()
    pace = a_pace(FileLedger(home, "me"), clock)
    make(pace, 5)

    clock.now = 30.0
    make(pace, 1)

    assert sum(clock.slept) == pytest.approx(20.0)


def test_a_file_that_is_damaged_is_moved_aside_and_begun_anew_and_that_is_said_once(
    home: Home, path: Path
) -> None:
    home.replace(path, memoryview(b"no database, whatever its name " * 200))
    pace = a_pace(FileLedger(home, "me"), Clock())

    with pytest.warns(OneCloudWarning) as told:
        make(pace, 3)

    assert [str(each.message).partition(":")[0] for each in told] == ["me.sqlite was damaged"]
    assert made(FileLedger(home, "me")) == 3
    (kept,) = path.parent.glob("*.damaged-*")
    assert kept.read_bytes().startswith(b"no database")


def test_a_file_that_is_damaged_while_it_is_open_costs_no_call(home: Home, path: Path) -> None:
    ledger, clock = FileLedger(home, "me"), Clock()
    pace = a_pace(ledger, clock, 100)
    make(pace, 2)
    with sqlite3.connect(path) as other:
        other.execute("pragma wal_checkpoint(truncate)")
    with path.open("r+b") as file:
        file.write(b"x" * 8192)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        make(pace, 3)

    assert len([each for each in told if each.category is OneCloudWarning]) <= 1


def test_a_tally_that_cannot_be_read_is_begun_anew(home: Home, path: Path) -> None:
    make(a_pace(FileLedger(home, "me"), Clock()), 1)
    with sqlite3.connect(path) as other:
        other.execute("update pace set tally = '{}'")

    make(a_pace(FileLedger(home, "me"), Clock()), 2)

    assert made(FileLedger(home, "me")) == 2


def test_a_file_that_somebody_deletes_is_made_again(home: Home, path: Path) -> None:
    ledger = FileLedger(home, "me")
    pace = a_pace(ledger, Clock())
    make(pace, 2)

    for each in path.parent.iterdir():
        each.unlink()
    make(pace, 1)

    assert path.exists()
    assert made(FileLedger(home, "me")) == 1


def test_where_nothing_can_be_written_the_count_goes_on_in_memory_and_that_is_said_once(
    ordinary_user: Path,
) -> None:
    home = Home(ordinary_user / "home")
    home.root.mkdir(mode=0o500)
    clock = Clock()
    pace = a_pace(FileLedger(home, "me"), clock)

    with pytest.warns(OneCloudWarning, match="cannot be shared") as told:
        make(pace, 6)

    assert len(told) == 1
    assert sum(clock.slept) == pytest.approx(20.0)


@pytest.mark.parametrize("words", ["attempt to write a readonly database", "disk is full"])
def test_what_was_counted_before_the_disk_was_full_still_counts(
    home: Home, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    disk, clock = Disk(monkeypatch, words), Clock()
    pace = a_pace(FileLedger(home, "me"), clock)
    make(pace, 3)

    disk.full = True
    with pytest.warns(OneCloudWarning, match=words):
        make(pace, 3)

    assert sum(clock.slept) == pytest.approx(20.0)


def test_a_drive_without_wal_has_the_old_journal(
    home: Home, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoWal(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql == "pragma journal_mode=wal":
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *more)

    plain = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **k: plain(*a, **k, factory=NoWal))
        make(a_pace(FileLedger(home, "me"), Clock()), 2)

    with plain(path) as seen:
        assert seen.execute("pragma journal_mode").fetchone() == ("delete",)
    assert made(FileLedger(home, "me")) == 2


def test_the_switch_to_wal_is_repeated_while_others_are_in_the_way(
    home: Home, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    class Busy(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql == "pragma journal_mode=wal":
                tries.append(sql)
                if len(tries) < 4:
                    error = sqlite3.OperationalError("database is locked")
                    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                    raise error
            return super().execute(sql, *more)

    plain = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **k: plain(*a, **k, factory=Busy))
        make(a_pace(FileLedger(home, "me"), Clock()), 1)

    with plain(path) as seen:
        assert seen.execute("pragma journal_mode").fetchone() == ("wal",)
