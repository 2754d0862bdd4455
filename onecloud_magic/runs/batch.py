"""A batch: the rows that are started together, and the name under which the ledger has them.

The name is a fingerprint of chain, environment and rows, and a number. The same rows are the same
batch of an account, in whatever order, until all have their runs and these have been told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..errors import NotFound
from .account import Account
from .chain_run import ChainRun
from .entries import Entry
from .facts import RunFacts
from .inputs import Inputs
from .secrecy import canonical
from .target import Target

__all__ = ["Batch", "Row", "named", "taken_up"]


@dataclass(eq=False)
class Row:
    """One row, and what became of it.

    Attributes:
        place: its number in the ledger's batch.
        label: how people call it: its index in the frame.
        error: why it has no run, or why that cannot be told from a good one.
        unsure: whether it may have been started, and nobody knows.
        outputs: what the run's nodes brought forth; None where that is not read yet.
    """

    place: int
    label: str
    inputs: Inputs = field(repr=False)
    run: ChainRun | None = None
    error: str = ""
    unsure: bool = False
    outputs: dict[str, Any] | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be started."""
        return self.run is None and not self.error

    @property
    def is_live(self) -> bool:
        return self.run is not None and not self.run.done and not self.error

    @property
    def ok(self) -> bool:
        return self.run is not None and self.run.ok


@dataclass(frozen=True)
class Batch:
    """The name of a batch, and its rows.

    Attributes:
        begun_at: when it was begun, where it goes on.
        anew: whether its rows start whatever lives already.
        shared: how many of its rows have got a start that was made outside of it.
    """

    name: str
    rows: tuple[Row, ...]
    begun_at: float | None = None
    anew: bool = False
    shared: int = 0


def named(
    account: Account,
    target: Target,
    every: Sequence[Inputs],
    labels: Sequence[str],
    *,
    again: bool = False,
) -> Batch:
    """The batch of these inputs: the one that has not ended, unless *again*, else a new one."""
    written = account.starts.written_rows(every)
    whole = [target.chain_id, target.environment_id, *sorted(written)]
    rows = hashlib.sha256(canonical(whole).encode()).hexdigest()[:20]
    batches = account.starts.batches
    name, begun_at = batches.begin(rows, again=again)
    shared = 0
    if not again:
        _look(account, target)
        shared = batches.share(name, target, sorted(written))
    order = sorted(range(len(written)), key=written.__getitem__)
    place = {number: rank for rank, number in enumerate(order)}
    listed = [Row(place[number], labels[number], each) for number, each in enumerate(every)]
    return Batch(name, tuple(listed), begun_at, again, shared)


def taken_up(account: Account, batch: Batch) -> list[Row]:
    """Give the rows their runs that the ledger knows; tells the rows of which nobody knows."""
    now, unknown = account.now(), []
    known = account.starts.batches.starts(batch.name)
    latest = {each.place: each for each in known if each.is_of_row(now)}
    for row in batch.rows:
        entry = latest.get(row.place)
        if entry is not None and entry.step == "run" and entry.run_id is not None:
            row.run = ChainRun(account, _seen(entry), entry, earlier=True)
        elif entry is not None and entry.is_open(now):
            unknown.append(row)
    return unknown


def _look(account: Account, target: Target) -> None:
    """Look at the runs that the ledger takes for live, where the last page did not tell of them."""
    told = dict(target.before)
    for entry in account.starts.living(target):
        if entry.run_id in told:
            continue
        try:
            ChainRun(account, _seen(entry), entry).refresh()
        except NotFound:  # the service keeps no run for ever
            account.starts.gone(entry)


def _seen(entry: Entry) -> RunFacts:
    """The run of a start as it was seen last."""
    start_at, end_at = (
        None if at is None else datetime.fromtimestamp(at, UTC)
        for at in (entry.start_at, entry.end_at)
    )
    return RunFacts(
        id=entry.run_id or "",
        state=entry.state,
        chain_id=entry.chain_id,
        environment_id=entry.environment_id,
        start_at=start_at,
        end_at=end_at,
        ended=bool(entry.ended),
    )
