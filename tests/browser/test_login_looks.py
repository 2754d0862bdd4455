"""How the form and the card look, and what they are to those who cannot see them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import get_args

import pytest

from onecloud_magic.sandbox import Sandbox

from .axe import Axe
from .colours import Theme
from .desk import Opens
from .form import Form
from .layout import trouble

pytestmark = pytest.mark.browser


def states(form: Form, service: Sandbox) -> Iterator[str]:
    """Bring the form from one state to the next, and the card of the other cell along."""
    yield "signed-out"
    form.hurry(access_token=secrets.token_urlsafe(30))
    form.complains("The access token is invalid")
    yield "error"
    form.sign_in(**service.enable_access())
    form.notebook.run()
    form.card_says("session", "active")
    yield "signed-in"
    form.press("Sign in again")
    form.says("Sign in, profile")
    yield "again"
    form.sign_out()


def test_in_no_state_and_no_theme_is_anything_wrong_with_form_and_card(
    front_end: Opens, axe: Axe
) -> None:
    with Sandbox() as service:
        form = Form.shown(front_end, service.url, "%onecloud")
        notebook = form.notebook

        for theme in get_args(Theme):
            notebook.theme(theme)
            with axe.copies(notebook) as copies:
                for state in states(form, service):
                    notebook.screenshot(f"{theme}-{state}")
                    for part in (form.root, notebook.output(1)):
                        assert not axe.violations(part), (theme, state)
                        assert not copies.faint(part), (theme, state)
                        assert not trouble(part), (theme, state)


def test_on_a_narrow_page_nothing_is_cut_off(voila: Opens) -> None:
    with Sandbox() as service:
        form = Form.shown(voila, service.url)
        form.notebook.page.set_viewport_size({"width": 420, "height": 900})

        for state in states(form, service):
            assert not trouble(form.root), state
