import threading
from contextlib import ExitStack
from heapq import heappop, heappush

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.api import Pace, Quota, Turn
from onecloud_magic.errors import QuotaExceeded

from .clock import Clock

NOT_TOLD = Quota()
LEFT = Quota(50, 40_000)


def a_pace(clock: Clock, limit: int = 3, window: float = 20.0) -> Pace:
    return Pace(limit, window, clock=clock, sleep=clock.sleep)


def make(pace: Pace, calls: int, quota: Quota = LEFT) -> None:
    for _ in range(calls):
        with pace.turn() as turn:
            turn.answered(quota)


def crowded(arrivals: list[float], limit: int, window: float) -> bool:
    """Whether the service, which counts arrivals, would have had to refuse one of them."""
    times = sorted(arrivals)
    return any(late - early < window for early, late in zip(times, times[limit:], strict=False))


def test_calls_go_at_once_while_there_are_some_and_then_wait_for_the_oldest() -> None:
    clock = Clock()
    pace = a_pace(clock)

    make(pace, 3)
    assert clock.slept == []

    clock.now += 5
    make(pace, 1)
    assert clock.slept == [15.0]


def test_a_call_is_counted_from_its_answer() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=1)

    with pace.turn() as turn:
        clock.now += 7
        turn.answered(LEFT)
        clock.now += 2
    make(pace, 1)

    assert clock.slept == [18.0]


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt])
def test_a_call_that_ended_without_an_answer_may_have_been_counted(
    end: type[BaseException],
) -> None:
    clock = Clock()
    pace = a_pace(clock, limit=1)

    with pytest.raises(end), pace.turn():
        raise end
    make(pace, 1)

    assert clock.slept == [20.0]


def test_an_interrupt_while_waiting_leaves_the_pace_as_it_was() -> None:
    clock = Clock()
    told: list[tuple[float, str]] = []

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    pace = Pace(2, clock=clock, sleep=interrupted, waiting=lambda *wait: told.append(wait))
    make(pace, 2)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), pace.turn():
            pytest.fail("it may not go")
    clock.now += 20
    make(pace, 2)

    assert told[-1] == (0.0, "")


def test_a_wait_is_told_with_its_seconds_and_its_reason_and_then_its_end() -> None:
    clock = Clock()
    told: list[tuple[float, str]] = []
    pace = Pace(1, clock=clock, sleep=clock.sleep, waiting=lambda *wait: told.append(wait))

    make(pace, 2)

    assert told == [(20.0, "1 calls in 20 s were made"), (0.0, "")]


def test_after_a_refusal_nobody_calls_for_a_window() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=100)

    with pace.turn() as turn:
        turn.refused(Quota(0, 40_000))
    make(pace, 5)

    assert clock.slept == [20.0]


def test_none_left_though_we_made_few_means_that_others_call_too() -> None:
    clock = Clock()
    pace = a_pace(clock, limit=100)

    make(pace, 1, Quota(0, 40_000))
    make(pace, 1)

    assert clock.slept == [20.0]


def test_a_refusal_with_a_spent_day_is_not_waited_out() -> None:
    clock = Clock()
    pace = a_pace(clock)

    with pytest.raises(QuotaExceeded, match="day") as caught, pace.turn() as turn:
        turn.refused(Quota(100, 0))

    assert caught.value.remaining == 0
    assert clock.slept == []


def test_refusals_without_an_end_are_given_up_after_some_minutes() -> None:
    clock = Clock()
    pace = a_pace(clock)

    def refused_for_ever() -> None:
        while True:
            with pace.turn() as turn:
                turn.refused(NOT_TOLD)

    with pytest.raises(QuotaExceeded, match="320 s"):
        refused_for_ever()


def test_an_answer_in_between_starts_the_patience_anew() -> None:
    clock = Clock()
    pace = a_pace(clock)

    for _ in range(50):
        with pace.turn() as turn:
            turn.refused(NOT_TOLD)
        make(pace, 1)


class World:
    """A service some way off: calls are in flight while others wait for their turn."""

    def __init__(self) -> None:
        self.now = 0.0
        self.arrivals: list[float] = []
        self.flying: list[tuple[float, int, ExitStack, Turn]] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.flying and self.flying[0][0] <= until:
            self.now, _, stack, turn = heappop(self.flying)
            turn.answered(LEFT)
            stack.close()
        self.now = until

    def send(self, pace: Pace, there: float, back: float) -> None:
        stack = ExitStack()
        turn = stack.enter_context(pace.turn())
        self.arrivals.append(self.now + there)
        entry = (self.now + there + back, len(self.arrivals), stack, turn)
        heappush(self.flying, entry)


way = st.floats(0, 30)


@given(
    st.lists(st.tuples(way, way, st.floats(0, 5)), max_size=60),
    st.integers(1, 7),
    st.sampled_from([0.5, 20.0]),
)
def test_the_service_never_sees_more_than_its_limit_in_any_window(
    calls: list[tuple[float, float, float]], limit: int, window: float
) -> None:
    world = World()
    pace = Pace(limit, window, clock=world.clock, sleep=world.sleep)

    for there, back, pause in calls:
        world.send(pace, there, back)
        world.sleep(pause)

    assert not crowded(world.arrivals, limit, window - 1e-6)


def test_threads_share_one_window() -> None:
    clock = Clock()
    pace = Pace(100, 20.0, clock=clock, sleep=clock.sleep)
    arrivals: list[float] = []

    def work() -> None:
        for _ in range(60):
            with pace.turn() as turn:
                arrivals.append(clock.now)
                clock.sleep(0.01)
                turn.answered(LEFT)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(arrivals) == 480
    assert not crowded(arrivals, 100, 20.0 - 1e-6)
