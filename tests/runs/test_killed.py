"""A real process is killed at each point of a start and started again: the server counts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from tests.account.conftest import NewSandbox
from tests.sessions.common import Gate, kill

from .conftest import started, steps
from .victim import STEPS

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed like that there"),
]
VICTIM = [sys.executable, str(Path(__file__).with_name("victim.py"))]
KILLED = -9
UNSENT = ("before it is written", "between ledger and mark")


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    box = new_sandbox(clock=time.time)
    for _ in range(5):
        box.plan_next(seconds=10_000.0)
    return box


def begun(step: str, chain: Chain, again: str = "") -> subprocess.Popen[str]:
    asked = [*VICTIM, step, again, str(chain.id)]
    return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own


def outcome(chain: Chain, again: str = "") -> dict[str, Any]:
    """What the same cell says in a new process."""
    said, _ = begun("never", chain, again).communicate(timeout=60)
    told: dict[str, Any] = json.loads(said)
    return told


def test_every_step_is_tried() -> None:
    assert set(STEPS) == {*UNSENT, "between mark and POST", "between answer and ledger", "never"}


@pytest.mark.parametrize("step", UNSENT)
def test_killed_before_it_was_sent_the_same_cell_starts_it_once(
    step: str, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    assert begun(step, chain).wait(60) == KILLED
    assert not started(sandbox)

    assert outcome(chain) == {"run": started(sandbox)[0], "adopted": False, "earlier": False}
    assert len(started(sandbox)) == 1
    account.settle_starts()
    assert steps(account) == (["run"] if step == UNSENT[0] else ["unsent", "run"])


def test_killed_between_mark_and_post_nobody_claims_anything(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    assert begun("between mark and POST", chain).wait(60) == KILLED

    told = outcome(chain)

    assert told["error"] == "StartOutcomeUnknown"
    assert "shows no run that could be it" in told["said"]
    assert not started(sandbox)
    assert outcome(chain, "again")["run"] == started(sandbox)[0]
    assert len(started(sandbox)) == 1


@pytest.mark.parametrize("arrives", [True, False])
def test_killed_during_the_post_the_same_cell_starts_no_second_run(
    arrives: bool, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    gate = Gate(work_first=arrives, drop=True)
    sandbox.faults.add(gate, path="*/start", times=1)
    victim = begun("never", chain)
    gate.wait()
    kill(victim.pid)
    assert victim.wait(60) == KILLED
    gate.open()

    told = outcome(chain)

    if arrives:
        assert told == {"run": started(sandbox)[0], "adopted": True, "earlier": True}
    else:
        assert told["error"] == "StartOutcomeUnknown"
    assert len(started(sandbox)) == int(arrives)


def test_killed_between_answer_and_ledger_the_run_is_found(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    assert begun("between answer and ledger", chain).wait(60) == KILLED
    [run] = started(sandbox)

    assert outcome(chain) == {"run": run, "adopted": True, "earlier": True}
    assert [each.run_id for each in account.starts.mine()] == [run]


def test_two_processes_that_start_the_same_cell_at_once_start_one_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    both = [begun("never", chain) for _ in range(2)]

    told = [json.loads(each.communicate(timeout=60)[0]) for each in both]

    assert [each["run"] for each in told] == 2 * started(sandbox)
    assert sorted(each["earlier"] for each in told) == [False, True]
