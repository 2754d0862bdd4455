"""The acts: what starts a chain, and what takes up a run."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any, cast

from .. import onlookers
from ..errors import (
    BadAnswer,
    ChainStartRefused,
    NotFound,
    OneCloudError,
    QuotaExceeded,
    Unreachable,
    UsageError,
)
from ..home import Home
from ..runs import (
    ChainRun,
    Declared,
    Inputs,
    Many,
    RunFacts,
    Sheet,
    Start,
    Starts,
    Target,
    id_in,
    latest,
    named,
    say,
    settle,
)
from .desk import Desk, account_of
from .given import shown, whole
from .inventory import Inventory, Scope
from .names import Named, Wanted, find_one, name_of, wanted
from .observed import Session
from .reader import Reader
from .reading import Reading
from .rules import Rules

if TYPE_CHECKING:
    import pandas as pd

    from .onecloud import OneCloud

_users: dict[tuple[Home, str], str] = {}  # that the ledger knows, by account
_ENOUGH = 3  # runs that ended well, to say what is usual


class Acts(Reader):
    """What acts on the service. No act rests on the cache alone."""

    def start(self, chain: Any, environment: Any = None, inputs: Any = None) -> ChainRun:
        """Start a chain exactly once (`startChain`), and give its run.

        *inputs* are a mapping of names to values, sent with their JSON types. The start is written
        down before it is sent; an answer that is lost is looked up in the chain's run history, and
        a run that is found there is said to be adopted. Costs four calls at most besides the names.

        Raises:
            Ambiguous: several chains have that name; it has their paths.
            UsageError: inputs that cannot be sent, or that the chain does not have.
            ChainStartRefused: the chain is disabled, or the service does not start it.
            StartOutcomeUnknown: the answer was lost, and the history does not tell which run it is.
            RunInterrupted: Ctrl-C; it says what is known.
        """
        given = Inputs.read(inputs)
        del inputs  # one may be a password: from here on no variable shows it
        return self.prepare(chain, environment, given).send()

    def prepare(
        self, chain: Any, environment: Any = None, inputs: Any = None, *, workspace: Any = None
    ) -> Start:
        """Do all that comes before a start, and send nothing: `send()` starts.

        Names are resolved, the chain is confirmed by a fresh read, the inputs are checked.
        """
        given = Inputs.read(inputs)
        del inputs  # as above
        desk, target = self._to_start(workspace, environment, chain)
        [ready] = _declared(desk, target, [given])
        return Start(desk, target, ready)

    def declared(self, target: Target, inputs: list[Inputs]) -> list[Inputs]:
        """The inputs as they would be sent to a chain: checked, and secret where it says so."""
        return _declared(self._desk(), target, inputs)

    def start_many(
        self,
        chain: Any,
        frame: pd.DataFrame,
        environment: Any = None,
        max_parallel: int = 3,
        stop_on_failure: bool = False,
        *,
        workspace: Any = None,
        again: bool = False,
    ) -> pd.DataFrame:
        """Start a chain once for each row of *frame*, its columns the inputs, and wait for all.

        At most *max_parallel* runs are live at once; of a chain that runs once at a time each row
        waits for its turn. A failure stops nothing; with *stop_on_failure* rows that are not begun
        then stay without a run. Missing values are sent as null, times as ISO text.

        The same rows, in whatever order, go on with a batch of which not every row has a run that
        has ended, after a restart of the kernel, too: no row is started twice, one that was refused
        is tried again. Else all are started anew, but for rows that were live already when seen
        last: they have those runs. With *again* all are. Costs about two calls a row.

        Columns: those of *frame*, then `run_id run_error` string, `run_state` category, `run_ok`
        boolean (false where there is no run), `run_start_at run_end_at` datetime64[us, UTC],
        `run_duration` timedelta64[us], and `output.<name>` string for each name among what the
        nodes brought forth; of several nodes with one name it is the last one's.

        Raises:
            UsageError: a cell cannot be sent, or a column is no input; nothing was started.
            RunInterrupted: Ctrl-C; what lives goes on, and so does the same call.
            OneCloudError: see `start`; what became of a single row is in its `run_error`.
        """
        sheet = Sheet(frame)
        del frame  # as above
        most = whole(max_parallel)
        if most is None or most < 1:
            raise UsageError(f"max_parallel cannot be {shown(max_parallel)}.", "Give 1 or more.")
        desk, target = self._to_start(workspace, environment, chain)
        ready = _declared(desk, target, sheet.inputs)
        if not ready:
            return sheet.joined([])
        batch = named(desk, target, ready, sheet.labels, again=again)
        observer = onlookers.show if self.progress else _nobody
        many = Many(desk, target, batch, most=most, observer=observer)
        many.go(stop_on_failure=bool(stop_on_failure))
        return sheet.joined(batch.rows)

    def get_run(self, run: Any) -> ChainRun:
        """Take up a run by its id (`getChainRun`, 1 call; names: the inventory)."""
        asked, desk = wanted("run", run), self._desk()
        facts = RunFacts.from_wire(desk.call("getChainRun", chain_run_id=asked.text))
        if facts.id != asked.text:
            raise BadAnswer(f"The service told of another run than {shown(asked.text)}.")
        entry = desk.starts.of_run(facts.id)
        if entry is not None:
            desk.starts.follow(facts)
            return ChainRun(desk, facts, entry)
        chain, environment = self._names(facts)
        return ChainRun(desk, facts, chain=chain, environment=environment)

    @property
    def starts(self) -> Starts:
        """The ledger of the starts that were made here as the account that is signed in."""
        return self._desk().starts

    def live_runs(self, *, ended: bool = False) -> list[ChainRun]:
        """The runs started from here that are still live, newest first (1 call each).

        With *ended* those too that have ended since they were seen last. Starts that a process
        left open are settled first, see `settle_starts`.
        """
        self.settle_starts()
        runs: list[ChainRun] = []
        for each in self.starts.live():
            try:
                runs += [self.get_run(each.run_id)] if each.run_id else []
            except NotFound:  # the service keeps no run for ever
                self.starts.gone(each)
        return [run for run in runs if ended or not run.done]

    def settle_starts(self) -> None:
        """Find out what became of starts that a process left open (1 call each); starts nothing."""
        desk = self._desk()
        for entry in desk.starts.open():
            settle(desk, entry)

    @property
    def session(self) -> Session:
        """Who is signed in, and where; to be observed."""
        session = super().session
        if account_of(self._line) and (user := self._user()):
            session.user = user
        return session

    def _user(self) -> str | None:
        known = (self._line.place.home, account_of(self._line))
        if known not in _users:
            with suppress(
                OneCloudError
            ):  # a ledger that cannot be read is said by whoever needs it
                if user := self.starts.user:
                    _users[known] = user[1] or user[0]
        return _users.get(known)

    def _to_start(self, workspace: Any, environment: Any, chain: Any) -> tuple[Desk, Target]:
        """The chain that is to be started, as a fresh read has just told it."""
        scope = self._scope(workspace, environment, chain)
        if scope.chain is None:
            raise UsageError(f"chain cannot be {shown(chain)}: one is started.", "Name it.")
        desk = self._desk()
        return desk, self._confirmed(desk, scope, scope.chain)

    def _desk(self) -> Desk:
        return Desk(cast("OneCloud", self), self._line)

    def _confirmed(self, desk: Desk, scope: Scope, asked: Wanted) -> Target:
        """The chain that is meant; where the cache is behind, its names are asked anew once."""
        for refresh in (False, True):
            reading = Reading(self._line, Rules.of(self), refresh)
            try:
                named = find_one("chain", asked, Inventory(reading).chains(scope))
                fresh = _fresh(desk, named)
            except NotFound:
                if refresh or reading.calls:
                    raise
                continue
            same = asked.is_id or asked.text == named.id or name_of(fresh) == named.name
            # An environment may have got another's name since it was read.
            if same and (reading.calls or _still_named(desk, named)):
                return _target(desk, named, fresh)
        raise UsageError(
            f"{named.path} was renamed to {name_of(fresh)!r} while it was looked up.",
            "Nothing was started. Name it anew.",
        )

    def _names(self, facts: RunFacts) -> tuple[str, str]:
        """The names of a run's chain and environment; empty where they cannot be had."""
        inventory = Inventory(Reading(self._line, Rules.of(self)))
        scope = Scope(environment=Wanted(facts.environment_id, is_id=True))
        try:
            [(home, chains)] = inventory.by_environment(scope)
        except (NotFound, Unreachable, BadAnswer, QuotaExceeded, ValueError):
            return "", ""  # the run is what was asked for
        return next((each.name for each in chains if each.id == facts.chain_id), ""), home.name


def _declared(desk: Desk, target: Target, every: list[Inputs]) -> list[Inputs]:
    """The inputs under the names that the chain has; says once what could not be checked."""
    before = [] if target.takes.names else desk.starts.keys(target.chain_id)
    ready = [each.declared(target.chain, target.takes, before) for each in every]
    if ready and (unchecked := ready[0].unchecked(target.takes, before)):
        say(unchecked)
    return ready


def _nobody(_: object) -> None: ...


def _still_named(desk: Desk, chain: Named) -> bool:
    """Whether the environment of a chain has the name that the cache knows."""
    home = chain.home
    if home is None or home.home is None:
        return True
    fresh = desk.call("getEnvironment", workspace_id=home.home.id, environment_id=home.id)
    return name_of(fresh) == home.name


def _fresh(desk: Desk, named: Named) -> dict[str, Any]:
    """The chain as the service tells it now, whatever the cache says."""
    home = named.home.id if named.home else ""
    fresh: dict[str, Any] = desk.call("getChain", environment_id=home, chain_id=named.id)
    if id_in(fresh, "id") != named.id:
        raise BadAnswer(f"The service told of another chain than {named.path}.")
    if fresh.get("disabled") is True:
        raise ChainStartRefused(f"{named.path} is disabled, and was not asked to start.")
    return fresh


def _target(desk: Desk, named: Named, fresh: dict[str, Any]) -> Target:
    home = named.home
    target = Target(
        chain_id=named.id,
        chain=name_of(fresh) or named.name,
        environment_id=home.id if home else "",
        environment=home.name if home else "",
        path=named.path,
        takes=Declared.from_wire(fresh),
    )
    past = latest(desk, target.environment_id, target.chain_id)
    with suppress(OneCloudError):  # a ledger that cannot be written is said by the start
        desk.starts.seen(past)
    there = tuple((each.id, each.start_at.timestamp() if each.start_at else None) for each in past)
    return replace(target, before=there, usual=_usual(past))


def _usual(past: list[RunFacts]) -> float | None:
    """The seconds that runs which end well take as a rule."""
    took = [
        each.duration.total_seconds()
        for each in past
        if each.duration is not None and each.state in ("all_succeeded", "warned")
    ]
    return median(took) if len(took) >= _ENOUGH else None
