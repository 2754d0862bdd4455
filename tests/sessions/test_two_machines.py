"""Two machines with a copy of one session, and a lock that somebody holds for long."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.errors import RefreshBusy, SessionRejected
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .common import TOKEN, Crew, Gate, ask, calls, helpers, is_live, kill, posts, stored, until
from .conftest import LIFE, NewAccount, NewSandbox

pytestmark = pytest.mark.process


@pytest.fixture
def second(signed_in: OneCloud, home: Path) -> Path:
    """The home of another machine, copied while the session was good."""
    copy = home.with_name("second")
    shutil.copytree(home, copy)
    return copy


@pytest.mark.parametrize("reuse", ["refuse", "revoke"])
def test_the_second_machine_to_renew_is_told_that_the_token_was_used_elsewhere(
    new_sandbox: NewSandbox,
    new_account: NewAccount,
    clock: Clock,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    reuse: str,
) -> None:
    sandbox = new_sandbox(reuse=reuse)
    new_account(sandbox).login(**sandbox.credentials)
    second = home.with_name("second")
    shutil.copytree(home, second)
    clock.advance(LIFE + 1)
    assert ask(new_account(sandbox)) == 3
    sandbox.requests.clear()

    monkeypatch.setenv("ONECLOUD_HOME", str(second))
    other = new_account(sandbox)
    for _ in range(3):
        with pytest.raises(SessionRejected, match="used elsewhere or revoked") as told:
            ask(other)

    assert "Admin > API" in told.value.hint
    assert list(posts(sandbox).values()) == [1]
    assert calls(sandbox) == [401] * 3
    if reuse == "refuse":
        monkeypatch.setenv("ONECLOUD_HOME", str(home))
        assert ask(new_account(sandbox)) == 3
        assert is_live(sandbox, stored(home))


def test_new_tokens_help_the_second_machine(
    second: Path,
    sandbox: Sandbox,
    new_account: NewAccount,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.advance(LIFE + 1)
    assert ask(new_account(sandbox)) == 3
    monkeypatch.setenv("ONECLOUD_HOME", str(second))
    other = new_account(sandbox)
    with pytest.raises(SessionRejected):
        ask(other)

    other.login(**sandbox.enable_access())
    clock.advance(LIFE + 1)

    assert ask(other) == 3
    assert is_live(sandbox, stored(second))


def test_a_lock_that_is_held_for_long_is_told_and_costs_nothing(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path
) -> None:
    gate = Gate()
    sandbox.faults.add(gate, path=TOKEN, times=1)
    crew.ready(sandbox)
    crew.go()
    gate.wait()
    began = time.monotonic()

    def start(**asked: object) -> object:
        return refresh(Home(home), "default", patience=0.2, **asked)  # type: ignore[arg-type]

    renewal = FileRenewal(Home(home), "default", time.time, start=start)  # type: ignore[arg-type]
    with pytest.raises(RefreshBusy, match="Another process has been renewing") as told:
        renewal.renew(stored(home))

    assert time.monotonic() - began < 5
    assert "%onecloud doctor" in told.value.hint
    gate.open()
    assert crew.done() == ["3"]
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_a_holder_of_the_lock_that_is_killed_lets_it_go_at_once(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path, new_account: NewAccount
) -> None:
    gate = Gate(work_first=False, drop=True)
    sandbox.faults.add(gate, path=TOKEN, times=1)
    crew.ready(sandbox)
    crew.go()
    gate.wait()

    for helper in helpers(home):
        kill(helper)
    crew.done()

    assert ask(new_account(sandbox)) == 3
    gate.open()
    until(lambda: posts(sandbox).total() == 2)
    assert is_live(sandbox, stored(home))
