"""Many things asked over several connections: all of them, once, in their order."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import connections, mine
from onecloud_magic.errors import Unreachable
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request


class Crowd:
    """A service that answers once *many* calls are under way, and tells how many were at most."""

    def __init__(self, many: int) -> None:
        self.most, self._now, self._many = 0, 0, many
        self._lock, self._there = threading.Lock(), threading.Event()

    def __call__(self, _: Request, work: faults.Work) -> Reply:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            if self.most >= self._many:
                self._there.set()
        self._there.wait(10)
        try:
            return work()
        finally:
            with self._lock:
                self._now -= 1


def test_an_inventory_is_read_over_up_to_eight_connections(
    account: OneCloud, sandbox: Sandbox
) -> None:
    crowd = Crowd(8)
    sandbox.faults.add(crowd, path="/v1/metadata/chains/search", after=1)  # the first goes alone

    frame = account.chains()

    assert crowd.most == 8
    assert frame.attrs["onecloud"]["calls"] == len(sandbox.requests) == 1 + 3 + 12
    sandbox.faults.clear()
    assert list(frame["id"]) == list(account.chains(refresh=True)["id"])


def test_eight_threads_that_read_the_same_make_each_call_once(
    account: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.latency(0.05))

    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda _: account.chains(), range(8)))

    assert len(sandbox.requests) == 1 + 3 + 12
    assert all(each.equals(frames[0]) for each in frames)
    assert sum(each.attrs["onecloud"]["calls"] for each in frames) == 1 + 3 + 12


def test_eight_threads_that_refresh_each_ask(account: OneCloud, sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: account.workspaces(refresh=True), range(8)))

    assert len(sandbox.requests) == 8


def test_what_came_before_a_failure_is_kept(account: OneCloud, sandbox: Sandbox) -> None:
    account.environments()
    sandbox.requests.clear()
    sandbox.faults.add(faults.status(502), path="/v1/metadata/chains/search", after=6)

    with pytest.raises(Unreachable):
        account.chains()
    sandbox.faults.clear()
    sandbox.requests.clear()
    account.chains()

    assert len(sandbox.requests) <= 12 - 6


def test_a_service_that_is_down_is_not_asked_by_all(account: OneCloud, sandbox: Sandbox) -> None:
    account.environments()
    sandbox.requests.clear()
    sandbox.faults.add(faults.status(502))

    with pytest.raises(Unreachable):
        account.chains()

    assert len(sandbox.requests) == 3


def test_who_waits_for_a_turn_gives_up_when_another_has_failed(account: OneCloud) -> None:
    """No call is made that nobody waits for any more."""
    made, line = [], account._line
    began = threading.Event()

    def fails() -> None:
        began.wait(10)
        raise OSError("down")

    def waits() -> None:
        began.set()
        for _ in range(1_000):
            time.sleep(0.005)
            line.mine.pause(lambda seconds: None, 1.0)
        made.append(1)

    with pytest.raises(OSError, match="down"):
        connections.at_once(line, [fails, waits])
    assert made == []


def test_outside_of_such_a_read_nobody_gives_up() -> None:
    slept: list[float] = []
    thread = mine.Mine()

    with thread.until(threading.Event()):
        thread.pause(slept.append, 1.0)
    given_up = threading.Event()
    given_up.set()
    with thread.until(given_up), pytest.raises(mine.GivenUp):
        thread.pause(slept.append, 2.0)
    thread.pause(slept.append, 3.0)

    assert slept == [1.0, 3.0]


def test_the_figures_of_the_quota_are_the_last_ones_in_whatever_order_answers_come(
    account: OneCloud, sandbox: Sandbox
) -> None:
    def late_first(request: Request, work: faults.Work) -> Any:
        reply = work()
        time.sleep(0.02 * (int(request.query.get("environment_id", "0")) % 5))
        return reply

    sandbox.faults.add(late_first)
    account.chains()
    sandbox.faults.clear()
    left = account.quota.daily_remaining

    account.workspaces(refresh=True)

    assert left is not None
    assert account.quota.daily_remaining == left - 1
