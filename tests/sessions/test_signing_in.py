"""Signing in: what goes wrong loses nothing, and what was spent for it is found again."""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.credentials.hosts import Host
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import Outcome, refresh
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.spending import thrown_away
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.errors import (
    NotSignedIn,
    RefreshUncertain,
    SessionRejected,
)
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .common import TOKEN, Crew, Gate, ask, helpers, is_live, kill, pasted, posts, stored, until
from .conftest import LIFE, NewAccount, NewSandbox

pytestmark = pytest.mark.process


def ended(sandbox: Sandbox, clock: Clock) -> dict[str, str]:
    """Tokens of which the access token has ended and the refresh token is good."""
    made = sandbox.enable_access()
    clock.advance(LIFE + 1)
    return made


# ---- with a dead access token


def test_a_good_refresh_token_signs_in_whatever_the_access_token_is(
    new_account: NewAccount, sandbox: Sandbox, clock: Clock, home: Path
) -> None:
    given = ended(sandbox, clock)
    account = new_account(sandbox)

    account.login(**given)

    assert ask(account) == 3
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_a_client_id_that_was_mistyped_can_be_put_right(
    new_account: NewAccount, sandbox: Sandbox, clock: Clock, home: Path
) -> None:
    given = ended(sandbox, clock)
    account = new_account(sandbox)
    with pytest.raises(SessionRejected):
        account.login(**{**given, "client_id": secrets.token_hex(16)})

    account.login(**given)

    assert ask(account) == 3
    assert is_live(sandbox, stored(home))


def test_processes_that_sign_in_with_the_same_tokens_while_a_session_holds_them_spend_them_once(
    expired: OneCloud, crew: Crew, sandbox: Sandbox, home: Path, new_account: NewAccount
) -> None:
    given = pasted(stored(home))
    gate = Gate()
    sandbox.faults.add(gate, path=TOKEN, times=1)
    crew.ready(sandbox)
    crew.go()
    gate.wait()  # one process renews the session at this moment
    gate_opens_when_two_ask(home, gate)

    new_account(sandbox).login(**given)

    assert crew.done() == ["3"]
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def gate_opens_when_two_ask(home: Path, gate: Gate) -> None:
    """Open the gate once a second helper waits for the first."""

    def wait() -> None:
        until(lambda: len(helpers(home)) == 2)
        gate.open()

    threading.Thread(target=wait, daemon=True).start()


def test_a_sign_in_that_was_killed_before_its_check_goes_on_with_the_same_tokens(
    crew: Crew,
    sandbox: Sandbox,
    clock: Clock,
    home: Path,
    new_account: NewAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = ended(sandbox, clock)
    for name, value in {"BASE_URL": sandbox.url, **given}.items():
        monkeypatch.setenv(f"ONECLOUD_{name.upper()}", value)
    gate = Gate()
    sandbox.faults.add(gate, path="/v1/*", after=1)  # the first call is the one that meets a 401
    [signing_in] = crew.ready(sandbox, "default", login=True)
    crew.go()
    gate.wait()
    kill(signing_in)
    assert crew.done() == []
    gate.open()

    account = new_account(sandbox)
    account.login(**given)

    assert ask(account) == 3
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_stale_tokens_in_the_environment_do_not_cost_the_session_that_was_signed_in(
    sandbox: Sandbox,
    clock: Clock,
    home: Path,
    new_account: NewAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stale = sandbox.enable_access()
    sandbox.revoke_access()
    for name, value in {"BASE_URL": sandbox.url, **stale}.items():
        monkeypatch.setenv(f"ONECLOUD_{name.upper()}", value)
    new_account(sandbox, "environment").login(**sandbox.enable_access())
    before = stored(home, "environment")

    with pytest.raises(SessionRejected):
        ask(new_account(sandbox, "environment"))

    assert stored(home, "environment") == before
    assert is_live(sandbox, before)


def test_a_refresh_that_was_lost_twice_for_a_sign_in_is_not_sent_a_third_time_by_the_session(
    new_account: NewAccount, sandbox: Sandbox, clock: Clock
) -> None:
    given, account = sandbox.enable_access(), new_account(sandbox)
    sandbox.faults.add(faults.drop_before_work(), path=TOKEN)
    with pytest.raises(RefreshUncertain):
        account.login(**{**given, "access_token": secrets.token_urlsafe(32)})
    sandbox.faults.clear()

    account.login(**given)
    clock.advance(LIFE + 1)
    with pytest.raises(RefreshUncertain):
        ask(account)

    assert list(posts(sandbox).values()) == [2]


# ---- time


def test_what_another_kernel_left_three_days_ago_is_renewed_in_the_same_call(
    new_account: NewAccount, new_sandbox: NewSandbox, clock: Clock, home: Path
) -> None:
    sandbox = new_sandbox(expires_in=False)
    account = new_account(sandbox)
    account.login(**sandbox.credentials)
    clock.advance(LIFE + 1)
    # By its own clock, the kernel wakes three days after another one has renewed.
    then = time.time() - 3 * 86_400
    assert refresh(Home(home), "default", clock=lambda: then).kind == "renewed"
    clock.advance(3 * 86_400)

    assert ask(account) == 3

    assert list(posts(sandbox).values()) == [1, 1]
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("life", [3600.0, 86400.0, 30 * 86400.0], ids=["1 h", "1 day", "30 days"])
def test_a_kernel_that_slept_for_three_days_signs_in_by_itself(
    new_sandbox: NewSandbox, new_account: NewAccount, clock: Clock, home: Path, life: float
) -> None:
    sandbox = new_sandbox(token_ttl=life)
    account = new_account(sandbox)
    account.login(**sandbox.credentials)
    assert ask(account) == 3

    clock.advance(3 * 86400.0)

    assert ask(account) == 3
    assert posts(sandbox).total() == (1 if life < 3 * 86400.0 else 0)
    assert is_live(sandbox, stored(home))


def test_a_kernel_that_slept_while_its_access_was_revoked_says_what_to_do(
    signed_in: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    clock.advance(3 * 86400.0)
    sandbox.revoke_access()

    with pytest.raises(SessionRejected) as told:
        ask(signed_in)

    assert "Admin > API" in told.value.hint
    assert "%onecloud login" in told.value.hint


# ---- machines that are thrown away


FAR = Host("https://onecloud.invalid", "https://onecloud.invalid/oauth/token")


@pytest.mark.parametrize("sign", ["CI", "COLAB_RELEASE_TAG", "BINDER_SERVICE_HOST"])
def test_a_machine_that_is_thrown_away_spends_no_refresh_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sign: str
) -> None:
    monkeypatch.delenv("ONECLOUD_HOME")
    monkeypatch.setenv(sign, "1")
    home, started = Home(tmp_path / "thrown away"), list[str]()
    tokens = {name: Secret(secrets.token_hex(20)) for name in ("access_token", "refresh_token")}
    record = Record.given(FAR, "argument", client_id="an-app", **tokens)
    FileStore("default", home).save(record)

    def start(**_given: object) -> Outcome:
        started.append(sign)
        return Outcome("renewed")

    with pytest.raises(SessionRejected, match="thrown away") as told:
        FileRenewal(home, "default", time.time, start=start).renew(record)

    assert not started
    assert "ONECLOUD_HOME" in told.value.hint
    assert stored(home.root) == record


def test_the_own_machine_and_a_named_home_are_not_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_ci = {"CI": "true"}.get

    assert thrown_away(FAR.base_url, on_ci)
    assert not thrown_away("http://127.0.0.1:8080", on_ci)
    assert not thrown_away(FAR.base_url, {"CI": "true", "ONECLOUD_HOME": "/kept"}.get)
    assert not thrown_away(FAR.base_url, {"HOME": "/root"}.get)


def test_a_session_can_be_renewed_before_it_is_due(
    sandbox: Sandbox, new_account: NewAccount
) -> None:
    oc = new_account(sandbox)
    oc.login(**sandbox.credentials)

    oc.renew()

    assert oc.session.state == "active"
    assert list(posts(sandbox).values()) == [1]


def test_what_cannot_be_renewed_says_so(sandbox: Sandbox, new_account: NewAccount) -> None:
    oc = new_account(sandbox)
    oc.login(access_token=sandbox.credentials["access_token"])

    with pytest.raises(NotSignedIn, match="nothing to get a new access token with"):
        oc.renew()

    assert oc.session.state == "active"
