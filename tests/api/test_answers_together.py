"""The same question at the same time: one asks, the others wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onecloud_magic.api import Answers, Flights, Kept

from .keeping import ROWS


def test_of_those_who_ask_the_same_at_once_one_asks() -> None:
    answers, asked, everybody = Answers(), [], threading.Barrier(8)

    def ask() -> tuple[Kept, bool]:
        asked.append(1)
        wait_for(lambda: len(waiting(answers)) == 1)
        time.sleep(0.05)  # the others come meanwhile
        return answers.put("k", "runs", ROWS)[0], True

    def read(_: int) -> Any:
        everybody.wait()
        return answers.flights.together("k", 0, ask).data

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [ROWS] * 8
    assert len(asked) == 1


@pytest.mark.parametrize("end", ["it fails", "it was for another account"])
def test_who_waited_in_vain_asks_on_his_own(end: str) -> None:
    answers, turns, began = Answers(), [], threading.Event()

    def ask() -> tuple[Kept, bool]:
        turns.append(1)
        if len(turns) > 1:
            return answers.put("k", "runs", ["mine"])[0], True
        began.set()
        time.sleep(0.05)  # the other comes meanwhile
        if end == "it fails":
            raise OSError(end)
        return Kept("runs", '["another\'s"]', 0.0), False

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(answers.flights.together, "k", 0, ask)
        began.wait(10)
        second = pool.submit(answers.flights.together, "k", 0, ask)
        assert second.result(10).data == ["mine"]
        assert (first.exception(10) is None) == (end != "it fails")
    assert len(turns) == 2


def waiting(answers: Answers) -> list[Any]:
    return list(answers.flights._under_way)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.001)


def test_who_comes_after_answers_were_forgotten_does_not_wait_for_an_older_one() -> None:
    flights, under_way = Flights[str](), threading.Event()
    go_on = threading.Event()

    def old() -> tuple[str, bool]:
        under_way.set()
        go_on.wait(10)
        return "old", True

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(flights.together, "k", "before", old)
        under_way.wait(10)
        assert flights.together("k", "after", lambda: ("new", True)) == "new"
        go_on.set()
        assert first.result(10) == "old"


def test_an_interrupt_leaves_nothing_to_wait_for() -> None:
    flights = Flights[str]()

    def interrupted() -> tuple[str, bool]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        flights.together("k", 0, interrupted)

    assert flights.together("k", 0, lambda: ("mine", True)) == "mine"
    assert flights._under_way == {}
