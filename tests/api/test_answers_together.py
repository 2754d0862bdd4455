"""The same question at the same time: one asks, the others wait."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onecloud_magic.api import Answers, Flights, Kept

from .keeping import ROWS


class Crowded(Flights[Kept]):
    """Questions of which one is asked only when *all* are there."""

    def __init__(self, all: int) -> None:
        super().__init__()
        self._left, self._lock_of_left = all, threading.Lock()
        self.all_there = threading.Event()

    def _joined(self, key: Hashable, mine: Any) -> Any:
        flight = super()._joined(key, mine)
        with self._lock_of_left:
            self._left -= 1
            if self._left == 0:
                self.all_there.set()
        return flight


def test_of_those_who_ask_the_same_at_once_one_asks() -> None:
    answers, flights, asked = Answers(), Crowded(8), []

    def ask() -> tuple[Kept, bool]:
        asked.append(1)
        assert flights.all_there.wait(10)
        return answers.put("k", "runs", ROWS)[0], True

    with ThreadPoolExecutor(8) as pool:
        every = pool.map(lambda _: flights.together("k", 0, ask).data, range(8))
        assert list(every) == [ROWS] * 8
    assert len(asked) == 1


@pytest.mark.parametrize("end", ["it fails", "it was for another account"])
def test_who_waited_in_vain_asks_on_his_own(end: str) -> None:
    answers, flights, turns = Answers(), Crowded(2), []

    def ask() -> tuple[Kept, bool]:
        turns.append(1)
        if len(turns) > 1:
            return answers.put("k", "runs", ["mine"])[0], True
        assert flights.all_there.wait(10)
        if end == "it fails":
            raise OSError(end)
        return Kept("runs", '["another\'s"]', 0.0), False

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(flights.together, "k", 0, ask) for _ in range(2)]
        failed = [each for each in both if each.exception(10) is not None]
        assert len(failed) == (end == "it fails")
        assert ["mine"] in [each.result().data for each in both if each not in failed]
    assert len(turns) == 2


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
