"""Answers that are kept: how long, where, by whom, and what may become of the file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.api import TABLES, Answers, Kept, KeptRun, Kind, Shelf, Span
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InFile, InMemory

from .clock import Clock

ROWS = [{"id": "1", "name": "é", "schedules": [{"key": "k"}]}]


@pytest.mark.parametrize(("kind", "seconds"), [("metadata", 600), ("security", 3_600)])
def test_an_answer_lives_as_long_as_its_kind(kind: Kind, seconds: int) -> None:
    clock = Clock(1_000.0)
    answers = Answers(ttl=600, clock=clock)
    answers.put("k", kind, ROWS)

    clock.now += seconds - 1
    fresh = answers.get("k")
    clock.now += 1

    assert fresh is not None
    assert (fresh.data, fresh.fetched_at) == (ROWS, 1_000.0)
    assert answers.get("k") is None


def test_an_old_answer_can_still_be_asked_for() -> None:
    clock = Clock(1_000.0)
    answers = Answers(clock=clock)
    answers.put("k", "metadata", ROWS)

    clock.now += 1e6
    stale = answers.get("k", stale=True)

    assert stale is not None
    assert stale.data == ROWS
    assert answers.get("unknown", stale=True) is None


def test_runs_that_ended_are_kept_for_good_and_live_ones_are_never_fresh() -> None:
    clock = Clock(1_000.0)
    answers = Answers(clock=clock)
    answers.put("ended", "runs", ROWS, lasting=True)
    answers.put("live", "runs", ROWS)

    assert answers.get("live") is None
    assert answers.get("live", stale=True) is not None
    clock.now += 1e9
    assert answers.get("ended") is not None


def test_a_reader_cannot_change_what_the_next_one_gets() -> None:
    answers = Answers()
    mine = answers.put("k", "metadata", ROWS).data

    mine[0]["schedules"].append("mine")
    kept = answers.get("k")

    assert kept is not None
    assert kept.data == ROWS


def test_a_kind_is_dropped_without_the_others() -> None:
    answers = Answers()
    answers.put("a", "metadata", [])
    answers.put("b", "metadata", [])
    answers.put("c", "security", [])

    assert answers.drop("metadata") == 2
    assert [one.kind for one in answers.info()] == ["security"]
    assert answers.drop() == 1
    assert answers.info() == []


def test_the_oldest_go_first_when_there_is_too_much() -> None:
    clock = Clock(1_000.0)
    answers = Answers(most_bytes=1_000_000, clock=clock)
    for number in range(40):
        clock.now += 1
        answers.put(str(number), "metadata", "x" * 50_000)

    assert answers.trim() > 0

    kept = [number for number in range(40) if answers.get(str(number), stale=True)]
    assert 10 < len(kept) < 40
    assert kept == list(range(40 - len(kept), 40))


def test_where_there_is_no_room_at_all_nothing_is_kept_and_nothing_hangs() -> None:
    answers = Answers(most_bytes=0)
    answers.put("a", "metadata", [])

    answers.trim()

    assert answers.info() == []


def test_info_counts_entries_bytes_and_times() -> None:
    clock = Clock(1_000.0)
    answers = Answers(clock=clock)
    answers.put("a", "metadata", [])
    clock.now += 5
    answers.put("b", "metadata", [1])

    (told,) = answers.info()

    assert (told.kind, told.entries, told.size_bytes) == ("metadata", 2, 5)
    assert (told.oldest_at, told.newest_at) == (1_000.0, 1_005.0)


def test_variables_are_given_in_the_process_that_asked_for_them_alone(tmp_path: Path) -> None:
    asking, other = on_disk(tmp_path), on_disk(tmp_path)
    data = [{"id": "1", "variables": [{"value": "hunter2"}]}, {"id": "2", "variables": []}]

    asking.put("k", "metadata", data)

    mine, theirs = asking.get("k", whole=True), other.get("k")
    assert mine is not None
    assert mine.data == data
    assert theirs is not None
    assert theirs.data == [{"id": "1"}, {"id": "2", "variables": []}]
    assert other.get("k", whole=True) is None
    assert not any(b"hunter2" in each.read_bytes() for each in tmp_path.rglob("*.sqlite*"))


def test_what_another_kernel_forgets_is_forgotten_here_variables_too(tmp_path: Path) -> None:
    mine, other = on_disk(tmp_path), on_disk(tmp_path)
    mine.put("k", "metadata", [{"variables": [1]}])
    before = mine.version("metadata")

    other.drop("metadata")
    other.put("k", "metadata", [{"variables": [2]}])

    assert mine.version("metadata") != before
    assert mine.get("k", whole=True) is None
    assert mine.get("k") is not None


def test_an_answer_that_was_followed_by_another_is_noticed_here() -> None:
    answers = Answers()
    answers.put("k", "metadata", [1])
    before = answers.version("metadata"), answers.version("security")

    answers.put("other", "metadata", [1])
    assert (answers.version("metadata"), answers.version("security")) == before
    answers.put("k", "metadata", [2])

    assert answers.version("metadata") != before[0]
    assert answers.version("security") == before[1]


def test_an_answer_of_a_kernel_whose_clock_is_far_ahead_is_not_believed(tmp_path: Path) -> None:
    on_disk(tmp_path, Clock(1e6)).put("k", "metadata", [1])

    answers = on_disk(tmp_path, Clock(1_000.0))

    assert answers.get("k") is None
    assert answers.get("k", stale=True) is not None


# ---- the same question at the same time


def test_of_those_who_ask_the_same_at_once_one_asks() -> None:
    answers, asked, everybody = Answers(), [], threading.Barrier(8)

    def ask() -> tuple[Kept, bool]:
        asked.append(1)
        wait_for(lambda: len(waiting(answers)) == 1)
        time.sleep(0.05)  # the others come meanwhile
        return answers.put("k", "runs", ROWS), True

    def read(_: int) -> Any:
        everybody.wait()
        return answers.together("k", ask).data

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [ROWS] * 8
    assert len(asked) == 1


@pytest.mark.parametrize("end", ["it fails", "it was for another account"])
def test_who_waited_in_vain_asks_on_his_own(end: str) -> None:
    answers, turns, began = Answers(), [], threading.Event()

    def ask() -> tuple[Kept, bool]:
        turns.append(1)
        if len(turns) > 1:
            return answers.put("k", "runs", ["mine"]), True
        began.set()
        time.sleep(0.05)  # the other comes meanwhile
        if end == "it fails":
            raise OSError(end)
        return Kept("runs", '["another\'s"]', 0.0), False

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(answers.together, "k", ask)
        began.wait(10)
        second = pool.submit(answers.together, "k", ask)
        assert second.result(10).data == ["mine"]
        assert (first.exception(10) is None) == (end != "it fails")
    assert len(turns) == 2


def waiting(answers: Answers) -> dict[str, Any]:
    return dict(answers._flights)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.001)


# ---- the file


def on_disk(folder: Path, clock: Callable[[], float] = time.time) -> Answers:
    home = Home(folder / "home")
    answers = Answers(clock=clock)
    return answers.keep_in(Shelf(InFile(home, home.answers("me"), TABLES, answers.heard)))


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
    full = False

    class Filling(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if full and sql.startswith("insert"):
                raise sqlite3.OperationalError(words)
            return super().execute(sql, *more)

    plain = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **k: plain(*a, **k, factory=Filling))
        answers = on_disk(tmp_path)
        answers.put("a", "metadata", ROWS)
        full = True
        patched.setattr(sqlite3, "connect", plain)
        kept = answers.put("b", "metadata", ROWS)

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
                answers.on_shelf(lambda shelf: shelf.put_runs([run]))
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


# ---- runs


def run(number: int, started: float | None, *, ended: bool = True, place: str = "e") -> KeptRun:
    return KeptRun(str(number), place, "c", started, ended, 0.0, "{}")


def test_runs_come_newest_first_page_by_page_and_none_twice() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs(run(number, float(number // 3)) for number in range(1_700))

    pages, last = list[list[KeptRun]](), None
    while page := shelf.runs("", (), None, 1e9, last):
        pages.append(page)
        last = page[-1]

    starts = [each.started for page in pages for each in page]
    assert starts == sorted(starts, key=lambda start: -(start or 0))
    assert len({each.id for page in pages for each in page}) == 1_700
    assert len(pages) == 4


def test_runs_of_a_place_between_two_moments() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs([run(1, 10.0), run(2, 20.0), run(3, 20.0, place="f"), run(4, None), run(5, 30)])

    assert [each.id for each in shelf.runs("environment", {"e"}, 10.0, 30.0)] == ["2"]
    assert [each.id for each in shelf.runs("", (), None, 30.0)] == ["3", "2", "1"]
    assert [each.id for each in shelf.not_started("", ())] == ["4"]


def test_a_run_that_has_ended_never_lives_again() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs([run(1, 10.0, ended=False), run(2, 20.0), run(3, 30.0)])
    assert shelf.live("", (), None, 100.0) == [(10.0, 2)]

    shelf.put_runs([run(1, 10.0)])
    shelf.put_runs([run(1, 10.0, ended=False)])

    assert shelf.live("", (), None, 100.0) == []


def test_a_span_is_not_kept_once_its_runs_were_forgotten() -> None:
    answers = Answers()
    drops, span = answers.version("runs")[0], Span(1.0, 2.0, 3.0)

    answers.on_shelf(lambda shelf: shelf.put_span("here", span, drops))
    assert answers.on_shelf(lambda shelf: shelf.span("here")) == span
    answers.drop("runs")
    answers.on_shelf(lambda shelf: shelf.put_span("here", span, drops))

    assert answers.on_shelf(lambda shelf: shelf.span("here")) is None


def test_trimming_runs_leaves_no_span_that_promises_them() -> None:
    answers = Answers(most_bytes=300_000)
    text = json.dumps("x" * 1_000)
    many = [KeptRun(str(n), "e", "c", float(n), True, float(n), text) for n in range(1_000)]
    answers.on_shelf(lambda shelf: shelf.put_runs(many))
    drops = answers.version("runs")[0]
    answers.on_shelf(lambda shelf: shelf.put_span("here", Span(None, 1e9, 0.0), drops))

    assert answers.trim() > 0

    assert answers.on_shelf(lambda shelf: shelf.span("here")) is None
    assert answers.version("runs")[0] > drops
