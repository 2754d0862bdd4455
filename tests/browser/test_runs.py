"""The card of a run in a page: it goes to its end whatever the kernel does meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .acting import LASTS, RUN, let_end, signed_in
from .colours import ENOUGH, Theme
from .desk import Opens
from .front_end import FrontEnd

pytestmark = [pytest.mark.process, pytest.mark.browser]

UNTIL_GO = """\
import time
from pathlib import Path
def until_go(_=None):
    Path("busy").touch()
    while not Path("go").exists():
        time.sleep(0.05)
"""
BUTTON = """\
from ipywidgets import Button
work = Button(description="Work")
work.on_click(until_go)
work"""


def beside(page: FrontEnd, name: str) -> Path:
    """A file beside the notebook, where its kernel is."""
    return page.notebook.file.parent / name


def expect_gone(page: FrontEnd, words: str, cell: int) -> None:
    expect(page.output(cell).get_by_text(words, exact=True)).to_have_count(0)


def test_it_goes_to_its_end_while_the_kernel_is_idle(front_end: Opens, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", LASTS)
    page = front_end(signed_in(sandbox), f"{RUN} --no-wait")

    page.run()
    page.shows("running", cell=1)
    page.shows("so far", cell=1)
    let_end(sandbox, "all_succeeded")

    page.shows("ended", cell=1)
    page.shows("took", cell=1)
    expect_gone(page, "so far", 1)
    expect_gone(page, "seen at", 1)


def test_it_goes_to_its_end_while_another_cell_runs(
    saving_front_end: Opens, sandbox: Sandbox
) -> None:
    sandbox.plan_next("warned", LASTS)
    page = saving_front_end(signed_in(sandbox), f"{RUN} --no-wait", f"{UNTIL_GO}until_go()")

    page.start()
    page.shows("running", cell=1)
    let_end(sandbox, "warned")
    page.shows("ended with warnings", cell=1)
    page.shows("took", cell=1)
    assert not beside(page, "go").exists()
    beside(page, "go").touch()
    page.finished()

    [output] = page.save()["cells"][1]["outputs"]
    for words in ("ended with warnings", "took"):
        assert words in "".join(output["data"]["text/html"])
        assert words in "".join(output["data"]["text/plain"])
    assert "so far" not in str(output)
    assert "widget" not in str(output)


def test_in_voila_it_goes_to_its_end_while_the_kernel_is_busy(
    voila: Opens, sandbox: Sandbox
) -> None:
    sandbox.plan_next("errored", LASTS)
    page = voila(signed_in(sandbox), f"{RUN} --no-wait", UNTIL_GO, BUTTON)
    page.run()

    page.press("Work")
    page.shows("running")
    let_end(sandbox, "errored")
    page.shows("failed")
    page.shows("took")
    assert beside(page, "busy").exists()
    beside(page, "go").touch()


def test_it_goes_to_its_end_in_its_own_cell(saving_front_end: Opens, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 3.0)
    page = saving_front_end(signed_in(sandbox), RUN)

    page.start()
    page.shows("running", cell=1)
    page.finished()

    page.shows("took", cell=1)
    expect(page.output(1).get_by_text("Chain run", exact=True)).to_have_count(1)
    [output] = page.save()["cells"][1]["outputs"]
    assert "so far" not in str(output)


def test_what_the_service_names_is_text(lab: Opens, sandbox: Sandbox) -> None:
    [chain] = [
        each
        for each in sandbox._world.company.chains.values()
        if each.name == "Monthly Close" and each.habits.seconds < 30
    ][1:2]
    chain.commands = tuple(
        type(each)(each.id, each.node_id, "<b>$x$</b>", "", each.event, each.iterable)
        for each in chain.commands
    )
    sandbox.plan_next("all_succeeded", 1.0)
    page = lab(signed_in(sandbox), RUN)

    page.run()

    page.shows("node <b>$x$</b>", cell=1)


def test_its_words_can_be_read_in_both_themes(front_end: Opens, sandbox: Sandbox) -> None:
    again = f"{RUN} --again --no-wait"
    page = front_end(signed_in(sandbox), again, again, again)

    for theme in get_args(Theme):
        # Voilà runs its cells anew for the other theme.
        sandbox.plan_next("all_succeeded", LASTS)
        sandbox.plan_next("all_succeeded", 1.0)
        sandbox.plan_next("errored", 1.0)
        page.theme(theme)
        if not sandbox._world.started:
            page.run()

        page.shows("running", cell=1)
        for cell, words in ((2, "succeeded"), (3, "failed")):
            page.shows(words, cell=cell)
            page.shows("took", cell=cell)
            assert page.contrast(words) >= ENOUGH, (theme, words)
        page.screenshot(f"runs-{theme}")
