"""Several who write one record: nobody overwrites what he has not seen."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.errors import OneCloudError, OneCloudWarning
from onecloud_magic.home import Home

TIMES = 25
COUNTS = f"""
import sys
from dataclasses import replace
from pathlib import Path
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.home import Home
store = FileStore("default", Home(Path(sys.argv[1])))
for _ in range({TIMES}):
    store.update(lambda kept: replace(kept, generation=kept.generation + 1))
"""


@pytest.mark.process
def test_no_change_of_several_processes_is_lost(store: FileStore, home: Home) -> None:
    command = [sys.executable, "-c", COUNTS, str(home.root)]
    each = [subprocess.Popen(command) for _ in range(4)]  # noqa: S603  # our own lines

    assert [process.wait(60) for process in each] == [0] * 4
    kept = store.load()
    assert kept is not None
    assert kept.generation == 4 * TIMES


def test_a_write_waits_for_the_change_that_is_under_way(store: FileStore, record: Record) -> None:
    begun, going = threading.Event(), threading.Event()
    seen: list[Record | None] = []

    def slow(kept: Record | None) -> Record | None:
        begun.set()
        going.wait(20)
        return kept and replace(kept, generation=1)

    def quick(kept: Record | None) -> Record | None:
        seen.append(kept)
        return kept and replace(kept, client_id="another")

    first = threading.Thread(target=store.update, args=(slow,))
    second = threading.Thread(target=store.update, args=(quick,))
    first.start()
    assert begun.wait(20)
    second.start()
    going.set()
    first.join()
    second.join()

    assert [each and each.generation for each in seen] == [1]
    assert store.load() == replace(record, generation=1, client_id="another")


def test_a_change_that_raises_changes_nothing(store: FileStore, record: Record) -> None:
    def refuse(kept: Record | None) -> Record | None:
        raise OneCloudError("no")

    with pytest.raises(OneCloudError):
        store.update(refuse)

    assert store.load() == record
    store.save(replace(record, generation=2))  # nobody holds it any more


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_record_that_others_can_read_is_closed_and_that_is_said(
    store: FileStore, record: Record, home: Home
) -> None:
    path = home.record("default")
    path.chmod(0o644)

    with pytest.warns(OneCloudWarning, match="could be read by other users"):
        assert store.load() == record

    assert path.stat().st_mode & 0o777 == 0o600
    with warnings.catch_warnings(action="error"):
        assert store.load() == record


def test_whoever_looks_only_changes_no_mode(
    store: FileStore, ordinary_user: Path, record: Record
) -> None:
    own = FileStore("default", Home(ordinary_user / "home"))
    own.save(record)
    path = Home(ordinary_user / "home").record("default")
    os.chmod(path, 0o644)  # noqa: PTH101  # as a careless copy leaves it

    with warnings.catch_warnings(action="error"):
        assert own.peek() == record

    assert path.stat().st_mode & 0o777 == 0o644
