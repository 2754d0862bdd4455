"""What objects of one profile share, and what accounts, profiles and hosts never do."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import profiles
from onecloud_magic.errors import NotSignedIn, Unreachable, UsageError
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request

from .conftest import PLENTY, NewSandbox, SignIn


def second_admin(sandbox: Sandbox) -> dict[str, str]:
    return sandbox.enable_access([email for email, admin in sandbox.users.items() if admin][1])


def tokens_seen(sandbox: Sandbox) -> set[str]:
    seen = {each.headers.get("authorization", "") for each in sandbox.requests}
    return {each.removeprefix("Bearer ") for each in seen if each}


# ---- one profile


def test_objects_of_one_profile_share_all_that_matters(sandbox: Sandbox, sign_in: SignIn) -> None:
    one = sign_in(sandbox)
    other = OneCloud(base_url=sandbox.url)

    assert other.session is one.session
    assert other.quota is one.quota
    assert other.activity is one.activity
    one.chains()
    sandbox.requests.clear()
    assert other.chains().attrs["onecloud"]["source"] == "cache"
    assert other.cache.info().equals(one.cache.info())
    assert not sandbox.requests


def test_objects_of_one_profile_share_one_pace(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    sandbox = new_sandbox(burst_limit=20)
    accounts = [sign_in(sandbox, burst_limit=20) for _ in range(3)]

    for _ in range(10):
        for account in accounts:
            account.workspaces(refresh=True)

    assert {each.status for each in sandbox.requests} == {200}


def test_objects_of_one_profile_may_have_defaults_of_their_own(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    one = sign_in(sandbox, environment="Test")
    other = sign_in(sandbox, environment="Production")

    assert set(one.chains()["environment"]) == {"Test"}
    assert set(other.chains()["environment"]) == {"Production"}


def test_a_watcher_of_the_quota_may_ask_the_account_again(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    one = sign_in(sandbox)
    seen: list[int | None] = []
    one.quota.observe(lambda _: seen.append(OneCloud(base_url=sandbox.url).quota.burst_remaining))

    def read() -> None:
        OneCloud(base_url=sandbox.url, burst_limit=50).workspaces(refresh=True)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(timeout=60)

    assert not reader.is_alive()
    assert seen


# ---- two profiles, two accounts


def test_two_profiles_share_neither_token_nor_cache_nor_quota(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    one, other = sign_in(sandbox, "one"), OneCloud("other", base_url=sandbox.url)
    tokens = second_admin(sandbox)
    assert other.session.state == "signed_out"
    other.login(**tokens)
    one.chains()
    sandbox.requests.clear()

    frame = other.workspaces()

    assert frame.attrs["onecloud"]["source"] == "network"
    assert tokens_seen(sandbox) == {tokens["access_token"]}
    assert one.quota.burst_remaining != other.quota.burst_remaining
    assert list(other.cache.info()["entries"]) == [1]
    other.logout()
    assert one.session.state == "active"
    assert len(one.workspaces(refresh=True)) == 3


def test_the_next_account_of_a_profile_sees_nothing_of_the_one_before(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox()
    account = sign_in(sandbox)
    account.chains()
    tokens = second_admin(sandbox)
    sandbox.requests.clear()

    account.login(**tokens)

    assert account.cache.info().empty
    assert account.quota.burst_remaining == PLENTY - 1
    assert account.workspaces().attrs["onecloud"]["source"] == "network"
    assert tokens_seen(sandbox) == {tokens["access_token"]}


def test_an_answer_is_kept_for_the_account_that_asked_for_it(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox()
    account, tokens = sign_in(sandbox), second_admin(sandbox)

    def meanwhile(_request: Request, work: faults.Work) -> Reply:
        reply = work()
        sandbox.faults.clear()
        there = threading.Thread(target=account.login, kwargs=tokens)
        there.start()
        there.join()
        return reply

    sandbox.faults.add(meanwhile)
    account.workspaces()

    assert account.cache.info().empty
    assert account.workspaces().attrs["onecloud"]["source"] == "network"
    account.login(**sandbox.credentials)
    assert account.workspaces().attrs["onecloud"]["source"] == "cache"


def test_a_new_token_of_the_same_account_keeps_what_was_answered(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox)
    account.chains()

    account.login(**sandbox.credentials)

    assert account.chains().attrs["onecloud"]["source"] == "cache"


def test_the_current_profile_belongs_to_the_process(
    sandbox: Sandbox, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sign_in(sandbox)

    profiles.use("reports")

    assert before.session.profile == "default"
    assert OneCloud().session.profile == "reports"
    monkeypatch.setenv("ONECLOUD_PROFILE", "nightly")
    assert OneCloud().session.profile == "reports"
    profiles.forget()
    assert OneCloud().session.profile == "nightly"
    assert OneCloud("default").session.profile == "default"


def test_another_home_is_another_place(
    sandbox: Sandbox, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = sign_in(sandbox)

    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path / "elsewhere"))

    assert account.session.state == "signed_out"


@pytest.mark.parametrize("name", ["../escape", "a/b", "..", "", "x" * 65, 5, b"a", ["a"]])
def test_a_profile_that_could_be_a_path_is_refused_at_once(name: object) -> None:
    with pytest.raises(UsageError) as told:
        OneCloud(name)  # type: ignore[arg-type]  # that is the test

    assert len(f"{told.value}\n{told.value.hint}".splitlines()) == 2


# ---- two hosts


def test_two_hosts_in_one_process_do_not_mix(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    here, there = new_sandbox(seed=1), new_sandbox(seed=2, ids="integer", prefix="/api")
    one, other = sign_in(here, "one"), sign_in(there, "other")

    first, second = one.chains(), other.chains()

    assert list(first["created_at"]) != list(second["created_at"])
    assert len(here.requests) == len(there.requests) == 16
    assert tokens_seen(here).isdisjoint(tokens_seen(there))
    assert {each.status for each in here.requests + there.requests} == {200}
    assert one.chains().equals(first)


def test_a_token_is_never_sent_to_another_host(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    here, there = new_sandbox(), new_sandbox()
    account = sign_in(here)

    account.base_url = there.url

    assert account.session.state == "signed_out"
    with pytest.raises(NotSignedIn, match="Not signed in at"):
        account.workspaces()
    with pytest.raises(NotSignedIn):
        OneCloud(base_url=there.url).call("getUsers")
    assert not there.requests
    account.base_url = here.url
    assert len(account.workspaces()) == 3


def test_another_token_url_is_another_host(sandbox: Sandbox, sign_in: SignIn) -> None:
    sign_in(sandbox)
    account = OneCloud(base_url=sandbox.url, token_url=f"{sandbox.url}/elsewhere/token")

    with pytest.raises(NotSignedIn):
        account.workspaces()

    assert not sandbox.requests


def test_a_redirect_takes_no_token_anywhere(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    here, there = new_sandbox(), new_sandbox()
    account = sign_in(here)
    here.faults.add(faults.redirect(f"{there.url}/v1/metadata/workspace"))

    with pytest.raises(Unreachable, match="redirect"):
        account.workspaces()

    assert not there.requests
    assert len(here.requests) == 1
