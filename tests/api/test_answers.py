"""Answers that are kept: for how long, for whom, how many."""

from __future__ import annotations

from pathlib import Path

import pytest

from onecloud_magic.api import Answers, Kind

from .clock import Clock
from .keeping import ROWS, on_disk


@pytest.mark.parametrize(("kind", "seconds"), [("metadata", 600), ("security", 3_600)])
def test_an_answer_lives_as_long_as_its_kind(kind: Kind, seconds: int) -> None:
    clock = Clock(1_000.0)
    answers = Answers(clock=clock)
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
    mine = answers.put("k", "metadata", ROWS)[0].data

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
    before = mine.stamp("metadata")

    other.drop("metadata")
    other.put("k", "metadata", [{"variables": [2]}])

    assert mine.stamp("metadata") != before
    assert mine.get("k", whole=True) is None
    assert mine.get("k") is not None


def test_an_answer_that_was_followed_by_another_is_noticed_here() -> None:
    answers = Answers()
    answers.put("k", "metadata", [1])
    before = answers.replaced("metadata"), answers.replaced("security")

    answers.put("other", "metadata", [1])
    assert (answers.replaced("metadata"), answers.replaced("security")) == before
    answers.put("k", "metadata", [2])

    assert answers.replaced("metadata") != before[0]
    assert answers.replaced("security") == before[1]


def test_an_answer_of_a_kernel_whose_clock_is_far_ahead_is_not_believed(tmp_path: Path) -> None:
    on_disk(tmp_path, Clock(1e6)).put("k", "metadata", [1])

    answers = on_disk(tmp_path, Clock(1_000.0))

    assert answers.get("k") is None
    assert answers.get("k", stale=True) is not None
