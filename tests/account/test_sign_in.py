"""Signing in and out: what is checked, what stands, what a new process finds."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import Forbidden, NotSignedIn, SessionRejected, Unreachable, UsageError
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .conftest import NewSandbox, SignIn


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    """One whose tokens can be revoked."""
    return new_sandbox()


@pytest.fixture
def stranger(sandbox: Sandbox) -> OneCloud:
    """An account that is not signed in."""
    return OneCloud(base_url=sandbox.url)


# ---- signing in


def test_a_sign_in_costs_one_call_and_is_the_session_from_then_on(
    stranger: OneCloud, sandbox: Sandbox
) -> None:
    assert stranger.session.state == "signed_out"

    stranger.login(**sandbox.credentials)

    assert [each.path for each in sandbox.requests] == ["/v1/metadata/workspace"]
    assert stranger.session.state == "active"
    assert stranger.session.source == "argument"
    assert stranger.session.host == sandbox.url
    assert stranger.session.profile == "default"
    assert stranger.session.user is None
    assert stranger.session.expires_at is None
    assert len(stranger.workspaces()) == 3


def test_an_access_token_alone_is_enough(stranger: OneCloud, sandbox: Sandbox) -> None:
    stranger.login(access_token=f' "{sandbox.credentials["access_token"]}"\n')

    assert len(stranger.workspaces()) == 3


@pytest.mark.process
def test_the_session_can_be_watched(stranger: OneCloud, sandbox: Sandbox) -> None:
    seen: list[str] = []
    stranger.session.observe(lambda change: seen.append(change.new), "state")

    stranger.login(**sandbox.credentials)
    sandbox.revoke_access()
    with pytest.raises(SessionRejected):
        stranger.workspaces()
    stranger.logout()

    assert seen == ["active", "refreshing", "rejected", "signed_out"]


def test_a_wrong_token_leaves_the_session_before_standing(
    stranger: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    stranger.login(**sandbox.credentials)
    before = (home / "profiles/default/record.json").read_bytes()
    figures = stranger.quota.burst_remaining

    with pytest.raises(SessionRejected):
        stranger.login(access_token=secrets.token_hex(20))

    assert stranger.session.state == "active"
    assert stranger.quota.burst_remaining == figures
    assert (home / "profiles/default/record.json").read_bytes() == before
    assert len(stranger.workspaces()) == 3


def test_a_user_who_is_no_administrator_is_told_whom_to_ask(
    stranger: OneCloud, sandbox: Sandbox
) -> None:
    nobody = next(email for email, admin in sandbox.users.items() if not admin)

    with pytest.raises(Forbidden) as told:
        stranger.login(**sandbox.enable_access(nobody))

    assert "administrator" in told.value.hint
    assert stranger.session.state == "signed_out"


def test_no_session_is_made_where_nobody_answers(stranger: OneCloud, sandbox: Sandbox) -> None:
    credentials = sandbox.credentials
    sandbox.faults.add(faults.drop_before_work())

    with pytest.raises(Unreachable):
        stranger.login(**credentials)

    assert stranger.session.state == "signed_out"


@pytest.mark.process
def test_a_session_that_is_revoked_is_known_as_rejected(
    stranger: OneCloud, sandbox: Sandbox
) -> None:
    stranger.login(**sandbox.credentials)
    sandbox.revoke_access()

    with pytest.raises(SessionRejected) as told:
        stranger.workspaces()

    assert "%onecloud login" in told.value.hint
    assert stranger.session.state == "rejected"
    paths = [each.path for each in sandbox.requests]
    assert paths == ["/v1/metadata/workspace", "/v1/metadata/workspace", "/oauth/token"]


@pytest.mark.process
def test_a_token_that_ended_is_renewed_and_the_call_repeated(
    new_sandbox: NewSandbox, clock: Clock, sign_in: SignIn
) -> None:
    sandbox = new_sandbox(token_ttl=3600.0)
    account = sign_in(sandbox)

    clock.advance(3601)

    assert len(account.workspaces()) == 3
    assert account.session.state == "active"
    assert [each.status for each in sandbox.requests] == [401, 200, 200]


def test_a_token_that_ended_and_has_no_refresh_token_is_rejected(
    new_sandbox: NewSandbox, clock: Clock
) -> None:
    sandbox = new_sandbox(token_ttl=3600.0)
    account = OneCloud(base_url=sandbox.url)
    account.login(access_token=sandbox.credentials["access_token"])

    clock.advance(3601)

    with pytest.raises(SessionRejected):
        account.workspaces()
    assert account.session.state == "rejected"


@pytest.mark.process
def test_after_a_rejection_a_new_sign_in_helps(stranger: OneCloud, sandbox: Sandbox) -> None:
    stranger.login(**sandbox.credentials)
    sandbox.revoke_access()
    with pytest.raises(SessionRejected):
        stranger.workspaces()

    stranger.login(**sandbox.enable_access())

    assert stranger.session.state == "active"
    assert len(stranger.workspaces()) == 3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"access_token": ""}, "access_token"),
        ({"access_token": "two words"}, "access_token"),
        ({"access_token": 5}, "access_token"),
        ({"access_token": "x" * 10_000_000}, "access_token"),
        ({"refresh_token": "abc"}, "client id"),
        ({"client_secret": "abc"}, "client id"),
        ({"client_id": "an-app"}, "No token"),
        ({"access_token": "abc", "client_id": 5}, "client_id cannot be 5"),
        ({}, "nothing to sign in with"),
    ],
    ids=["empty", "blank", "number", "huge", "no id", "no id 2", "id", "bad id", "none"],
)
def test_what_nobody_can_sign_in_with_is_told_before_any_call(
    stranger: OneCloud, sandbox: Sandbox, given: dict[str, str], says: str
) -> None:
    with pytest.raises((UsageError, NotSignedIn), match=says) as told:
        stranger.login(**given)

    assert len(f"{told.value}\n{told.value.hint}".splitlines()) == 2
    assert not sandbox.requests


def test_an_unknown_argument_is_a_type_error(stranger: OneCloud) -> None:
    with pytest.raises(TypeError):
        stranger.login(token="abc")  # type: ignore[call-arg]  # noqa: S106  # that is the test


# ---- signing out, and the store


def test_after_a_sign_out_nothing_is_sent_and_nothing_is_kept(
    stranger: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    stranger.login(**sandbox.credentials)
    stranger.workspaces()
    sandbox.requests.clear()

    stranger.logout()

    assert stranger.session.state == "signed_out"
    assert stranger.quota.updated_at is None
    # The count of calls stays: the service goes on counting, and other kernels with it.
    kept = [path for path in home.rglob("*") if path.is_file() and path.stat().st_size]
    assert {path.parent for path in kept} == {home / "answers"}
    with pytest.raises(NotSignedIn, match="Not signed in") as told:
        stranger.workspaces()
    assert "%onecloud sandbox" in told.value.hint
    assert not sandbox.requests


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_session_lies_in_a_file_for_its_owner_alone(
    stranger: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    stranger.login(**sandbox.credentials)

    file = home / "profiles/default/record.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in file.relative_to(home).parents:
        assert stat.S_IMODE((home / folder).stat().st_mode) == 0o700


def test_a_session_in_memory_leaves_no_file(sandbox: Sandbox, sign_in: SignIn, home: Path) -> None:
    account = sign_in(sandbox, token_store="memory")  # noqa: S106  # the name of a store

    assert len(account.workspaces()) == 3
    assert not home.exists()


def test_a_session_that_was_kept_in_memory_goes_on_in_the_file(
    sandbox: Sandbox, sign_in: SignIn, home: Path
) -> None:
    account = sign_in(sandbox, token_store="memory")  # noqa: S106  # the name of a store

    account.token_store = "file"  # noqa: S105

    assert len(account.workspaces()) == 3
    assert (home / "profiles/default/record.json").exists()
    account.token_store = "memory"  # noqa: S105
    assert account.session.state == "signed_out"


def test_a_new_process_finds_the_session(stranger: OneCloud, sandbox: Sandbox) -> None:
    stranger.login(**sandbox.credentials)
    code = (
        "from onecloud_magic import OneCloud\n"
        f"account = OneCloud(base_url={sandbox.url!r})\n"
        "print(account.session.state, account.session.source, len(account.workspaces()))\n"
    )

    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["active", "store", "3"]


def test_a_session_that_another_object_stored_is_seen_at_once(
    stranger: OneCloud, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stranger.session.state == "signed_out"
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("onecloud_magic.account.line._lines", {})  # as in another process
        OneCloud(base_url=sandbox.url).login(**sandbox.credentials)

    assert stranger.session.state == "active"
