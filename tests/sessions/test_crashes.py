"""The helper or its caller is killed, or the disk is full: the next process goes on from there."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import OneCloudError, RefreshUncertain
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .breaking import STEPS
from .common import TOKEN, Crew, Gate, ask, helpers, is_live, journal, kill, posts, stored, until
from .conftest import LIFE, NewAccount, NewSandbox

pytestmark = pytest.mark.process

UNASKED = ["before the journal", "after the intent", "before it is sent", "disk full"]
ANSWERED = [
    *("answer in the journal", "before the store", "store half done", "store done"),
    *("before the journal goes", "journal gone"),
    *("no room for the store", "no room for the journal"),
]
LOST = "answer not yet in the journal"

Broken = Callable[[str], None]


@pytest.fixture(params=["refuse", "revoke"])
def sandbox(request: pytest.FixtureRequest, new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox(reuse=request.param)


@pytest.fixture
def broken_at(expired: OneCloud, tmp_path: Path) -> Broken:
    """Let the account renew, with a helper that fails at a step; it is started as always."""

    def breaks(step: str) -> None:
        program = [sys.executable, str(Path(__file__).with_name("breaking.py")), step]
        script = tmp_path / "python"
        script.write_text(
            f"#!{sys.executable}\nimport os, sys\n"
            f"os.execv({program[0]!r}, {program!r} + sys.argv[sys.argv.index('-m') + 2:])\n"
        )
        script.chmod(0o700)
        with pytest.MonkeyPatch.context() as patched, suppress(OneCloudError):
            patched.setattr(sys, "executable", str(script))
            ask(expired)

    return breaks


def test_every_step_is_tried() -> None:
    assert {*UNASKED, *ANSWERED, LOST} == set(STEPS)


@pytest.mark.parametrize("step", UNASKED)
def test_what_fails_before_the_question_costs_no_request(
    step: str, broken_at: Broken, sandbox: Sandbox, new_account: NewAccount, home: Path
) -> None:
    broken_at(step)
    assert not posts(sandbox)

    assert ask(new_account(sandbox)) == 3

    assert list(posts(sandbox).values()) == [1]
    assert not journal(home).exists()
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("step", ANSWERED)
def test_what_fails_after_the_answer_loses_nothing(
    step: str, broken_at: Broken, sandbox: Sandbox, new_account: NewAccount, home: Path
) -> None:
    broken_at(step)
    assert list(posts(sandbox).values()) == [1]

    assert ask(new_account(sandbox)) == 3

    assert list(posts(sandbox).values()) == [1]
    assert stored(home).generation == 1
    assert is_live(sandbox, stored(home))


def test_an_answer_that_was_not_written_down_is_asked_for_once_more_and_never_again(
    broken_at: Broken, sandbox: Sandbox, new_account: NewAccount
) -> None:
    broken_at(LOST)

    for _ in range(3):
        with pytest.raises(RefreshUncertain, match="may be spent"):
            ask(new_account(sandbox))

    assert list(posts(sandbox).values()) == [2]


@pytest.mark.parametrize("work_first", [False, True], ids=["unheard", "spent"])
def test_a_helper_that_is_killed_while_it_waits_for_the_answer_has_one_repeat(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path, work_first: bool
) -> None:
    gate = Gate(work_first=work_first, drop=True)
    sandbox.faults.add(gate, path=TOKEN, times=1)
    crew.ready(sandbox, processes=3)
    crew.go()
    gate.wait()

    for helper in helpers(home):
        kill(helper)
    first = crew.result()
    crew.go()
    second = crew.result()
    gate.open()
    crew.go()
    third = crew.done()

    assert first == ["OneCloudError"]
    assert [*second, *third] == (["RefreshUncertain"] * 2 if work_first else ["3", "3"])
    until(lambda: posts(sandbox).total() == 2)
    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("seed", range(10))
def test_killing_three_of_four_that_wait_loses_nothing(
    crew: Crew,
    new_sandbox: NewSandbox,
    new_account: NewAccount,
    clock: Clock,
    home: Path,
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311  # who is killed, and when
    sandbox = new_sandbox(seed=seed)
    new_account(sandbox).login(**sandbox.credentials)
    clock.advance(LIFE + 1)
    sandbox.requests.clear()
    gate = Gate(work_first=chance.random() < 0.5)
    sandbox.faults.add(gate, path=TOKEN)
    waiting = crew.ready(sandbox, processes=4)
    crew.go(4)
    if chance.random() < 0.7:  # else they are killed while they start their helpers
        gate.wait()

    for each in chance.sample(waiting, 3):
        kill(each)
    gate.open()

    assert crew.done() == ["3"]
    assert ask(new_account(sandbox)) == 3
    until(lambda: not helpers(home))
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))
