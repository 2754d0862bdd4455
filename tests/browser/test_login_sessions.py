"""What a form has to do with the rest of the kernel: other profiles, other cells."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .desk import Opens
from .form import LABELS, Form, at, used

pytestmark = pytest.mark.browser

FINANCE = "%onecloud login --profile finance"
ELSEWHERE = """
import json, ipywidgets
from pathlib import Path
from onecloud_magic import OneCloud
button = ipywidgets.Button(description="Elsewhere")
button.on_click(lambda _: OneCloud().login(**json.loads(Path("credential.json").read_text())))
button
"""
IN_A_CELL = """
import json, time
from pathlib import Path
from onecloud_magic import OneCloud
while not Path("credential.json").exists():
    time.sleep(0.05)
OneCloud().login(**json.loads(Path("credential.json").read_text()))
while not Path("go").exists():
    time.sleep(0.05)
"""


def lay(form: Form, credential: dict[str, str]) -> None:
    """Put a credential where the notebook looks for one, in one step."""
    folder = form.notebook.notebook.file.parent
    (folder / "new.json").write_text(json.dumps(credential))
    (folder / "new.json").rename(folder / "credential.json")


def test_two_profiles_do_not_mix_and_a_sign_in_elsewhere_shows_at_once(front_end: Opens) -> None:
    with Sandbox() as service, Sandbox() as other:
        first = Form.shown(front_end, service.url, FINANCE, ELSEWHERE)
        finance = Form(first.notebook, 1)
        mine, theirs = service.enable_access(), other.enable_access()

        finance.says("Sign in, profile finance")
        first.notebook.field("URL", cell=1).fill("")
        first.notebook.type_into("URL", other.url, cell=1)
        finance.sign_in(**theirs)
        finance.card_says("profile", "finance")
        finance.card_says("host", other.url)
        expect(first.root.get_by_role("row")).to_have_count(0)
        expect(first.field("access_token")).to_be_editable()

        lay(first, mine)
        first.notebook.press("Elsewhere")
        first.card_says("session", "active")
        first.card_says("profile", "default")
        first.card_says("host", service.url)
        expect(first.field("access_token")).to_be_hidden()

        first.sign_out()
        finance.card_says("session", "active")
        assert used(service) == [mine["access_token"]]
        assert used(other) == [theirs["access_token"]]


def test_while_a_cell_runs_nobody_can_type_and_its_sign_in_shows_at_once(
    saving_front_end: Opens,
) -> None:
    with Sandbox() as service:
        notebook = saving_front_end(f"{at(service.url)}\n%onecloud login", IN_A_CELL)
        form = Form(notebook)

        notebook.start()
        for name in LABELS:
            expect(form.field(name)).to_be_disabled()
        lay(form, service.enable_access())
        form.card_says("session", "active")

        (notebook.notebook.file.parent / "go").touch()
        notebook.finished()
        form.sign_out()
        for name in LABELS:
            expect(form.field(name)).to_be_editable()
