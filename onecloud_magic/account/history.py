"""The reads of run history: runs, and what is inside of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..frames import Rows
from .filters import Filter, Whereabouts, once, states
from .given import has_controls, shown
from .inventory import Inventory, Scope, names_by_id
from .listing import STOPPED, Listing
from .names import Named, Wanted, wanted
from .reader import Reader, needed, rows_wanted
from .reading import Reading
from .remembered import History

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 500  # characters of an input that is searched for


class RunReads(Reader):
    """The reads of run history. What is live is never answered from the cache.

    All of them raise `NotFound` for a name or a run that there is not, `UsageError` for what
    cannot be read (state, since, until, limit), `NotSignedIn`, `Forbidden`, `Unreachable`,
    `BadAnswer` and `QuotaExceeded`.
    """

    def runs(
        self,
        chain: Any = None,
        environment: Any = None,
        workspace: Any = None,
        state: str | Iterable[str] | None = None,
        since: Any = None,
        until: Any = None,
        limit: int | None = 200,
        refresh: bool = False,
    ) -> pd.DataFrame:
        """Runs, newest first, a row each (`chainFilterSearch`, 1 call a 50; names: the inventory).

        Args:
            chain: a chain; a name that several chains have means all of them.
            environment: only runs there.
            workspace: only runs there.
            state: run states (sleeping, enqueueing, paused, all_succeeded, warned, errored,
                stopped) or the service's words (running, succeeded, failed, paused, warned,
                completed): one, or a list.
            since: the first moment, on `start_at`: a date, a datetime, a period ("2026-11",
                "2026Q3") or words ("7 days", "yesterday"), read in the zone `timezone`.
            until: the end, not included; a date or a period includes all of itself.
            limit: how many rows; None reads all. A read that stopped there warns.
            refresh: ask anew for the names, too.

        Columns: `id chain_id chain environment_id environment workspace_id workspace user_id
        user_name result_text` string, `state launch_type` category, `start_at end_at paused_at
        resumed_at` datetime64[us, UTC], `duration` timedelta64[us], missing while a run lives.
        """
        scope, most = self._scope(workspace, environment, chain), rows_wanted(limit)
        which = Filter(states(state), *self._span(since, until))
        return self._read(
            "runs",
            lambda reading: _runs(reading, scope, which, most),
            refresh,
            (scope, which, most),
        )

    def find_inputs(
        self, text: str, environment: Any, limit: int | None = 200, refresh: bool = False
    ) -> pd.DataFrame:
        """Runs of an environment that were given *text* as a part of an input, newest first.

        (`chainInputsSearch`, 1 call a 50.) Columns and dtypes are those of `runs`.
        """
        if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST or has_controls(text):
            raise UsageError(f"text cannot be {shown(text)}.", f"Give 1 to {_LONGEST} characters.")
        scope, most = self._scope(None, needed("environment", environment)), rows_wanted(limit)
        return self._read(
            "runs",
            lambda reading: _find_inputs(reading, scope, text, most),
            refresh,
            ("find_inputs", scope, text, most),
        )

    def nodes(self, run: Any, refresh: bool = False) -> pd.DataFrame:
        """The nodes of one run, a row each (`getChainRunNodes`, 1 call).

        Columns: `id name run_id node_id node_type` string, `state` category, `iterable` boolean,
        `results_count` Int64, `start_at end_at` datetime64[us, UTC], `duration` timedelta64[us].
        """
        which = wanted("run", run)
        return self._read(
            "nodes", lambda reading: _inside("nodes", reading, which), refresh, (which,)
        )

    def outputs(self, run: Any, refresh: bool = False) -> pd.DataFrame:
        """What the nodes of one run brought forth, a row each value (`getChainRunNodes`, 1 call).

        A result without values is one row, its `name` missing.

        Columns: `run_id node_id node iterator_value name value output_log_url` string,
        `state` category.
        """
        which = wanted("run", run)
        return self._read(
            "outputs", lambda reading: _inside("outputs", reading, which), refresh, (which,)
        )


def _runs(reading: Reading, scope: Scope, which: Filter, limit: int | None) -> pd.DataFrame:
    environments, chains = _known(Inventory(reading), scope)
    place = Whereabouts.of(scope, environments, chains)
    rows = Rows("runs")
    if place.exists or reading.unknown:
        keep = once(lambda run: place.holds(run) and which.fits(run))
        for page in reading.runs(History(place, which), limit, keep):
            rows.add(page)
    return _newest_first(rows.frame(**names_by_id(environments, chains)))


def _find_inputs(reading: Reading, scope: Scope, text: str, limit: int | None) -> pd.DataFrame:
    environments, chains = _known(Inventory(reading), scope)
    rows = Rows("runs")
    asked = [
        Listing(
            "chainInputsSearch", limit, once(), {"environment_id": home.id, "search_text": text}
        )
        for home in reading.askable(environments or _nowhere(reading))
    ]
    for page in reading.lists(asked):
        rows.add(page)
    frame = _newest_first(rows.frame(**names_by_id(environments, chains)))
    if limit is not None and len(frame) > limit:
        reading.gap = STOPPED
    return frame.iloc[:limit].reset_index(drop=True)


def _known(inventory: Inventory, scope: Scope) -> tuple[list[Named], list[Named]]:
    """The environments and chains in that scope, the homes of the chains included."""
    chains = inventory.chains(scope)
    homes = {each.home.id: each.home for each in chains if each.home}
    asked = {} if scope.chain else {each.id: each for each in inventory.environments(scope)}
    return list({**asked, **homes}.values()), chains


def _nowhere(reading: Reading) -> list[Named]:
    """One environment, to be counted by an estimate that knows none; else there are none."""
    return [Named("unknown", "", {})] if reading.unknown else []


def _newest_first(frame: pd.DataFrame) -> pd.DataFrame:
    if frame["start_at"].is_monotonic_decreasing:
        return frame
    return frame.sort_values(
        "start_at", ascending=False, kind="stable", na_position="first", ignore_index=True
    )


def _inside(table: str, reading: Reading, run: Wanted) -> pd.DataFrame:
    rows = Rows(table)
    record = reading.ask("getChainRunNodes", chain_run_id=run.text)
    rows.add([record] if record else [])
    return rows.frame()
