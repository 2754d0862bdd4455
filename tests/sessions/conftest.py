"""Sandboxes whose tokens end when a test says so, accounts signed in to them, real processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import line, profiles
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .common import Crew

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # signals and /proc are looked at

LIFE = 3600.0  # seconds that an access token lives
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

NewSandbox = Callable[..., Sandbox]
NewAccount = Callable[..., OneCloud]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and an environment of the test's own; what it starts inherits them."""
    for name in list(os.environ):
        if name.startswith("ONECLOUD_") or name == "CI" or name.lower() in PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(line, "_lines", {})
    monkeypatch.setattr(line, "_hosts", {})
    profiles.forget()
    return tmp_path / "home"


@pytest.fixture
def clock() -> Clock:
    """The sandbox's clock. The client goes by the real one, and learns of an end by a 401."""
    return Clock(time.time())


@pytest.fixture
def new_sandbox(clock: Clock) -> Iterator[NewSandbox]:
    """Make a sandbox on that clock; by default a second use of a refresh token kills all."""
    with ExitStack() as open_ones:

        def made(**options: Any) -> Sandbox:
            usual = {"clock": clock, "token_ttl": LIFE, "reuse": "revoke", "burst_limit": 10**6}
            return open_ones.enter_context(Sandbox(**{**usual, **options}))

        yield made


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


@pytest.fixture
def new_account(monkeypatch: pytest.MonkeyPatch) -> NewAccount:
    """Make an account that shares nothing with those before, as in a process that just began."""

    def made(sandbox: Sandbox, profile: str = "default", **settings: Any) -> OneCloud:
        monkeypatch.setattr(line, "_lines", {})
        monkeypatch.setattr(line, "_hosts", {})
        asked = {"base_url": sandbox.url, "burst_limit": 10**6, **settings}
        return OneCloud(profile, **asked)

    return made


@pytest.fixture
def signed_in(new_account: NewAccount, sandbox: Sandbox) -> OneCloud:
    """An account with tokens that were pasted: their end is not known to it."""
    account = new_account(sandbox)
    account.login(**sandbox.credentials)
    sandbox.requests.clear()
    return account


@pytest.fixture
def expired(signed_in: OneCloud, clock: Clock) -> OneCloud:
    """The account, its access token ended on the server and not yet in its own eyes."""
    clock.advance(LIFE + 1)
    return signed_in


@pytest.fixture(scope="session")
def one_crew() -> Iterator[list[Crew]]:
    started = [Crew()]
    yield started
    started.pop().end()


@pytest.fixture
def crew(one_crew: list[Crew]) -> Iterator[Crew]:
    """Processes of the same user. The first one is shared, since starting it costs the most."""
    yield one_crew[0]
    if one_crew[0].busy:  # after a test that failed
        one_crew.pop().end()
        one_crew.append(Crew())
