"""Waiting for a run, in a thread and in an event loop, and being told of changes."""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import (
    BadAnswer,
    ChainRunFailed,
    RunInterrupted,
    Unreachable,
    WaitTimeout,
)
from onecloud_magic.runs import ChainRun
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

from .conftest import Begin, Outcome, asked

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


@pytest.mark.parametrize("outcome", ["all_succeeded", "warned"])
def test_a_run_that_ends_well_is_given_back(outcome: Outcome, begin: Begin) -> None:
    run = begin(45.0, outcome)

    assert run.wait() is run
    assert (run.done, run.ok, run.state) == (True, True, outcome)
    assert run.duration is not None
    assert run.duration.total_seconds() == 45.0


@pytest.mark.parametrize("seconds", [0.5, 5.0, 30.0, 60.0])
def test_a_run_of_a_minute_costs_twelve_calls_at_most(
    seconds: float, begin: Begin, sandbox: Sandbox
) -> None:
    run, before = begin(seconds), len(sandbox.requests)

    run.wait()

    assert 1 <= len(sandbox.requests) - before <= 12


def test_a_run_that_fails_raises_with_its_nodes_and_their_messages(begin: Begin) -> None:
    run = begin(outcome="errored")

    with pytest.raises(ChainRunFailed) as failed:
        run.wait()

    assert failed.value.run is run
    [(node, message)] = failed.value.nodes
    assert run.facts.result_text == f"{node}: {message}"
    assert message in str(failed.value)
    assert f"Failed: {node}." in failed.value.hint


def test_a_failure_is_only_looked_at_where_that_is_wanted(begin: Begin) -> None:
    run = begin(outcome="errored").wait(raise_on_failure=False)

    assert (run.done, run.ok) == (True, False)


def test_a_stopped_run_is_a_failed_one(begin: Begin) -> None:
    run = begin(500.0)
    run.stop()

    with pytest.raises(ChainRunFailed, match="was stopped"):
        run.wait()


def test_a_wait_that_takes_too_long_ends_and_the_run_goes_on(begin: Begin, clock: Clock) -> None:
    run, began = begin(500.0), clock.now

    with pytest.raises(WaitTimeout, match="still live after 20 s") as late:
        run.wait(timeout=20)

    assert isinstance(late.value, TimeoutError)
    assert late.value.run is run
    assert "It goes on." in late.value.hint
    assert clock.now - began == 20.0
    assert run.wait().ok


@pytest.mark.parametrize("seconds", [0.0, 500.0])
def test_a_wait_of_no_time_only_looks(seconds: float, begin: Begin, clock: Clock) -> None:
    run = begin(seconds)
    clock.advance(5.0)

    if seconds:
        with pytest.raises(WaitTimeout):
            run.wait(timeout=0)
    else:
        assert run.wait(timeout=0).done


def test_an_unknown_state_lives_until_there_is_an_end(begin: Begin, sandbox: Sandbox) -> None:
    def rename(request: Request, work: Callable[[], Reply]) -> Reply:
        reply = work()
        return replace(reply, body=re.sub(rb'"state":"\w+"', b'"state":"dreaming"', reply.body))

    run = begin(40.0)
    sandbox.faults.add(rename, path=f"*/chain_run/{run.id}*")

    with pytest.raises(WaitTimeout):
        run.wait(timeout=10)
    assert run.state == "dreaming"
    assert "not known here" in str(run)
    with pytest.raises(ChainRunFailed, match="ended in dreaming"):
        run.wait()


def test_bad_answers_are_survived_for_a_while_and_said_once(
    begin: Begin, sandbox: Sandbox, clock: Clock
) -> None:
    run, before, began = begin(100.0), len(sandbox.requests), clock.now
    sandbox.faults.add(faults.status(502), path=f"*/{run.id}", times=12)

    with pytest.warns(OneCloudWarning, match="502.*is still waited for") as said:
        run.wait()

    assert len(said) == 1
    assert clock.now - began <= 116.0
    assert len(sandbox.requests) - before < 40


def test_a_service_that_stays_away_ends_the_wait_without_a_busy_loop(
    begin: Begin, sandbox: Sandbox
) -> None:
    run, before = begin(10_000.0), len(sandbox.requests)
    sandbox.faults.add(faults.html_instead(), path=f"*/{run.id}")

    with (
        pytest.warns(OneCloudWarning, match="still waited for"),
        pytest.raises((BadAnswer, Unreachable)) as failed,
    ):
        run.wait()

    assert failed.value.hint.startswith("The run goes on.")
    assert len(sandbox.requests) - before < 120


def test_ctrl_c_ends_the_wait_and_not_the_run(
    begin: Begin, account: OneCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(500.0)

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(account._line, "sleep", interrupted)
        with pytest.raises(RunInterrupted, match="goes on; only the wait has ended") as told:
            run.wait()

    assert isinstance(told.value, KeyboardInterrupt)
    assert told.value.run is run
    assert f'oc.get_run("{run.id}").stop()' in told.value.hint
    assert told.value._render_traceback_()[0].startswith("RunInterrupted: Run ")
    assert not run.refresh().done


def test_it_can_be_awaited_while_the_loop_goes_on(
    begin: Begin, account: OneCloud, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, beats, real = begin(30.0), [], asyncio.sleep

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)
        await real(0)

    async def beat() -> None:
        while True:
            beats.append(run.state)
            await real(0)

    async def both() -> ChainRun:
        other = asyncio.create_task(beat())
        done = await run
        other.cancel()
        return done

    monkeypatch.setattr("onecloud_magic.runs.waiting.asyncio.sleep", sleep)

    monkeypatch.setattr(account._line, "sleep", lambda seconds: pytest.fail("the loop stands"))

    assert asyncio.run(both()) is run
    assert run.ok
    assert len(beats) > 10


def test_a_failed_run_that_is_awaited_raises(
    begin: Begin, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(5.0, "errored")

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    async def wait() -> None:
        await run

    monkeypatch.setattr("onecloud_magic.runs.waiting.asyncio.sleep", sleep)

    with pytest.raises(ChainRunFailed):
        asyncio.run(wait())


def test_observers_are_told_of_each_change_and_of_nothing_else(
    begin: Begin, sandbox: Sandbox
) -> None:
    run, seen = begin(30.0), []
    stop = run.observe(lambda each: seen.append(each.state))

    run.wait()
    run.refresh()
    stop()

    assert seen == ["sleeping", "all_succeeded"]
    assert f"GET {run.id}" in asked(sandbox)


def test_an_observer_that_wants_nodes_costs_no_more_calls(begin: Begin, sandbox: Sandbox) -> None:
    run, before, seen = begin(30.0), len(sandbox.requests), []
    run.observe(lambda each: seen.append([node.state for node in each.node_facts]), nodes=True)

    run.wait()

    assert set(asked(sandbox, since=before)) == {"GET nodes"}
    assert len(seen) > 2
    assert seen[-1][0] == "succeeded"


def test_a_ledger_that_cannot_be_written_does_not_end_a_wait(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, home: Any
) -> None:
    run = begin(30.0)
    for each in home.glob("starts.sqlite*"):
        each.unlink()
    (home / "starts.sqlite").mkdir()

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        run.wait()

    assert run.ok
    assert said
