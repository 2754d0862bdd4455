"""The sign-in, again and again, and what a session does while its tab is open."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .desk import Opens
from .form import Form, used

pytestmark = pytest.mark.browser

ROUNDS = 9  # in each of three front ends


@pytest.fixture
def service() -> Iterator[Sandbox]:
    with Sandbox() as service:
        yield service


# A click can overtake the field that it belongs to, and a field its last keystrokes: now and then.
def test_each_sign_in_uses_the_whole_secret_that_was_typed(
    front_end: Opens, service: Sandbox
) -> None:
    form = Form.shown(front_end, service.url)

    for turn in range(ROUNDS):
        credential = service.enable_access()
        if turn % 2:
            form.sign_in(**credential)
            form.press("Refresh now")
            form.says("A new access token is there.")
            assert used(service) == [credential["access_token"], credential["refresh_token"]], turn
        else:
            form.sign_in(access_token=credential["access_token"])
            assert used(service) == [credential["access_token"]], turn
        form.sign_out()

    assert not used(service)


def test_a_wrong_token_is_told_in_words_and_the_old_session_stays(
    front_end: Opens, service: Sandbox
) -> None:
    wrong, right = secrets.token_urlsafe(30), service.enable_access()
    form = Form.shown(front_end, "classic")
    form.notebook.field("Host", cell=0).select_option("Other URL")
    form.notebook.type_into("URL", service.url, cell=0)

    form.hurry(access_token=wrong)
    form.complains("The access token is invalid")
    expect(form.field("access_token")).to_be_focused()
    form.sign_in(**right)
    form.card_says("session", "active")
    form.card_says("host", service.url)
    expect(form.notebook.button("Refresh now")).to_be_focused()

    form.press("Sign in again")
    form.hurry(access_token=wrong)
    form.complains("The access token is invalid")
    form.card_says("session", "active")
    used(service)
    form.press("Refresh now")
    form.says("A new access token is there.")
    assert used(service) == [right["refresh_token"]]

    form.press("Sign out")
    form.says("Signed out.")
    expect(form.root.get_by_role("row")).to_have_count(0)
    expect(form.field("access_token")).to_be_editable()


def test_a_token_that_ends_is_told_while_the_tab_is_open(front_end: Opens) -> None:
    with Sandbox(token_ttl=3) as service:
        form = Form.shown(front_end, service.url)
        form.sign_in(**service.enable_access())
        form.press("Refresh now")  # whose answer tells when the token ends

        form.says("The access token has ended.")
        form.card_says("session", "the access token has ended")
        form.card_says("then", "it is renewed")
