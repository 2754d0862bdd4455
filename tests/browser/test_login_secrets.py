"""What was typed into the form goes to the service, and stays nowhere that can be looked at."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .desk import Opens
from .form import Form, used
from .voila import Voila

pytestmark = pytest.mark.browser


def test_a_secret_is_neither_kept_nor_told_to_others(front_end: Opens) -> None:
    with Sandbox() as service:
        wrong, left = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
        right = service.enable_access()
        form = Form.shown(front_end, service.url)
        listener = form.notebook.second_client()

        for _ in range(2):  # the same text twice is another matter to a browser
            form.hurry(access_token=wrong)
            form.complains("The access token is invalid")
            form.press("Sign in")
            form.complains("Access token is missing.")
        form.sign_in(**right)
        form.press("Sign in again")
        form.enter(access_token=left)
        form.notebook.page.keyboard.press("Tab")
        expect(form.field("access_token")).to_have_attribute("placeholder", "entered")
        expect(form.field("access_token")).to_have_value("")

        listener.hears("Signed in at")
        places = [form.notebook.widget_models(), listener.heard]
        if not isinstance(form.notebook, Voila):
            form.notebook.save()
            places.append(form.notebook.notebook.text)
        for secret in (wrong, left, right["access_token"], right["refresh_token"]):
            assert not any(secret in place for place in places)
        assert used(service) == [wrong, wrong, right["access_token"]]
