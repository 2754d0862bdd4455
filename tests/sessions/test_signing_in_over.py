"""A sign-in over a session that lives: what goes wrong with it loses nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import (
    Forbidden,
    OneCloudError,
    RefreshUncertain,
    SessionRejected,
    Unreachable,
)
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .common import TOKEN, ask, is_live, pasted, posts, stored
from .conftest import LIFE, NewAccount, NewSandbox

pytestmark = pytest.mark.process


def access_wrong(sandbox: Sandbox, **good: str) -> dict[str, str]:
    return {"access_token": secrets.token_urlsafe(32)}


def both_wrong(sandbox: Sandbox, **good: str) -> dict[str, str]:
    wrong = {name: secrets.token_urlsafe(32) for name in ("access_token", "refresh_token")}
    return {**wrong, "client_id": good["client_id"]}


def client_wrong(sandbox: Sandbox, **good: str) -> dict[str, str]:
    return {**good, "access_token": secrets.token_urlsafe(32), "client_id": secrets.token_hex(16)}


def no_administrator(sandbox: Sandbox, **good: str) -> dict[str, str]:
    return sandbox.enable_access(next(user for user, admin in sandbox.users.items() if not admin))


def service_down(sandbox: Sandbox, **good: str) -> dict[str, str]:
    sandbox.faults.add(faults.status(503))
    return sandbox.enable_access()


MISTAKES = {
    access_wrong: SessionRejected,
    both_wrong: SessionRejected,
    client_wrong: SessionRejected,
    no_administrator: Forbidden,
    service_down: Unreachable,
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistyped_sign_in_leaves_the_session_as_it_was(
    mistake: Callable[..., dict[str, str]],
    signed_in: OneCloud,
    sandbox: Sandbox,
    new_account: NewAccount,
    home: Path,
    clock: Clock,
) -> None:
    before = stored(home)
    given = mistake(sandbox, **pasted(before))

    with pytest.raises(MISTAKES[mistake]):
        signed_in.login(**given)
    sandbox.faults.clear()

    assert stored(home) == before
    assert signed_in.session.state == "active"
    assert ask(signed_in) == 3
    clock.advance(LIFE + 1)
    assert ask(new_account(sandbox)) == 3
    assert is_live(sandbox, stored(home))


def test_a_sign_in_at_the_wrong_host_leaves_the_session_and_sends_no_token_to_its_own(
    signed_in: OneCloud, sandbox: Sandbox, new_sandbox: NewSandbox, home: Path
) -> None:
    before = stored(home)
    other = new_sandbox(seed=2)
    wrong = OneCloud(base_url=other.url)

    with pytest.raises(SessionRejected):
        wrong.login(**pasted(before))

    assert stored(home) == before
    assert ask(signed_in) == 3
    assert not posts(sandbox)


def test_the_sessions_own_refresh_token_with_a_wrong_access_token_renews_the_session(
    signed_in: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    given = pasted(stored(home), access_token=secrets.token_urlsafe(32))

    signed_in.login(**given)

    assert ask(signed_in) == 3
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_what_was_got_for_a_sign_in_that_then_failed_is_the_sessions_own(
    signed_in: OneCloud, sandbox: Sandbox, new_account: NewAccount, home: Path, clock: Clock
) -> None:
    given = pasted(stored(home), access_token=secrets.token_urlsafe(32))
    sandbox.faults.add(faults.status(403), path="/v1/*", after=1)
    with pytest.raises(Forbidden):
        signed_in.login(**given)
    sandbox.faults.clear()
    assert list(posts(sandbox).values()) == [1]

    with pytest.raises(SessionRejected):
        signed_in.login(**both_wrong(sandbox, **given))
    clock.advance(LIFE + 1)

    assert ask(new_account(sandbox)) == 3
    assert is_live(sandbox, stored(home))


def test_a_refresh_that_was_lost_twice_is_not_sent_a_third_time_by_a_sign_in(
    expired: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    given = pasted(stored(home))
    sandbox.faults.add(faults.drop_before_work(), path=TOKEN)
    with pytest.raises(RefreshUncertain):
        ask(expired)
    sandbox.faults.clear()

    with pytest.raises(RefreshUncertain):
        expired.login(**given)

    assert list(posts(sandbox).values()) == [2]


def test_nothing_of_a_failed_sign_in_stays_behind(
    new_account: NewAccount, sandbox: Sandbox, home: Path
) -> None:
    with pytest.raises(OneCloudError):
        new_account(sandbox).login(**both_wrong(sandbox, **sandbox.credentials))

    assert {each.name for each in (home / "profiles/default").iterdir()} == {"lock", "writing"}
