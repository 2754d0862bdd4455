"""The same question at the same time: one asks, the others wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onecloud_magic.api import Answers, Kept

from .keeping import ROWS


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
