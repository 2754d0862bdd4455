"""Stopping a run: what is stopped, when it cannot be, and what is told afterwards."""

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import Placed
from .running import begin, look, state_at, stop, written_at


@pytest.mark.parametrize(("age", "state"), [(0, "enqueueing"), (10, "sleeping"), (25, "paused")])
def test_a_live_run_can_be_stopped_and_stays_stopped(
    sandbox: Sandbox, clock: Clock, chain: Placed, age: float, state: str
) -> None:
    sandbox.plan_next("errored", seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)
    before = state_at(sandbox, clock, run, age)

    stopped = stop(sandbox, run)
    clock.advance(10_000)

    assert before == state
    assert stopped.status == 200
    assert stopped.body["data"] == look(sandbox, run)
    assert (stopped.body["data"]["state"], stopped.body["data"]["endAt"]) == (
        "stopped",
        written_at(age),
    )


def test_a_run_stopped_in_its_pause_was_never_resumed(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)
    clock.advance(30)

    stop(sandbox, run)
    clock.advance(100)

    assert {"pausedAt", "resumedAt"} & set(look(sandbox, run)) == {"pausedAt"}


def test_a_run_stopped_before_its_pause_was_never_paused(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)
    clock.advance(10)

    stop(sandbox, run)
    clock.advance(20)

    assert look(sandbox, run)["state"] == "stopped"
    assert not {"pausedAt", "resumedAt"} & set(look(sandbox, run))


def test_a_run_that_has_ended_cannot_be_stopped(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next("warned", seconds=30)
    run = begin(sandbox, chain)
    clock.advance(30)

    refused = stop(sandbox, run)

    assert (refused.status, refused.body["error"]) == (422, "Unable to Stop Chain")
    assert look(sandbox, run)["state"] == "warned"


def test_a_run_can_be_stopped_only_once(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    run = begin(sandbox, chain)
    stop(sandbox, run)
    clock.advance(5)

    refused = stop(sandbox, run)

    assert refused.status == 422
    assert look(sandbox, run)["endAt"] == written_at(0)
