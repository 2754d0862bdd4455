"""What the product shows today, in each front end."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from onecloud_magic.sandbox.vocabulary import WORKSPACES

from .colours import ENOUGH, THEME_IS, Theme
from .desk import Opens

pytestmark = pytest.mark.browser

LOAD = "%load_ext onecloud_magic"
SANDBOX = f"{LOAD}\n%onecloud sandbox"


def test_the_sandbox_shows_the_account_card_and_a_read_its_frame(front_end: Opens) -> None:
    notebook = front_end(SANDBOX, "%onecloud workspaces")

    notebook.run()

    notebook.shows("told at", cell=0)
    card = notebook.text(0)
    assert re.search(r"OneCloud\s*SANDBOX", card)
    assert re.search(r"profile\s+sandbox", card)
    assert re.search(r"host\s+http://127\.0\.0\.1:\d+", card)
    for name in WORKSPACES:
        notebook.shows(name, cell=1)


def test_the_card_can_be_read_in_both_themes(front_end: Opens) -> None:
    notebook = front_end(SANDBOX)
    notebook.run()

    for theme in get_args(Theme):
        notebook.theme(theme)

        notebook.shows("told at")
        assert notebook.page.evaluate(THEME_IS, theme)
        for words in ("OneCloud", "SANDBOX", "profile", "active", "%onecloud help"):
            assert notebook.contrast(words) >= ENOUGH, (theme, words)


def test_an_error_of_ours_is_its_name_and_what_to_do_in_two_lines(saving_front_end: Opens) -> None:
    notebook = saving_front_end(LOAD, "%onecloud chains")

    notebook.run()

    notebook.shows("NotSignedIn", cell=1)
    said, advice = notebook.text(1).splitlines()
    assert said.startswith("NotSignedIn: Not signed in at https://")
    assert "%onecloud login" in advice


# Voilà hides every error unless whoever serves it says otherwise.
def test_voila_says_which_cell_failed_and_nothing_of_ours(voila: Opens) -> None:
    notebook = voila(LOAD, "%onecloud chains", "'never run'")

    notebook.run()

    notebook.shows("There was an error when executing cell [2]")
    assert "NotSignedIn" not in notebook.shown.inner_text()


def test_a_saved_notebook_has_the_card_in_it(saving_front_end: Opens) -> None:
    notebook = saving_front_end(SANDBOX)
    notebook.run()

    saved = notebook.save()

    [output] = saved["cells"][0]["outputs"]
    html = "".join(output["data"]["text/html"])
    assert ">SANDBOX<" in html
    assert ">sandbox<" in html
