"""The contract's facts, read from `operations.json`.

A type is written as one word: a plain type (`string integer boolean object binary any`), `id` (text
that may be a GUID), the name of a schema or an enumeration, `[type]` for an array, `{type}` for an
object with any keys, and `type?` where the document allows null.
An answer's `shape` says what stands around its schema; `shapes` tells the media type of each, and
whether the answer comes as `{"data": …}`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

PLAIN: Mapping[str, type | tuple[type, ...]] = MappingProxyType(
    {"string": str, "id": str, "integer": int, "boolean": bool, "object": dict, "any": object}
)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a path, a query or the headers."""

    name: str
    place: str
    type: str
    required: bool
    style: str | None
    max: int | None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        return cls(
            raw["name"], raw["in"], raw["type"], raw["required"], raw.get("style"), raw.get("max")
        )


@dataclass(frozen=True)
class Body:
    """What a request carries: `json` or `multipart`."""

    kind: str
    required: bool
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What one status of an operation brings."""

    shape: str
    schema: str | None
    headers: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        return cls(raw["shape"], raw.get("schema"), tuple(raw.get("headers", ())))

    @classmethod
    def from_error(cls, schema: str) -> Self:
        return cls("text", None) if schema == "text" else cls("bare", schema)

    @property
    def type(self) -> str | None:
        """The type of what stands in the shape: a list's answer is an array of its schema."""
        return f"[{self.schema}]" if self.shape == "list" else self.schema


@dataclass(frozen=True)
class Operation:
    """One of the 29 operations."""

    id: str
    method: str
    path: str
    secured: bool
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: Mapping[int, Answer]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        answers = {int(status): Answer.from_json(one) for status, one in raw["answers"].items()}
        errors = {int(status): Answer.from_error(one) for status, one in raw["errors"].items()}
        return cls(
            raw["id"],
            raw["method"],
            raw["path"],
            raw["secured"],
            tuple(Parameter.from_json(one) for one in raw["parameters"]),
            Body(**raw["body"]) if raw["body"] else None,
            answers | errors,
        )

    def named(self, place: str) -> tuple[str, ...]:
        """The names of the parameters of one place: path, query or header."""
        return tuple(one.name for one in self.parameters if one.place == place)

    def fits(self, path: str) -> bool:
        """Whether a path of a request is one of this operation."""
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", self.path), path) is not None


@dataclass(frozen=True)
class Undocumented:
    """A status that may come though the document does not name it, and why."""

    status: int
    schema: str
    why: str
    operations: frozenset[str]


@dataclass(frozen=True)
class Contradiction:
    """Where the document contradicts itself, and what was chosen."""

    kind: str
    where: tuple[str, ...]
    found: str
    choice: str


RAW: Mapping[str, Any] = MappingProxyType(
    json.loads(Path(__file__).with_name("operations.json").read_text(encoding="utf-8"))
)
SHAPES: Mapping[str, Mapping[str, Any]] = RAW["shapes"]
ENUMERATIONS: Mapping[str, list[str]] = RAW["enumerations"]
SCHEMAS: Mapping[str, Mapping[str, str]] = RAW["schemas"]
OPERATIONS = {raw["id"]: Operation.from_json(raw) for raw in RAW["operations"]}
UNDOCUMENTED = tuple(
    Undocumented(
        one["status"],
        one["schema"],
        one["why"],
        frozenset(OPERATIONS if one["operations"] == "*" else one["operations"]),
    )
    for one in RAW["undocumented"]
)
CONTRADICTIONS = tuple(
    Contradiction(one["kind"], tuple(one["where"]), one["found"], one["choice"])
    for one in RAW["contradictions"]
)


def contradicted(kind: str) -> set[str]:
    """The places where the document contradicts itself in one way."""
    return {place for one in CONTRADICTIONS if one.kind == kind for place in one.where}


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request means; a fixed path comes before one with a parameter."""
    known = [one for one in OPERATIONS.values() if one.method == method and one.fits(path)]
    return min(known, key=lambda one: one.path.count("{"), default=None)


def answer_of(operation: Operation, status: int) -> Answer | None:
    """What an answer with this status may bring: documented, or on the closed list, or None."""
    for one in UNDOCUMENTED:
        if one.status == status and operation.id in one.operations:
            return operation.answers.get(status, Answer.from_error(one.schema))
    return operation.answers.get(status)


@dataclass(frozen=True, order=True)
class Misfit:
    """One way in which a value does not fit its type: null, type, enum or unknown."""

    where: str
    kind: str


def misfits(value: object, kind: str, where: str = "") -> Iterator[Misfit]:
    """Everything in a value that its type does not allow; `where` is `Schema.field`."""
    bare = kind.rstrip("?")
    if value is None:
        yield from [] if kind.endswith("?") else [Misfit(where, "null")]
    elif bare in SCHEMAS:
        yield from _misfits_of_fields(value, bare, where)
    elif bare in ENUMERATIONS:
        yield from [] if value in ENUMERATIONS[bare] else [Misfit(where, "enum")]
    elif bare[0] in "[{":
        yield from _misfits_of_items(value, bare, where)
    elif not isinstance(value, PLAIN[bare]) or (isinstance(value, bool) and bare == "integer"):
        yield Misfit(where, "type")


def _misfits_of_fields(value: object, schema: str, where: str) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield Misfit(where, "type")
        return
    for name, one in value.items():
        if name in SCHEMAS[schema]:
            yield from misfits(one, SCHEMAS[schema][name], f"{schema}.{name}")
        else:
            yield Misfit(f"{schema}.{name}", "unknown")


def _misfits_of_items(value: object, kind: str, where: str) -> Iterator[Misfit]:
    if isinstance(value, list) and kind[0] == "[":
        items = value
    elif isinstance(value, dict) and kind[0] == "{":
        items = list(value.values())
    else:
        yield Misfit(where, "type")
        return
    for one in items:
        yield from misfits(one, kind[1:-1], where)
