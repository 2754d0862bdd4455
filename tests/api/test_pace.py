"""The pace as threads meet it: turns, waits, what is told of them, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from onecloud_magic.api import MemoryLedger, Pace, Quota
from onecloud_magic.errors import QuotaExceeded
from onecloud_magic.sandbox.limits import Window

from .clock import Clock

NOT_TOLD = Quota()


def a_pace(clock: Clock, limit: int = 3, window: float = 20.0, **more: object) -> Pace:
    return Pace(limit, window, clock=clock, sleep=clock.sleep, chance=lambda: 0.5, **more)  # type: ignore[arg-type]


def make(pace: Pace, calls: int, quota: Quota = NOT_TOLD) -> None:
    for _ in range(calls):
        with pace.turn() as turn:
            turn.answered(quota)


def flying(pace: Pace) -> int:
    return pace.change(pace.ledger, lambda share, now: len(share.tally.flying))


def interrupted(seconds: float) -> None:
    raise KeyboardInterrupt


def test_calls_go_at_once_while_there_are_some_and_then_wait_for_the_oldest() -> None:
    clock = Clock()
    pace = a_pace(clock)

    make(pace, 3)
    assert clock.slept == []

    clock.now += 5
    make(pace, 1)
    assert sum(clock.slept) == pytest.approx(15.0)
    assert max(clock.slept) <= 0.25  # another kernel may learn meanwhile that it need not wait


def test_a_call_is_counted_from_its_answer() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=1)

    with pace.turn() as turn:
        clock.now += 7
        turn.answered(NOT_TOLD)
        clock.now += 2
    make(pace, 1)

    assert sum(clock.slept) == pytest.approx(18.0)


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt])
def test_a_call_that_ended_without_an_answer_may_have_been_counted(
    end: type[BaseException],
) -> None:
    clock = Clock()
    pace = a_pace(clock, limit=1)

    with pytest.raises(end), pace.turn():
        raise end
    make(pace, 1)

    assert sum(clock.slept) == pytest.approx(20.0)
    assert flying(pace) == 0


def test_an_interrupt_while_waiting_leaves_nothing_behind() -> None:
    clock = Clock()
    told: list[tuple[float, str]] = []
    pace = a_pace(clock, limit=2, waiting=lambda *wait: told.append(wait))
    pace._sleep = interrupted
    make(pace, 2)

    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), pace.turn():
            pytest.fail("it may not go")

    assert flying(pace) == 0
    assert told[-1] == (0.0, "")
    clock.now += 20
    make(pace, 2)


def test_what_an_interrupt_in_the_last_moment_left_is_found_by_the_next_call() -> None:
    clock, ledger = Clock(), MemoryLedger()
    pace = a_pace(clock, limit=1, ledger=ledger)
    turn = pace.turn()
    call = turn.__enter__().call
    from onecloud_magic.api import pace as room

    room._turns.discard(call)  # as if its end had been cut off
    make(a_pace(clock, limit=1, ledger=ledger), 1)

    assert sum(clock.slept) == pytest.approx(20.0)
    assert flying(pace) == 0


def test_a_wait_is_told_once_with_its_seconds_and_its_reason_and_then_its_end() -> None:
    clock = Clock()
    told: list[tuple[float, str]] = []
    pace = a_pace(clock, limit=1, waiting=lambda *wait: told.append(wait))

    make(pace, 2)

    assert told == [(20.0, "1 calls in 20 s were made"), (0.0, "")]


def test_a_wait_of_less_than_a_second_is_not_told() -> None:
    clock = Clock()
    told: list[tuple[float, str]] = []
    pace = a_pace(clock, limit=1, window=0.9, waiting=lambda *wait: told.append(wait))

    make(pace, 5)

    assert told == []


def test_after_a_refusal_the_next_call_waits_a_little_and_longer_after_each_further_one() -> None:
    # It was a whole window each time: a standing one is often over much sooner.
    clock = Clock()
    pace = a_pace(clock, limit=100)
    waits = []

    for _ in range(5):
        before = clock.now
        with pace.turn() as turn:
            waits.append(round(clock.now - before))
            turn.refused(Quota(0, 40_000))

    assert waits == [0, 3, 6, 12, 20]


def test_what_others_use_is_left_to_them() -> None:
    # A whole window was waited out when nothing was left; now calls go in what others leave.
    clock = Clock()
    pace = a_pace(clock, limit=100)

    make(pace, 1, Quota(0, 40_000))
    make(pace, 1)

    assert 0 < sum(clock.slept) <= 20


def test_a_refusal_with_a_spent_day_is_not_waited_out() -> None:
    clock = Clock()
    pace = a_pace(clock)

    with pytest.raises(QuotaExceeded, match="day") as caught, pace.turn() as turn:
        turn.refused(Quota(100, 0))

    assert caught.value.remaining == 0
    assert clock.slept == []


def test_refusals_without_an_end_are_given_up_after_some_minutes() -> None:
    clock = Clock()
    pace, began = a_pace(clock), clock.now

    def refused_for_ever() -> None:
        while True:
            with pace.turn() as turn:
                turn.refused(NOT_TOLD)

    with pytest.raises(QuotaExceeded, match="has refused every call"):
        refused_for_ever()
    assert 300 < clock.now - began < 330


def test_an_answer_in_between_starts_the_patience_anew() -> None:
    clock = Clock()
    pace = a_pace(clock)

    for _ in range(50):
        with pace.turn() as turn:
            turn.refused(NOT_TOLD)
        make(pace, 1)


def test_refusals_of_yesterday_are_not_held_against_the_first_of_today() -> None:
    clock = Clock()
    pace = a_pace(clock)
    for _ in range(2):
        with pace.turn() as turn:
            turn.refused(NOT_TOLD)
        clock.now += 86_400


# ---- what is announced


def test_what_cannot_fit_into_the_day_fails_before_its_first_call_with_the_numbers() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=100)
    make(pace, 1, Quota(99, 120))

    told = pytest.raises(QuotaExceeded, match="150 calls, and 120 are left")
    with told as caught, pace.expects(150):
        pytest.fail("it may not begin")
    assert (caught.value.needed, caught.value.remaining) == (150, 120)
    with pace.expects(120):
        make(pace, 1)


@pytest.mark.parametrize("quota", [NOT_TOLD, Quota(50, None)])
def test_a_remainder_that_was_not_told_stops_nothing(quota: Quota) -> None:
    pace = a_pace(Clock(), limit=100)
    make(pace, 1, quota)

    with pace.expects(10_000):
        make(pace, 1, quota)


def test_a_remainder_that_was_told_long_ago_stops_nothing() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=100)
    make(pace, 1, Quota(99, 0))
    clock.now += 3601

    with pace.expects(10):
        pass


def test_an_announcement_ends_with_its_read_also_when_that_fails() -> None:
    pace = a_pace(Clock(), limit=100)

    def read() -> None:
        with pace.expects(10):
            make(pace, 4)
            assert pace.change(pace.ledger, lambda share, now: share._to_come) == 6
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read()

    assert pace.change(pace.ledger, lambda share, now: share._to_come) == 0


# ---- threads


def test_threads_share_one_window() -> None:
    clock = Clock()
    pace = Pace(100, 20.0, clock=clock, sleep=clock.sleep)
    window, lock = Window(100, 20.0, "sliding"), threading.Lock()
    refused: list[float] = []
    done: list[float] = []

    def work() -> None:
        for _ in range(60):
            with pace.turn() as turn:
                with lock:
                    if not window.remaining(clock.now):
                        refused.append(clock.now)
                    window.count(clock.now)
                    left = window.remaining(clock.now)
                clock.sleep(0.01)
                turn.answered(Quota(left))
            done.append(clock.now)

    in_threads(work, 8)

    assert len(done) == 480
    assert not refused


def test_the_end_of_a_wait_is_told_when_the_last_thread_has_ended_it() -> None:
    clock, lock = Clock(), threading.Lock()
    told: list[tuple[float, str]] = []

    def waiting(seconds: float, why: str) -> None:
        with lock:
            told.append((seconds, why))

    pace = a_pace(clock, limit=4, waiting=waiting)

    in_threads(lambda: make(pace, 4), 4)

    assert told[-1] == (0.0, "")


def in_threads(work: Callable[[], object], number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
