"""When progress is shown, and what becomes of it: on a clock of the test's own."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from typing import Any

import pytest

from onecloud_magic import onlookers
from onecloud_magic.account import Activity
from onecloud_magic.widgets import live
from onecloud_magic.widgets import progress as showing
from onecloud_magic.widgets.progress import Progress
from tests.conftest import Clock

from .page import until
from .stand_ins import Outputs, Timers


@pytest.fixture
def activity(clock: Clock, progress: Progress) -> Activity:
    return another(clock)


def another(clock: Clock, profile: str = "default") -> Activity:
    activity = Activity(profile, "https://x", clock)
    activity.timezone = "UTC"
    return activity


# ---- reads


def test_a_read_that_is_soon_over_is_not_shown(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with activity.reading("runs"):
        activity.called()
        timers.advance(1.9)
        activity.called()
    timers.advance(60)

    assert not outputs.shown
    assert not timers.due


def test_a_read_that_lasts_is_shown_though_nothing_happens(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with activity.reading("runs"):
        activity.called()
        timers.advance(2.0)

        assert outputs.last == ["runs: 1 call, 2 s (default at https://x)"]


def test_it_is_drawn_in_its_place_and_ends_as_facts(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with activity.reading("runs"), activity.expecting(500):
        for _ in range(500):
            activity.called()
            timers.advance(0.125)

    [drawn] = outputs.shown.values()
    assert re.match(r"runs: 1[67] of 500 calls, 2 s", drawn[0])
    assert drawn[-1] == (
        "runs: 500 calls in 62 s, ended at 2026-09-21 14:14:22 UTC (default at https://x)"
    )
    assert not timers.due


def test_after_its_end_nothing_is_drawn(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with activity.reading("runs"):
        timers.advance(3)
    [drawn] = outputs.shown.values()
    before = len(drawn)

    activity.called()
    timers.advance(60)

    assert len(drawn) == before


def test_one_that_was_interrupted_says_so(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with suppress(KeyboardInterrupt), activity.reading("runs"):
        activity.called()
        activity.wait(30, "a reason")
        timers.advance(1)
        raise KeyboardInterrupt

    [last] = outputs.last
    assert last.startswith("runs: interrupted after 1 call in 1 s, ended at ")


def test_one_that_failed_leaves_the_word_to_its_error(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with suppress(ValueError), activity.reading("runs"):
        timers.advance(3)
        raise ValueError

    assert outputs.last == [{}]


def test_two_reads_at_once_are_one_line_and_one_after_the_other_are_two(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with activity.reading("logins"):
            begun.set()
            assert go_on.wait(60)

    other = threading.Thread(target=work)
    with activity.reading("runs"):
        other.start()
        assert begun.wait(60)
        timers.advance(3)
        go_on.set()
        other.join(60)
    with activity.reading("chains"):
        timers.advance(3)

    assert [each.split(":")[0] for each in outputs.last] == ["runs, logins", "chains"]


def test_two_accounts_have_a_line_each(
    activity: Activity, outputs: Outputs, timers: Timers, clock: Clock
) -> None:
    with activity.reading("runs"), another(clock, "finance").reading("logins"):
        timers.advance(3)

    assert [each.split("(")[1].split()[0] for each in outputs.last] == ["default", "finance"]
    assert [each.split(":")[0] for each in outputs.last] == ["runs", "logins"]


# ---- waits


def test_a_wait_is_shown_at_once_counts_down_and_goes_away(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    activity.wait(8, "a reason")
    [drawn] = outputs.shown.values()
    assert drawn == ["waiting 8 s: a reason (default at https://x)"]

    timers.advance(3)
    until(lambda: str(drawn[-1]).startswith("waiting 5 s"))
    activity.wait(0, "")

    assert drawn[-1] == {}
    assert not timers.due


def test_the_next_wait_of_a_cell_stands_where_the_last_one_stood(
    activity: Activity, outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits() -> None:
        activity.wait(8, "a reason")
        activity.wait(0, "")

    waits()
    waits()
    assert len(outputs.shown) == 1

    monkeypatch.setattr(showing, "_cell", lambda: 99)
    waits()
    assert len(outputs.shown) == 2


def test_a_short_read_that_waited_leaves_nothing(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    with activity.reading("runs"):
        activity.wait(1.5, "a reason")
        timers.advance(1.5)
        activity.wait(0, "")

    assert outputs.last == [{}]


# ---- what goes wrong, and who wants none


def test_what_cannot_be_shown_does_not_reach_the_read(
    activity: Activity, outputs: Outputs, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise ValueError("I/O operation on closed file")

    for name in ("display", "update_display"):
        monkeypatch.setattr(live, name, closed)

    with activity.reading("runs"):
        activity.wait(5, "a reason")
        timers.advance(3)
        activity.wait(0, "")


def test_without_threads_it_is_shown_when_something_happens(
    activity: Activity, outputs: Outputs, progress: Progress, clock: Clock
) -> None:
    def no_more(*_: object) -> Any:
        raise RuntimeError("can't start new thread")

    progress._timer = no_more
    with activity.reading("runs"):
        clock.advance(3)
        activity.called()

    assert outputs.last[0].startswith("runs: 1 call in 3 s")


def test_an_end_that_was_not_told_is_found_by_the_clock(
    activity: Activity, outputs: Outputs, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt), activity.reading("runs"):
        timers.advance(3)
        monkeypatch.setattr(activity, "tell", interrupted)
    monkeypatch.undo()
    monkeypatch.setattr(live, "update_display", outputs.update)

    timers.advance(2)

    assert outputs.last[0].startswith("runs: 0 calls in 4 s, ended at")
    assert not timers.due


def test_a_read_that_shows_no_progress_shows_none(
    activity: Activity, outputs: Outputs, timers: Timers
) -> None:
    activity.shown = False

    with activity.reading("runs"):
        activity.wait(5, "a reason")
        timers.advance(30)
        activity.wait(0, "")
    activity.wait(5, "a reason")

    assert not outputs.shown
    assert not timers.due


def test_what_is_closed_stands_still(
    activity: Activity, outputs: Outputs, timers: Timers, progress: Progress
) -> None:
    with activity.reading("runs"):
        timers.advance(3)
        onlookers.look_away(progress)
        progress.close()
        [drawn] = outputs.shown.values()
        before = len(drawn)
        timers.advance(30)

    assert len(drawn) == before
    assert not timers.due


def test_in_voila_it_is_a_widget_and_a_wait_closes_it(
    activity: Activity, timers: Timers, outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    widgets: list[Any] = []
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setattr(live, "display", widgets.append)

    with activity.reading("runs"):
        timers.advance(3)
    activity.wait(5, "a reason")
    activity.wait(0, "")

    facts, wait = widgets
    assert "runs: 0 calls in 3 s, ended at" in facts.value
    assert wait.comm is None
    assert not outputs.shown
