"""Any sequence of faults, deaths and interrupts in the same call: no row is started twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecloud_magic import OneCloud
from onecloud_magic.api import Transport
from onecloud_magic.errors import OneCloudError, RunInterrupted
from onecloud_magic.runs import Starts
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.plans import Plan
from tests.account.conftest import NewSandbox, SignIn
from tests.conftest import Clock

from .conftest import chain_of, fresh_world
from .many import periods
from .test_sequences import DEATHS, FAULTS, Kernels, Killed

pytestmark = pytest.mark.long

ROWS = periods(5)


@dataclass(frozen=True)
class Call:
    """One call: which start meets a fault, at which start the kernel dies, when Ctrl-C comes."""

    fault: str
    fault_at: int
    death: str
    death_at: int
    interrupt_at: int
    most: int


CALLS = st.builds(
    Call,
    st.sampled_from(list(FAULTS)),
    st.integers(0, 3),
    st.sampled_from(["never", "never", *DEATHS]),
    st.integers(1, 3),
    st.sampled_from([1, 2, 3, 1000]),
    st.integers(1, 3),
)


class Story:
    """A sandbox, the account, and the calls, each in a kernel that may die."""

    def __init__(
        self, sandbox: Sandbox, account: OneCloud, patch: pytest.MonkeyPatch, clock: Clock
    ) -> None:
        self.sandbox, self.account, self.clock = sandbox, account, clock
        self.chain, self.patch, self.kernels = chain_of(sandbox), patch, Kernels(patch)

    @property
    def counted(self) -> Counter[str]:
        runs = self.sandbox._world.started
        return Counter(str((run.given or {})["period"]) for run in runs)

    def play(self, call: Call, rows: pd.DataFrame = ROWS) -> pd.DataFrame | None:
        """Make the call; its result where it comes to one that is whole."""
        self.sandbox._world.plans[:] = [Plan(20.0, "all_succeeded")] * 5
        self.sandbox.faults.clear()
        if fault := FAULTS[call.fault]:
            self.sandbox.faults.add(fault, path="*/start", times=1, after=call.fault_at)
        try:
            with self.dying(call.death, call.death_at), self.interrupted(call.interrupt_at):
                result = self.account.start_many(self.chain.id, rows, max_parallel=call.most)
        except Killed:
            self.kernels.begin()
            return None
        except (OneCloudError, RunInterrupted):
            return None
        return result if result["run_ok"].all() else None

    @contextmanager
    def interrupted(self, at: int) -> Iterator[None]:
        slept = [0]

        def sleep(seconds: float) -> None:
            slept[0] += 1
            self.clock.advance(seconds)
            if slept[0] == at:
                raise KeyboardInterrupt

        with self.patch.context() as patched:
            patched.setattr(self.account._line, "sleep", sleep)
            yield

    @contextmanager
    def dying(self, step: str, at: int) -> Iterator[None]:
        real = {name: getattr(Starts, name) for name in ("sending", "became")}
        exchange, left = Transport._exchange, [at]

        def due() -> bool:
            left[0] -= 1
            return left[0] == 0

        def noted(name: str) -> Callable[..., Any]:
            return lambda *told: self.kernels.die() if due() else real[name](*told)

        def cut(transport: Transport, asked: Any, trip: Any) -> Any:
            if asked.operation.id != "startChain" or not due():
                return exchange(transport, asked, trip)
            if step == "after the mark":
                trip.leaving()
            else:
                exchange(transport, asked, trip)
            return self.kernels.die()

        with self.patch.context() as patched:
            if step in ("before the mark", "before the ledger"):
                name = "sending" if step == "before the mark" else "became"
                patched.setattr(Starts, name, noted(name))
            elif step != "never":
                patched.setattr(Transport, "_exchange", cut)
            yield

    def check(self, result: pd.DataFrame | None) -> None:
        quiet = Call("none", 0, "never", 1, 1000, 2)
        if result is None:
            result = self.play(quiet)
        counted = self.counted
        assert set(counted.values()) <= {1}
        entries = self.account.starts.mine()
        known = {each.run_id for each in entries if each.run_id}
        open_ones = {
            str(each.shown_inputs["period"]) for each in entries if each.step in ("lost", "sending")
        }
        for run in self.sandbox._world.started:
            assert str(run.id) in known or (run.given or {})["period"] in open_ones
        assert set(ROWS["period"]) <= set(counted) | open_ones
        assert (result is not None) >= (not open_ones)
        if result is not None:
            runs = {str(run.id): (run.given or {})["period"] for run in self.sandbox._world.started}
            assert runs == dict(zip(result["run_id"], result["period"], strict=True))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CALLS, min_size=1, max_size=5))
def test_no_row_is_started_twice_and_none_is_lost(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock, calls: list[Call]
) -> None:
    with fresh_world(new_sandbox, clock) as (sandbox, patch):
        story = Story(sandbox, sign_in(sandbox), patch, clock)
        result = None
        for call in calls:
            result = story.play(call)
            if result is not None:
                break
        story.check(result)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 4), min_size=1), st.integers(1, 3), st.integers(1, 4)),
        min_size=2,
        max_size=5,
    )
)
def test_no_row_is_live_twice_however_frames_change_between_calls_that_are_cut_short(
    new_sandbox: NewSandbox,
    sign_in: SignIn,
    clock: Clock,
    calls: list[tuple[set[int], int, int]],
) -> None:
    with fresh_world(new_sandbox, clock) as (sandbox, patch):
        story = Story(sandbox, sign_in(sandbox), patch, clock)
        for rows, most, interrupt_at in calls:
            quiet = Call("none", 0, "never", 1, interrupt_at, most)
            story.play(quiet, ROWS.iloc[sorted(rows)])

    runs = sandbox._world.started
    for one, other in combinations(runs, 2):
        if (one.given or {})["period"] == (other.given or {})["period"]:
            assert one.end() <= other.start_at
