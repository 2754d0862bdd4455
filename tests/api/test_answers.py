import pytest

from onecloud_magic.api import Answers, Kind

from .clock import Clock

ROWS = [{"id": "1", "name": "é", "variables": [{"key": "k"}]}]


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
    answers.put("ended", "runs", ROWS, ended=True)
    answers.put("live", "runs", ROWS)

    assert answers.get("live") is None
    assert answers.get("live", stale=True) is not None
    clock.now += 1e9
    assert answers.get("ended") is not None


def test_a_reader_cannot_change_what_the_next_one_gets() -> None:
    answers = Answers()
    mine = answers.put("k", "metadata", ROWS).data

    mine[0]["variables"].append("mine")
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
    answers = Answers(most_bytes=100)
    for name in ("a", "b", "a", "c"):
        answers.put(name, "metadata", "x" * 40)

    assert answers.get("b") is None
    assert answers.get("a")
    assert answers.get("c")


def test_info_counts_entries_bytes_and_times() -> None:
    clock = Clock(1_000.0)
    answers = Answers(clock=clock)
    answers.put("a", "metadata", [])
    clock.now += 5
    answers.put("b", "metadata", [1])

    (told,) = answers.info()

    assert (told.kind, told.entries, told.size_bytes) == ("metadata", 2, 5)
    assert (told.oldest_at, told.newest_at) == (1_000.0, 1_005.0)
