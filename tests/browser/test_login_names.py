"""Names from the service or from a person, as bad as can be, in the form and on the card."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.messages import json_reply

from .desk import Opens
from .form import Form
from .layout import trouble
from .voila import Voila

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror='window.hostile = 1'> <script>window.hostile = 1</script> "
    "\u202egnp.exe $x$ $$y$$ \\(z\\) " + "long" * 75
)
MADE = "img, mjx-container, .MathJax"
# The page has a typesetter only if it typesets what is meant to be.
MATHS = "from IPython.display import HTML; HTML('<p>$z$</p>')"
NAMED = f"""
from onecloud_magic import OneCloud
OneCloud().session.user = {HOSTILE!r}
%config OneCloud.workspace = {HOSTILE!r}
%onecloud
"""


def test_a_hostile_name_runs_no_script_and_breaks_no_layout(front_end: Opens) -> None:
    with Sandbox(prefix="/$x$/" + "long" * 75) as service:
        refusal = json_reply({"error": HOSTILE, "error_description": HOSTILE}, 401)
        service.faults.add(lambda request, work: refusal, times=1)
        form = Form.shown(front_end, service.url, NAMED, MATHS)
        notebook = form.notebook
        if not isinstance(notebook, Voila):
            expect(notebook.output(2).locator("mjx-container")).to_be_visible()

        form.hurry(access_token=secrets.token_urlsafe(30))
        form.complains("<img src=x onerror")
        assert_harmless(form, "error")

        form.sign_in(**service.enable_access())
        notebook.run()
        form.card_says("user", "<img src=x onerror")
        notebook.shows("<img src=x onerror", cell=1)
        assert_harmless(form, "signed in")


def assert_harmless(form: Form, when: str) -> None:
    notebook = form.notebook
    for cell in (0, 1):
        assert notebook.output(cell).locator(MADE).count() == 0, when
        assert not trouble(notebook.output(cell)), when
    assert notebook.page.evaluate("'hostile' in window") is False, when
