"""Workspaces, environments, chains and commands: the contract's metadata operations."""

from __future__ import annotations

from collections.abc import Iterable

from .clocks import text
from .company import Chain, Environment, Variable, Workspace
from .messages import Refused, Reply, data
from .routing import Call, route
from .vocabulary import COMPANY_ID
from .world import Spelling, World, as_number

Wire = dict[str, object]


@route("getWorkspaces", "GET /v1/metadata/workspace")
def workspaces(call: Call) -> Reply:
    """List all workspaces of the company."""
    spelling = call.world.spelling
    return data([_workspace(each, spelling) for each in call.world.company.workspaces.values()])


@route("getWorkspace", "GET /v1/metadata/workspace/{workspace_id}")
def workspace(call: Call) -> Reply:
    """Show one workspace."""
    return data(_workspace(call.workspace(), call.world.spelling))


@route("getEnvironments", "GET /v1/metadata/workspace/{workspace_id}/environment")
def environments(call: Call) -> Reply:
    """List the environments of a workspace."""
    home, all_of_them = call.workspace(), call.world.company.environments.values()
    return data(
        [_environment(each, call.world) for each in all_of_them if each.workspace_id == home.id]
    )


@route("getEnvironment", "GET /v1/metadata/workspace/{workspace_id}/environment/{environment_id}")
def environment(call: Call) -> Reply:
    """Show one environment of a workspace."""
    found = call.environment()
    if found.workspace_id != call.workspace().id:
        raise Refused(404, "Not Found", "No such environment was found.")
    return data(_environment(found, call.world))


@route("getChains", "GET /v1/metadata/environment/{environment_id}/chain")
def chains(call: Call) -> Reply:
    """List the chains of an environment in their short form."""
    home = call.environment()
    return data(
        [
            _short_chain(each, call.world.spelling)
            for each in _chains(call)
            if each.environment_id == home.id
        ]
    )


@route("getChain", "GET /v1/metadata/environment/{environment_id}/chain/{chain_id}")
def chain(call: Call) -> Reply:
    """Show one chain."""
    return data(wire_chain(call.chain(), call.world.spelling))


@route("getCommands", "GET /v1/metadata/environment/{environment_id}/chain/{chain_id}/command")
def commands(call: Call) -> Reply:
    """List the commands of a chain."""
    spelling = call.world.spelling
    return data(
        [
            {
                "id": spelling.id(each.id),
                "link_id": each.node_id,
                "name": each.name,
                "description": each.description,
            }
            for each in call.chain().commands
        ]
    )


@route("searchChains", "GET /v1/metadata/chains/search")
def search(call: Call) -> Reply:
    """List whole chains: of a workspace, of an environment, by a part of the name."""
    found = [each for each in _chains(call) if _wanted(each, call)]
    return data([wire_chain(each, call.world.spelling) for each in found])


def wire_chain(each: Chain, spelling: Spelling) -> Wire:
    """Write a whole chain as the contract does (`Chain`)."""
    return {
        **_short_chain(each, spelling),
        "disabled": each.disabled,
        "concurrency_enabled": each.concurrency_enabled,
        "runtime_inputs": [
            {
                "vuid": given.vuid,
                "data_type": given.data_type,
                **({"name": given.name} if spelling.input_names else {}),
            }
            for given in each.inputs
        ],
        "schedules": [schedule.wire() for schedule in each.schedules],
    }


def _wanted(each: Chain, call: Call) -> bool:
    query = call.request.query
    company = call.world.company
    workspace_id = query.get("workspace_id", "")
    environment_id = query.get("environment_id", "")
    external = query.get("external_workspace_id", "")
    parallel = call.choice("parallel_execution_enabled", ("true", "false"))
    return (
        (not workspace_id or as_number(workspace_id) == each.workspace_id)
        and (not environment_id or as_number(environment_id) == each.environment_id)
        and (
            not external or as_number(external) == company.workspaces[each.workspace_id].external_id
        )
        and query.get("name", "").casefold() in each.name.casefold()
        and (not parallel or (parallel == "true") == each.concurrency_enabled)
    )


def _chains(call: Call) -> Iterable[Chain]:
    return call.world.company.chains.values()


def _short_chain(each: Chain, spelling: Spelling) -> Wire:
    return {
        "id": spelling.id(each.id),
        "internal_id": each.internal_id,
        "name": each.name,
        "description": each.description,
        "created_at": text(each.created_at),
        "updated_at": text(each.updated_at),
    }


def _workspace(each: Workspace, spelling: Spelling) -> Wire:
    return {
        "id": spelling.id(each.id),
        "company_id": spelling.id(COMPANY_ID),
        "external_id": spelling.id(each.external_id),
        "name": each.name,
        "description": each.description,
        "variables": [_variable(variable) for variable in each.variables],
    }


def _environment(each: Environment, world: World) -> Wire:
    chains = world.company.chains.values()
    return {
        "id": world.spelling.id(each.id),
        "name": each.name,
        "description": each.description,
        "position": each.position,
        "color": each.color,
        "chains_count": sum(chain.environment_id == each.id for chain in chains),
        "variables": [_variable(variable) for variable in each.variables],
        "settings": {"color": each.color},
        "created_at": text(each.created_at),
        "updated_at": text(each.created_at),
    }


def _variable(each: Variable) -> Wire:
    return {
        "key": each.key,
        "label": each.label,
        "defaultValue": "",
        "value": None if each.encrypted else each.value,
        "encrypted": each.encrypted,
    }
