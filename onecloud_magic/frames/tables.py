"""The tables: their columns, dtypes and places on the wire, as data.

A column with a field is read from the wire. One without is told by the caller, since records do not
name their parents, or looked up by an id (`named_by`), or computed. To add a table, add a constant
here; if its rows lie inside other records, add what takes them out to `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from . import parts
from .kinds import CLOCK, COUNT, DAYS, DURATION, FLAG, ID, JSON, SIZE, TEXT, TIME, Kind, one_of

__all__ = ["TABLES", "Column", "Table"]


@dataclass(frozen=True)
class Column:
    """A column: how it is read, and from where.

    Attributes:
        kind: how its values are read.
        field: its place in a record, after `Table.parts`; None where the wire does not tell.
        named_by: the column of ids by which the caller's names are looked up.
    """

    kind: Kind
    field: parts.Field | None = None
    named_by: str = ""

    @property
    def is_told(self) -> bool:
        """Whether the caller tells its values, a page at a time."""
        return not self.field and not self.named_by and self.kind is not DURATION


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: its columns by name, in order.
        dropped: fields that the contract names and the table omits.
        parts: takes the table's records out of a record of the wire, where they lie inside it.
        owners: what that record can be, of what the rows tell: `chain` if they have a `chain_id`.
    """

    columns: Mapping[str, Column]
    dropped: frozenset[parts.Field] = frozenset()
    parts: Callable[[parts.Record], Iterable[parts.Record]] | None = None
    owners: tuple[str, ...] = ()

    @property
    def dtypes(self) -> dict[str, str]:
        """The dtype of each column, by name, in order."""
        return {name: column.kind.dtype for name, column in self.columns.items()}


def _own(**kinds: Kind) -> dict[str, Column]:
    """Columns that are called as they are on the wire."""
    return {name: Column(kind, name) for name, kind in kinds.items()}


def _camel(**kinds: Kind) -> dict[str, Column]:
    """Columns whose fields are in camelCase."""
    return {name: Column(kind, _to_camel(name)) for name, kind in kinds.items()}


def _to_camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _inside(part: str, **kinds: Kind) -> dict[str, Column]:
    """Columns whose fields are inside another field."""
    return {name: Column(kind, (part, name)) for name, kind in kinds.items()}


IN_WORKSPACE = {"workspace_id": Column(ID), "workspace": Column(TEXT)}
IN_ENVIRONMENT = {"environment_id": Column(ID), "environment": Column(TEXT)} | IN_WORKSPACE
IN_CHAIN = {"chain_id": Column(ID), "chain": Column(TEXT)} | IN_ENVIRONMENT

RUN_STATE = one_of(
    "sleeping", "enqueueing", "paused", "errored", "warned", "all_succeeded", "stopped"
)
NODE_STATE = one_of("sleeping", "paused", "skipped", "errored", "warned", "succeeded")
RESULT_STATE = one_of("active", "errored", "skipped", "warned", "succeeded", "stopped")
LAUNCH_TYPE = one_of("manual", "api", "schedule", "trigger", "slack", "trigger_event")

WORKSPACES = Table(
    _own(id=ID, name=TEXT, description=TEXT, company_id=ID, external_id=ID),
    dropped=frozenset({"variables"}),
)

ENVIRONMENTS = Table(
    _own(id=ID, name=TEXT)
    | IN_WORKSPACE
    | _own(description=TEXT, position=COUNT, color=TEXT, chains_count=COUNT)
    | _own(created_at=TIME, updated_at=TIME),
    dropped=frozenset({"variables", "settings"}),
)

CHAINS = Table(
    _own(id=ID, name=TEXT)
    | IN_ENVIRONMENT
    | _own(description=TEXT, disabled=FLAG, concurrency_enabled=FLAG)
    | {"inputs_count": Column(SIZE, "runtime_inputs"), "schedules_count": Column(SIZE, "schedules")}
    | _own(internal_id=ID, created_at=TIME, updated_at=TIME)
)

COMMANDS = Table(_own(id=ID, name=TEXT) | IN_CHAIN | _own(link_id=ID, description=TEXT))

VARIABLES = Table(
    _own(key=TEXT, label=TEXT, value=TEXT)
    | _camel(default_value=TEXT)
    | _own(encrypted=FLAG)
    | IN_ENVIRONMENT,
    parts=parts.variables,
    owners=("workspace", "environment"),
)

SCHEDULES = Table(
    IN_CHAIN
    | _own(enabled=FLAG, start_at=TIME, end_at=TIME)
    | _inside("properties", recurring_type=TEXT, recurring_interval=COUNT)
    | _inside("properties", days_of_month=DAYS, days_of_week=DAYS)
    | _inside("clock", run_at=CLOCK, stop_at=CLOCK)
    | _inside("properties", zone=TEXT),
    dropped=frozenset({"properties"}) | parts.CLOCK_FIELDS,
    parts=parts.schedules,
    owners=("chain",),
)

INPUTS = Table(
    _own(vuid=ID, data_type=TEXT, name=TEXT) | IN_CHAIN,
    parts=parts.inputs,
    owners=("chain",),
)

RUNS = Table(
    _own(id=ID, state=RUN_STATE)
    | _camel(chain_id=ID)
    | {
        "chain": Column(TEXT, named_by="chain_id"),
        "environment_id": Column(ID, "envId"),
        "environment": Column(TEXT, named_by="environment_id"),
        "workspace_id": Column(ID, named_by="environment_id"),
        "workspace": Column(TEXT, named_by="environment_id"),
    }
    | _camel(start_at=TIME, end_at=TIME, paused_at=TIME, resumed_at=TIME)
    | {"duration": Column(DURATION)}
    | _camel(launch_type=LAUNCH_TYPE, user_id=ID, user_name=TEXT, result_text=TEXT),
    dropped=frozenset({"nodes"}),
)

NODES = Table(
    _own(id=ID, name=TEXT, state=NODE_STATE)
    | {"run_id": Column(ID)}
    | _camel(node_id=ID, node_type=TEXT, iterable=FLAG)
    | {"results_count": Column(SIZE, "results")}
    | _camel(start_at=TIME, end_at=TIME)
    | {"duration": Column(DURATION)},
    parts=parts.nodes,
    owners=("run",),
)

OUTPUTS = Table(
    {
        "run_id": Column(ID),
        "node_id": Column(ID, ("node", "nodeId")),
        "node": Column(TEXT, ("node", "name")),
    }
    | _camel(state=RESULT_STATE, iterator_value=TEXT)
    | _inside("variable", name=TEXT, value=JSON)
    | _camel(output_log_url=TEXT),
    dropped=frozenset({"id", "outputVariables"}),
    parts=parts.outputs,
    owners=("run",),
)

USERS = Table(
    _own(id=ID, email=TEXT, first_name=TEXT, last_name=TEXT)
    | _own(sso_enabled=FLAG, last_sign_in_at=TIME, created_at=TIME)
)

GROUPS = Table(_own(id=ID, name=TEXT, default=FLAG, created_at=TIME))

PERMISSIONS = Table(
    _own(id=ID, name=TEXT, object_type=TEXT, object_id=ID, object_name=TEXT)
    | {"group_id": Column(ID, ("group", "id")), "group": Column(TEXT, ("group", "name"))},
    dropped=frozenset({"user_groups"}),
    parts=parts.permissions,
)

LOGINS = Table(
    _own(id=ID, identity=TEXT, user_id=ID, success=FLAG, failure_reason=TEXT, context=TEXT)
    | _own(ip=TEXT, city=TEXT, region=TEXT, country=TEXT, created_at=TIME)
)

AUTHORIZATIONS = Table(
    _own(id=ID, key=TEXT, trackable_type=TEXT, trackable_id=ID, owner_type=TEXT, owner_id=ID)
    | _own(recipient_type=TEXT, recipient_id=ID, parameters=JSON, created_at=TIME, updated_at=TIME)
)

TABLES: Mapping[str, Table] = {
    "workspaces": WORKSPACES,
    "environments": ENVIRONMENTS,
    "chains": CHAINS,
    "commands": COMMANDS,
    "variables": VARIABLES,
    "schedules": SCHEDULES,
    "inputs": INPUTS,
    "runs": RUNS,
    "nodes": NODES,
    "outputs": OUTPUTS,
    "users": USERS,
    "groups": GROUPS,
    "permissions": PERMISSIONS,
    "logins": LOGINS,
    "authorizations": AUTHORIZATIONS,
}
