"""Looking at all live runs of one chain together: one page of its history tells of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .account import Account
from .chain_run import ChainRun
from .history import latest
from .polling import Polling
from .target import Target

__all__ = ["Looks"]

_LEAST = 2.0  # seconds between two looks: a look for one run is a look at all


class Looks:
    """The looks at the runs of *target*: when the next one is due, and what it tells.

    Attributes:
        target: the chain, with the runs that were there at the last look.
        is_busy: whether any run of the chain was live then, whoever started it.
    """

    def __init__(self, account: Account, target: Target) -> None:
        self.target, self.is_busy = target, False
        self._account = account
        self._due: dict[str, tuple[Polling, float]] = {}
        self._idle = Polling(account.now())

    def pause(self, runs: Sequence[ChainRun]) -> float:
        """The seconds until the next look; where none of ours is live, longer and longer ones."""
        now = self._account.now()
        if not runs:
            return max(self._idle.next(now), _LEAST)
        self._idle = Polling(now)
        return max(min(self._next(run, now) for run in runs) - now, _LEAST)

    def look(self, runs: Sequence[ChainRun]) -> list[ChainRun]:
        """Look at *runs* (`chainRunHistory`, 1 call); gives those that the page does not have."""
        page = latest(self._account, self.target.environment_id, self.target.chain_id)
        there = tuple((x.id, x.start_at.timestamp() if x.start_at else None) for x in page)
        self.target = replace(self.target, before=there)
        self.is_busy = any(not each.ended for each in page)
        told = {each.id: each for each in page}
        for run in runs:
            if run.id in told:
                run.take(told[run.id])
        return [run for run in runs if run.id not in told]

    def _next(self, run: ChainRun, now: float) -> float:
        """When it is time to look at *run* again."""
        known = self._due.get(run.id)
        if known is not None and known[1] > now:
            return known[1]
        began = run.start_at.timestamp() if run.start_at else now
        usual = self.target.usual
        polling = known[0] if known is not None else Polling(began, usual)
        due = now + polling.next(now)
        self._due[run.id] = polling, due
        return due
