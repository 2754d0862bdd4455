"""The quota gauge in a page: it moves with the headers of the service, and costs no call."""

from __future__ import annotations

import pytest

from onecloud_magic.sandbox import Sandbox, faults

from .colours import Theme
from .desk import Opens
from .front_end import FrontEnd

pytestmark = [pytest.mark.process, pytest.mark.browser]

BUTTON = """\
from ipywidgets import Button
ask = Button(description="Ask the service")
ask.on_click(lambda _: oc.call("getWorkspaces"))
ask"""
UNTIL_SIX = """\
import time
while oc.quota.burst_remaining != 6:
    oc.call("getWorkspaces")
    time.sleep(0.1)"""


def signed_in(sandbox: Sandbox) -> str:
    given = sandbox.credentials
    return (
        "%load_ext onecloud_magic\n"
        "from onecloud_magic import OneCloud\n"
        f"oc = OneCloud(base_url={sandbox.url!r})\n"
        f"oc.login(access_token={given['access_token']!r})"
    )


def watched(front_end: Opens, sandbox: Sandbox, *more: str) -> FrontEnd:
    return front_end(signed_in(sandbox), "%onecloud quota --watch", *more)


def test_it_shows_the_figures_of_the_headers_as_they_come(
    front_end: Opens, sandbox: Sandbox
) -> None:
    page = watched(front_end, sandbox, BUTTON)
    page.run()
    page.shows("99 of 100, ok", cell=1)

    for burst, daily, words in ((37, 4321, "low"), (0, 0, "spent")):
        sandbox.faults.clear()
        sandbox.faults.add(faults.quota_nearly_spent(burst=burst, daily=daily))
        page.press("Ask the service")
        page.shows(f"{daily:,} of 50,000, {words}", cell=1)
        page.shows(f"{burst} of 100, {'ok' if burst else 'spent'}", cell=1)

    assert len(sandbox.requests) == 3  # the sign-in, and what was asked


def test_it_moves_while_a_cell_runs_and_stays_in_the_file(
    saving_front_end: Opens, sandbox: Sandbox
) -> None:
    page = watched(saving_front_end, sandbox, UNTIL_SIX)
    page.start()
    page.shows("of 100, ok", cell=1)

    sandbox.faults.add(faults.quota_nearly_spent(burst=5, daily=77))
    page.shows("77 of 50,000, low", cell=1)  # the cell waits for what comes only now
    sandbox.faults.clear()
    sandbox.faults.add(faults.quota_nearly_spent(burst=6, daily=66))
    page.finished()

    [output] = page.save()["cells"][1]["outputs"]
    assert "66 of 50,000, low" in "".join(output["data"]["text/html"])
    assert "66 of 50,000, low" in "".join(output["data"]["text/plain"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_words_can_be_read(lab: Opens, sandbox: Sandbox, theme: Theme) -> None:
    page = lab(signed_in(sandbox), "%onecloud quota")
    page.theme(theme)
    page.run()

    assert page.contrast("99 of 100, ok") > 4.5
