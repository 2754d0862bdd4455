"""A start whose answer was lost is looked up in the run history of its chain.

What can be ours: a run since the call, by the service's own clock, that was not there before it,
that no schedule or trigger started, that is by our user and has our inputs as far as that is told,
and that is no other start's of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import BadAnswer, OneCloudError
from .account import Account
from .apart import told_apart
from .entries import Entry
from .facts import RunFacts
from .history import began_since

__all__ = ["ONCE", "PAUSES", "Finding", "look_up", "since"]

PAUSES = (0.0, 1.0, 2.0, 4.0)  # a run may show up late
ONCE = (0.0,)
_NEVER_OURS = {"schedule", "trigger", "trigger_event", "slack"}
_MARGIN = 5.0  # `Date` has whole seconds, and the service more than one machine
_NO_DATE = 300.0  # where the service's clock is not known, ours may be so wrong
_LATE = 60.0  # a call that was cut off is carried out by then, if at all


@dataclass(frozen=True)
class Finding:
    """What the history tells: the run that was adopted, or those that may be it, or no answer."""

    run: RunFacts | None = None
    candidates: tuple[RunFacts, ...] = ()
    trouble: str = ""


def look_up(account: Account, entry: Entry, pauses: Sequence[float]) -> Finding:
    """Look until exactly one run can be the one of *entry*, and adopt that in the ledger."""
    finding = Finding()
    for pause in pauses:
        if pause:
            account.sleep(pause)
        try:
            finding = _look(account, entry)
        except OneCloudError as error:
            finding = Finding(candidates=finding.candidates, trouble=str(error))
        if finding.run is not None:
            break
    return finding


def since(entry: Entry) -> float:
    """The earliest start, in seconds since 1970, that the run of *entry* can have."""
    return _served(entry) - _margin(entry)


def _look(account: Account, entry: Entry) -> Finding:
    entry = account.starts.entry(entry.id)
    if entry.run_id is not None:  # another kernel was quicker to settle it
        run = RunFacts.from_wire(account.call("getChainRun", chain_run_id=entry.run_id))
        if run.id != entry.run_id:
            raise BadAnswer(f"The answer for run {entry.run_id} is about another run.")
        return Finding(run)
    runs = list(_candidates(account, entry))
    # Read after the history: a start that shows up in it is written down as being sent by now.
    rivals = account.starts.rivals(entry)
    if runs and (rivals or len(runs) > 1):
        runs, rivals = told_apart(account, entry, runs, rivals)
    if len(runs) == 1 and not rivals and account.starts.adopted(entry, runs[0]):
        return Finding(runs[0])
    return Finding(candidates=tuple(runs))


def _candidates(account: Account, entry: Entry) -> Iterator[RunFacts]:
    runs = began_since(account, entry.environment_id, entry.chain_id, since(entry))
    taken, user = account.starts.run_ids() | entry.seen_before, account.starts.user
    for run in runs:
        strange = user is not None and run.user_id not in ("", user[0])
        if run.id in taken or strange or run.launch_type in _NEVER_OURS:
            continue
        if _in_time(entry, run) and _has_inputs(account, entry, run):
            yield run


def _in_time(entry: Entry, run: RunFacts) -> bool:
    if run.start_at is None:
        return True
    return since(entry) <= run.start_at.timestamp() <= _until(entry)


def _until(entry: Entry) -> float:
    """The latest start that the run of *entry* can have."""
    waited = (entry.lost_at or entry.sent_at or entry.asked_at) - (entry.sent_at or entry.asked_at)
    return _served(entry) + waited + _LATE + _margin(entry)


def _has_inputs(account: Account, entry: Entry, run: RunFacts) -> bool:
    if run.inputs is None:
        return True
    return account.starts.written(run.inputs, entry) == entry.inputs


def _served(entry: Entry) -> float:
    return entry.served_at or entry.sent_at or entry.asked_at


def _margin(entry: Entry) -> float:
    return _NO_DATE if entry.served_at is None else _MARGIN
