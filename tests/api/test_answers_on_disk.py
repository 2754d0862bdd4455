"""The file of the answers: who may read it, who shares it, and what may become of it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.api import TABLES, Answers, Shelf
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InMemory, Unusable

from .keeping import ROWS, Disk, on_disk


def test_the_file_is_for_its_owner_alone_and_outlives_the_kernel(tmp_path: Path) -> None:
    on_disk(tmp_path).put("k", "metadata", ROWS)

    kept = on_disk(tmp_path).get("k")

    assert kept is not None
    assert kept.data == ROWS
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.rglob("*.sqlite*")}
    assert set(modes.values()) == {0o600}


def test_the_file_stays_within_its_bounds(tmp_path: Path) -> None:
    answers = on_disk(tmp_path)
    answers.most_bytes = 2_000_000

    for number in range(300):
        answers.put(str(number), "metadata", "x" * 50_000)

    size = sum(each.stat().st_size for each in tmp_path.rglob("me.sqlite*"))
    assert 500_000 < size < 12_000_000


def test_a_damaged_file_is_moved_aside_and_that_is_said(tmp_path: Path) -> None:
    path = Home(tmp_path / "home").answers("me")
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_bytes(b"no database " * 1_000)
    answers = on_disk(tmp_path)

    answers.put("k", "metadata", ROWS)

    assert answers.get("k")
    assert [each.partition(":")[0] for each in answers.troubles()] == ["me.sqlite was damaged"]
    assert answers.troubles() == []
    (kept,) = path.parent.glob("*.damaged-*")
    assert kept.read_bytes().startswith(b"no database")


def test_a_file_that_somebody_deletes_costs_its_answers_and_nothing_else(tmp_path: Path) -> None:
    answers = on_disk(tmp_path)
    answers.put("k", "metadata", ROWS)
    for each in (tmp_path / "home" / "answers").iterdir():
        each.unlink()

    assert answers.get("k") is None
    answers.put("k", "metadata", ROWS)

    assert on_disk(tmp_path).get("k")


def test_where_nothing_can_be_written_answers_stay_in_memory_and_that_is_said_once(
    ordinary_user: Path,
) -> None:
    (ordinary_user / "home").mkdir(mode=0o500)
    answers = on_disk(ordinary_user)

    for name in ("a", "b"):
        answers.put(name, "metadata", ROWS)

    assert answers.get("a")
    assert answers.get("b")
    (said,) = answers.troubles()
    assert "kept in memory" in said


@pytest.mark.parametrize("words", ["attempt to write a readonly database", "disk is full"])
def test_a_disk_that_fills_up_loses_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    disk, answers = Disk(monkeypatch, words), on_disk(tmp_path)
    answers.put("a", "metadata", ROWS)

    disk.full = True
    kept, _ = answers.put("b", "metadata", ROWS)

    assert kept.data == ROWS
    assert answers.get("b")
    (said,) = answers.troubles()
    assert words in said


TOGETHER = """
import random, sys, threading, time
from pathlib import Path
from onecloud_magic.api import TABLES, Answers, KeptRun, Shelf
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InFile

home = Home(Path(sys.argv[1]))

def work():
    try:
        for turn in range(60):
            key = str(random.randrange(150))
            if random.random() < 0.3:
                answers.put(key, "metadata", ["x" * 5_000])
                run = KeptRun(key, "e", "c", float(turn), True, 0.0, "{}")
                answers.put_runs([run], answers.stamp("runs"))
            else:
                answers.get(key)
    except BaseException as error:
        wrong.append(repr(error))

wrong = []
answers = Answers()
answers.keep_in(Shelf(InFile(home, home.answers("me"), TABLES, answers.heard)))
threads = [threading.Thread(target=work) for _ in range(8)]
while time.time() < float(sys.argv[2]):
    time.sleep(0.001)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(wrong + answers.troubles() or "well")
"""


@pytest.mark.process
def test_processes_that_open_a_new_file_together_never_find_it_locked(tmp_path: Path) -> None:
    at = str(time.time() + 1.5)
    every = [
        subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, "-c", TOGETHER, str(tmp_path / "home"), at],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]

    assert [each.communicate(timeout=90)[0].strip() for each in every] == ["well"] * 4
    assert on_disk(tmp_path).info()


def test_damage_that_a_step_comes_upon_is_moved_aside_too(tmp_path: Path) -> None:
    answers = on_disk(tmp_path)
    for number in range(200):
        answers.put(str(number), "metadata", "x" * 5_000)
    answers._shelf.database.close()
    path = Home(tmp_path / "home").answers("me")
    with sqlite3.connect(path) as other:
        other.execute("pragma wal_checkpoint(truncate)")
        (root,) = other.execute(
            "select rootpage from sqlite_master where name = 'answers'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4_096)
        file.write(b"\xff" * 4_096)

    fresh = on_disk(tmp_path)
    assert fresh.get("5") is None
    fresh.put("k", "metadata", ROWS)

    assert [each.partition(":")[0] for each in fresh.troubles()] == ["me.sqlite was damaged"]
    assert on_disk(tmp_path).get("k")
    assert list(path.parent.glob("*.damaged-*"))


def test_what_cannot_be_forgotten_is_said_and_not_passed_over(tmp_path: Path) -> None:
    class Held(InMemory):
        def take(self, step: Any) -> Any:
            raise Unusable("database is locked")

    answers = Answers().keep_in(Shelf(Held(TABLES)))

    with pytest.raises(Unusable, match="locked"):
        answers.drop()
