"""A run as the service tells of it, read off the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from ..errors import BadAnswer

__all__ = ["ENDED", "LIVE", "STATES", "NodeFacts", "RunFacts", "has_ended", "id_in"]

LIVE = ("enqueueing", "sleeping", "paused")
ENDED = ("all_succeeded", "warned", "errored", "stopped")
STATES = {
    "enqueueing": "waiting to begin",
    "sleeping": "running",
    "paused": "paused",
    "all_succeeded": "succeeded",
    "warned": "ended with warnings",
    "errored": "failed",
    "stopped": "stopped",
}
_INPUTS = ("runtimeVariables", "runtime_variables", "inputs")  # where a host may tell them


def has_ended(run: Mapping[str, Any]) -> bool:
    """Whether a run will not change any more; a state that is not known lives until its end.

    The contract's own example has an end beside a state that is live: that one lives.
    """
    state = run.get("state")
    return state in ENDED or (state not in LIVE and bool(run.get("endAt")))


@dataclass(frozen=True)
class NodeFacts:
    """One node of a run.

    Attributes:
        message: what its results say, where it did not go well.
        begun: whether it has a start.
    """

    name: str
    state: str
    message: str = ""
    begun: bool = True

    @classmethod
    def from_wire(cls, record: Mapping[str, Any]) -> Self:
        state = _text(record, "state")
        told = _messages(record) if state in ("errored", "warned") else ()
        words, begun = "; ".join(dict.fromkeys(told)), bool(record.get("startAt"))
        return cls(_text(record, "name"), state, words, begun)

    @property
    def words(self) -> str:
        """The state in words, and the message."""
        waits = self.state in LIVE and not self.begun
        state = "waiting to begin" if waits else STATES.get(self.state, self.state)
        return f"{state}: {self.message}" if self.message else state


@dataclass(frozen=True)
class RunFacts:
    """What one answer tells of a run. Times that cannot be read are None."""

    id: str
    state: str = ""
    chain_id: str = ""
    environment_id: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    launch_type: str = ""
    user_id: str = ""
    user_name: str = ""
    result_text: str = ""
    ended: bool = False
    inputs: Mapping[str, Any] | None = field(default=None, repr=False)
    nodes: tuple[NodeFacts, ...] | None = None

    @classmethod
    def from_wire(cls, record: Mapping[str, Any]) -> Self:
        """Read a run, with its nodes where they came with it.

        Raises:
            BadAnswer: it has no id.
        """
        if not (number := id_in(record, "id")):
            raise BadAnswer("A run came without an id.")
        state = _text(record, "state")
        return cls(
            id=number,
            state=state,
            chain_id=id_in(record, "chainId"),
            environment_id=id_in(record, "envId"),
            start_at=_moment(record, "startAt"),
            end_at=_moment(record, "endAt"),
            launch_type=_text(record, "launchType"),
            user_id=id_in(record, "userId"),
            user_name=_text(record, "userName"),
            result_text=_text(record, "resultText"),
            ended=has_ended(record),
            inputs=_inputs(record),
            nodes=_nodes(record),
        )

    def with_nodes(self, nodes: tuple[NodeFacts, ...] | None) -> Self:
        """The same, with the nodes that an earlier answer brought."""
        return replace(self, nodes=nodes)

    @property
    def words(self) -> str:
        """The state in words; one that we do not know is said as it came."""
        unknown = f"{self.state or 'no state told'} (a state that is not known here)"
        return STATES.get(self.state, unknown)

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it lives."""
        if not self.ended or self.start_at is None or self.end_at is None:
            return None
        return self.end_at - self.start_at


def id_in(record: Mapping[str, Any], name: str) -> str:
    """An id of a record as text; empty where there is none."""
    given = record.get(name)
    return str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def _text(record: Mapping[str, Any], name: str) -> str:
    given = record.get(name)
    return given if isinstance(given, str) else ""


def _moment(record: Mapping[str, Any], name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(record, name))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _inputs(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((record[name] for name in _INPUTS if isinstance(record.get(name), dict)), None)


def _nodes(record: Mapping[str, Any]) -> tuple[NodeFacts, ...] | None:
    listed = record.get("nodes")
    if not isinstance(listed, list):
        return None
    return tuple(NodeFacts.from_wire(each) for each in listed if isinstance(each, dict))


def _messages(node: Mapping[str, Any]) -> Iterator[str]:
    results = node.get("results")
    for each in results if isinstance(results, list) else ():
        put_out = each.get("outputVariables") if isinstance(each, dict) else None
        if isinstance(put_out, dict) and _text(put_out, "data"):
            yield _text(put_out, "data")
