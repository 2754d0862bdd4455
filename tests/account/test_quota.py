"""The quota as the service tells it, and calls that are paced so that none is refused."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import QuotaExceeded
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Refused, Reply, Request
from tests.conftest import Clock

from .conftest import PLENTY, NewSandbox, SignIn


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox(burst_limit=100, daily_limit=50_000)


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox, burst_limit=100)


# ---- what is shown


def test_before_any_answer_nothing_is_told(sandbox: Sandbox) -> None:
    quota = OneCloud(base_url=sandbox.url).quota

    assert (quota.burst_remaining, quota.daily_remaining, quota.updated_at) == (None,) * 3
    assert (quota.burst_limit, quota.daily_limit) == (100, 50_000)
    assert repr(quota) == "<Quota burst not told, daily not told>"


def test_the_quota_follows_every_answer(account: OneCloud) -> None:
    figures = []
    for _ in range(3):
        account.workspaces(refresh=True)
        figures.append((account.quota.burst_remaining, account.quota.daily_remaining))

    assert figures == [(98, 49_998), (97, 49_997), (96, 49_996)]
    assert isinstance(account.quota.updated_at, datetime)
    assert repr(account.quota) == "<Quota burst 96 of 100, daily 49,996 of 50,000>"


def test_the_figures_are_the_services_own(account: OneCloud, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=7, daily=123))

    account.workspaces()

    assert (account.quota.burst_remaining, account.quota.daily_remaining) == (7, 123)


def test_a_refusal_tells_them_too(account: OneCloud, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=5, daily=55))

    with pytest.raises(Exception, match="No run"):
        account.nodes("17")

    assert account.quota.daily_remaining == 55


@pytest.mark.parametrize("header", ["oc-api-burst-remaining", "oc-api-daily-remaining"])
def test_a_figure_that_is_not_told_is_none(
    account: OneCloud, sandbox: Sandbox, header: str
) -> None:
    sandbox.faults.add(faults.header_missing(header))

    account.workspaces()

    told = (account.quota.burst_remaining, account.quota.daily_remaining)
    assert [each is None for each in told] == ["burst" in header, "daily" in header]
    assert "not told" in repr(account.quota)


def test_the_quota_can_be_watched(account: OneCloud) -> None:
    seen: list[int] = []
    account.quota.observe(lambda change: seen.append(change.new), "burst_remaining")

    account.environments()

    assert seen == [98, 97, 96, 95]


def test_what_the_cache_answers_changes_no_figure(account: OneCloud) -> None:
    account.workspaces()
    before = (account.quota.burst_remaining, account.quota.updated_at)

    account.workspaces()

    assert (account.quota.burst_remaining, account.quota.updated_at) == before


# ---- the pace


def test_a_read_of_150_pages_takes_one_window_and_a_bit(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    # It took two: calls that left the window while another was under way were taken for others'.
    def some_way_off(_request: Request, work: faults.Work) -> Reply:
        clock.advance(0.07)
        reply = work()
        clock.advance(0.07)
        return reply

    sandbox.faults.add(some_way_off)
    began = clock.now

    with pytest.warns(OneCloudWarning):
        account.runs(limit=150 * 50 - 1, since="1000 days")

    assert {each.status for each in sandbox.requests} == {200}
    assert clock.now - began <= 20 + 50 * 0.14 + 5


def test_the_calls_to_come_are_told_while_they_are_made(account: OneCloud) -> None:
    seen: list[int | None] = []
    account.activity.observe(lambda change: seen.append(change.new), "calls_expected")

    account.logins(limit=500)

    assert [each is None for each in seen] == [False, True]
    assert seen[0] == account.activity.calls_done


def test_what_would_not_fit_into_the_day_is_not_begun(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox(daily_limit=40)
    account = sign_in(sandbox)
    account.chains()
    sandbox.requests.clear()

    with pytest.raises(QuotaExceeded, match="up to 50 calls, and 23 are left") as told:
        account.runs(limit=2500)

    assert (told.value.needed, told.value.remaining) == (50, 23)
    assert not sandbox.requests


def test_two_profiles_of_one_account_and_two_kernels_keep_to_one_pace(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox(burst_limit=20)
    accounts = [sign_in(sandbox, profile, burst_limit=20) for profile in ("one", "other")]

    for _ in range(15):
        for account in accounts:
            account.workspaces(refresh=True)

    assert {each.status for each in sandbox.requests} == {200}
    assert accounts[0].activity is not accounts[1].activity


def test_memory_writes_no_ledger(new_sandbox: NewSandbox, sign_in: SignIn, home: Path) -> None:
    account = sign_in(new_sandbox(), token_store="memory")  # noqa: S106  # a place

    account.workspaces()

    assert not (home / "answers").exists()


@pytest.mark.parametrize("window", ["sliding", "first", "clock"])
def test_no_call_is_refused_however_many_are_needed(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock, window: str
) -> None:
    sandbox = new_sandbox(burst_limit=20, window=window)
    account, began = sign_in(sandbox, burst_limit=20), clock.now

    account.logins(limit=None)
    account.chains()
    with pytest.warns(OneCloudWarning):
        account.runs(limit=2500, since="100 days")

    assert {each.status for each in sandbox.requests} == {200}
    assert len(sandbox.requests) == 21 + 16 + 50
    # 4 full windows had to pass, and one more at the most.
    assert 80 <= clock.now - began <= 100 + 5


def test_threads_of_one_account_keep_to_one_pace(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    sandbox = new_sandbox(burst_limit=20)
    account = sign_in(sandbox, burst_limit=20)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                account.workspaces(refresh=True)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert len(sandbox.requests) == 60
    assert {each.status for each in sandbox.requests} == {200}


def test_each_thread_counts_its_own_calls(account: OneCloud) -> None:
    calls: list[int] = []

    def work() -> None:
        for _ in range(5):
            calls.append(account.environments(refresh=True).attrs["onecloud"]["calls"])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert calls == [4] * 20


def test_a_call_that_is_refused_for_want_of_quota_is_waited_out(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    began = clock.now
    sandbox.faults.add(rate_limited, times=1)
    waits: list[str] = []
    account.activity.observe(lambda change: waits.append(change.new), "why")

    frame = account.workspaces()

    assert len(frame) == 3
    assert [each.status for each in sandbox.requests] == [422, 200]
    assert frame.attrs["onecloud"]["calls"] == 2
    assert 2 < clock.now - began < 4  # a window that stands may be over long before 20 s
    assert (waits[0], waits[-1]) == ("the service has no calls left in this window", "")
    assert account.activity.waiting_until is None


def test_an_act_that_is_refused_for_want_of_quota_is_waited_out_too(
    account: OneCloud, sandbox: Sandbox
) -> None:
    chain = account.chains(environment="Production", name="Monthly Close").iloc[0]
    sandbox.requests.clear()
    sandbox.faults.add(rate_limited, times=2)

    account.call("publishChain", chain_id=chain["id"])

    assert [each.status for each in sandbox.requests] == [422, 422, 200]


def rate_limited(_request: Request, _work: faults.Work) -> Reply:
    raise Refused(422, "Rate limit exceeded", "Too many requests for this user.")


def test_calls_of_others_are_made_room_for(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    rival = OneCloud("rival", base_url=sandbox.url, burst_limit=PLENTY)
    rival.login(**sandbox.credentials)
    for _ in range(98):
        rival.workspaces(refresh=True)
    sandbox.requests.clear()
    began = clock.now

    account.chains()

    refused = [each for each in sandbox.requests if each.status == 422]
    assert len(refused) <= 1
    assert clock.now - began <= 46


def test_when_the_day_is_spent_nothing_is_waited_for(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock
) -> None:
    sandbox = new_sandbox(daily_limit=5)
    account, began = sign_in(sandbox), clock.now

    with pytest.raises(QuotaExceeded, match="calls of the day") as told:
        account.chains()

    assert told.value.remaining == 0
    assert [each.status for each in sandbox.requests] == [200] * 4 + [422]
    assert clock.now == began
    assert account.quota.daily_remaining == 0
