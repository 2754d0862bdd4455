"""How far reads are, in a terminal and in a file that stderr goes to."""

from __future__ import annotations

import io
import os
import shutil
import sys

import pytest

from onecloud_magic.account import Activity, Stretch
from onecloud_magic.widgets.terminal import StatusLine
from tests.conftest import Clock


class Stderr(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def opened(monkeypatch: pytest.MonkeyPatch, *, tty: bool, columns: int = 200) -> Stderr:
    stderr = Stderr(tty)
    monkeypatch.setattr(sys, "stderr", stderr)
    size = os.terminal_size((columns, 40))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: size)
    return stderr


@pytest.fixture
def activity(clock: Clock) -> Activity:
    activity = Activity("default", "https://x", clock)
    activity.timezone = "UTC"
    return activity


def waited(activity: Activity, clock: Clock) -> None:
    """A read of 30 calls that waits in the midst of them."""
    stretch = Stretch(activity)
    line = StatusLine(stretch)

    def called(times: int) -> None:
        for _ in range(times):
            activity.called()
            stretch.look()
            line.changed()

    with activity.reading("runs"):
        called(10)
        clock.advance(3)
        activity.wait(8, "a reason")
        for _ in range(5):
            line.changed()
            clock.advance(1)
        activity.wait(0, "")
        called(20)
    stretch.end()
    line.end()


def test_a_line_is_written_when_the_state_changes_and_not_at_every_call(
    activity: Activity, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = opened(monkeypatch, tty=False)

    waited(activity, clock)

    assert stderr.getvalue().splitlines() == [
        "runs: 1 call, 0 s (default at https://x)",
        "runs: 10 calls, 3 s; waiting 8 s: a reason (default at https://x)",
        "runs: 11 calls, 8 s (default at https://x)",
        "runs: 30 calls in 8 s, ended at 2026-09-21 14:13:28 UTC (default at https://x)",
    ]


def test_on_a_terminal_the_line_is_written_over(
    activity: Activity, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = opened(monkeypatch, tty=True)

    waited(activity, clock)

    _, *lines = stderr.getvalue().removesuffix("\n").split("\r")
    assert len(lines) == 4
    assert "\n" not in stderr.getvalue()[:-1]
    assert len(lines[2]) >= len(lines[1])  # nothing of a longer line is left behind it


def test_a_wait_that_is_over_is_taken_away(
    activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = opened(monkeypatch, tty=True)
    line = StatusLine(Stretch(activity))
    activity.wait(8, "a reason")

    line.show()
    line.vanish()

    said = "waiting 8 s: a reason (default at https://x)"
    assert stderr.getvalue() == f"\r{said}\r{' ' * len(said)}\r"


def test_a_narrow_terminal_gets_a_line_that_fits(
    activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = opened(monkeypatch, tty=True, columns=20)
    activity.wait(8, "a reason")

    StatusLine(Stretch(activity)).show()

    assert stderr.getvalue() == "\rwaiting 8 s: a reas"


def test_without_stderr_nothing_is_written(
    activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    line = StatusLine(Stretch(activity))

    line.show()
    line.end()
    line.vanish()
