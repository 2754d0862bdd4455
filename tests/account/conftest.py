"""Sandboxes, accounts that are signed in to them, and a clock on which nobody waits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import line, profiles
from onecloud_magic.sandbox import Sandbox
from tests.conftest import NOW, Clock

PLENTY = 1_000_000


class SignIn(Protocol):
    def __call__(
        self, sandbox: Sandbox, /, profile: str | None = None, **settings: Any
    ) -> OneCloud:
        """Sign an account of that profile in to a sandbox."""


NewSandbox = Callable[..., Sandbox]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and an environment of the test's own."""
    for name in list(os.environ):
        if name.startswith("ONECLOUD_") or name == "CI":
            monkeypatch.delenv(name)
    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path / "home"))
    profiles.forget()
    return tmp_path / "home"


@pytest.fixture(scope="session")
def one_clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, one_clock: Clock) -> Clock:
    """Client and sandbox on one clock, which whoever sleeps moves on."""
    one_clock.now = NOW
    on_it = partial(line.Line, clock=one_clock, ticks=one_clock, sleep=one_clock.advance)
    monkeypatch.setattr(line, "Line", on_it)
    return one_clock


@pytest.fixture(scope="session")
def shared(one_clock: Clock) -> Iterator[dict[str, Sandbox]]:
    """Sandboxes that tests share, since a history takes its time; nobody changes their world."""
    usual: dict[str, Any] = {
        "clock": one_clock,
        "token_ttl": PLENTY,
        "burst_limit": PLENTY,
        "daily_limit": PLENTY,
    }
    prefix = "/s/wdata/oc/api"
    with ExitStack() as open_ones:
        yield {
            "plain": open_ones.enter_context(Sandbox(**usual)),
            "text": open_ones.enter_context(Sandbox(**usual, ids="text", prefix=prefix)),
            "integer": open_ones.enter_context(Sandbox(**usual, ids="integer", prefix=prefix)),
        }


@pytest.fixture
def sandbox(shared: dict[str, Sandbox]) -> Iterator[Sandbox]:
    yield shared["plain"]
    forget(shared["plain"])


@pytest.fixture(params=["text", "integer"])
def host(request: pytest.FixtureRequest, shared: dict[str, Sandbox]) -> Iterator[Sandbox]:
    """A sandbox of each of the two generations, below a prefix."""
    yield shared[request.param]
    forget(shared[request.param])


def forget(sandbox: Sandbox) -> None:
    sandbox.faults.clear()
    sandbox.requests.clear()
    # The clock is set back for each test: what was counted before would be of this moment.
    sandbox._world.limits._windows.clear()


@pytest.fixture
def new_sandbox(clock: Clock) -> Iterator[NewSandbox]:
    """Make a sandbox that is the test's own to change."""
    with ExitStack() as open_ones:

        def made(**options: Any) -> Sandbox:
            usual = {"clock": clock, "token_ttl": PLENTY, "burst_limit": PLENTY}
            return open_ones.enter_context(Sandbox(**{**usual, **options}))

        yield made


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(sandbox: Sandbox, /, profile: str | None = None, **settings: Any) -> OneCloud:
        asked = {"base_url": sandbox.url, "burst_limit": PLENTY, "timezone": "UTC", **settings}
        account = OneCloud(profile, **asked)
        account.login(**sandbox.credentials)
        sandbox.requests.clear()
        return account

    return signed_in


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox)
