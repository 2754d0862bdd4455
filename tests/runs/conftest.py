"""A sandbox that is the test's own to change, an account, and the chains that tests start."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Literal

import pandas as pd
import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.home import Home
from onecloud_magic.runs import ChainRun
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.faults import Fault
from tests.account.conftest import (
    NewSandbox,
    SignIn,
    clock,
    home,
    new_sandbox,
    one_clock,
    sign_in,
)
from tests.conftest import NOW, Clock

Begin = Callable[..., ChainRun]
Outcome = Literal["all_succeeded", "warned", "errored"]
GoOn = Callable[..., pd.DataFrame]
Interrupt = Callable[[int], None]

__all__ = ["clock", "home", "new_sandbox", "one_clock", "sign_in"]


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox)


@pytest.fixture
def chain(sandbox: Sandbox) -> Chain:
    """One that takes a period, and may run several times at once."""
    return chain_of(sandbox, concurrency_enabled=True)


@pytest.fixture
def begin(account: OneCloud, sandbox: Sandbox, chain: Chain) -> Begin:
    """Start a run that will take so long, and end so."""

    def begun(seconds: float = 30.0, outcome: Outcome = "all_succeeded") -> ChainRun:
        sandbox.plan_next(outcome, seconds)
        return account.start(chain.id, inputs={"period": "2026-10"})

    return begun


@pytest.fixture
def go_on(account: OneCloud, chain: Chain) -> GoOn:
    """The same call again, and the warning that it goes on."""

    def gone_on(frame: pd.DataFrame, known: int, **options: Any) -> pd.DataFrame:
        with pytest.warns(OneCloudWarning, match=f"{known} of {len(frame)} rows have their run"):
            return account.start_many(chain.id, frame, **options)

    return gone_on


@pytest.fixture
def interrupt_in(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Press Ctrl-C in a sleep of an account, so many sleeps from now."""

    def pressed(account: OneCloud, after: int = 1) -> None:
        slept, line = [0], account._line

        def sleep(seconds: float) -> None:
            slept[0] += 1
            if slept[0] == after:
                raise KeyboardInterrupt
            clock.advance(seconds)

        monkeypatch.setattr(line, "sleep", sleep)

    return pressed


@pytest.fixture
def interrupt(account: OneCloud, interrupt_in: Callable[..., None]) -> Interrupt:
    """Press Ctrl-C in a sleep, so many sleeps from now."""
    return partial(interrupt_in, account)


@contextmanager
def fresh_world(
    new_sandbox: NewSandbox, clock: Clock
) -> Iterator[tuple[Sandbox, pytest.MonkeyPatch]]:
    """A sandbox and a home for one example of a property; its warnings are no matter."""
    clock.now = NOW  # a company whose history is made already
    with ExitStack() as world:
        patch = world.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("ONECLOUD_HOME", world.enter_context(tempfile.TemporaryDirectory()))
        sandbox = new_sandbox()
        world.callback(sandbox.stop)
        world.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield sandbox, patch


def chain_of(sandbox: Sandbox, **wanted: object) -> Chain:
    every = sandbox._world.company.chains.values()
    usual = {"disabled": False, "concurrency_enabled": True, **wanted}
    return next(
        each
        for each in every
        if "period" in [given.name for given in each.inputs]
        and all(getattr(each, name) == value for name, value in usual.items())
        and not sandbox._world.live(each, sandbox.clock())
    )


def started(sandbox: Sandbox) -> list[str]:
    """The ids of all runs that were started: the server's own count."""
    return [str(run.id) for run in sandbox._world.started]


def steps(account: OneCloud) -> list[str]:
    """How far the starts have come that the ledger knows, oldest first."""
    return [each.step for each in reversed(account.starts.mine())]


def asked(sandbox: Sandbox, *, since: int = 0) -> list[str]:
    """What the sandbox was asked, as method and the last part of the path."""
    return [f"{each.method} {each.path.rsplit('/')[-1]}" for each in sandbox.requests[since:]]


def ledger_bytes(home: Home) -> bytes:
    return b"".join(
        each.read_bytes() for each in home.root.glob("starts.sqlite*") if each.is_file()
    )


def fail(sandbox: Sandbox, fault: Fault, times: int = 1) -> None:
    """Let the next starts fail so."""
    sandbox.faults.add(fault, path="*/start", times=times)


def somebody_starts(
    sandbox: Sandbox, chain: Chain, how: str = "manual", *, other_user: bool = False
) -> str:
    """Let another program start the chain with the same period; gives the run's id."""
    world, now = sandbox._world, sandbox.clock()
    users = list(world.company.users.values())
    me = world.user(sandbox._user_id(None))
    user = next(each for each in users if each is not me) if other_user else me
    run = world.start(chain, user, {"period": "2026-10"}, now)
    run.launch_type = how
    return str(run.id)
