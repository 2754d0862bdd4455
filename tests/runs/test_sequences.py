"""Any sequence of faults, deaths and repeated cells: no start is made twice, none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecloud_magic import OneCloud
from onecloud_magic.api import Transport
from onecloud_magic.errors import OneCloudError, StartOutcomeUnknown
from onecloud_magic.runs import ChainRun, Starts
from onecloud_magic.runs.book import Book
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.plans import Plan
from tests.account.conftest import NewSandbox, SignIn
from tests.conftest import Clock

from .conftest import chain_of, fresh_world

pytestmark = pytest.mark.long

PERIODS = ["2026-10", "2026-11"]
FAULTS = {
    "none": None,
    "dropped before": faults.drop_before_work(),
    "dropped after": faults.drop_after_work(),
    "cut off": faults.truncated_body(),
    "html": faults.html_instead(),
    "502": faults.status(502),
    "refused": faults.status(403),
}
DEATHS = ["never", "before the mark", "after the mark", "after the work", "before the ledger"]


@dataclass(frozen=True)
class Cell:
    """A cell that is run: a start, what goes wrong, and whether the kernel dies of it."""

    period: str
    again: bool
    fault: str
    death: str


# Few values, the quiet ones more often: it is the second of two equal cells that matters.
CELLS = st.builds(
    Cell,
    st.sampled_from(PERIODS),
    st.sampled_from([False, False, True]),
    st.sampled_from(["none", "none", "none", *FAULTS]),
    st.sampled_from(["never", *DEATHS]),
)


class Killed(BaseException):
    """Stands in for a death: from here on nothing is written, whoever catches it."""


class Kernels:
    """Kernels, one after another, each of which may die at a step of a start."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch, self._number = patch, 0
        self.begin()
        patch.setattr("onecloud_magic.runs.entries.has_ended", lambda name: name != self._name)
        patch.setattr("onecloud_magic.runs.entries.owner", lambda: self._name)
        writing = Book.writing

        @contextmanager
        def written(book: Book, failed: str) -> Iterator[Any]:
            if self.dead:
                raise Killed
            with writing(book, failed) as page:
                yield page

        patch.setattr(Book, "writing", written)

    def begin(self) -> None:
        self._number, self.dead = self._number + 1, False

    @property
    def _name(self) -> str:
        return f"{self._number}-kernel"

    def die(self, *_: object) -> Any:
        self.dead = True
        raise Killed

    @contextmanager
    def dying(self, step: str) -> Iterator[None]:
        exchange, ours = Transport._exchange, "startChain"

        def cut(transport: Transport, asked: Any, trip: Any) -> Any:
            if asked.operation.id != ours:
                return exchange(transport, asked, trip)
            if step == "after the mark":
                trip.leaving()
            else:
                exchange(transport, asked, trip)
            return self.die()

        with self._patch.context() as patched:
            if step == "before the mark":
                patched.setattr(Starts, "sending", self.die)
            elif step == "before the ledger":
                patched.setattr(Starts, "became", self.die)
            elif step != "never":
                patched.setattr(Transport, "_exchange", cut)
            yield


class Story:
    """A sandbox, the account, and what the cells have said so far."""

    def __init__(self, sandbox: Sandbox, account: OneCloud, kernels: Kernels) -> None:
        self.sandbox, self.account, self.kernels = sandbox, account, kernels
        self.chain = chain_of(sandbox)
        self.cells: list[Cell] = []

    @property
    def runs(self) -> dict[str, str]:
        """What the server has started: the period of each run."""
        return {
            str(run.id): str((run.given or {})["period"]) for run in self.sandbox._world.started
        }

    def play(self, cell: Cell) -> None:
        world, before = self.sandbox._world, self.runs
        world.plans[:] = [Plan(100_000.0, "all_succeeded")]
        self.sandbox.faults.clear()
        if fault := FAULTS[cell.fault]:
            self.sandbox.faults.add(fault, path="*/start", times=1)
        said = self._said(cell)
        self.cells.append(cell)
        new = self.runs.keys() - before.keys()
        assert len(new) <= 1
        if isinstance(said, ChainRun):
            assert self.runs[said.id] == cell.period
            assert ({said.id} == new) is not said.earlier
        elif isinstance(said, OneCloudError) and not isinstance(said, StartOutcomeUnknown):
            assert not new

    def _said(self, cell: Cell) -> object:
        try:
            with self.kernels.dying(cell.death):
                inputs = {"period": cell.period}
                return self.account.prepare(self.chain.id, inputs=inputs).send(again=cell.again)
        except Killed as death:
            self.kernels.begin()
            return death
        except OneCloudError as error:
            return error

    def check(self) -> None:
        """At the end, in a new kernel, without faults."""
        self.kernels.begin()
        self.sandbox.faults.clear()
        self.account.settle_starts()
        entries = self.account.starts.mine()
        known = [each.run_id for each in entries if each.run_id]
        assert len(known) == len(set(known))
        assert set(known) <= self.runs.keys()
        unknown = Counter(period for run, period in self.runs.items() if run not in known)
        open_ones = Counter(
            str(each.shown_inputs["period"]) for each in entries if each.step in ("lost", "sending")
        )
        assert unknown <= open_ones
        for each in entries:
            assert each.run_id is None or self.runs[each.run_id] == each.shown_inputs["period"]
        for period, runs in Counter(self.runs.values()).items():
            wanted = [cell for cell in self.cells if cell.period == period]
            others = sum(not cell.again for cell in wanted)
            assert runs <= len(wanted) - others + min(others, 1)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELLS, min_size=2, max_size=6))
def test_no_start_is_made_twice_and_none_is_lost_from_the_ledger(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock, cells: list[Cell]
) -> None:
    with fresh_world(new_sandbox, clock) as (sandbox, patch):
        story = Story(sandbox, sign_in(sandbox), Kernels(patch))
        for cell in cells:
            story.play(cell)
        story.check()
