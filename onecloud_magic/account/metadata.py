"""The metadata reads: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..frames import Rows
from .given import shown
from .inventory import Inventory, Scope, parents
from .reader import Reader, needed
from .reading import Reading

if TYPE_CHECKING:
    import pandas as pd


class MetadataReads(Reader):
    """The reads of workspaces, environments, chains, and what is in them.

    An inventory of everything costs one call for the workspaces, one a workspace for its
    environments, and one an environment for its chains, which come with inputs and schedules.
    Answers are kept for `cache_ttl` seconds; *refresh* asks again.

    All of them raise `NotFound` for a name that fits nothing, `UsageError` for what is no name,
    `NotSignedIn`, `Forbidden`, `Unreachable`, `BadAnswer` and `QuotaExceeded`.
    """

    def workspaces(self, refresh: bool = False) -> pd.DataFrame:
        """All workspaces of the company, a row each (`getWorkspaces`, 1 call).

        Columns: `id name description company_id external_id`, all string.
        """
        return self._read("workspaces", _workspaces, refresh, ())

    def environments(self, workspace: Any = None, refresh: bool = False) -> pd.DataFrame:
        """Environments, of a workspace or of all (`getEnvironments`, 1 call a workspace).

        Columns: `id name workspace_id workspace description color` string, `position
        chains_count` Int64, `created_at updated_at` datetime64[us, UTC].
        """
        scope = self._scope(workspace)
        return self._read(
            "environments", lambda reading: _environments(reading, scope), refresh, (scope,)
        )

    def chains(
        self,
        workspace: Any = None,
        environment: Any = None,
        name: str | None = None,
        refresh: bool = False,
    ) -> pd.DataFrame:
        """Chains, a row each (`searchChains`, 1 call an environment).

        *name* searches: chains whose name has this text in it, in any letter case; an empty frame
        where there are none.

        Columns: `id name environment_id environment workspace_id workspace description
        internal_id` string, `disabled concurrency_enabled` boolean, `inputs_count
        schedules_count` Int64, `created_at updated_at` datetime64[us, UTC].
        """
        if name is not None and not isinstance(name, str):
            raise UsageError(f"name cannot be {shown(name)}.", "Give a part of the name.")
        scope, part = self._scope(workspace, environment), (name or "").casefold()
        return self._read(
            "chains", lambda reading: _chains(reading, scope, part), refresh, (scope, part)
        )

    def commands(self, chain: Any, environment: Any = None, refresh: bool = False) -> pd.DataFrame:
        """The commands of a chain, or of each chain of that name (`getCommands`, 1 call a chain).

        Columns: `id name chain_id chain environment_id environment workspace_id workspace
        link_id description`, all string.
        """
        scope = self._scope(None, environment, needed("chain", chain))
        return self._read("commands", lambda reading: _commands(reading, scope), refresh, (scope,))

    def variables(
        self, workspace: Any = None, environment: Any = None, refresh: bool = False
    ) -> pd.DataFrame:
        """Variables, a row each; those of a workspace include its environments'.

        They come with workspaces and environments (`getWorkspaces`, `getEnvironments`). The value
        of an encrypted one is missing: the service does not tell it.

        Columns: `key label value default_value environment_id environment workspace_id workspace`
        string, `encrypted` boolean.
        """
        scope = self._scope(workspace, environment)
        return self._read(
            "variables", lambda reading: _variables(reading, scope), refresh, (scope,)
        )

    def schedules(
        self,
        chain: Any = None,
        environment: Any = None,
        workspace: Any = None,
        refresh: bool = False,
    ) -> pd.DataFrame:
        """The schedules of chains, a row each; they come with the chains (`searchChains`).

        `run_at` and `stop_at` are times of day ("HH:MM:SS") in the schedule's own `zone`;
        `days_of_month` and `days_of_week` are joined with ", ".

        Columns: `chain_id chain environment_id environment workspace_id workspace recurring_type
        days_of_month days_of_week run_at stop_at zone` string, `enabled` boolean,
        `recurring_interval` Int64, `start_at end_at` datetime64[us, UTC].
        """
        scope = self._scope(workspace, environment, chain)
        return self._read(
            "schedules", lambda reading: _nested("schedules", reading, scope), refresh, (scope,)
        )

    def inputs(
        self,
        chain: Any = None,
        environment: Any = None,
        workspace: Any = None,
        refresh: bool = False,
    ) -> pd.DataFrame:
        """The runtime inputs of chains, a row each; they come with the chains (`searchChains`).

        Most hosts give an input a `vuid` and a `data_type` and no name; `name` is missing there.

        Columns: `vuid data_type name chain_id chain environment_id environment workspace_id
        workspace`, all string.
        """
        scope = self._scope(workspace, environment, chain)
        return self._read(
            "inputs", lambda reading: _nested("inputs", reading, scope), refresh, (scope,)
        )


def _workspaces(reading: Reading) -> pd.DataFrame:
    rows = Rows("workspaces")
    rows.add([each.record for each in Inventory(reading).workspaces(Scope())])
    return rows.frame()


def _environments(reading: Reading, scope: Scope) -> pd.DataFrame:
    rows = Rows("environments")
    for each in Inventory(reading).environments(scope):
        rows.add([each.record], **parents(each.home))
    return rows.frame()


def _chains(reading: Reading, scope: Scope, part: str) -> pd.DataFrame:
    rows = Rows("chains")
    for home, every in Inventory(reading).by_environment(scope):
        found = [each.record for each in every if part in each.name.casefold()]
        rows.add(found, **parents(home))
    return rows.frame()


def _commands(reading: Reading, scope: Scope) -> pd.DataFrame:
    rows = Rows("commands")
    for chain, records in Inventory(reading).commands(scope):
        rows.add(records, **parents(chain))
    return rows.frame()


def _variables(reading: Reading, scope: Scope) -> pd.DataFrame:
    reading.whole = True
    rows, inventory = Rows("variables"), Inventory(reading)
    if scope.environment is None:
        for each in inventory.workspaces(scope):
            rows.add([each.record], of="workspace")
    for each in inventory.environments(scope):
        rows.add([each.record], of="environment", **parents(each.home))
    return rows.frame()


def _nested(table: str, reading: Reading, scope: Scope) -> pd.DataFrame:
    rows = Rows(table)
    for chain in Inventory(reading).chains(scope):
        rows.add([chain.record], **parents(chain.home))
    return rows.frame()
