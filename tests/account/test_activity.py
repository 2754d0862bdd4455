"""What is under way, told by many threads and looked at by anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from onecloud_magic import OneCloud, onlookers
from onecloud_magic.account import Activity


@pytest.fixture
def look_on() -> Iterator[Callable[[onlookers.Onlooker], None]]:
    looking: list[onlookers.Onlooker] = []

    def looks(onlooker: onlookers.Onlooker) -> None:
        looking.append(onlooker)
        onlookers.look_on(onlooker)

    yield looks
    for each in looking:
        onlookers.look_away(each)


LooksOn = Callable[[onlookers.Onlooker], None]


def together(work: Callable[[], object], threads: int = 8) -> None:
    all_of_them = [threading.Thread(target=work) for _ in range(threads)]
    for each in all_of_them:
        each.start()
    for each in all_of_them:
        each.join(60)


# ---- from many threads


def test_no_call_of_many_threads_is_lost(look_on: LooksOn) -> None:
    activity, seen = Activity(), list[int]()
    activity.observe(lambda change: seen.append(change.new), "calls_done")

    def work() -> None:
        with activity.expecting(100):
            for _ in range(100):
                activity.called()

    together(work)

    assert activity.calls_done == seen[-1] == 800
    assert seen == sorted(seen)
    assert activity.calls_expected is None


def test_observers_are_called_one_at_a_time() -> None:
    activity, inside, met = Activity(), threading.Lock(), list[bool]()

    def look(_: object) -> None:
        met.append(inside.acquire(blocking=False))
        if met[-1]:
            inside.release()

    def work() -> None:
        for _ in range(200):
            activity.called()

    activity.observe(look)
    together(work)

    assert all(met)


def test_an_observer_that_makes_a_call_itself_does_not_hang() -> None:
    activity, seen = Activity(), list[int]()

    def look(change: Any) -> None:
        seen.append(change.new)
        if change.new == 1:
            activity.called()

    activity.observe(look, "calls_done")
    with activity.reading("runs"):
        activity.called()

    assert seen == [1, 2]


def test_a_thread_that_is_told_slowly_keeps_no_other_from_its_work() -> None:
    activity, told, go_on = Activity(), threading.Event(), threading.Event()

    def look(_: object) -> None:
        told.set()
        assert go_on.wait(60)

    activity.observe(look, "calls_done")
    slow = threading.Thread(target=activity.called)
    slow.start()
    assert told.wait(60)

    activity.called()  # comes back at once

    go_on.set()
    slow.join(60)
    assert activity.calls_done == 2


def test_the_end_of_a_read_has_been_told_when_it_returns() -> None:
    activity, told, ended = Activity(), threading.Event(), threading.Event()

    def look(change: Any) -> None:
        told.set()
        assert ended.wait(60) or not change.new

    with activity.reading("runs"):
        activity.observe(look, "calls_done")
        slow = threading.Thread(target=activity.called)
        slow.start()
        assert told.wait(60)
        threading.Timer(0.05, ended.set).start()

    assert activity.reads == ()
    slow.join(60)


# ---- reads


def test_a_read_is_told_from_its_first_call_to_its_end(account: OneCloud) -> None:
    told: list[list[str]] = []
    account.activity.observe(lambda change: told.append([it.name for it in change.new]), "reads")

    account.chains()
    account.chains()  # from the cache

    assert told == [["chains"], []]


def test_a_read_in_a_read_is_part_of_it() -> None:
    activity = Activity()

    with activity.reading("outer"), activity.reading("inner"):
        assert [each.name for each in activity.reads] == ["outer"]

    assert activity.reads == ()


def test_reads_of_two_threads_are_two(account: OneCloud) -> None:
    activity, names = account.activity, set[tuple[str, ...]]()
    inside = threading.Barrier(2)
    activity.observe(lambda change: names.add(tuple(it.name for it in change.new)), "reads")

    def work(name: str) -> None:
        with activity.reading(name):
            inside.wait(60)

    other = threading.Thread(target=work, args=("runs",))
    other.start()
    work("logins")
    other.join(60)

    assert {frozenset(each) for each in names} >= {frozenset({"runs", "logins"}), frozenset()}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(KeyboardInterrupt(), "interrupted"), (ValueError("no"), "failed"), (None, "done")],
)
def test_it_is_told_how_a_read_ended(error: BaseException | None, outcome: str) -> None:
    activity = Activity()
    reads: list[Any] = []
    activity.observe(lambda change: reads.extend(change.new), "reads")

    with suppress(KeyboardInterrupt, ValueError), activity.reading("runs"):
        if error is not None:
            raise error

    assert [each.outcome for each in reads] == [outcome]


def test_an_interrupt_in_the_midst_of_a_read_ends_it(account: OneCloud) -> None:
    def interrupt(change: Any) -> None:
        if change.new == before + 2:
            raise KeyboardInterrupt

    before = account.activity.calls_done
    account.activity.observe(interrupt, "calls_done")
    with pytest.raises(KeyboardInterrupt):
        account.chains()
    account.activity.unobserve(interrupt, "calls_done")

    assert account.activity.reads == ()
    assert account.activity.calls_expected is None
    assert len(account.chains()) > 0


# ---- onlookers


def test_what_an_onlooker_raises_is_not_the_reads_concern(
    account: OneCloud, look_on: LooksOn
) -> None:
    def raises(_: object) -> None:
        raise RuntimeError

    seen: list[object] = []
    look_on(raises)
    look_on(seen.append)

    assert len(account.workspaces()) == 3
    assert set(seen) == {account.activity}


def test_who_looks_away_sees_no_more(account: OneCloud, look_on: LooksOn) -> None:
    seen: list[object] = []
    onlooker = seen.append
    look_on(onlooker)

    onlookers.look_away(onlooker)
    account.workspaces()

    assert not seen
