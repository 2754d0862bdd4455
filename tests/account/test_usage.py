"""How fast the day's calls go, by what the answers told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.account.usage import MINUTES, Usage

NOW = 1_790_000_000.0


def told(*pairs: tuple[float, int]) -> Usage:
    """A usage that was told these: seconds ago, and what was left."""
    usage = Usage()
    for ago, left in pairs:
        usage.told(NOW - ago, left)
    return usage


def test_before_anything_was_told_nothing_is_known() -> None:
    assert Usage().a_minute(NOW) is None
    assert Usage().spent_at(NOW) is None


def test_the_calls_of_others_count_too() -> None:
    usage = told((300, 50_000), (240, 49_900), (0, 49_700))

    assert usage.by_minute(NOW) == [0, 0, 0, 0, 0, 100, 0, 0, 0, 200]
    assert usage.a_minute(NOW) == 60
    assert usage.spent_at(NOW) == NOW + 49_700 / 60 * 60


def test_without_use_nothing_will_be_spent() -> None:
    usage = told((300, 50_000), (0, 50_000))

    assert usage.a_minute(NOW) == 0
    assert usage.spent_at(NOW) is None


def test_a_header_that_was_not_sent_tells_nothing() -> None:
    usage = told((120, 100), (60, 90))

    usage.told(NOW, None)

    assert usage.a_minute(NOW) == 5


def test_what_came_back_begins_anew() -> None:
    usage = told((300, 100), (200, 5), (100, 50_000), (50, 49_990))

    assert sum(usage.by_minute(NOW)) == 10


def test_a_clock_that_was_set_back_begins_anew() -> None:
    usage = told((0, 100), (3600, 90), (3540, 80))

    assert sum(usage.by_minute(NOW - 3540)) == 10


def test_what_is_older_than_the_last_minutes_does_not_count() -> None:
    usage = told((60 * MINUTES + 120, 1000), (60 * MINUTES + 60, 500), (30, 490))

    assert sum(usage.by_minute(NOW)) == 10


@given(st.lists(st.tuples(st.floats(0, 600), st.integers(0, 50)), max_size=60))
def test_however_often_it_is_told_no_call_is_lost(steps: list[tuple[float, int]]) -> None:
    usage, left, at = Usage(), 50_000, NOW
    usage.told(at, left)
    for seconds, used in steps:
        at, left = at + seconds / 100, left - used
        usage.told(at, left)

    assert sum(usage.by_minute(at)) == 50_000 - left
