"""A sandbox that is the test's own to change, an account, and the chains that tests start."""

from __future__ import annotations

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from tests.account.conftest import (
    NewSandbox,
    SignIn,
    clock,
    home,
    new_sandbox,
    one_clock,
    sign_in,
)

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
