"""Watching runs: a card each, and a wait that an interrupt ends while the runs go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ChainRunFailed, OneCloudError, RunInterrupted, WaitTimeout
from ..widgets import RunCard

if TYPE_CHECKING:
    from ..account import OneCloud
    from ..runs import ChainRun, Following

__all__ = ["How", "Watch", "forget", "keep", "wait_for"]


@dataclass(frozen=True)
class How:
    """How runs are waited for.

    Attributes:
        timeout: for how many seconds in all; None is until they end.
        stops: whether an interrupt stops them.
        shown: whether there are cards.
    """

    timeout: float | None = None
    stops: bool = False
    shown: bool = True


class Watch:
    """Looks at a run in a thread of its own and shows its card, until the run has ended.

    Attributes:
        oc: the account of the run: two services may number their runs alike.
        run: the run.
        following: who looks at it.
        over: whether that has ended.
    """

    def __init__(
        self, oc: OneCloud, run: ChainRun, how: How, following: Following | None = None
    ) -> None:
        self.oc, self.run, self.over = oc, run, False
        self._card = RunCard(oc, run) if how.shown and oc.progress else None
        self.following = following or run.follow(tell=self._tell, over=self._end)
        self._own = following is None

    def begin(self) -> None:
        """Show it, and begin to look."""
        if self._card is not None:
            self._card.show()
        if self._own:
            self.following.start()

    def leave(self) -> None:
        """Look no more, unless somebody else wants it; what is shown stands still."""
        if self._own:
            self.following.leave()
        self._end()

    def _tell(self, words: str) -> None:
        if self._card is not None:
            self._card.tell(words)

    def _end(self) -> None:
        self.over = True
        if self._card is not None:
            self._card.end()


_kept: list[Watch] = []  # those that go on by themselves


def keep(oc: OneCloud, run: ChainRun, how: How) -> ChainRun:
    """Watch *run* from now on, until it ends or the extension is unloaded; gives it."""
    watch = _watch(oc, run, how)
    _kept[:] = [*(each for each in _kept if not each.over), watch]
    watch.begin()
    return watch.run


def forget() -> None:
    """Let all of them stand as they are."""
    while _kept:
        _kept.pop().leave()


def wait_for(oc: OneCloud, runs: Sequence[ChainRun], how: How) -> ChainRun:
    """Show the *runs*, the latest first, wait until they have ended, and give the first.

    Raises:
        ChainRunFailed: one of them ended badly.
        WaitTimeout: one is still live.
        RunInterrupted: Ctrl-C; it says what became of them.
    """
    watches: list[Watch] = []
    try:
        watches += [_watch(oc, run, how) for run in runs]
        runs = [each.run for each in watches]
        for each in watches:
            each.begin()
        began_at = oc.activity.clock()
        for each in watches:
            each.following.wait(how.timeout, since=began_at)
        for run in runs:
            run.wait()  # has ended: it raises where it ended badly
    except KeyboardInterrupt:
        raise _interrupted(runs, how) from None
    except (ChainRunFailed, WaitTimeout) as error:
        raise _with_commands(error) from None
    finally:
        for each in watches:
            each.leave()
    return runs[0]


def _watch(oc: OneCloud, run: ChainRun, how: How) -> Watch:
    """A new watch; where one goes on already, both see what one thread is told."""
    place = (oc, run.id, run.chain_id)
    same = (each for each in _kept if (each.oc, each.run.id, each.run.chain_id) == place)
    if (other := next((each for each in same if not each.over), None)) is None:
        return Watch(oc, run, how)
    return Watch(oc, other.run, how, other.following)


def _with_commands(error: ChainRunFailed | WaitTimeout) -> ChainRunFailed | WaitTimeout:
    """The same error with what to type next."""
    number = error.run.id
    if isinstance(error, WaitTimeout):
        error.hint = f"It goes on. {_commands(number)}"
        return error
    failed = ", ".join(name for name, _ in error.nodes)
    look = f"%onecloud nodes {number} and %onecloud outputs {number} show more."
    error.hint = f"Failed: {failed}. {look}" if failed else look
    return error


def _commands(number: str) -> str:
    return f"%onecloud stop {number} stops it, %onecloud watch {number} waits again."


def _interrupted(runs: Sequence[ChainRun], how: How) -> RunInterrupted:
    """After Ctrl-C: stop them where that was wanted, and say what is sure."""
    live = [run for run in runs if not run.done]
    if not live:
        return RunInterrupted(f"Interrupted; {_name(runs[0])} has ended.", "", runs[0])
    if not how.stops:
        words = " ".join(f"{_name(run)} goes on; only the wait has ended." for run in live)
        return RunInterrupted(words, _commands(live[0].id), live[0])
    told = [_stopped(run) for run in live]
    look = "" if live[0].done else f"%onecloud watch {live[0].id} shows how it stands."
    return RunInterrupted(" ".join(told), look, live[0])


def _stopped(run: ChainRun) -> str:
    try:
        return f"{_name(run)}: {run.stop()}."
    except KeyboardInterrupt:
        return f"{_name(run)}: interrupted again, it is not known whether it stops."
    except OneCloudError as error:
        return f"{_name(run)}: could not stop: {error}"


def _name(run: ChainRun) -> str:
    return f"Run {run.id} of {run.chain or 'the chain'}"
