"""What every read goes through: settings, the line, the scope, the facts that a frame carries."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from traitlets import default

from ..credentials.hosts import Host, resolve
from ..errors import OneCloudError, OneCloudWarning, UsageError
from ..frames import Origin
from ..home import Home, named_profile
from . import profiles, when
from .cache import Cache
from .counting import Counting
from .finished import Finished, Made
from .given import shown, whole
from .inventory import Scope
from .line import Last, Line, host_of, line
from .names import Wanted, wanted
from .observed import Activity, Quota, Session
from .place import Place
from .reading import Reading
from .rules import Rules
from .settings import Settings

if TYPE_CHECKING:
    import pandas as pd

Plan = Callable[[Reading], "pd.DataFrame"]
_counting: ContextVar[Counting | None] = ContextVar("onecloud_counting", default=None)


class Reader(Settings):
    """An account that can read: what the reads of all groups have in common."""

    def __init__(self, profile: str | None = None, **settings: Any) -> None:
        self.profile = profiles.current() if profile is None else profile
        try:
            super().__init__(profiles.defaults(self.profile), **settings)
        finally:
            settings.clear()  # a traceback shows variables: a token may be among them by mistake
        self.cache = Cache(lambda: self._line)
        self._place()  # what cannot be is said now, not at the first read

    @property
    def session(self) -> Session:
        """Who is signed in, and where; to be observed."""
        line = self._line
        line.look()
        return line.session

    @property
    def quota(self) -> Quota:
        """The calls that are left, as the last answer told them; to be observed."""
        return self._line.quota

    @property
    def activity(self) -> Activity:
        """What is under way; to be observed."""
        return self._line.activity

    def reach(self) -> int:
        """Ask the service once, without renewing anything (`getWorkspaces`); gives their number."""
        Rules.of(self).check()
        return self._line.reach()

    @property
    def last(self) -> Last | None:
        """The last call that was answered; None before the first."""
        return self._line.last

    @property
    def _line(self) -> Line:
        return line(self._place(), self)

    def _place(self) -> Place:
        if not isinstance(self.profile, str):
            raise UsageError(f"profile cannot be {shown(self.profile)}.", "Give a name.")
        home = Home.find()
        return Place(home, named_profile(self.profile), self._host(home), self.token_store)

    def _host(self, home: Home) -> Host:
        # The default is looked at anew each time: another process may sign the profile in.
        if self.trait_has_value("base_url"):
            return resolve(self.base_url, self.token_url)
        known = host_of(home, self.profile)
        if known is not None and not self.token_url:
            return known
        return resolve(known.base_url if known else "classic", self.token_url)

    @default("base_url")
    def _where_the_profile_is_signed_in(self) -> str:
        known = host_of(Home.find(), self.profile)
        return known.base_url if known else "classic"

    def _read(
        self, table: str, plan: Plan, refresh: bool, asked: tuple[Hashable, ...]
    ) -> pd.DataFrame:
        """Carry out a read; in an estimate, only count what it would cost.

        *asked* is all that the plan goes by: the same again is answered with a copy of the frame
        while its answers hold, and the same meanwhile waits for this one.
        """
        counting = _counting.get()
        if counting is not None:
            counting.refresh = refresh
            return plan(counting)
        line, key = self._line, (table, asked)
        answers = line.answers
        finished = line.finished(answers)
        made = None if refresh else finished.get(key, answers, self.cache_ttl)
        if made is None:
            return self._made(key, plan, Reading(line, Rules.of(self), refresh), finished)
        return _handed_out(made, made.origin(table, line.clock()), made.said(table))

    def _made(
        self,
        key: tuple[str, tuple[Hashable, ...]],
        plan: Plan,
        reading: Reading,
        finished: Finished,
    ) -> pd.DataFrame:
        table, mine = key[0], []

        def make() -> tuple[Made, bool]:
            mine.append(True)
            with reading.foreseeing(table, lambda: self._foreseen(plan, reading.refresh)):
                made = reading.made(plan(reading))
            finished.keep(key, made)
            return made, not reading.stale

        if reading.refresh:
            made, _ = make()
        else:
            made = finished.flights.together(key, tuple(reading.stamps.values()), make)
        if mine:
            said = reading.said(table, len(made.frame))
            return _handed_out(made, reading.origin(table), said, 5)
        return _handed_out(made, made.origin(table, reading.line.clock()), made.said(table), 5)

    def _foreseen(self, plan: Plan, refresh: bool) -> int:
        """The calls that a read is about to make, as far as known; 0 where nothing is."""
        counting = Counting(self._line, Rules.of(self), refresh)
        with suppress(OneCloudError):  # the read itself will say it
            plan(counting)
        return counting.calls

    def _count(self, read: Callable[..., object], arguments: dict[str, Any]) -> int:
        counting = Counting(self._line, Rules.of(self))
        token = _counting.set(counting)
        try:
            read(**arguments)
        finally:
            _counting.reset(token)
        return counting.calls

    def _scope(
        self, workspace: object = None, environment: object = None, chain: object = None
    ) -> Scope:
        """Where a read looks: what is given, else the defaults; "*" beats a default.

        Giving a workspace sets the default environment aside.
        """
        plain = Scope(
            _given("workspace", workspace),
            _given("environment", environment),
            _given("chain", chain),
        )
        defaults = {
            "workspace": self.workspace if workspace is None else "",
            "environment": self.environment if workspace is None and environment is None else "",
        }
        filled = {kind: wanted(kind, name) for kind, name in defaults.items() if name}
        return replace(plain, **filled, wider=plain) if filled else plain

    def _span(self, since: object, until: object) -> tuple[Any, Any]:
        if since is None and until is None:
            return None, None  # a machine that does not tell its zone can still read all
        now = datetime.fromtimestamp(self._line.clock(), UTC)
        return when.span(since, until, zone=when.zone(self.timezone or None), now=now)


def _handed_out(made: Made, origin: Origin, said: list[str], stacklevel: int = 4) -> pd.DataFrame:
    """The frame as its reader gets it, with what there is to say about it."""
    for words in said:
        warnings.warn(OneCloudWarning(words), stacklevel=stacklevel)
    return origin.mark(made.frame.copy())


def _given(kind: str, given: object) -> Wanted | None:
    everything = given is None or (isinstance(given, str) and given == "*")
    return None if everything else wanted(kind, given)


def needed(kind: str, given: object) -> object:
    """What must be given, if only "*": what was forgotten must not cost a call for each of all.

    Raises:
        UsageError: it is None.
    """
    if given is None:
        raise UsageError(f"{kind} cannot be None.", f'Give {kind}="*" for all of them.')
    return given


def rows_wanted(limit: object) -> int | None:
    """Read `limit`: a number of rows, or None for all.

    Raises:
        UsageError: anything else.
    """
    if limit is None:
        return None
    number = whole(limit)
    if number is not None and number >= 0:
        return number
    raise UsageError(f"limit cannot be {shown(limit)}.", "Give a number of rows, or None for all.")
