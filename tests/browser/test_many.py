"""The table of many runs in a page: it moves while its cell runs, and ends as facts."""

from __future__ import annotations

from typing import get_args

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from .acting import LASTS, let_end, signed_in
from .colours import ENOUGH, Theme
from .desk import Opens

pytestmark = [pytest.mark.process, pytest.mark.browser]

MANY = """\
import pandas as pd
periods = pd.DataFrame({"period": ["2026-10", "2026-11", "2026-12"]})
chain = "Planning and Reporting/Production/Board Deck Refresh"
_ = oc.start_many(chain, periods, max_parallel=2, again=True)"""
ENDED = "3 of 3 have ended: 1 failed, 2 succeeded"


def test_it_moves_while_its_cell_runs_and_stays_in_the_file(
    saving_front_end: Opens, sandbox: Sandbox
) -> None:
    for seconds in (LASTS, LASTS, 1.0):
        sandbox.plan_next("all_succeeded", seconds)
    page = saving_front_end(signed_in(sandbox), MANY)

    page.start()
    page.shows("0 of 3 have ended: 2 running, 1 waiting for a turn", cell=1)
    let_end(sandbox, "errored", "all_succeeded")
    page.finished()

    page.shows(ENDED, cell=1)
    expect(page.output(1).get_by_text("Chain runs", exact=True)).to_have_count(1)
    expect(page.output(1).get_by_text("so far")).to_have_count(0)
    tables = [each for each in page.save()["cells"][1]["outputs"] if "data" in each]
    assert len(tables) == 1
    for form in ("text/html", "text/plain"):
        assert ENDED in "".join(tables[0]["data"][form])
    assert "widget" not in str(tables)


def test_its_words_can_be_read_in_both_themes(front_end: Opens, sandbox: Sandbox) -> None:
    page = front_end(signed_in(sandbox), MANY)

    for theme in get_args(Theme):
        # Voilà runs its cells anew for the other theme.
        for outcome in ("errored", "all_succeeded", "all_succeeded"):
            sandbox.plan_next(outcome, 1.0)
        page.theme(theme)
        if not sandbox._world.started:
            page.run()

        page.shows(ENDED, cell=1)
        for words in (ENDED, "Chain runs", "row 0"):
            assert page.contrast(words) >= ENOUGH, (theme, words)
        page.screenshot(f"many-{theme}")
