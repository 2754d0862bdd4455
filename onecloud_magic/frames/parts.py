"""Records that lie inside other records, taken out and made flat.

What comes from another level of the record than its own has a pair as its key, the level first:
no field of the wire can be mistaken for it, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import BadAnswer
from .kinds import sort_of

__all__ = [
    "CLOCK_FIELDS",
    "Field",
    "Record",
    "inputs",
    "nodes",
    "outputs",
    "permissions",
    "records",
    "schedules",
    "variables",
]

Field = str | tuple[str, str]
Record = dict[Any, Any]

CLOCKS = {
    clock: [("properties", f"{clock}_{unit}") for unit in ("hours", "minutes", "seconds")]
    for clock in ("run_at", "stop_at")
}
CLOCK_FIELDS: frozenset[Field] = frozenset(field for fields in CLOCKS.values() for field in fields)


def records(table: str, values: Any) -> list[Record]:
    """A list of objects as it is, null as an empty one; anything else raises `BadAnswer`."""
    if values is None:
        return []
    if not isinstance(values, list):
        raise BadAnswer(f"The records of {table} came as {sort_of(values)}, not as a list.")
    for value in values:
        if not isinstance(value, dict):
            raise BadAnswer(f"A record of {table} came as {sort_of(value)}, not as an object.")
    return values


def _object(table: str, field: str, value: Any) -> Record:
    if not isinstance(value, dict | None):
        raise BadAnswer(f"{field} of {table} came as {sort_of(value)}, not as an object.")
    return value or {}


def variables(owner: Record) -> list[Record]:
    """The variables of a workspace or an environment."""
    return records("variables", owner.get("variables"))


def inputs(chain: Record) -> list[Record]:
    """The inputs of a chain."""
    return records("inputs", chain.get("runtime_inputs"))


def schedules(chain: Record) -> Iterator[Record]:
    """The schedules of a chain, each with its properties and clocks."""
    for schedule in records("schedules", chain.get("schedules")):
        properties = _object("schedules", "properties", schedule.get("properties"))
        inner = {("properties", name): value for name, value in properties.items()}
        clocks = {
            ("clock", clock): tuple(map(inner.get, fields)) for clock, fields in CLOCKS.items()
        }
        yield schedule | inner | clocks


def nodes(run: Record) -> list[Record]:
    """The nodes of a run."""
    return records("nodes", run.get("nodes"))


def outputs(run: Record) -> Iterator[Record]:
    """The results of a run's nodes, one for each variable that was put out, else one without."""
    for node in nodes(run):
        origin = {("node", field): node.get(field) for field in ("nodeId", "name")}
        for result in records("outputs", node.get("results")):
            put_out = _object("outputs", "outputVariables", result.get("outputVariables"))
            for name, value in (put_out or {None: None}).items():
                yield result | origin | {("variable", "name"): name, ("variable", "value"): value}


def permissions(permission: Record) -> Iterator[Record]:
    """A permission, once for each of its groups, or once without one."""
    for group in records("groups", permission.get("user_groups")) or [{}]:
        yield permission | {("group", field): group.get(field) for field in ("id", "name")}
