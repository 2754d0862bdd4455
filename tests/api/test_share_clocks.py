"""The rules of the pace where clocks jump, and where headers tell nothing or nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pacing import KINDS, Kernel, World
from onecloud_magic.api import Share, Tally
from onecloud_magic.sandbox.limits import Kind

from .virtual import run

pytestmark = pytest.mark.long

DAY = 86_400.0
each_window = pytest.mark.parametrize("kind", KINDS)


# ---- clocks


def full(now: float = 1000.0, limit: int = 3) -> Share:
    """Rules that have just let all calls go."""
    share = Share(Tally(), limit)
    for number in range(limit):
        assert share.may_go(now, str(number), "me") is None
        share.answered(now, str(number), limit - number - 1)
    return share


@pytest.mark.parametrize("jump", [-30 * DAY, -DAY, -60.0, -2.0])
def test_a_clock_that_goes_back_lets_no_call_go_early_and_none_wait_long(jump: float) -> None:
    share, now = full(), 1000.0 + jump

    wait = share.may_go(now, "next", "me")

    assert wait is not None
    assert 0 < wait.seconds <= 20
    assert share.may_go(now + 20.001, "next", "me") is None


@pytest.mark.parametrize("jump", [60.0, DAY, 30 * DAY])
def test_after_a_clock_that_goes_forward_one_call_finds_out_what_is_left(jump: float) -> None:
    share, now = full(), 1000.0 + jump
    share.tally.others = [(1000.0, 50)]
    share.tally.held_until = 1010.0

    assert share.may_go(now, "one", "me") is None
    wait = share.may_go(now, "two", "me")

    assert wait is not None
    assert wait.seconds < 1


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-3 * DAY, 3 * DAY)), max_size=40))
def test_whatever_the_clock_does_a_wait_is_never_longer_than_a_window_and_a_bit(
    steps: list[tuple[int, float]],
) -> None:
    share, now = Share(Tally(), 3), 0.0
    for number, (end, jump) in enumerate(steps):
        now += jump
        wait = share.may_go(now, str(number), "me")
        if wait:
            assert 0 < wait.seconds <= 20 * 1.25
            continue
        now += jump / 2
        ends = (lambda now, call: share.answered(now, call, 1), share.refused, share.left)
        if end < 3:
            ends[end](now, str(number))


def test_a_call_that_hangs_holds_up_the_first_ones_only_for_a_while() -> None:
    share = Share(Tally())
    share.may_go(0.0, "hangs", "me")

    assert share.may_go(1.0, "next", "me") is not None
    assert share.may_go(6.0, "next", "me") is None


def test_what_another_process_has_left_behind_ends_by_its_age() -> None:
    share = Share(Tally(), 1)
    share.may_go(0.0, "lost", "them")
    share.expect(0.0, "read", "them", 50)

    assert share.may_go(119.0, "next", "me") is not None
    assert share.may_go(121.0, "next", "me") is not None
    assert not share.tally.flying
    assert not share.tally.coming
    assert share.may_go(142.0, "next", "me") is None


# ---- what the headers tell, or do not


@each_window
def test_without_headers_nothing_stops_and_nothing_is_refused(kind: Kind) -> None:
    world = World(kind, 6)
    kernel = Kernel(world, 260)
    plain = kernel.share.answered

    def not_told(now: float, call: str, burst: int | None, day: int | None = None) -> None:
        plain(now, call, None)

    kernel.share.answered = not_told  # type: ignore[method-assign]

    took = run(world, kernel)

    assert kernel.refused == 0
    assert took < 45


def test_what_makes_no_sense_is_a_tally_anew() -> None:
    for text in ("", "[]", "null", "{}", '{"made": 5}', "{", '{"now": "x"}', '{"nothing": 1}'):
        assert Tally.from_json(text) == Tally()


def test_a_tally_is_what_was_written_of_it() -> None:
    share = full()
    share.may_go(1021.0, "a", "me")
    share.expect(1021.0, "read", "me", 7)
    share.refused(1022.0, "a", 5)

    assert Tally.from_json(share.tally.to_json()) == share.tally
