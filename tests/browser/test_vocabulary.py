"""What the harness can do and see: later tests are worth as much as these."""

from __future__ import annotations

import json
import secrets

import pytest

from .colours import THEME_IS
from .desk import Opens

pytestmark = pytest.mark.browser

COUNTER = """
import ipywidgets
count = ipywidgets.Label("clicked 0 times")
button = ipywidgets.Button(description="Count")
def clicked(button):
    count.value = f"clicked {int(count.value.split()[1]) + 1} times"
button.on_click(clicked)
ipywidgets.VBox([button, count])
"""
FIELD = """
import ipywidgets
field = ipywidgets.{kind}(description="Token")
seen = ipywidgets.Label()
field.observe(lambda change: setattr(seen, "value", f"{{len(change.new)}} characters"), "value")
ipywidgets.VBox([field, seen])
"""
SLOW = "import time; print('begun', flush=True); time.sleep(1.5); print('ended')"


def canary() -> str:
    return secrets.token_hex(8)


def test_a_click_moves_a_counter(front_end: Opens) -> None:
    notebook = front_end(COUNTER)
    notebook.run()
    notebook.shows("clicked 0 times")

    notebook.press("Count")
    notebook.press("Count")

    notebook.shows("clicked 2 times", cell=0)


def test_words_of_the_code_are_not_taken_for_an_output(lab: Opens) -> None:
    notebook = lab("print('abc'.upper())")

    notebook.run()

    notebook.shows("ABC")
    with pytest.raises(AssertionError):
        notebook.shows("print", patience=0.2)


def test_a_running_cell_can_be_watched(lab: Opens) -> None:
    notebook = lab(SLOW)

    notebook.start()
    notebook.shows("begun")
    early = notebook.text(0)
    notebook.finished()

    assert "ended" not in early
    notebook.shows("ended", patience=1)


def test_what_is_typed_is_found_in_the_page_and_by_a_second_client(front_end: Opens) -> None:
    secret = canary()
    notebook = front_end(FIELD.format(kind="Password"))
    notebook.run()
    notebook.shows("Token")
    listener = notebook.second_client()

    notebook.type_into("Token", secret)

    notebook.shows(f"{len(secret)} characters")
    listener.hears(secret)
    assert secret in listener.heard
    assert secret in notebook.widget_models()
    assert secret not in "".join(notebook.shown.all_inner_texts())


def test_what_is_pasted_is_found_in_the_saved_file(saving_front_end: Opens) -> None:
    secret = canary()
    notebook = saving_front_end(FIELD.format(kind="Password"))

    notebook.run()

    notebook.type_into("Token", secret, key_by_key=False)
    notebook.shows(f"{len(secret)} characters")
    saved = notebook.save()

    assert secret in json.dumps(saved["metadata"]["widgets"])
    assert secret in notebook.notebook.text


def test_the_theme_of_one_notebook_is_not_that_of_the_next(lab: Opens, notebook7: Opens) -> None:
    lab("1").theme("dark")

    notebook = notebook7("2")

    assert notebook.page.evaluate(THEME_IS, "light")
