"""Stopping a run, and saying truly what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import BadAnswer, OneCloudError, Unreachable, UsageError
from .account import Account
from .facts import RunFacts

if TYPE_CHECKING:
    from .chain_run import ChainRun

__all__ = ["Stopped", "stop"]


@dataclass(frozen=True)
class Stopped:
    """What came of stopping a run.

    Attributes:
        outcome: `stopped`: it has ended by it; `stop requested`: the service has taken the wish,
            and the run lives yet; `could not stop`: it had ended before, or nobody knows.
        why: what the service said, or why nobody knows.
    """

    outcome: Literal["stopped", "stop requested", "could not stop"]
    why: str = ""

    def __str__(self) -> str:
        return f"{self.outcome}: {self.why}" if self.why else self.outcome


def stop(run: ChainRun, account: Account) -> Stopped:
    """Stop *run* (`stopChain`), once; nothing repeats it.

    Raises:
        Unreachable: the wish was surely not sent.
    """
    if run.done:
        return Stopped("could not stop", f"it has ended already ({run.facts.words})")
    try:
        told = account.call("stopChain", chain_run_id=run.id)
    except UsageError as refused:
        return _as_it_stands(run, str(refused))
    except (Unreachable, BadAnswer) as lost:
        if isinstance(lost, Unreachable) and not lost.sent:
            raise
        return _as_it_stands(run, str(lost))
    try:
        run.take(RunFacts.from_wire(told))
    except BadAnswer:
        return _as_it_stands(run, "")
    return _taken(run)


def _taken(run: ChainRun) -> Stopped:
    """After the service has taken the wish."""
    if not run.done:
        return Stopped("stop requested")
    if run.state == "stopped":
        return Stopped("stopped")
    return Stopped("could not stop", f"it ended before that ({run.facts.words})")


def _as_it_stands(run: ChainRun, why: str) -> Stopped:
    """After a refusal or a lost answer: only the run itself tells."""
    try:
        run.refresh()
    except OneCloudError as error:
        return Stopped("could not stop", f"{why} How it stands is not known: {error}".strip())
    if run.done:
        return _taken(run)
    return Stopped("could not stop", why or "the answer cannot be read")
