"""Calls that are made through a ledger, and how many it has counted."""

from __future__ import annotations

from onecloud_magic.api import FileLedger, Pace, Quota

from .clock import Clock

NOT_TOLD = Quota()


def a_pace(ledger: FileLedger, clock: Clock, limit: int = 5) -> Pace:
    return Pace(limit, ledger=ledger, clock=clock, sleep=clock.sleep)


def make(pace: Pace, calls: int) -> None:
    for _ in range(calls):
        with pace.turn() as turn:
            turn.answered(NOT_TOLD)


def made(ledger: FileLedger) -> int:
    return ledger.change(lambda tally: sum(each.calls for each in tally.made))
