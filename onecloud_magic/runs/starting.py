"""One start, sent exactly once, and the truth about what became of it.

Nothing repeats the call but a complete answer that proves that it was not carried out (401 after a
renewal, a rate limit). An answer that is lost is looked up; what cannot be told is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ..errors import (
    BadAnswer,
    Forbidden,
    NotFound,
    OneCloudError,
    RunInterrupted,
    StartOutcomeUnknown,
    Unreachable,
    UsageError,
)
from ..errors import ChainStartRefused as Refused
from .account import Account
from .chain_run import ChainRun
from .claims import Claim
from .entries import Entry
from .facts import RunFacts
from .inputs import Inputs
from .lookup import ONCE, PAUSES, Finding, look_up, since
from .notices import say
from .target import Target
from .telling import UNDER_WAY, adopted, how_to_look, lower, nothing_started, started, unknown

__all__ = ["Start", "settle"]

_PATIENCE = 60.0  # seconds; another kernel that starts the same has an answer by then
_STEP = 0.5


@dataclass(frozen=True)
class Start:
    """A start that is ready to be sent: the chain is confirmed, the inputs are checked."""

    account: Account = field(repr=False)
    target: Target
    inputs: Inputs

    def live(self) -> ChainRun | None:
        """The run of the same start that lives already; None where there is none.

        Raises:
            StartOutcomeUnknown: nobody knows what became of the same start.
        """
        same = self.account.starts.same(self.target, self.inputs)
        run = _Earlier(self.account, same[0]).run() if same else None
        return run if run is not None and not run.done else None

    def send(self, *, again: bool = True, batch: tuple[str, int] | None = None) -> ChainRun:
        """Start the chain, once. *batch* is the name of a batch and the row in it.

        Unless *again*, the run of the same start is given where it lives (`run.earlier`), also
        where another kernel is starting it in this moment. The same start is one of the same
        chain and inputs. A row of a batch keeps its start, whether or not its run has ended.

        Raises:
            ChainStartRefused: the service does not start it.
            StartOutcomeUnknown: the answer was lost, and the history does not tell.
            RunInterrupted: Ctrl-C; it says what is known.
            OneCloudError: nothing was started, as it cannot be written down.
        """
        with Claim() as claim:
            try:
                return self._sent(claim, again, batch)
            except RunInterrupted:
                raise
            except KeyboardInterrupt:
                raise _interrupted(self.account, claim.entry) from None

    def _sent(self, claim: Claim, again: bool, batch: tuple[str, int] | None) -> ChainRun:
        ask = self.account.starts.ask
        if not again:
            for forgotten in self.account.starts.forgotten(self.target, self.inputs):
                _settled(self.account, forgotten)
        while True:
            entry, new = ask(self.target, self.inputs, again=again, batch=batch, claim=claim)
            if new:
                return _Sending(self, entry).run()
            run = _Earlier(self.account, entry, kept=batch is not None).run()
            if run is not None and (batch is not None or not run.done):
                return run


def settle(account: Account, entry: Entry) -> Entry:
    """Find out what became of a start whose process has ended, or whose answer was lost.

    It costs one look into the history at most, and starts nothing. What cannot be told stays open.
    """
    return _settled(account, entry)[0]


def _settled(account: Account, entry: Entry) -> tuple[Entry, Finding]:
    now, finding = account.now(), Finding()
    if entry.is_left(now):
        account.starts.unsent(entry)
    elif entry.is_open(now):
        finding = look_up(account, entry, ONCE)
    entry = account.starts.entry(entry.id)
    if finding.run is not None and entry.adopted:
        say(adopted(ChainRun(account, finding.run, entry), account))
    return entry, finding


def _interrupted(account: Account, entry: Entry | None) -> BaseException:
    """After Ctrl-C between two steps: what the ledger tells; nothing is asked of the service."""
    with suppress(OneCloudError):
        entry = account.starts.entry(entry.id) if entry is not None else None
    if entry is None or entry.step in ("asked", "unsent", "refused"):
        return nothing_started(KeyboardInterrupt())
    if entry.run_id is not None:
        return started(ChainRun(account, _seen(entry), entry))
    return RunInterrupted(
        f"{UNDER_WAY}: it is not known what became of it.", how_to_look(account, entry)
    )


def _seen(entry: Entry) -> RunFacts:
    return RunFacts(entry.run_id or "", entry.state, entry.chain_id, entry.environment_id)


class _Sending:
    """The way of one start, as the transport tells of it (`Trip`)."""

    def __init__(self, start: Start, entry: Entry) -> None:
        self._target, self._inputs, self._entry = start.target, start.inputs, entry
        self._account, self._starts = start.account, start.account.starts
        self._in_flight = False

    def leaving(self) -> None:
        """Write down that it leaves, and what the service's clock says; if it fails, it stays."""
        self._starts.sending(self._entry, self._account.served_at, self._there_already())
        self._in_flight = True

    def refused(self) -> None:
        """A complete answer proves that it was not carried out."""
        self._in_flight = False
        self._starts.held_back(self._entry)

    def run(self) -> ChainRun:
        facts: RunFacts | None = None
        try:
            facts = self._sent()
            return self._written_down(facts)
        except BaseException as error:
            if facts is None:
                return self._without_an_answer(error)
            if not isinstance(error, KeyboardInterrupt):
                raise
        raise started(self._written_down(facts))

    def _written_down(self, facts: RunFacts) -> ChainRun:
        try:
            self._starts.became(self._entry, facts)
            self._read_anew()
        except OneCloudError as error:
            say(f"Run {facts.id} was started, and {lower(str(error))} {error.hint}")
        return self._run_of(facts)

    def _sent(self) -> RunFacts:
        target = self._target
        place = {"environment_id": target.environment_id, "chain_id": target.chain_id}
        told = self._account.act(self, "startChain", **place, runtimeVariables=self._inputs)
        facts = RunFacts.from_wire(told)
        if facts.chain_id not in ("", target.chain_id) or facts.id in dict(target.before):
            raise BadAnswer(f"The answer to the start of {target.chain} is about another run.")
        return facts

    def _there_already(self) -> list[str]:
        """The runs that the time of their start does not tell from the one that is to come."""
        now = self._account.now()
        earliest = since(self._entry.sent(now, self._account.served_at))
        return [each for each, at in self._target.before if at is None or at >= earliest]

    def _without_an_answer(self, error: BaseException) -> ChainRun:
        """After whatever was raised: tell what is sure, look up what is not."""
        self._clear(error)
        never_sent = isinstance(error, Unreachable) and not error.sent
        if never_sent or not self._in_flight:
            self._note(lambda: self._starts.unsent(self._entry))
            raise nothing_started(error)
        if isinstance(error, Refused | Forbidden | UsageError):
            self._note(lambda: self._starts.refused(self._entry))
            raise nothing_started(error)
        self._note(lambda: self._starts.lost(self._entry))
        if not isinstance(error, Exception):
            raise self._interrupted(error) from None
        return self._looked_up(PAUSES)

    def _looked_up(self, pauses: Sequence[float]) -> ChainRun:
        path = self._target.path or self._target.chain
        try:
            finding = look_up(self._account, self._entry, pauses)
        except KeyboardInterrupt:
            raise RunInterrupted(
                f"It is not known whether {path} was started: the answer to the start was lost.",
                how_to_look(self._account, self._entry),
            ) from None
        if finding.run is None:
            raise unknown(self._account, self._entry, finding) from None
        self._note(self._read_anew)
        run = self._run_of(finding.run)
        say(adopted(run, self._account))
        return run

    def _interrupted(self, error: BaseException) -> BaseException:
        """After Ctrl-C while it was under way: look once, and tell."""
        if not isinstance(error, KeyboardInterrupt):
            return error
        try:
            return started(self._looked_up(ONCE))
        except StartOutcomeUnknown as open_:
            return RunInterrupted(f"{UNDER_WAY}. {open_}", open_.hint)

    def _read_anew(self) -> None:
        self._entry = self._starts.entry(self._entry.id)

    def _clear(self, error: BaseException) -> None:
        """Take the values of secrets out of what the service said."""
        error.args = tuple(
            self._inputs.cleared(each) if isinstance(each, str) else each for each in error.args
        )
        for name in ("words", "hint"):
            if isinstance(words := getattr(error, name, None), str):
                setattr(error, name, self._inputs.cleared(words))

    def _note(self, note: Callable[[], object]) -> None:
        """Write down what became of it; the error itself is more than a ledger that fails."""
        try:
            note()
        except OneCloudError as error:
            say(f"{error} {error.hint}")

    def _run_of(self, facts: RunFacts) -> ChainRun:
        return ChainRun(self._account, facts, self._entry)


@dataclass(frozen=True)
class _Earlier:
    """A start of the same that was found instead of a new one; a row that has it has it *kept*."""

    account: Account
    entry: Entry
    kept: bool = False

    def run(self) -> ChainRun | None:
        """Its run as it stands now; None where it was never started."""
        entry, finding = _settled(self.account, self._no_longer_under_way())
        if entry.is_open(self.account.now()):
            raise unknown(self.account, entry, finding, earlier=True)
        if entry.step != "run" or entry.run_id is None:
            return None
        try:
            return ChainRun(self.account, _seen(entry), entry, earlier=True).refresh()
        except NotFound:  # the service keeps no run for ever
            if self.kept:
                raise  # a row is started once
            self.account.starts.gone(entry)
            return None

    def _no_longer_under_way(self) -> Entry:
        """The entry, once the kernel that is starting it knows more."""
        account, entry = self.account, self.entry
        until = account.now() + _PATIENCE
        while entry.under_way(account.now()):
            if account.now() >= until:
                raise StartOutcomeUnknown(
                    f"Another kernel has been starting {entry.chain} for {_PATIENCE:.0f} s.",
                    how_to_look(account, entry),
                )
            account.sleep(_STEP)
            entry = account.starts.entry(entry.id)
        return entry
