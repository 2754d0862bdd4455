"""The commands that read: each gives a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from .command import command
from .mine import started_here

if TYPE_CHECKING:
    import pandas as pd

    from ..account import OneCloud

_METADATA, _HISTORY, _SECURITY = "Metadata", "Run history", "Security and audit"


@command(_METADATA)
def workspaces(oc: OneCloud, *, refresh: bool = False) -> pd.DataFrame:
    """List the workspaces of the company.

    Example:
        %onecloud workspaces
    """
    return oc.workspaces(refresh=refresh)


@command(_METADATA)
def environments(
    oc: OneCloud, *, workspace: str | None = None, refresh: bool = False
) -> pd.DataFrame:
    """List environments, of one workspace or of all.

    Example:
        %onecloud environments -w "Finance Close"
    """
    return oc.environments(workspace, refresh=refresh)


@command(_METADATA)
def chains(
    oc: OneCloud,
    name: str | None = None,
    /,
    *,
    workspace: str | None = None,
    environment: str | None = None,
    refresh: bool = False,
) -> pd.DataFrame:
    """List chains; NAME finds those that have it in their name.

    Example:
        %onecloud chains -e Production
        %onecloud chains close -w "Finance Close"
    """
    return oc.chains(workspace, environment, name, refresh=refresh)


@command(_METADATA)
def commands(
    oc: OneCloud, chain: str, *, environment: str | None = None, refresh: bool = False
) -> pd.DataFrame:
    """List the commands that a chain is made of.

    Example:
        %onecloud commands "Finance Close/Production/Monthly Close"
    """
    return oc.commands(chain, environment, refresh=refresh)


@command(_METADATA)
def variables(
    oc: OneCloud,
    *,
    workspace: str | None = None,
    environment: str | None = None,
    refresh: bool = False,
) -> pd.DataFrame:
    """List the variables of workspaces and environments.

    Example:
        %onecloud variables -e Production
    """
    return oc.variables(workspace, environment, refresh=refresh)


@command(_METADATA)
def schedules(
    oc: OneCloud,
    chain: str | None = None,
    *,
    workspace: str | None = None,
    environment: str | None = None,
    refresh: bool = False,
) -> pd.DataFrame:
    """List the schedules of chains: when each is due.

    Example:
        %onecloud schedules -e Production
    """
    return oc.schedules(chain, environment, workspace, refresh=refresh)


@command(_METADATA)
def inputs(
    oc: OneCloud,
    chain: str | None = None,
    *,
    workspace: str | None = None,
    environment: str | None = None,
    refresh: bool = False,
) -> pd.DataFrame:
    """List the runtime inputs that chains take.

    Example:
        %onecloud inputs "Monthly Close"
    """
    return oc.inputs(chain, environment, workspace, refresh=refresh)


@command(_HISTORY)
def runs(
    oc: OneCloud,
    chain: str | None = None,
    *,
    workspace: str | None = None,
    environment: str | None = None,
    state: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int | None = 200,
    mine: bool = False,
    refresh: bool = False,
) -> pd.DataFrame:
    """List the run history, newest first.

    States are sleeping, enqueueing, paused, all_succeeded, warned, errored and stopped, and the
    service's own words: running, succeeded, failed, completed. With --mine it is what was started
    from here, with its inputs and what became of it.

    Example:
        %onecloud runs --state failed --since "7 days"
        %onecloud runs "Monthly Close" -e Production --limit 10
        %onecloud runs --mine
    """
    if mine:
        if any((chain, workspace, environment, state, since, until)):
            raise UsageError("--mine goes alone.", "The frame can be filtered: see its columns.")
        mine_only = started_here(oc)
        return mine_only if limit is None else mine_only.head(limit)
    return oc.runs(chain, environment, workspace, state, since, until, limit, refresh=refresh)


@command(_HISTORY)
def nodes(oc: OneCloud, run: str, /, *, refresh: bool = False) -> pd.DataFrame:
    """List the nodes of a run: what it did, how long, how it ended.

    Example:
        %onecloud nodes RUN
    """
    return oc.nodes(run, refresh=refresh)


@command(_HISTORY)
def outputs(oc: OneCloud, run: str, /, *, refresh: bool = False) -> pd.DataFrame:
    """List what the nodes of a run gave out.

    Example:
        %onecloud outputs RUN
    """
    return oc.outputs(run, refresh=refresh)


@command(_SECURITY)
def users(oc: OneCloud, *, refresh: bool = False) -> pd.DataFrame:
    """List the users of the company.

    Example:
        %onecloud users
    """
    return oc.users(refresh=refresh)


@command(_SECURITY)
def groups(oc: OneCloud, user: str | None = None, /, *, refresh: bool = False) -> pd.DataFrame:
    """List the user groups, or those that USER is in.

    Example:
        %onecloud groups
    """
    return oc.groups(user, refresh=refresh)


@command(_SECURITY)
def permissions(
    oc: OneCloud, group: str | None = None, /, *, refresh: bool = False
) -> pd.DataFrame:
    """List who may do what, or what GROUP may do.

    Example:
        %onecloud permissions
    """
    return oc.permissions(group, refresh=refresh)


@command(_SECURITY)
def logins(oc: OneCloud, *, limit: int | None = 1000, refresh: bool = False) -> pd.DataFrame:
    """List the latest logins: who, from where, whether it succeeded.

    Example:
        %onecloud logins --limit 50
    """
    return oc.logins(limit, refresh=refresh)


@command(_SECURITY)
def authorizations(
    oc: OneCloud, *, limit: int | None = 1000, refresh: bool = False
) -> pd.DataFrame:
    """List the latest changes: who changed what.

    Example:
        %onecloud authorizations --limit 50
    """
    return oc.authorizations(limit, refresh=refresh)
