"""Many processes and threads meet a token that has ended: one refresh, and all are served."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.errors import SessionRejected
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .common import TOKEN, Crew, ask, calls, is_live, posts, stored
from .conftest import LIFE, NewAccount, NewSandbox

pytestmark = pytest.mark.process

SEEDS = (1, 2, 3)


def signed_in(new_account: NewAccount, sandbox: Sandbox, clock: Clock) -> OneCloud:
    account = new_account(sandbox)
    account.login(**sandbox.credentials)
    clock.advance(LIFE + 1)
    sandbox.requests.clear()
    return account


@pytest.mark.parametrize("seed", SEEDS)
def test_eight_processes_that_meet_an_expired_token_make_one_refresh(
    crew: Crew,
    new_sandbox: NewSandbox,
    new_account: NewAccount,
    clock: Clock,
    home: Path,
    seed: int,
) -> None:
    sandbox = new_sandbox(seed=seed)
    signed_in(new_account, sandbox, clock)
    crew.ready(sandbox, processes=8)

    crew.go(8)
    results = crew.done()

    assert results == ["3"] * 8
    assert list(posts(sandbox).values()) == [1]
    assert calls(sandbox).count(200) == 8
    assert stored(home).generation == 1
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("seed", SEEDS)
def test_four_processes_of_four_threads_make_one_refresh(
    crew: Crew,
    new_sandbox: NewSandbox,
    new_account: NewAccount,
    clock: Clock,
    home: Path,
    seed: int,
) -> None:
    sandbox = new_sandbox(seed=seed)
    signed_in(new_account, sandbox, clock)
    crew.ready(sandbox, processes=4, threads=4)

    crew.go(4)
    results = crew.done()

    assert results == ["3"] * 16
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("seed", SEEDS)
def test_sixteen_threads_with_an_account_each_make_one_refresh(
    new_sandbox: NewSandbox, new_account: NewAccount, clock: Clock, home: Path, seed: int
) -> None:
    sandbox = new_sandbox(seed=seed)
    first = signed_in(new_account, sandbox, clock)
    accounts = [first, *(OneCloud(base_url=sandbox.url) for _ in range(15))]
    barrier = Barrier(16)

    def call(account: OneCloud) -> int:
        barrier.wait()
        return ask(account)

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(call, accounts))

    assert results == [3] * 16
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_processes_that_know_that_the_token_has_ended_do_not_send_it(
    crew: Crew, sandbox: Sandbox, signed_in: OneCloud, clock: Clock, home: Path
) -> None:
    long_ago = time.time() - 2 * LIFE
    clock.now = long_ago
    assert refresh(Home(home), "default", clock=clock).kind == "renewed"
    clock.now = time.time()
    sandbox.requests.clear()
    crew.ready(sandbox, processes=8)

    crew.go(8)
    results = crew.done()

    assert results == ["3"] * 8
    assert calls(sandbox) == [200] * 8
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_processes_that_only_find_a_refresh_token_in_the_environment_make_one_refresh(
    crew: Crew, sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"REFRESH_TOKEN": sandbox.credentials["refresh_token"]}
    given |= {"CLIENT_ID": sandbox.credentials["client_id"], "BASE_URL": sandbox.url}
    for name, value in given.items():
        monkeypatch.setenv(f"ONECLOUD_{name}", value)
    crew.ready(sandbox, "environment", processes=6)

    crew.go()
    first = crew.result()
    crew.go()
    second = crew.result()
    crew.go(4)
    others = crew.done()

    assert [*first, *second, *others] == ["3"] * 6
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home, "environment"))


@pytest.mark.parametrize("login", [False, True], ids=["imported", "login"])
def test_processes_with_ended_tokens_in_the_environment_make_one_refresh(
    crew: Crew,
    sandbox: Sandbox,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
    login: bool,
) -> None:
    for name, value in {"BASE_URL": sandbox.url, **sandbox.credentials}.items():
        monkeypatch.setenv(f"ONECLOUD_{name.upper()}", value)
    clock.advance(LIFE + 1)
    crew.ready(sandbox, "environment", processes=4, login=login)

    crew.go(4)
    results = crew.done()

    assert results == ["3"] * 4
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home, "environment"))


@pytest.mark.parametrize("seed", SEEDS)
def test_profiles_that_have_the_same_pair_send_its_token_once(
    new_sandbox: NewSandbox, new_account: NewAccount, clock: Clock, home: Path, seed: int
) -> None:
    sandbox = new_sandbox(seed=seed)
    profiles = ["one", "two", "three", "four"]
    accounts = [new_account(sandbox, profile) for profile in profiles]
    for account in accounts:
        account.login(**sandbox.credentials)
    clock.advance(LIFE + 1)
    sandbox.requests.clear()
    sandbox.faults.add(faults.latency(0.1), path=TOKEN)
    barrier = Barrier(len(accounts))

    def renew(account: OneCloud) -> str:
        barrier.wait()
        try:
            account.renew()
        except SessionRejected as error:
            return error.hint
        return "renewed"

    with ThreadPoolExecutor(len(accounts)) as pool:
        told = list(pool.map(renew, accounts))

    assert list(posts(sandbox).values()) == [1]
    winner = profiles[told.index("renewed")]
    assert is_live(sandbox, stored(home, winner))
    others = [each for each in told if each != "renewed"]
    assert others == [f"Go on there: %onecloud use {winner}."] * 3
