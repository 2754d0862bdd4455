"""The sign-in form: signing in, what is missing, and what goes wrong."""

from __future__ import annotations

import secrets
import threading

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import SessionRejected, UsageError
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.widgets import LoginForm

from .conftest import NewForm
from .page import Page, displayed, says, until


def wrong() -> str:
    return secrets.token_urlsafe(30)


# ---- signing in


def test_the_right_token_signs_in(form: LoginForm, page: Page, sandbox: Sandbox) -> None:
    page.type(form.access_token, sandbox.credentials["access_token"])
    page.click(form.submit)

    says(form, f"Signed in at {sandbox.url}.")
    assert form.oc.session.state == "active"
    assert len(sandbox.requests) == 1
    assert form.error is None
    assert len(form.oc.workspaces()) == 3


def test_with_refresh_token_and_client_id_one_stays_signed_in(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    for name, text in sandbox.credentials.items():
        page.type(getattr(form, name), text)
    page.click(form.submit)

    says(form, "Signed in")
    assert form.oc.session.renews


def test_its_parts_may_be_filled_and_clicked_by_python(form: LoginForm, sandbox: Sandbox) -> None:
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    says(form, "Signed in")


def test_the_form_gives_way_to_who_is_signed_in(form: LoginForm, sandbox: Sandbox) -> None:
    before = displayed(form._form), displayed(form._card), form.account.value

    form.oc.login(**sandbox.credentials)

    assert before == (True, False, "")
    assert (displayed(form._form), displayed(form._card)) == (False, True)
    for words in ("default", sandbox.url, "active", "access token ends", "not known"):
        assert words in form.account.value


def test_the_callback_hears_of_the_account(
    new_form: NewForm, stranger: OneCloud, sandbox: Sandbox
) -> None:
    heard: list[OneCloud] = []
    form = new_form(stranger, signed_in=heard.append)

    form.access_token.value = wrong()
    form.submit.click()
    says(form, "Unauthorized")
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    says(form, "Signed in")
    assert heard == [stranger]


def test_the_kernel_goes_on_while_it_signs_in(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    goes_on = threading.Event()
    sandbox.faults.add(faults.latency(0, sleep=lambda _: goes_on.wait(20)))
    form.access_token.value = sandbox.credentials["access_token"]

    page.click(form.submit)
    meanwhile = [part.disabled for part in (form.access_token, form.client_id, form.submit)]
    said = form.status.value
    goes_on.set()

    says(form, "Signed in")
    assert meanwhile == [True, True, True]
    assert "Signing in" in said
    assert not any(part.disabled for part in (form.access_token, form.client_id, form.submit))


def test_a_double_click_signs_in_once(form: LoginForm, page: Page, sandbox: Sandbox) -> None:
    page.type(form.access_token, sandbox.credentials["access_token"])

    for _ in range(5):
        page.click(form.submit)

    says(form, "Signed in")
    assert len(sandbox.requests) == 1


def test_a_click_that_overtakes_its_fields_waits_for_them(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    page.click(form.submit)
    for name, text in sandbox.credentials.items():
        page.send(getattr(form, name), text)

    says(form, "Signed in")
    assert form.oc.session.renews


# ---- what is missing


@pytest.mark.parametrize(
    ("filled", "says_so", "focused"),
    [
        ((), "Access token is missing.", "access_token"),
        (("client_id",), "Access token is missing.", "access_token"),
        (("refresh_token",), "Client ID is missing.", "client_id"),
        (("access_token", "refresh_token"), "Client ID is missing.", "client_id"),
    ],
)
def test_what_is_missing_is_said_and_focused(
    form: LoginForm,
    page: Page,
    sandbox: Sandbox,
    filled: tuple[str, ...],
    says_so: str,
    focused: str,
) -> None:
    for name in filled:
        page.type(getattr(form, name), sandbox.credentials[name])
    page.click(form.submit)

    says(form, says_so)
    until(
        lambda: {"method": "custom", "content": {"do": "focus"}} in page.to(getattr(form, focused))
    )
    assert 'role="alert"' in form.status.value
    assert not sandbox.requests


def test_what_was_entered_waits_for_what_is_missing(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    for name in ("access_token", "refresh_token"):
        page.type(getattr(form, name), sandbox.credentials[name])
    page.click(form.submit)
    says(form, "Client ID is missing.")

    page.type(form.client_id, sandbox.credentials["client_id"])
    page.click(form.submit)

    says(form, "Signed in")
    assert form.oc.session.renews


# ---- what goes wrong


def test_a_wrong_token_is_told_in_words_and_the_old_session_stays(
    signed_in: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    page.click(signed_in.again)
    page.type(signed_in.access_token, wrong())
    page.click(signed_in.submit)

    says(signed_in, "Unauthorized")
    assert 'role="alert"' in signed_in.status.value
    assert isinstance(signed_in.error, SessionRejected)
    assert signed_in.error.hint
    assert displayed(signed_in._form)
    assert signed_in.oc.session.state == "active"
    assert len(signed_in.oc.workspaces(refresh=True)) == 3


def test_the_words_of_an_error_are_its_message_and_its_hint(
    form: LoginForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise UsageError("It went wrong.", "Try something else.")

    monkeypatch.setattr(form.oc, "login_at", fails)
    form.access_token.value = wrong()
    form.submit.click()

    says(form, "It went wrong.")
    assert "Try something else." in form.status.value


def test_after_a_wrong_token_the_right_one_signs_in(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    for token, words in (
        (wrong(), "Unauthorized"),
        (sandbox.credentials["access_token"], "Signed in"),
    ):
        page.type(form.access_token, token)
        page.click(form.submit)
        says(form, words)

    assert form.error is None
    assert 'role="status"' in form.status.value


def test_a_user_who_is_no_administrator_is_told_so(form: LoginForm, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.status(403))
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    says(form, "administrator")


def test_what_nobody_expected_is_told_by_its_kind_alone(
    form: LoginForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise LookupError("something with a secret in it")

    monkeypatch.setattr(form.oc, "login_at", fails)
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    says(form, "LookupError")
    assert "something with" not in form.status.value
    assert isinstance(form.error, LookupError)
    assert not form.submit.disabled


def test_a_callback_that_fails_is_told_as_well(
    new_form: NewForm, stranger: OneCloud, sandbox: Sandbox
) -> None:
    form = new_form(stranger, signed_in=lambda oc: 1 / 0)

    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    says(form, "ZeroDivisionError")
    assert form.oc.session.state == "active"


def test_where_no_thread_can_be_started_it_signs_in_all_the_same(
    form: LoginForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def refuses(thread: threading.Thread) -> None:
        if thread.name == "onecloud-login":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuses)
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()

    assert form.oc.session.state == "active"
