"""One start, sent exactly once, and the truth about what became of it.

Nothing repeats the call but a complete answer that proves that it was not carried out (401 after a
renewal, a rate limit). An answer that is lost is looked up; what cannot be told is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import (
    BadAnswer,
    Forbidden,
    OneCloudError,
    RunInterrupted,
    StartOutcomeUnknown,
    Unreachable,
    UsageError,
)
from ..errors import ChainStartRefused as Refused
from .account import Account
from .chain_run import ChainRun
from .entries import Entry
from .facts import RunFacts
from .inputs import Inputs
from .lookup import ONCE, PAUSES, Finding, look_up, since
from .notices import say
from .target import Target

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
        chain and inputs; in a batch it is that of the same row, whether or not its run has ended.

        Raises:
            ChainStartRefused: the service does not start it.
            StartOutcomeUnknown: the answer was lost, and the history does not tell.
            RunInterrupted: Ctrl-C; it says what is known.
            OneCloudError: nothing was started, as it cannot be written down.
        """
        starts = self.account.starts
        while True:
            entry, new = starts.ask(self.target, self.inputs, again=again, batch=batch)
            if new:
                return _Sending(self, entry).run()
            run = _Earlier(self.account, entry).run()
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
    return account.starts.entry(entry.id), finding


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
        try:
            facts = self._sent()
        except BaseException as error:
            return self._without_an_answer(error)
        try:
            return self._written_down(facts)
        except KeyboardInterrupt:
            raise _started(self._written_down(facts)) from None

    def _written_down(self, facts: RunFacts) -> ChainRun:
        try:
            self._starts.became(self._entry, facts)
            self._entry = self._starts.entry(self._entry.id)
        except OneCloudError as error:
            say(f"Run {facts.id} was started, and {_lower(str(error))} {error.hint}")
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
        never_sent = isinstance(error, Unreachable) and not error.sent
        if never_sent or not self._in_flight:
            self._note(lambda: self._starts.unsent(self._entry))
            raise _nothing_started(error)
        if isinstance(error, Refused | Forbidden | UsageError):
            words = str(error)
            self._note(lambda: self._starts.refused(self._entry, words))
            raise _nothing_started(error)
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
                _how_to_look(self._entry),
            ) from None
        if finding.run is None:
            raise _unknown(self._account, self._entry, finding) from None
        self._entry = self._starts.entry(self._entry.id)
        run = self._run_of(finding.run)
        say(_adopted(run, self._account))
        return run

    def _interrupted(self, error: BaseException) -> BaseException:
        """After Ctrl-C while it was under way: look once, and tell."""
        if not isinstance(error, KeyboardInterrupt):
            return error
        try:
            return _started(self._looked_up(ONCE))
        except StartOutcomeUnknown as unknown:
            return RunInterrupted(f"{_UNDER_WAY}. {unknown}", unknown.hint)

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
    """A start of the same that was found instead of a new one."""

    account: Account
    entry: Entry

    def run(self) -> ChainRun | None:
        """Its run as it stands now; None where it was never started."""
        entry, finding = _settled(self.account, self._no_longer_under_way())
        if entry.is_open(self.account.now()):
            raise _unknown(self.account, entry, finding, earlier=True)
        if entry.step != "run" or entry.run_id is None:
            return None
        facts = RunFacts(entry.run_id, entry.state, entry.chain_id, entry.environment_id)
        return ChainRun(self.account, facts, entry, earlier=True).refresh()

    def _no_longer_under_way(self) -> Entry:
        """The entry, once the kernel that is starting it knows more."""
        account, entry = self.account, self.entry
        until = account.now() + _PATIENCE
        while entry.under_way(account.now()):
            if account.now() >= until:
                raise StartOutcomeUnknown(
                    f"Another kernel has been starting {entry.chain} for {_PATIENCE:.0f} s.",
                    _how_to_look(entry),
                )
            account.sleep(_STEP)
            entry = account.starts.entry(entry.id)
        return entry


_UNDER_WAY = "Interrupted while the start was under way"


def _started(run: ChainRun) -> RunInterrupted:
    how = f'oc.get_run("{run.id}").stop() stops it, .wait() waits for it.'
    return RunInterrupted(f"{_UNDER_WAY}: run {run.id} was started, and goes on.", how, run)


def _nothing_started(error: BaseException) -> BaseException:
    if isinstance(error, KeyboardInterrupt):
        return RunInterrupted("Interrupted before the start was sent: nothing was started.")
    if isinstance(error, OneCloudError) and "othing was started" not in f"{error}{error.hint}":
        error.hint = f"Nothing was started. {error.hint}".strip()
    return error


def _unknown(
    account: Account, entry: Entry, finding: Finding, earlier: bool = False
) -> StartOutcomeUnknown:
    which = "an earlier, equal start" if earlier else "the start"
    says = f"The answer to {which} of {entry.chain} in {entry.environment} was lost"
    runs = [ChainRun(account, facts, chain=entry.chain, environment=entry.environment)
            for facts in finding.candidates]  # fmt: skip
    listed = ", ".join(run.id for run in runs)
    if finding.trouble:
        says += f", and its run history cannot be read: {finding.trouble}"
    elif not runs:
        says += ", and its run history shows no run that could be it."
    else:
        says += f", and its run history does not tell which run is it: {listed}."
    return StartOutcomeUnknown(says, _how_to_look(entry), candidates=runs)


def _how_to_look(entry: Entry) -> str:
    look = f'oc.runs(chain="{entry.chain_id}", since="1 hour")'
    return f"Look before you start it again: {look}; it may show up late."


def _adopted(run: ChainRun, account: Account) -> str:
    who = run.facts.user_name or "a user whom the service does not name"
    when = f" at {account.clock_time(run.start_at.timestamp())}" if run.start_at else ""
    return (
        f"The answer to the start of {run.chain} was lost. Run {run.id}, which {who} started"
        f"{when}, is the only one since then: it is taken for ours."
    )


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
