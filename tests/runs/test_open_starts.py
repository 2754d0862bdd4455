"""Starts of which nobody knows what became: settled later, or interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.api import Transport
from onecloud_magic.errors import RunInterrupted, StartOutcomeUnknown
from onecloud_magic.runs import Starts, settle
from onecloud_magic.runs.claims import Claim
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request
from tests.account.conftest import SignIn
from tests.conftest import Clock

from .conftest import asked, fail, somebody_starts, started, steps

INPUTS = {"period": "2026-10"}
TIMEOUT = 0.3
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
Work = Callable[[], Reply]


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox, timeout=TIMEOUT)


@pytest.mark.parametrize("inputs", [{"period": "2031-01"}, {"period": "x2026-10x"}])
def test_an_open_start_with_other_inputs_is_told_apart_by_them(
    inputs: dict[str, Any], account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, faults.drop_before_work())
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs=INPUTS)
    fail(sandbox, faults.drop_after_work())

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        run = account.start(chain.id, inputs=inputs)

    account.settle_starts()
    assert started(sandbox) == [run.id]
    assert steps(account) == ["lost", "run"]


def test_an_open_start_whose_inputs_hold_ours_is_not_told_apart(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, faults.drop_before_work())
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs={"period": "2026-10-01"})
    fail(sandbox, faults.drop_after_work())

    with pytest.raises(StartOutcomeUnknown, match="does not tell which run is it"):
        account.start(chain.id, inputs=INPUTS)


def test_a_lost_start_that_came_late_is_settled_when_somebody_asks(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    fail(sandbox, faults.drop_before_work())
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs=INPUTS)
    clock.advance(10.0)
    late = somebody_starts(sandbox, chain)

    account.settle_starts()

    assert account.starts.mine()[0].run_id == late
    assert [run.id for run in account.live_runs()] == [late]


def test_what_was_started_long_after_a_lost_start_is_not_taken_for_it(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    fail(sandbox, faults.drop_before_work())
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs=INPUTS)
    clock.advance(300.0)
    somebody_starts(sandbox, chain)

    account.settle_starts()

    assert steps(account) == ["lost"]


def test_an_equal_start_after_a_lost_one_says_so_unless_another_is_wanted(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, faults.drop_before_work())
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs=INPUTS)

    with pytest.raises(StartOutcomeUnknown, match="an earlier, equal start"):
        account.prepare(chain.id, inputs=INPUTS).send(again=False)
    assert not started(sandbox)

    account.start(chain.id, inputs=INPUTS)
    assert len(started(sandbox)) == 1


@pytest.mark.filterwarnings("ignore:The answer to the start")
@pytest.mark.parametrize("arrived", [True, False])
def test_an_interrupt_while_it_is_under_way_is_told_with_what_is_known(
    arrived: bool,
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    exchange = Transport._exchange

    def interrupted(self: Transport, asked: Any, trip: Any) -> Any:
        if asked.operation.id != "startChain":
            return exchange(self, asked, trip)
        if arrived:
            exchange(self, asked, trip)
        else:
            trip.leaving()
        return KeyboardInterrupt()

    monkeypatch.setattr(Transport, "_exchange", interrupted)

    with pytest.raises(RunInterrupted) as told:
        ready.send()

    assert steps(account) == ["run" if arrived else "lost"]
    if arrived:
        assert told.value.run.id == started(sandbox)[0]
        assert "was started, and goes on" in str(told.value)
    else:
        assert told.value.run is None
        assert "shows no run that could be it" in str(told.value)


def test_an_interrupt_before_it_leaves_says_that_nothing_was_started(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Transport, "_paced", interrupted)

    with pytest.raises(RunInterrupted, match="nothing was started"):
        ready.send()

    assert steps(account) == ["unsent"]


@pytest.mark.filterwarnings("ignore:The answer to the start")
def test_starts_of_many_threads_whose_answers_are_lost_are_each_told_apart_or_open(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    periods = [f"2026-{month:02}" for month in range(1, 6)]
    ready = [account.prepare(chain.id, inputs={"period": each}) for each in periods]
    fail(sandbox, faults.drop_after_work(), times=5)
    found: dict[str, str] = {}

    def go(period: str, start: Any) -> None:
        found[period] = start.send().id

    threads = [threading.Thread(target=go, args=pair) for pair in zip(periods, ready, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    given = {str(run.id): run.inputs()["period"] for run in sandbox._world.started}
    assert len(given) == 5
    assert {run: period for period, run in found.items()} == given


def test_settling_a_start_that_is_under_way_leaves_it_alone(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    with Claim() as claim:
        entry, _ = account.starts.ask(ready.target, ready.inputs, claim=claim)
        account.starts.sending(entry, sandbox.clock(), [])
        before = len(sandbox.requests)

        settle(ready.account, entry)

    assert steps(account) == ["sending"]
    assert asked(sandbox, since=before) == []


def test_an_interrupt_while_the_answer_is_written_down_tells_of_the_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, became, turns = account.prepare(chain.id, inputs=INPUTS), Starts.became, iter([True])

    def interrupted(*given: Any) -> None:
        if next(turns, False):
            raise KeyboardInterrupt
        became(*given)

    monkeypatch.setattr(Starts, "became", interrupted)

    with pytest.raises(RunInterrupted, match="was started, and goes on") as told:
        ready.send()

    assert told.value.run.id == started(sandbox)[0]
    assert steps(account) == ["run"]


def test_a_start_that_another_kernel_has_settled_meanwhile_is_known_to_its_own(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    fail(sandbox, faults.drop_after_work())

    def settled(request: Request, work: Work) -> Reply:
        sandbox.faults.clear()
        account.settle_starts()
        return work()

    sandbox.faults.add(settled, path="*/history")

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        run = ready.send()

    assert started(sandbox) == [run.id]
