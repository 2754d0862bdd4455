"""What there is: workspaces, their environments, their chains. One call brings one level of one.

Environments and chains do not name their parents: they are known from the call that brought them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..api import Record
from ..errors import NotFound
from .names import Named, Wanted, find, id_of, located, name_of
from .reading import Reading


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a read looks: what was asked for, or the defaults; None means everywhere.

    *wider* is the scope without the defaults: an id or a full path is found there too.
    """

    workspace: Wanted | None = None
    environment: Wanted | None = None
    chain: Wanted | None = None
    wider: Scope | None = None

    @property
    def everywhere(self) -> bool:
        return not (self.workspace or self.environment or self.chain)


_LEVELS = ("workspace", "environment", "chain")
Search = Callable[[Scope], list[Named]]


class Inventory:
    """The workspaces, environments and chains that one read sees."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def workspaces(self, scope: Scope) -> list[Named]:
        """The workspaces in that scope (`getWorkspaces`, one call)."""
        return self._chosen("workspace", scope.workspace, scope, self._all_workspaces)

    def environments(self, scope: Scope) -> list[Named]:
        """The environments in that scope (`getEnvironments`, one call a workspace)."""
        return self._chosen("environment", scope.environment, scope, self._all_environments)

    def chains(self, scope: Scope) -> list[Named]:
        """The chains in that scope (`searchChains`, one call an environment)."""
        return self._chosen("chain", scope.chain, scope, self._all_chains)

    def by_environment(self, scope: Scope) -> Iterator[tuple[Named, list[Named]]]:
        """All chains of the environments in that scope, an environment at a time."""
        homes = list(self._reading.askable(self.environments(scope)))
        self._reading.ahead("searchChains", [{"environment_id": home.id} for home in homes])
        for home in homes:
            # By environment: the search by workspace would not tell which one a chain is in.
            records = self._reading.ask("searchChains", environment_id=home.id)
            yield home, [Named(id_of(each), name_of(each), each, home) for each in records]

    def commands(self, scope: Scope) -> Iterator[tuple[Named, list[Record]]]:
        """The commands of the chains in that scope, a chain at a time (`getCommands`)."""
        asked = [
            (chain, {"environment_id": chain.home.id if chain.home else "", "chain_id": chain.id})
            for chain in self._reading.askable(self.chains(scope))
        ]
        self._reading.ahead("getCommands", [parameters for _, parameters in asked])
        for chain, parameters in asked:
            yield chain, self._reading.ask("getCommands", **parameters)

    def _all_workspaces(self, _scope: Scope) -> list[Named]:
        records = self._reading.ask("getWorkspaces")
        return [Named(id_of(each), name_of(each), each) for each in records]

    def _all_environments(self, scope: Scope) -> list[Named]:
        every: list[Named] = []
        homes = list(self._reading.askable(self.workspaces(scope)))
        self._reading.ahead("getEnvironments", [{"workspace_id": home.id} for home in homes])
        for home in homes:
            records = self._reading.ask("getEnvironments", workspace_id=home.id)
            every += [Named(id_of(each), name_of(each), each, home) for each in records]
        return every

    def _all_chains(self, scope: Scope) -> list[Named]:
        return [chain for _, chains in self.by_environment(scope) for chain in chains]

    def _chosen(self, kind: str, asked: Wanted | None, scope: Scope, search: Search) -> list[Named]:
        every = search(scope)
        if asked is None:
            return every
        try:
            return find(kind, asked, every)
        except NotFound:
            if self._reading.unknown:  # an estimate that does not know the names yet
                return []
            if scope.wider and (found := located(asked, search(scope.wider))):
                return found
            raise


def parents(home: Named | None) -> dict[str, Any]:
    """The columns that tell where something in this chain, environment or workspace stands."""
    columns: dict[str, Any] = {}
    for kind, each in zip(_LEVELS, home.line if home else (), strict=False):
        # As they came, so that they are read, or refused, like the same fields in their own table.
        columns |= {f"{kind}_id": each.record.get("id"), kind: each.record.get("name")}
    return columns


def names_by_id(
    environments: Iterable[Named], chains: Iterable[Named]
) -> dict[str, dict[str, Any]]:
    """The names that runs do not tell, by the ids that they do."""
    told = {each.id: parents(each) for each in environments}
    return {
        "chain": {each.id: each.record.get("name") for each in chains},
        **{
            column: {number: each.get(column) for number, each in told.items()}
            for column in ("environment", "workspace_id", "workspace")
        },
    }
