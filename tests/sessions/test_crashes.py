"""The helper or its caller is killed, or the disk is full: the next process goes on from there."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
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

UNASKED = ["before the journal", "after the intent", "before it is sent"]
ANSWERED = [
    *("answer in the journal", "before the store", "store half done", "store done"),
    *("before the journal goes", "journal gone"),
]
FULL = ["no room for the store", "no room for the journal"]
LOST = "answer not yet in the journal"

Broken = Callable[..., str]


@pytest.fixture(params=["refuse", "revoke"])
def sandbox(request: pytest.FixtureRequest, new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox(reuse=request.param)


@pytest.fixture
def broken_at(expired: OneCloud, tmp_path: Path) -> Broken:
    """Let the account renew, with helpers of which the first ones fail at a step.

    They are started as always. It tells the name of the error that the account got, if any.
    """

    def breaks(step: str, *, times: int = 1) -> str:
        program = [sys.executable, str(Path(__file__).with_name("breaking.py")), step]
        sound = [sys.executable, "-P", "-m", "onecloud_magic.credentials.refresh"]
        script, turns = tmp_path / "python", tmp_path / "turns"
        script.write_text(
            f"#!{sys.executable}\nimport os, sys\n"
            f"with open({str(turns)!r}, 'a+') as turns: turns.write('.'); turn = turns.tell()\n"
            f"program = {program!r} if turn <= {times} else {sound!r}\n"
            "os.execv(program[0], program + sys.argv[sys.argv.index('-m') + 2:])\n"
        )
        script.chmod(0o700)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(sys, "executable", str(script))
            try:
                ask(expired)
            except OneCloudError as error:
                return type(error).__name__
        return ""

    return breaks


def test_every_step_is_tried() -> None:
    assert {*UNASKED, *ANSWERED, *FULL, LOST, "disk full"} == set(STEPS)


@pytest.mark.parametrize("step", [*UNASKED, *ANSWERED])
def test_whoever_waits_for_a_helper_that_is_killed_has_another_go_on_from_there(
    step: str, broken_at: Broken, sandbox: Sandbox, home: Path
) -> None:
    assert broken_at(step) == ""

    assert list(posts(sandbox).values()) == [1]
    assert not journal(home).exists()
    assert is_live(sandbox, stored(home))


def test_a_full_disk_costs_no_request(
    broken_at: Broken, sandbox: Sandbox, new_account: NewAccount, home: Path
) -> None:
    assert broken_at("disk full") == "OneCloudError"
    assert not posts(sandbox)

    assert ask(new_account(sandbox)) == 3

    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_helpers_that_are_killed_before_the_question_cost_no_request(
    broken_at: Broken, sandbox: Sandbox, new_account: NewAccount, home: Path
) -> None:
    assert broken_at("before the journal", times=2) == "OneCloudError"
    assert not posts(sandbox)

    assert ask(new_account(sandbox)) == 3

    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("step", [*ANSWERED, *FULL])
def test_what_fails_twice_after_the_answer_loses_nothing(
    step: str, broken_at: Broken, sandbox: Sandbox, new_account: NewAccount, home: Path
) -> None:
    broken_at(step, times=2)
    assert list(posts(sandbox).values()) == [1]

    assert ask(new_account(sandbox)) == 3

    assert list(posts(sandbox).values()) == [1]
    assert stored(home).generation == 1
    assert is_live(sandbox, stored(home))


def test_an_answer_that_was_not_written_down_is_asked_for_once_more_and_never_again(
    broken_at: Broken, sandbox: Sandbox, new_account: NewAccount
) -> None:
    assert broken_at(LOST) == "RefreshUncertain"

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
    crew.ready(sandbox, processes=2)
    crew.go()
    gate.wait()

    for helper in helpers(home):
        kill(helper)
    first = crew.result()
    gate.open()
    crew.go()
    second = crew.result()

    assert [*first, *second] == (["RefreshUncertain"] * 2 if work_first else ["3", "3"])
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
