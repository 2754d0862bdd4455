"""Many runs at once: a run for each row, so many live at a time, none started twice.

One thread does it all: it starts what may be started, sleeps, and looks at all live runs together.
Each start goes through the ledger, so whoever comes after a crash, or beside it, takes up its runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import (
    BadAnswer,
    ChainStartRefused,
    Forbidden,
    NotFound,
    OneCloudError,
    RunInterrupted,
    StartOutcomeUnknown,
    Unreachable,
    UsageError,
)
from .account import Account
from .batch import Batch, Row, taken_up
from .chain_run import ChainRun
from .looks import Looks
from .notices import say
from .outcome import read_outputs
from .starting import Start
from .target import Target

__all__ = ["Many", "Observer"]

_PATIENCE = 300.0  # seconds for which the service may answer badly
_BUSY = re.compile(r"already\s+(running|in progress|active|executing)|concurren", re.IGNORECASE)


class Many:
    """The runs of a batch, from the first start until the last one has ended.

    Attributes:
        rows: what becomes of each.
        began_at, ended_at: when it began, and when it was over, in seconds since 1970.
    """

    def __init__(
        self,
        account: Account,
        target: Target,
        batch: Batch,
        *,
        most: int,
        observer: Observer = lambda many: None,
    ) -> None:
        self.account, self.batch, self.rows = account, batch, batch.rows
        self.began_at = account.now()
        self.ended_at: float | None = None
        self._looks, self._room = Looks(account, target), most
        self._stops, self._observer = False, observer
        self._busy = self._held = False
        self._starting, self._looking = _Patience(account), _Patience(account)
        self._tried: set[Row] = set()
        self._unread = ""

    @property
    def target(self) -> Target:
        """The chain."""
        return self._looks.target

    @property
    def live(self) -> list[Row]:
        return [row for row in self.rows if row.is_live]

    @property
    def waiting(self) -> list[Row]:
        """The rows that are still to be started."""
        return [row for row in self.rows if row.waits]

    def go(self, *, stop_on_failure: bool = False) -> None:
        """Start what has no run, and wait for all; a failure may stop what is not begun.

        Raises:
            RunInterrupted: Ctrl-C; what lives goes on, and so does the same call.
            OneCloudError: the service cannot be asked any more; the same.
        """
        self._stops = stop_on_failure
        try:
            self._tell()
            self._take_up()
            while True:
                self._start_some()
                self._read_ended([row for row in self.rows if row not in self._tried])
                self._tell()
                if not self.live and not self.waiting:
                    break
                self.account.sleep(self._looks.pause([row.run for row in self.live if row.run]))
                self._look()
            self._end()
        except KeyboardInterrupt as error:
            raise self._interrupted(error) from None
        except OneCloudError as error:
            error.hint = f"{error.hint} {self._stands} {self._next}".strip()
            raise
        finally:
            self.ended_at = self.account.now()
            self._tell()

    def _take_up(self) -> None:
        """Settle first what is not known: it may be live."""
        unknown = taken_up(self.account, self.batch)
        if self.batch.begun_at is not None:
            say(self._goes_on(self.batch.begun_at))
        if self.batch.shared:
            say(
                f"{self.batch.shared} of {len(self.rows)} rows were started already, and are not "
                f"started again; {_ANEW}."
            )
        for row in unknown:
            self._begin(row)
        if self.live:
            self._look()

    def _start_some(self) -> None:
        for row in self.rows:
            if self._busy or self._held or len(self.live) >= self._room:
                return
            if row.waits:
                self._begin(row)

    def _begin(self, row: Row) -> None:
        start = Start(self.account, self.target, row.inputs)
        try:
            row.run = start.send(again=self.batch.anew, batch=(self.batch.name, row.place))
        except ChainStartRefused as refused:
            self._refused(row, refused)
        except StartOutcomeUnknown as error:
            row.unsure = True
            self._failed(row, f"{error} {error.hint}")
        except (Forbidden, UsageError) as error:
            self._failed(row, str(error))
        except (Unreachable, BadAnswer) as error:
            self._held = True
            self._starting.trouble(error)
        except RunInterrupted as stopped:
            row.run = stopped.run
            raise
        else:
            self._starting.over()
            if not row.run.earlier:
                self._ended(row)
            elif self._is_shared(row.run):
                say(f"Row {row.label} was started already, as run {row.run.id}; {_ANEW}.")
        self._tell()

    def _is_shared(self, run: ChainRun) -> bool:
        entry = self.account.starts.of_run(run.id)
        return entry is not None and entry.batch != self.batch.name

    def _refused(self, row: Row, refused: ChainStartRefused) -> None:
        if _BUSY.search(refused.words):
            # Whose run it waits for is no matter; more of ours at once it will not take.
            self._busy, self._room = True, max(len(self.live), 1)
        else:
            self._failed(row, str(refused))

    def _look(self) -> None:
        """Look at what lives; what fails is survived for some minutes."""
        rows = {row.run.id: row for row in self.live if row.run is not None}
        try:
            for run in self._looks.look([row.run for row in rows.values() if row.run]):
                self._look_alone(rows[run.id], run)
        except (Unreachable, BadAnswer) as error:
            self._looking.trouble(error)
            return
        self._looking.over()
        one_less = any(row.run is not None and row.run.done for row in rows.values())
        self._held = False
        self._busy = self._busy and self._looks.is_busy and not one_less
        self._ended(*rows.values())

    def _look_alone(self, row: Row, run: ChainRun) -> None:
        try:
            run.refresh()
        except NotFound as error:  # the service keeps no run for ever
            if entry := self.account.starts.of_run(run.id):
                self.account.starts.gone(entry)
            self._failed(row, f"Run {run.id} cannot be followed: {error}")

    def _ended(self, *rows: Row) -> None:
        """See which of the *rows* that lived have failed."""
        for row in rows:
            if row.run is not None and row.run.done and not row.ok:
                self._failed(row)

    def _failed(self, row: Row, error: str = "") -> None:
        row.error = row.error or error
        if self._stops:
            for each in self.waiting:
                each.error = f"Not begun: row {row.label} failed, and stop_on_failure was asked."

    def _read_ended(self, rows: list[Row]) -> None:
        """Read what the runs that have ended brought forth; it is tried twice at most."""
        for row in rows:
            if row.run is None or not row.run.done or row.outputs is not None:
                continue
            self._tried.add(row)
            try:
                row.outputs = read_outputs(self.account, row.run)
            except OneCloudError as error:  # whether more can be asked is for the next look to say
                self._unread = str(error)

    def _end(self) -> None:
        """Read again what could not be read, and let the batch be over where nothing is left."""
        self._read_ended(list(self.rows))
        unread = sum(
            row.run is not None and row.run.done and row.outputs is None for row in self.rows
        )
        if unread:
            said = f"What {unread} of the runs brought forth is missing: {self._unread}"
            say(f"{said} {self._next}")
        elif all(row.run is not None and not row.is_live for row in self.rows):
            self.account.starts.batches.end(self.batch.name)

    def _goes_on(self, begun_at: float) -> str:
        known = sum(row.run is not None for row in self.rows)
        return (
            f"The batch of these rows that was begun at {self.account.clock_time(begun_at)} goes "
            f"on: {known} of {len(self.rows)} rows have their run; {_ANEW}."
        )

    def _interrupted(self, error: KeyboardInterrupt) -> RunInterrupted:
        said = f"{error} " if isinstance(error, RunInterrupted) else ""
        return RunInterrupted(f"{said}Interrupted. {self._stands}", self._next)

    @property
    def _stands(self) -> str:
        ended = sum(row.run is not None and row.run.done for row in self.rows)
        unsure = sum(row.unsure for row in self.rows)
        left = len(self.rows) - ended - len(self.live) - unsure
        return (
            f"Of {len(self.rows)} rows {ended} have ended, {len(self.live)} run on, "
            f"{left} have no run" + (f", {unsure} may have been started." if unsure else ".")
        )

    @property
    def _next(self) -> str:
        return _GOES_ON.format(", without again (--again)," if self.batch.anew else "")

    def _tell(self) -> None:
        self._observer(self)


class _Patience:
    """Survives a service that answers badly, for some minutes."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._since: float | None = None

    def over(self) -> None:
        """It answers."""
        self._since = None

    def trouble(self, error: OneCloudError) -> None:
        """It does not; raises *error* where that has lasted too long."""
        now = self._account.now()
        if self._since is None:
            self._since = now
            say(f"{error} The batch goes on as soon as the service answers.")
        elif now - self._since > _PATIENCE:
            raise error


Observer = Callable[[Many], object]
_ANEW = "again=True (--again) starts all anew"
_GOES_ON = "The same call{} goes on from here: no row is started twice."
