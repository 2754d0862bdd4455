"""A real process is killed amid many starts, and the same call made again: the server counts."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.plans import Plan
from tests.account.conftest import NewSandbox
from tests.sessions.common import kill, until

from .conftest import started
from .many_victim import FRAME, STEPS

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed like that there"),
]
VICTIM = [sys.executable, str(Path(__file__).with_name("many_victim.py"))]
KILLED = -9


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    box = new_sandbox(clock=time.time)
    for _ in range(24):
        box.plan_next(seconds=1.0)
    return box


def begun(step: str, times: int, chain: Chain, stderr: int | None = None) -> subprocess.Popen[str]:
    asked = [*VICTIM, step, str(times), str(chain.id)]
    return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, stderr=stderr)  # noqa: S603  # our own


def outcome(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = process.communicate(timeout=120)
    told: dict[str, Any] = json.loads(said)
    return told


def counted(sandbox: Sandbox) -> Counter[str]:
    """How often the server has started each row."""
    return Counter(str((run.given or {})["period"]) for run in sandbox._world.started)


@pytest.mark.parametrize("step", STEPS)
def test_killed_amid_it_the_same_call_starts_no_row_twice_and_gives_the_whole_result(
    step: str, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    assert begun(step, 1 if step == "before the batch is over" else 4, chain).wait(120) == KILLED

    told = outcome(begun("never", 0, chain))

    rows = {row["period"]: row["run_id"] for row in told["rows"]}
    lost = step == "between mark and POST"
    assert set(counted(sandbox).values()) == {1}
    assert len(counted(sandbox)) == len(FRAME) - lost
    assert sorted(filter(None, rows.values())) == sorted(started(sandbox))
    assert len(told["errors"]) == lost
    assert {str(run.id): (run.given or {})["period"] for run in sandbox._world.started} == {
        run: period for period, run in rows.items() if run
    }


def test_killed_at_any_moment_it_goes_on(account: OneCloud, sandbox: Sandbox, chain: Chain) -> None:
    for number in (1, 4, 6):
        victim = begun("never", 0, chain)
        until(lambda number=number: len(started(sandbox)) >= number)  # type: ignore[misc]
        kill(victim.pid)
        victim.wait(60)

    told = outcome(begun("never", 0, chain))

    assert set(counted(sandbox).values()) == {1}
    known = [row["run_id"] for row in told["rows"] if row["run_id"]]
    assert set(known) <= set(started(sandbox))
    assert len(known) + len(told["errors"]) == len(FRAME)


def test_ctrl_c_in_a_process_ends_the_wait_and_no_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox._world.plans[:] = [Plan(3.0, "all_succeeded")] * len(FRAME)
    victim = begun("never", 0, chain, stderr=subprocess.PIPE)
    until(lambda: len(started(sandbox)) >= 3)
    victim.send_signal(signal.SIGINT)

    _, said = victim.communicate(timeout=60)
    told = outcome(begun("never", 0, chain))

    assert re.search(r"RunInterrupted: .*Of 8 rows 0 have ended, 3 run on, 5 have no run", said)
    assert [row["run_id"] for row in told["rows"]] == started(sandbox)
    assert set(counted(sandbox).values()) == {1}


def test_two_processes_with_the_same_rows_at_once_start_each_row_once(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox._world.plans[:] = [Plan(4.0, "all_succeeded")] * len(FRAME)
    both = [begun("never", 0, chain) for _ in range(2)]

    first, second = (outcome(each) for each in both)

    assert first == second
    assert not first["errors"]
    assert sorted(row["run_id"] for row in first["rows"]) == sorted(started(sandbox))
    assert set(counted(sandbox).values()) == {1}
    assert len(started(sandbox)) == len(FRAME)
