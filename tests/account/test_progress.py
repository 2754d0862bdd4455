"""How far reads are, in words: while they go on, and when they have ended."""

from __future__ import annotations

from contextlib import suppress

import pytest

from onecloud_magic.account import Activity, Stretch
from tests.conftest import Clock


@pytest.fixture
def activity(clock: Clock) -> Activity:
    activity = Activity("default", "https://api.onecloud.io", clock)
    activity.timezone = "UTC"
    return activity


def words(stretch: Stretch) -> str:
    stretch.look()
    return stretch.bar.words


def test_a_read_is_told_by_its_calls_and_its_time(activity: Activity, clock: Clock) -> None:
    activity.called()  # before it
    stretch = Stretch(activity)

    with activity.reading("runs"), activity.expecting(200):
        for _ in range(34):
            activity.called()
        clock.advance(12.4)

        assert words(stretch) == "runs: 34 of 200 calls, 12 s"
        assert (stretch.bar.done, stretch.bar.of) == (34, 200)


def test_a_wait_is_told_with_its_reason(activity: Activity, clock: Clock) -> None:
    stretch = Stretch(activity)

    with activity.reading("runs"):
        activity.called()
        activity.wait(7.6, "100 calls in 20 s were made")

        assert words(stretch) == "runs: 1 call, 0 s; waiting 8 s: 100 calls in 20 s were made"
        clock.advance(20)
        assert "waiting 0 s" in words(stretch)


def test_a_wait_of_no_read_is_told_alone(activity: Activity) -> None:
    activity.wait(8.0, "a reason")

    assert words(Stretch(activity)) == "waiting 8 s: a reason"


def test_more_calls_than_expected_are_told_without_an_end(activity: Activity) -> None:
    stretch = Stretch(activity)

    with activity.reading("runs"), activity.expecting(1):
        activity.called()
        activity.called()

        assert words(stretch) == "runs: 2 calls, 0 s"
        assert stretch.bar.of is None


def test_two_reads_are_told_together(activity: Activity) -> None:
    stretch = Stretch(activity)

    with activity.reading("runs"):
        stretch.look()
    with activity.reading("logins"):
        assert words(stretch).startswith("runs, logins: ")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (None, "runs: 2 calls in 12 s, ended at 2026-09-21 14:13:32 UTC"),
        (
            KeyboardInterrupt(),
            "runs: interrupted after 2 calls in 12 s, ended at 2026-09-21 14:13:32 UTC",
        ),
    ],
)
def test_an_end_is_told_in_facts_that_stay(
    activity: Activity, clock: Clock, error: BaseException | None, told: str
) -> None:
    stretch = Stretch(activity)
    try:
        with activity.reading("runs"):
            activity.called()
            activity.called()
            stretch.look()
            clock.advance(12)
            if error is not None:
                raise error
    except KeyboardInterrupt:
        pass

    stretch.end()
    activity.called()  # what comes after is not its business
    clock.advance(99)

    assert words(stretch) == told
    assert not stretch.bar.moves


def test_of_what_failed_the_error_says_all(activity: Activity) -> None:
    stretch = Stretch(activity)
    with suppress(ValueError), activity.reading("runs"):
        stretch.look()
        raise ValueError
    assert not stretch.is_worth_telling

    with activity.reading("logins"):
        stretch.look()
    assert stretch.is_worth_telling


def test_it_names_profile_and_host_and_the_sandbox() -> None:
    ours = Activity("sandbox", "http://127.0.0.1:8000")
    ours.wait(3.0, "a reason")

    bar = Stretch(ours).bar

    assert (bar.where, bar.badge) == ("sandbox at http://127.0.0.1:8000", "SANDBOX")
    assert Stretch(Activity("sandbox", "https://api.onecloud.io")).bar.badge == ""


def test_what_is_not_to_be_shown_does_not_go_on(activity: Activity) -> None:
    activity.shown = False
    stretch = Stretch(activity)

    activity.wait(8.0, "a reason")
    with activity.reading("runs"):
        stretch.look()
        assert not stretch.goes_on

    assert not stretch.goes_on
    assert not stretch.reads
