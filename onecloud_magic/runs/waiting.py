"""Waiting for the end of a run, in a thread or in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import (
    BadAnswer,
    ChainRunFailed,
    OneCloudError,
    RunInterrupted,
    Unreachable,
    WaitTimeout,
)
from .account import Account
from .notices import say
from .polling import FIRST, Polling

if TYPE_CHECKING:
    from .chain_run import ChainRun

__all__ = ["Wait", "awaited", "check", "timed_out", "wait"]

_PATIENCE = 300.0  # seconds for which the service may answer badly while a run is waited for


@dataclass
class Wait:
    """One wait for a run, whoever sleeps: how long until the next look, and the look itself.

    *tell* is called with what is worth a line.
    """

    run: ChainRun
    account: Account
    timeout: float | None = None
    tell: Callable[[str], object] = say

    def __post_init__(self) -> None:
        now, began = self.account.now(), self.run.start_at
        self._until = None if self.timeout is None else now + self.timeout
        usual = self.run.usual.total_seconds() if self.run.usual else None
        self._polling = Polling(began.timestamp() if began else now, usual)
        self._bad_since: float | None = None

    def pause(self) -> float:
        """The seconds until the next look.

        Raises:
            WaitTimeout: the time is up.
        """
        now = self.account.now()
        pause = self._polling.next(now)
        if self._until is None:
            return pause
        if now >= self._until:
            raise timed_out(self.run, self.timeout or 0.0)
        return min(pause, self._until - now)

    def first(self) -> None:
        """Look at once where the last look was long ago."""
        if not self.run.done and self.account.now() - self.run.looked_at > FIRST:
            self.look()

    def look(self) -> None:
        """Look at the run; an answer that fails is survived for some minutes."""
        try:
            self.run.refresh()
        except (Unreachable, BadAnswer) as error:
            self._survive(error)
        else:
            self._bad_since = None

    def _survive(self, error: OneCloudError) -> None:
        now = self.account.now()
        if self._bad_since is None:
            self._bad_since = now
            self.tell(f"{error} Run {self.run.id} goes on, and is still waited for.")
        elif now - self._bad_since > _PATIENCE:
            error.hint = f"The run goes on. {_WAIT_AGAIN.format(self.run.id)}"
            raise error


_WAIT_AGAIN = 'oc.get_run("{}") takes it up again.'
_STOP = 'oc.get_run("{0}").stop() stops it, .wait() waits again.'


def wait(run: ChainRun, account: Account, timeout: float | None = None) -> None:
    """Wait until *run* has ended.

    Raises:
        WaitTimeout: it has not after *timeout* seconds.
        RunInterrupted: Ctrl-C.
    """
    try:
        waited = Wait(run, account, timeout)
        waited.first()
        while not run.done:
            account.sleep(waited.pause())
            waited.look()
    except RunInterrupted:
        raise
    except KeyboardInterrupt:
        raise interrupted(run) from None


async def awaited(run: ChainRun, account: Account) -> ChainRun:
    """Wait for *run* while the event loop goes on; a failed one raises."""
    waited = Wait(run, account)
    while not run.done:
        await asyncio.sleep(waited.pause())
        await asyncio.to_thread(waited.look)
    await asyncio.to_thread(check, run, account)
    return run


def check(run: ChainRun, account: Account) -> None:
    """Raise `ChainRunFailed` where *run* has ended badly; what failed is asked for once."""
    if not run.done or run.ok:
        return
    if not _knows_why(run):
        _see_nodes(run)
    failed = [(node.name, node.message) for node in run.node_facts if node.state == "errored"]
    says = f"{run.chain or 'Chain'} (run {run.id}) {_ENDS.get(run.state, 'ended in ' + run.state)}"
    words = run.facts.result_text or "; ".join(filter(None, (text for _, text in failed)))
    nodes = ", ".join(name for name, _ in failed)
    hint = f"Failed: {nodes}. run.nodes() and run.outputs() show more." if nodes else ""
    raise ChainRunFailed(f"{says}: {words}" if words else f"{says}.", hint, run, failed)


def _knows_why(run: ChainRun) -> bool:
    """Whether the last look has brought the nodes, and what failed among them."""
    seen = run.facts.nodes is not None
    return seen and (run.state != "errored" or any(n.state == "errored" for n in run.node_facts))


_ENDS = {"errored": "failed", "stopped": "was stopped"}


def interrupted(run: ChainRun) -> RunInterrupted:
    """What Ctrl-C in a wait says."""
    return RunInterrupted(
        f"Run {run.id} of {run.chain or 'the chain'} goes on; only the wait has ended.",
        _STOP.format(run.id),
        run,
    )


def timed_out(run: ChainRun, timeout: float) -> WaitTimeout:
    """What a wait says whose time is up."""
    says = f"Run {run.id} of {run.chain or 'the chain'} is still live after {timeout:g} s"
    return WaitTimeout(f"{says} ({run.facts.words}).", f"It goes on. {_STOP.format(run.id)}", run)


def _see_nodes(run: ChainRun) -> None:
    try:
        run.refresh(nodes=True)
    except OneCloudError as error:
        say(f"What failed in run {run.id} could not be read: {error}")
