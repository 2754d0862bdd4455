"""A shell with `%onecloud` in it, signed in to a sandbox; a clock on which nobody waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from onecloud_magic import OneCloud
from onecloud_magic.account import profiles
from onecloud_magic.home import Home
from onecloud_magic.magics import accounts, extension
from onecloud_magic.onlookers import look_away
from onecloud_magic.sandbox import Sandbox
from tests.account.conftest import PLENTY, clock, forget, home, one_clock
from tests.conftest import Clock
from tests.credentials.kernels import User

from .causes import LIFE
from .shell import Shell

__all__ = ["clock", "home", "one_clock"]

NewShell = Callable[..., Shell]


@pytest.fixture(scope="session")
def one_sandbox(one_clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(
        clock=one_clock, token_ttl=PLENTY, burst_limit=PLENTY, daily_limit=PLENTY
    ) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that tests share; nobody changes its world."""
    yield one_sandbox
    forget(one_sandbox)


@pytest.fixture
def new_shell(
    home: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewShell]:
    """Start a shell, its history in a folder of the test's own; keywords are its configuration."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    with ExitStack() as ends:

        def started(**config: dict[str, Any]) -> Shell:
            shell = Shell(InteractiveShell.instance(config=Config(config)))
            ends.callback(shell.close)
            ends.callback(accounts.forget)
            ends.callback(look_away, extension._look)
            return shell

        yield started
    profiles.forget()


@pytest.fixture
def shell(new_shell: NewShell) -> Shell:
    """A shell with `%onecloud`, in which nobody is signed in."""
    shell = new_shell()
    shell.run("%load_ext onecloud_magic")
    return shell


@pytest.fixture
def account(
    sandbox: Sandbox, home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> OneCloud:
    """The account of the profile `default`, signed in before any shell is there."""
    monkeypatch.setenv("ONECLOUD_TIMEZONE", "UTC")  # a machine may be anywhere
    account = OneCloud(base_url=sandbox.url, burst_limit=PLENTY)
    account.login(**sandbox.credentials)
    sandbox.requests.clear()
    return account


@pytest.fixture
def signed_in(account: OneCloud, shell: Shell) -> Shell:
    """A shell with `%onecloud` whose current profile is signed in to the sandbox."""
    return shell


@pytest.fixture
def user(home: Path, clock: Clock) -> Iterator[User]:
    """A user of a sandbox of their own, who can bring about whatever may become of a session."""
    clock.now = time.time()  # what a journal tells outlasts processes: it is read by the real time
    with Sandbox(clock=clock, token_ttl=LIFE) as sandbox:
        yield User(Home(home), sandbox, clock)
