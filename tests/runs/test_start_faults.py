"""What goes wrong around a start, and must neither hide a run nor block the next one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudError, OneCloudWarning
from onecloud_magic.errors import (
    BadAnswer,
    ChainStartRefused,
    RunInterrupted,
    StartOutcomeUnknown,
)
from onecloud_magic.runs import RunFacts, Starts
from onecloud_magic.runs.starting import _Sending
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request, data, json_reply
from tests.conftest import Clock

from .conftest import asked, started, steps

INPUTS = {"period": "2026-10"}
SECRET = "correct-horse-battery"  # noqa: S105  # what must not be told
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def lose(account: OneCloud, sandbox: Sandbox, chain: Chain) -> StartOutcomeUnknown:
    sandbox.faults.add(faults.drop_before_work(), path="*/start", times=1)
    with pytest.raises(StartOutcomeUnknown) as lost:
        account.start(chain.id, inputs=INPUTS)
    return lost.value


def empty(home: Path) -> None:
    with closing(sqlite3.connect(home / "starts.sqlite")) as file:
        file.execute("delete from starts")
        file.commit()


def test_a_start_whose_row_is_gone_is_not_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = Starts.sending

    def emptied(*given: Any) -> None:
        empty(home)
        sending(*given)

    monkeypatch.setattr(Starts, "sending", emptied)

    with pytest.warns(OneCloudWarning), pytest.raises(OneCloudError, match="not in the ledger"):
        account.start(chain.id, inputs=INPUTS)

    assert "POST start" not in asked(sandbox)


def test_a_row_that_goes_while_it_is_sent_costs_a_warning_and_not_the_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain, home: Path
) -> None:
    def emptied(request: Request, work: Callable[[], Reply]) -> Reply:
        empty(home)
        return work()

    sandbox.faults.add(emptied, path="*/start")

    with pytest.warns(
        OneCloudWarning, match="was started, and .*The start is not in the ledger"
    ) as said:
        run = account.start(chain.id)

    assert started(sandbox) == [run.id]
    assert len(said) == 1


def test_an_end_is_final(account: OneCloud, chain: Chain) -> None:
    run = account.start(chain.id)
    run.take(replace(run.facts, state="all_succeeded", ended=True))

    run.take(replace(run.facts, state="sleeping", ended=False))
    account.starts.follow(RunFacts(run.id, "sleeping"))

    assert (run.done, run.state) == (True, "all_succeeded")
    assert account.starts.mine()[0].ended == 1


def test_the_answer_for_another_run_is_not_taken_over(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    run = account.start(chain.id)
    before, other = run.facts, {"id": "1", "state": "stopped"}
    sandbox.faults.add(lambda request, work: data(other), path=f"*/{run.id}*")

    with pytest.raises(BadAnswer, match="another run"):
        run.refresh()

    assert run.stop().outcome == "could not stop"
    assert run.facts == before


@pytest.mark.parametrize("step", ["asked", "answered"])
def test_an_interrupt_between_two_steps_tells_what_is_known_and_blocks_nothing(
    step: str, account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    place, name = (Starts, "ask") if step == "asked" else (_Sending, "run")
    usual = getattr(place, name)

    def interrupted(*given: Any, **named: Any) -> None:
        usual(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, name, interrupted)
        with pytest.raises(RunInterrupted) as told:
            ready.send(again=False)

    assert ("nothing was started" in str(told.value)) == (step == "asked")
    run = ready.send(again=False)
    assert started(sandbox) == [run.id]
    assert told.value.run is None or told.value.run.id == run.id


def test_a_run_that_could_not_be_written_down_is_with_the_next_look(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def fails(*_: object) -> None:
        raise OneCloudError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Starts, "became", fails)
        with pytest.warns(OneCloudWarning, match="the disk is full"):
            run = account.start(chain.id)

    run.wait(raise_on_failure=False)

    assert [(each.run_id, each.ended) for each in account.starts.mine()] == [(run.id, 1)]


def test_an_unknown_start_blocks_its_cell_for_a_day(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    hint = lose(account, sandbox, chain).hint
    ready = account.prepare(chain.id, inputs=INPUTS)

    assert 'since="2026-09-21T' in hint
    assert "again=True" in hint
    with pytest.raises(StartOutcomeUnknown):
        ready.send(again=False)
    assert len(account.starts.unknown()) == 1
    clock.advance(86_400.0)
    assert account.starts.unknown() == []
    assert ready.account.starts.ask(ready.target, ready.inputs, again=False)[1]


def test_an_unknown_start_blocks_nothing_once_another_was_wanted_and_got_its_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    lose(account, sandbox, chain)
    ready = account.prepare(chain.id, inputs=INPUTS)
    ready.send(again=True).stop()

    run = ready.send(again=False)

    assert started(sandbox)[-1] == run.id
    assert not run.earlier
    assert account.starts.unknown() == []


def test_a_run_that_the_service_no_longer_knows_blocks_nothing(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    old = ready.send()
    sandbox.faults.add(faults.status(404), method="GET", path=f"*/{old.id}", times=1)

    run = ready.send(again=False)

    assert started(sandbox) == [old.id, run.id]
    assert [each.ended for each in account.starts.mine()] == [0, 1]


def test_a_refusal_that_repeats_a_secret_is_told_without_it(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    told = json_reply({"error": f"password {SECRET} is wrong"}, 422)
    sandbox.faults.add(lambda request, work: told, path="*/start")

    with pytest.raises(ChainStartRefused, match=r"password \(secret\) is wrong") as refused:
        account.start(chain.id, inputs={"password": SECRET})

    assert SECRET not in f"{refused.value.words} {refused.value.hint}"
    assert steps(account) == ["refused"]
