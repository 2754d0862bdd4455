"""How often a run is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.runs.polling import FIRST, LONGEST, Polling

USUAL = st.none() | st.floats(0.0, 100_000.0)


def looks(until: float, usual: float | None, took: float = 0.0) -> Iterator[float]:
    """The times of all looks until the run has ended; each answer takes a while."""
    now, polling = 0.0, Polling(0.0, usual)
    while now < until:
        now += polling.next(now) + took
        yield now


@given(st.floats(0.0, 60.0), USUAL, st.floats(0.0, 5.0))
def test_a_run_of_a_minute_costs_twelve_looks_at_most(
    duration: float, usual: float | None, took: float
) -> None:
    assert len(list(looks(duration, usual, took))) <= 12


def test_and_so_it_is_for_every_usual_duration_in_tenths_of_a_second() -> None:
    assert max(len(list(looks(60.0, tenths / 10))) for tenths in range(700)) == 12


@given(USUAL, st.lists(st.floats(0.0, 500.0), max_size=60))
def test_no_pause_is_shorter_than_a_second_or_longer_than_fifteen(
    usual: float | None, takes: list[float]
) -> None:
    now, polling = 0.0, Polling(0.0, usual)
    for took in takes:
        pause = polling.next(now)

        assert FIRST <= pause <= LONGEST
        now += pause + took


def test_it_begins_at_one_second_and_stretches_to_fifteen() -> None:
    times = list(looks(600.0, None))

    assert times[0] == 1.0
    assert times[-1] - times[-2] == 15.0


@given(st.floats(4.0, 50_000.0))
def test_an_end_at_the_usual_time_is_seen_within_a_second_and_a_half(usual: float) -> None:
    *_, seen = looks(usual, usual)

    assert seen - usual <= 1.5


@given(st.floats(30.0, 5_000.0))
def test_behind_the_usual_end_the_looks_come_closer_together(usual: float) -> None:
    times = list(looks(usual + 10.0, usual))
    behind = [each for each in times if each > usual]

    assert len(behind) >= 3
