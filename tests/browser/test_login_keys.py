"""Signing in by the keyboard alone, and by pasting."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .desk import Opens
from .form import LABELS, Form, used

pytestmark = pytest.mark.browser

PAGE = """API Access
Your tokens are shown once.
Access Token
{access_token}
Refresh Token
{refresh_token}
Client ID
{client_id}
"""


def test_the_keyboard_alone_leads_from_the_first_field_to_signed_in(front_end: Opens) -> None:
    with Sandbox() as service:
        credential = service.enable_access()
        form = Form.shown(front_end, "classic")
        keyboard = form.notebook.page.keyboard
        form.notebook.field("Host").focus()

        keyboard.press("End")
        expect(form.notebook.field("Host")).to_have_value("Other URL")
        expect(form.notebook.field("URL")).to_be_visible()
        keyboard.press("Tab")
        expect(form.notebook.field("URL")).to_be_focused()
        keyboard.type(service.url)
        for name in LABELS:
            keyboard.press("Tab")
            expect(form.field(name)).to_be_focused()
            keyboard.type(credential.get(name, ""))
        keyboard.press("Tab")
        expect(form.notebook.button("Sign in")).to_be_focused()
        keyboard.press("Enter")

        form.says("Signed in at")
        assert used(service) == [credential["access_token"]]
        expect(form.notebook.button("Refresh now")).to_be_focused()
        keyboard.press("Space")
        form.says("A new access token is there.")
        assert used(service) == [credential["refresh_token"]]
        expect(form.notebook.button("Refresh now")).to_be_focused()
        keyboard.press("Tab")
        keyboard.press("Tab")
        expect(form.notebook.button("Sign out")).to_be_focused()
        keyboard.press("Enter")
        form.says("Signed out.")
        expect(form.field("access_token")).to_be_focused()


def test_a_page_or_an_answer_pasted_into_the_first_field_signs_in(front_end: Opens) -> None:
    with Sandbox() as service:
        form = Form.shown(front_end, service.url)

        for write in (PAGE.format_map, json.dumps):
            credential = service.enable_access()
            pasted = write(credential)
            form.notebook.type_into(LABELS["access_token"], pasted, key_by_key=False)
            form.notebook.page.keyboard.press("Tab")
            form.says("Filled in: Access token, Refresh token, Client ID.")
            for name in ("access_token", "refresh_token"):
                expect(form.field(name)).to_have_attribute("placeholder", "entered")
                expect(form.field(name)).to_have_value("")
            expect(form.field("client_id")).to_have_value(credential["client_id"])
            form.press("Sign in")

            form.says("Signed in at")
            form.card_says("then", "it is renewed")
            assert used(service) == [credential["access_token"]]
            form.sign_out()


def test_after_an_error_the_cursor_is_where_to_go_on(front_end: Opens) -> None:
    form = Form.shown(front_end, "classic")
    notebook = form.notebook

    form.press("Sign in")
    form.complains("Access token is missing.")
    expect(form.field("access_token")).to_be_focused()

    form.hurry(refresh_token=secrets.token_urlsafe(30))
    form.complains("Client ID is missing.")
    expect(form.field("client_id")).to_be_focused()
    expect(form.field("refresh_token")).to_have_attribute("placeholder", "entered")

    notebook.field("Host").select_option("Workiva EU")
    expect(form.field("access_token")).to_be_hidden()
    form.hurry(client_id=secrets.token_hex(16))
    form.complains("Client secret is missing.")
    expect(form.field("client_secret")).to_be_focused()

    notebook.field("Host").select_option("Other URL")
    form.hurry(access_token=secrets.token_urlsafe(30))
    form.complains("URL is missing.")
    expect(notebook.field("URL")).to_be_focused()
