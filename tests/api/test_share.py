"""The rules of the pace, in virtual time, against the windows of the sandbox."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.pacing import KINDS, Kernel, Rival, World, at_random, in_bursts, steady
from onecloud_magic.api import Share, Tally, Wait
from onecloud_magic.sandbox.limits import Kind

from .virtual import run

pytestmark = pytest.mark.long

DAY = 86_400.0
each_window = pytest.mark.parametrize("kind", KINDS)


class Far(World):
    """A world whose ways are as long as the test says, and whose windows open when it says."""

    def __init__(self, kind: Kind, limit: int, ways: list[float], phase: float = 0.0) -> None:
        super().__init__(kind, 0, limit)
        self.now = self.began = 1000.0 + phase
        self._ways = cycle(ways)

    def way(self) -> float:
        return next(self._ways)


class Written(Kernel):
    """A kernel that knows nothing but what was written down after each step."""

    text = ""

    def __init__(self, world: World, calls: int, texts: list[str]) -> None:
        super().__init__(world, calls, workers=3)
        self.texts = texts

    @property
    def share(self) -> Share:
        tally = Tally.from_json(self.texts[-1]) if self.texts else Tally()
        return Noted(tally, self.texts, self.world.window.limit)

    @share.setter
    def share(self, share: Share) -> None:
        pass


class Noted(Share):
    """Rules that write their tally down after each step."""

    def __init__(self, tally: Tally, texts: list[str], limit: int) -> None:
        super().__init__(tally, limit, 20.0)
        self._texts = texts

    def may_go(self, now: float, call: str, owner: str) -> Wait | None:
        try:
            return super().may_go(now, call, owner)
        finally:
            self._texts[:] = [self.tally.to_json()]

    def answered(self, now: float, call: str, burst: int | None, day: int | None = None) -> None:
        super().answered(now, call, burst, day)
        self._texts[:] = [self.tally.to_json()]

    def refused(self, now: float, call: str, day: int | None = None, chance: float = 0.5) -> None:
        super().refused(now, call, day, chance)
        self._texts[:] = [self.tally.to_json()]

    def expect(self, now: float, name: str, owner: str, calls: int) -> None:
        super().expect(now, name, owner, calls)
        self._texts[:] = [self.tally.to_json()]

    def expected(self, name: str) -> None:
        super().expected(name)
        self._texts[:] = [self.tally.to_json()]


ways = st.lists(st.floats(0.0, 30.0) | st.floats(0.0, 0.5), min_size=1, max_size=40)


# ---- alone


@given(
    st.sampled_from(list(KINDS)),
    st.integers(1, 9),
    st.floats(0.5, 3.4),
    ways,
    st.integers(1, 3),
    st.floats(0.0, 20.0),
    st.floats(0.0, 45.0),
)
@example("clock", 5, 3.0, [0.07], 3, 19.0, 0.3)
def test_alone_no_call_is_ever_refused_whatever_the_ways_and_the_phase(
    kind: Kind,
    limit: int,
    windows: float,
    ways: list[float],
    workers: int,
    phase: float,
    apart: float,
) -> None:
    world, tally, calls = Far(kind, limit, ways, phase), Tally(), max(1, round(limit * windows / 2))
    kernels = [Kernel(world, calls, tally, workers) for _ in range(2)]

    run(world, *kernels, apart=apart)

    assert [kernel.answered for kernel in kernels] == [calls, calls]
    assert [kernel.refused for kernel in kernels] == [0, 0]


@given(st.sampled_from(list(KINDS)), st.integers(3, 12), st.integers(1, 12), ways, st.booleans())
@settings(max_examples=60)
def test_rules_that_are_written_and_read_after_every_step_are_the_same(
    kind: Kind, limit: int, calls: int, ways: list[float], rival: bool
) -> None:
    times = []
    texts: list[str] = []
    for written in (False, True):
        world = Far(kind, limit, ways)
        kernel = Written(world, calls, texts) if written else Kernel(world, calls, workers=3)
        if rival:
            world.start(Rival(world, lambda chance: cycle([3.0])).work())
        times.append((run(world, kernel), kernel.refused))

    assert times[0] == times[1]


@each_window
@pytest.mark.parametrize("kernels", [1, 2])
def test_alone_all_is_called_in_little_more_than_the_least_time(kind: Kind, kernels: int) -> None:
    for seed in range(3):
        world, tally = World(kind, seed), Tally()
        every = [Kernel(world, 260 // kernels, tally) for _ in range(kernels)]

        took = run(world, *every)

        assert [kernel.refused for kernel in every] == [0] * kernels
        assert took < 45


def test_a_standing_window_that_ends_is_noticed_by_a_probe() -> None:
    took = {}
    for known in (True, False):
        world = Far("clock", 100, [0.07], phase=10.0)
        kernel = Kernel(world, 260)
        if not known:
            kernel.share.expect = lambda *announcement: None  # type: ignore[method-assign]
        took[known] = run(world, kernel)

    assert took[True] < 33
    assert took[False] > 40


def test_a_long_read_does_not_take_its_own_calls_for_those_of_others() -> None:
    # 150 pages took 40 s instead of 20 s: calls that left the window while another was under
    # way were missing in the count, but not in the header.
    world = World("sliding", 1)
    kernel = Kernel(world, 150)

    took = run(world, kernel)

    assert kernel.share.tally.others == []
    assert took < 24


# ---- beside others


@each_window
@pytest.mark.parametrize("gaps", [steady, at_random, in_bursts])
def test_beside_a_rival_every_call_is_answered_and_few_are_refused(
    kind: Kind, gaps: object
) -> None:
    world = World(kind, 2)
    rival, kernel = Rival(world, gaps), Kernel(world, 260)  # type: ignore[arg-type]
    world.start(rival.work())
    world.start(kernel.work(60.0))

    world.run(lambda: kernel.done)

    assert kernel.answered == 260
    assert kernel.refused <= 8
    assert rival.refused <= 0.1 * rival.asked


@each_window
@pytest.mark.parametrize("clients", [2, 5])
def test_clients_that_share_nothing_but_the_quota_find_their_part(kind: Kind, clients: int) -> None:
    world = World(kind, 3)
    kernels = [Kernel(world, 300 // clients) for _ in range(clients)]

    took = run(world, *kernels, apart=0.4)

    assert [kernel.answered for kernel in kernels] == [300 // clients] * clients
    assert sum(kernel.refused for kernel in kernels) <= 6
    assert took < 120


def test_a_storm_of_refusals_is_waited_out_with_few_tries() -> None:
    world = World("sliding", 4)
    kernel = Kernel(world, 30)
    plain, until = world.take, world.now + 120
    world.take = lambda: world.now > until and plain()  # type: ignore[method-assign]

    run(world, kernel)

    assert kernel.answered == 30
    assert kernel.refused <= 12


def test_calls_that_were_refused_together_count_as_one_refusal() -> None:
    share = Share(Tally())
    share.may_go(0.0, "first", "me")
    share.answered(0.1, "first", 99)
    calls = [f"call {number}" for number in range(8)]
    for call in calls:
        assert share.may_go(0.2, call, "me") is None
    for call in calls:
        share.refused(0.4, call)

    wait = share.may_go(0.4, "another", "me")

    assert share.tally.refused == 1
    assert wait is not None
    assert wait.seconds == pytest.approx(3.0)


def test_what_others_use_is_left_to_them_and_soon_forgotten() -> None:
    share = Share(Tally())
    share.may_go(0.0, "a", "me")
    share.answered(0.1, "a", 39)

    assert share.others == 60
    assert share.may_go(0.2, "b", "me") is not None
    assert share.may_go(1.0, "b", "me") is None
    share.left(1.1, "b")
    share.may_go(50.0, "c", "me")
    assert share.others == 0


def test_a_limit_below_that_of_the_service_is_kept_to() -> None:
    world = World("sliding", 5)
    kernel = Kernel(world, 60)
    kernel.share.limit = 20

    took = run(world, kernel)

    assert took > 40
