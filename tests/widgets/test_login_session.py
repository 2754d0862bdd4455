"""The sign-in form and the session: renewing, signing out, and what happens elsewhere."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import SessionRejected
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.widgets import LoginForm
from tests.account.conftest import NewSandbox
from tests.conftest import Clock

from .conftest import NewForm
from .page import Page, displayed, says, until

# ---- renewing, and signing out


@pytest.mark.process
def test_refresh_now_gets_a_new_token(signed_in: LoginForm, page: Page, sandbox: Sandbox) -> None:
    page.click(signed_in.refresh_now)

    says(signed_in, "A new access token is there.")
    assert [each.path for each in sandbox.requests] == ["/oauth/token"]
    assert len(signed_in.oc.workspaces()) == 3


def test_refresh_now_without_a_refresh_token_says_why_not(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    form.oc.login(access_token=sandbox.credentials["access_token"])

    page.click(form.refresh_now)

    says(form, "nothing to get a new access token with")
    assert form.oc.session.state == "active"


def test_sign_out_shows_the_form_again_and_says_that_the_tokens_live_on(
    signed_in: LoginForm, page: Page
) -> None:
    page.click(signed_in.sign_out)

    says(signed_in, "Signed out.")
    assert "Revoke API Access" in signed_in.status.value
    assert signed_in.oc.session.state == "signed_out"
    assert (displayed(signed_in._form), displayed(signed_in._card)) == (True, False)
    assert signed_in.account.value == ""


# ---- what happens elsewhere


def test_a_sign_in_elsewhere_in_the_kernel_shows_at_once(form: LoginForm, sandbox: Sandbox) -> None:
    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)

    assert displayed(form._card)
    assert "Active." in form.status.value


def test_a_sign_out_elsewhere_shows_at_once(signed_in: LoginForm, sandbox: Sandbox) -> None:
    OneCloud(base_url=sandbox.url).logout()

    assert displayed(signed_in._form)
    assert "Signed out." in signed_in.status.value


def test_a_token_that_is_revoked_elsewhere_shows_at_once(form: LoginForm, sandbox: Sandbox) -> None:
    form.oc.login(access_token=sandbox.credentials["access_token"])
    sandbox.revoke_access()

    with pytest.raises(SessionRejected):
        form.oc.workspaces()

    assert "no longer takes" in form.status.value
    assert displayed(form._form)
    assert displayed(form._card)


def of_limited_life(sandbox: Sandbox, clock: Clock) -> OneCloud:
    """An account whose token ends in a hundred seconds, by the clock of the wall."""
    clock.now = time.time()
    oc = OneCloud(base_url=sandbox.url)
    oc.login(**sandbox.credentials)
    oc.renew()
    return oc


@pytest.mark.process
def test_the_end_of_a_token_shows_while_the_page_is_open(
    new_form: NewForm, new_sandbox: NewSandbox, clock: Clock
) -> None:
    oc = of_limited_life(new_sandbox(token_ttl=100), clock)
    assert oc.session.expires_at is not None
    ends = oc.session.expires_at.timestamp()
    clock.now = ends - 0.1
    form = new_form(oc, clock=clock)
    before = form.account.value

    clock.now = ends + 0.1

    says(form, "The access token has ended.")
    assert "active" in before
    assert "has ended" in form.account.value


def test_the_user_shows_once_the_service_has_told_it(signed_in: LoginForm) -> None:
    signed_in.oc.session.user = "somebody@example.com"

    assert "somebody@example.com" in signed_in.account.value
    assert signed_in.status.value == ""


def test_nothing_is_announced_while_nothing_changes(signed_in: LoginForm, page: Page) -> None:
    page.sent.clear()

    for _ in range(3):
        signed_in.refresh()

    assert not page.sent
    assert signed_in.status.value == ""


def test_refreshing_from_many_threads_ends_with_the_session_as_it_is(
    form: LoginForm, sandbox: Sandbox
) -> None:
    threads = [threading.Thread(target=form.refresh) for _ in range(20)]
    for thread in threads:
        thread.start()
    form.oc.login(**sandbox.credentials)
    for thread in threads:
        thread.join()

    until(lambda: displayed(form._card))
    assert not displayed(form._form)


# ---- its end


@pytest.mark.process
def test_a_closed_form_leaves_nothing_behind(
    new_form: NewForm, new_sandbox: NewSandbox, clock: Clock
) -> None:
    oc = of_limited_life(new_sandbox(token_ttl=100), clock)
    form = new_form(oc, clock=clock)
    assert [each for each in threading.enumerate() if each.name == "onecloud-alarm"]

    form.close()
    form.close()

    until(lambda: not [each for each in threading.enumerate() if each.name == "onecloud-alarm"])
    assert not any(form._look in found for found in _observers(oc))
    oc.logout()
    assert displayed(form._card)


def _observers(oc: OneCloud) -> list[list[Any]]:
    return [
        list(handlers)
        for watched in (oc, oc.session)
        for kinds in watched._trait_notifiers.values()
        for handlers in kinds.values()
    ]


def test_a_form_that_is_closed_while_it_signs_in_says_nothing_more(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    goes_on, reached = threading.Event(), threading.Event()

    def wait(_: float) -> None:
        reached.set()
        goes_on.wait(20)

    sandbox.faults.add(faults.latency(0, sleep=wait))
    page.type(form.access_token, sandbox.credentials["access_token"])
    page.click(form.submit)
    assert reached.wait(20)

    form.close()
    page.sent.clear()
    goes_on.set()

    until(lambda: not form.busy)
    assert not page.sent
    assert form.oc.session.state == "active"
