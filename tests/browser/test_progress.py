"""The progress of a long read in a page: it moves while the cell runs, and ends as facts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from ..magics.kernel.gates import Gates
from .colours import Theme
from .desk import Opens
from .front_end import FrontEnd

pytestmark = [pytest.mark.process, pytest.mark.browser]

ASK = """\
from ipywidgets import Button, Output
out = Output()
def read(_):
    with out:
        oc.chains(refresh=True)
ask = Button(description="Read the chains")
ask.on_click(read)
display(ask, out)"""

WAIT = """\
import time
from pathlib import Path
oc.activity.wait(30.0, "a test")
while not Path("go").exists():
    time.sleep(0.05)
oc.activity.wait(0.0, "")
print("over")"""


def signed_in(sandbox: Sandbox) -> str:
    given = sandbox.credentials
    return (
        "%load_ext onecloud_magic\n"
        "from onecloud_magic import OneCloud\n"
        f"oc = OneCloud(base_url={sandbox.url!r}, timezone='UTC', progress=True)\n"
        f"oc.login(access_token={given['access_token']!r})\n"
        "_ = oc.chains()"
    )


def begun(page: FrontEnd, sandbox: Sandbox) -> Gates:
    """Start the cells, and hold the calls back once the first cell has ended."""
    gates = Gates(sandbox)
    gates.allow(1 + 16)
    page.start()
    return gates


def test_it_moves_while_the_cell_runs_and_ends_as_facts(
    saving_front_end: Opens, sandbox: Sandbox
) -> None:
    page = saving_front_end(signed_in(sandbox), "df = oc.chains(refresh=True)\nprint(len(df))")
    gates = begun(page, sandbox)
    page.shows("chains: 1 of 16 calls", cell=1)
    gates.allow(4)
    page.shows("chains: 5 of 16 calls", cell=1)
    bar = page.output(1).get_by_role("progressbar", name="chains")
    expect(bar).to_have_attribute("value", "5")
    expect(bar).to_have_attribute("max", "16")

    gates.allow(12)
    page.finished()

    page.shows("chains: 16 calls in", cell=1)
    expect(page.output(1).get_by_role("progressbar")).to_have_count(0)
    facts, printed = page.save()["cells"][1]["outputs"]
    for words in ("chains: 16 calls in", "ended at 20", "UTC", f"default at {sandbox.url}"):
        assert words in "".join(facts["data"]["text/plain"])
        assert words in "".join(facts["data"]["text/html"])
    assert printed["output_type"] == "stream"


def test_in_voila_it_is_a_widget_that_moves(voila: Opens, sandbox: Sandbox) -> None:
    page = voila(signed_in(sandbox), ASK)
    page.run()
    gates = Gates(sandbox)

    page.press("Read the chains")
    gates.allow(4)
    page.shows("chains: 5 of 16 calls")
    expect(page.shown.get_by_role("progressbar", name="chains")).to_have_attribute("value", "5")
    gates.allow(12)

    page.shows("chains: 16 calls in")
    expect(page.shown.get_by_role("progressbar")).to_have_count(0)


def test_a_wait_goes_away_and_leaves_nothing(saving_front_end: Opens, sandbox: Sandbox) -> None:
    page = saving_front_end(signed_in(sandbox), WAIT, "print('over')")
    page.start()
    page.shows("s: a test", cell=1)

    (page.notebook.file.parent / "go").touch()
    page.finished()

    expect(page.output(1).get_by_text("a test")).to_have_count(0)
    heights = [page.output(cell).evaluate("it => it.clientHeight") for cell in (1, 2)]
    assert heights[0] == heights[1]
    left, _ = page.save()["cells"][1]["outputs"]
    assert left["data"] == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_words_can_be_read(lab: Opens, sandbox: Sandbox, theme: Theme) -> None:
    page = lab(signed_in(sandbox), "_ = oc.chains(refresh=True)")
    page.theme(theme)
    gates = begun(page, sandbox)
    page.shows("chains: 1 of 16 calls", cell=1)
    gates.allow(5)
    page.shows("chains: 13 of 16 calls", cell=1)  # five have been answered, eight are under way
    page.screenshot(f"moves-{theme}")
    gates.allow(20)
    page.finished()

    page.screenshot(f"ended-{theme}")
    assert page.contrast(f"default at {sandbox.url}") > 4.5
