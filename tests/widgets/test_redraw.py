"""Drawing not too often, and always the last time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from onecloud_magic.widgets.redraw import Redraw
from tests.conftest import Clock


class Timers:
    """Timers that go off when the clock of the test has come to them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.daemon = False

    def __call__(self, wait: float, ring: Callable[[], None]) -> Timers:
        self.due.append((self.clock() + wait, ring))
        return self

    def start(self) -> None:
        pass

    def cancel(self) -> None:
        self.due.clear()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        rings = [ring for at, ring in self.due if at <= self.clock()]
        self.due = [each for each in self.due if each[0] > self.clock()]
        for ring in rings:
            ring()


def drawing(clock: Clock) -> tuple[Redraw, Timers, list[float]]:
    drawn: list[float] = []
    timers = Timers(clock)
    redraw = Redraw(
        lambda: drawn.append(clock()),
        clock=clock,
        timer=timers,  # type: ignore[arg-type]  # it rings when it is told to
    )
    return redraw, timers, drawn


def test_the_first_change_is_drawn_at_once(clock: Clock) -> None:
    redraw, _, drawn = drawing(clock)

    redraw.ask()

    assert len(drawn) == 1


def test_ten_a_second_are_drawn_and_the_last_one_always(clock: Clock) -> None:
    redraw, timers, drawn = drawing(clock)

    for _ in range(1000):
        redraw.ask()
        timers.advance(0.001)
    timers.advance(0.2)

    assert 9 <= len(drawn) <= 12
    redraw.ask()
    assert drawn[-1] == clock()  # a while after, it is drawn at once again


def test_an_end_draws_what_is_due_and_nothing_after(clock: Clock) -> None:
    redraw, timers, drawn = drawing(clock)
    redraw.ask()
    redraw.ask()

    redraw.end()
    redraw.ask()
    timers.advance(10)

    assert len(drawn) == 2


def test_an_end_with_nothing_due_draws_nothing(clock: Clock) -> None:
    redraw, _, drawn = drawing(clock)
    redraw.ask()

    redraw.end()

    assert len(drawn) == 1


def test_with_real_timers_the_last_of_many_threads_is_seen() -> None:
    value, seen, done = [0], [0], threading.Event()

    def draw() -> None:
        seen[0] = value[0]
        if seen[0] == 400:
            done.set()

    redraw, lock = Redraw(draw), threading.Lock()

    def count() -> None:
        for _ in range(100):
            with lock:
                value[0] += 1
            redraw.ask()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert done.wait(20), (seen, time.monotonic())
