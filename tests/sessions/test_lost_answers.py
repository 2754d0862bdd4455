"""Answers of the token endpoint that are lost, cut off or strange: how often it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import trustme

from onecloud_magic import OneCloud
from onecloud_magic.credentials.exchange import exchange
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.errors import (
    OneCloudWarning,
    RefreshUncertain,
    SessionRejected,
    Unreachable,
)
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.faults import Fault
from tests.conftest import Clock

from .common import TOKEN, Crew, ask, calls, is_live, journal, posts, stored
from .conftest import LIFE, NewAccount, NewSandbox
from .wires import Road, free_port

pytestmark = pytest.mark.process

ELSEWHERE = "http://127.0.0.1:1/oauth/token"

# Not carried out: a repeat brings the tokens. Carried out: nothing can bring them.
UNHEARD: dict[str, Callable[[], Fault]] = {
    "dropped": faults.drop_before_work,
    "502": lambda: faults.status(502),
}
SPENT: dict[str, Callable[[], Fault]] = {
    "dropped": faults.drop_after_work,
    "cut off": faults.truncated_body,
}
UNREADABLE: dict[str, Callable[[], Fault]] = {
    "html": faults.html_instead,
    "empty": faults.empty_body,
}


@pytest.fixture(params=["refuse", "revoke"])
def sandbox(request: pytest.FixtureRequest, new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox(reuse=request.param)


@pytest.mark.parametrize("fault", UNHEARD)
def test_one_that_was_not_carried_out_is_repeated_at_once(
    fault: str, expired: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    sandbox.faults.add(UNHEARD[fault](), path=TOKEN, times=1)

    assert ask(expired) == 3

    assert list(posts(sandbox).values()) == [2]
    assert not journal(home).exists()
    assert is_live(sandbox, stored(home))


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed_and_spends_nothing(
    status: int, expired: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.redirect(ELSEWHERE, status), path=TOKEN, times=1)

    with pytest.raises(Unreachable, match="nothing was spent"):
        ask(expired)

    assert list(posts(sandbox).values()) == [1]
    assert ask(expired) == 3


@pytest.mark.parametrize("fault", UNHEARD)
def test_two_in_a_row_are_uncertain_and_it_is_never_asked_again(
    fault: str, expired: OneCloud, sandbox: Sandbox, new_account: NewAccount, crew: Crew
) -> None:
    sandbox.faults.add(UNHEARD[fault](), path=TOKEN, times=2)

    with pytest.raises(RefreshUncertain) as told:
        ask(expired)
    assert_says_what_to_do(told.value)

    with pytest.raises(RefreshUncertain):
        ask(expired)
    with pytest.raises(RefreshUncertain):
        ask(new_account(sandbox))
    crew.ready(sandbox, processes=2)
    crew.go(2)
    assert crew.done() == ["RefreshUncertain"] * 2
    assert list(posts(sandbox).values()) == [2]


@pytest.mark.parametrize("fault", SPENT)
def test_one_that_was_carried_out_is_repeated_once_and_then_uncertain(
    fault: str, expired: OneCloud, sandbox: Sandbox, new_account: NewAccount
) -> None:
    sandbox.faults.add(SPENT[fault](), path=TOKEN, times=1)

    with pytest.raises(RefreshUncertain, match="was lost") as told:
        ask(expired)
    with pytest.raises(RefreshUncertain):
        ask(new_account(sandbox))

    assert_says_what_to_do(told.value)
    assert list(posts(sandbox).values()) == [2]


@pytest.mark.parametrize("fault", UNREADABLE)
def test_one_that_came_without_tokens_is_not_repeated(
    fault: str, expired: OneCloud, sandbox: Sandbox, new_account: NewAccount
) -> None:
    sandbox.faults.add(UNREADABLE[fault](), path=TOKEN, times=1)

    with pytest.raises(RefreshUncertain, match="came without tokens") as told:
        ask(expired)
    with pytest.raises(RefreshUncertain):
        ask(new_account(sandbox))

    assert_says_what_to_do(told.value)
    assert list(posts(sandbox).values()) == [1]


def assert_says_what_to_do(error: RefreshUncertain) -> None:
    assert "may be spent" in str(error)
    assert "Admin > API" in error.hint
    assert "%onecloud login" in error.hint


@pytest.mark.parametrize("code", [404, 422, 429])
def test_one_of_who_has_not_looked_at_the_token_spends_nothing(
    code: int, expired: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    sandbox.faults.add(faults.status(code), path=TOKEN, times=2)

    for _ in range(2):
        with pytest.raises(Unreachable, match="nothing was spent") as told:
            ask(expired)
        assert (told.value.sent, told.value.status) == (False, code)

    assert ask(expired) == 3
    assert list(posts(sandbox).values()) == [3]
    assert is_live(sandbox, stored(home))


def test_new_tokens_help_after_an_answer_was_lost(
    expired: OneCloud, sandbox: Sandbox, home: Path
) -> None:
    sandbox.faults.add(faults.drop_after_work(), path=TOKEN, times=1)
    with pytest.raises(RefreshUncertain):
        ask(expired)
    sandbox.revoke_access()

    expired.login(**sandbox.enable_access())

    assert ask(expired) == 3
    assert is_live(sandbox, stored(home))


def test_the_access_token_is_used_while_it_lives_and_the_loss_is_told(
    new_sandbox: NewSandbox, home: Path, new_account: NewAccount
) -> None:
    sandbox = new_sandbox(reuse="refuse")
    new_account(sandbox).login(**sandbox.credentials)
    renewed_ago = time.time() - 0.9 * LIFE  # the last sixth of its life
    assert refresh(Home(home), "default", clock=lambda: renewed_ago).kind == "renewed"
    sandbox.requests.clear()
    sandbox.faults.add(faults.drop_after_work(), path=TOKEN, times=1)

    for _ in range(2):
        account = new_account(sandbox)
        with pytest.warns(OneCloudWarning, match=r"may be spent\..*still works for 5 min"):
            assert ask(account) == 3
    assert ask(account) == 3  # it is told once

    assert list(posts(sandbox).values()) == [2]
    assert calls(sandbox) == [200] * 3


# ---- nothing arrived


def test_a_refused_connection_spends_nothing_and_the_next_try_works(
    new_account: NewAccount, sandbox: Sandbox, clock: Clock, home: Path
) -> None:
    port = free_port()
    account = new_account(sandbox, token_url=f"http://127.0.0.1:{port}{TOKEN}")
    account.login(**sandbox.credentials)
    before = stored(home)
    clock.advance(LIFE + 1)

    with pytest.raises(Unreachable, match=r"nothing was spent: .*nothing listens there") as told:
        ask(account)

    assert not told.value.sent
    assert stored(home) == before
    assert not journal(home).exists()
    with Road(sandbox.port, port=port):
        assert ask(account) == 3
    assert list(posts(sandbox).values()) == [1]
    assert is_live(sandbox, stored(home))


def test_a_certificate_that_is_not_trusted_spends_nothing_and_the_next_try_works(
    new_sandbox: NewSandbox, new_account: NewAccount, clock: Clock, home: Path, tmp_path: Path
) -> None:
    ours, theirs = (certified(tmp_path / name) for name in ("ours", "theirs"))
    sandbox = new_sandbox(certificate=ours / "server.pem")
    account = new_account(sandbox, ca_bundle=str(ours / "ca.pem"))
    account.login(**sandbox.credentials)
    clock.now = time.time() - 2 * LIFE
    told = refresh(
        Home(home), "default", clock=clock, ask=partial(exchange, ca_bundle=str(ours / "ca.pem"))
    )
    assert told.kind == "renewed"
    clock.now = time.time()
    sandbox.requests.clear()

    with pytest.raises(Unreachable, match=r"nothing was spent: .*certificate") as refused:
        ask(new_account(sandbox, ca_bundle=str(theirs / "ca.pem")))

    assert not refused.value.sent
    assert not journal(home).exists()
    assert not sandbox.requests
    assert ask(new_account(sandbox, ca_bundle=str(ours / "ca.pem"))) == 3
    assert list(posts(sandbox).values()) == [1]


def certified(folder: Path) -> Path:
    """A folder with a certificate for this machine, and whom to trust for it."""
    authority = trustme.CA()
    folder.mkdir()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "server.pem"
    )
    return folder


def test_a_refusal_is_final_and_is_not_asked_about_again(
    expired: OneCloud, sandbox: Sandbox, new_account: NewAccount
) -> None:
    sandbox.revoke_access()

    for account in (expired, new_account(sandbox)):
        with pytest.raises(SessionRejected, match="used elsewhere or revoked") as told:
            ask(account)
        assert "Admin > API" in told.value.hint

    assert list(posts(sandbox).values()) == [1]
