"""One start as the ledger keeps it: a row, and what can be told from it alone."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from ..api.ledger import has_ended, owner
from .claims import is_claimed
from .secrecy import is_masked, readable

__all__ = ["COLUMNS", "Entry", "Step", "holding", "is_replaced", "process"]

Step = Literal["asked", "sending", "lost", "run", "refused", "unsent"]
_LONGEST_START = 3600.0  # seconds; whatever is older is not under way, whoever has its number now

_A_DAY = 86_400.0
_A_WEEK = 7 * _A_DAY


@dataclass(frozen=True)
class Entry:
    """One start that was asked for.

    Attributes:
        step: how far it came. `asked`: not sent yet; `sending`: on its way; `lost`: the answer is
            lost; `run`: it became *run_id*; `refused`: the service refused it; `unsent`: it was
            surely not sent.
        process: who asked.
        served_at: the service's clock just before it was sent; times of ours are beside it.
        before: ids of runs that were there already, as far as the time does not tell.
        inputs: as JSON, secrets as fingerprints.
        batch, place: of which batch it is, and its row there.
    """

    id: int
    account: str
    chain_id: str
    chain: str
    environment_id: str
    environment: str
    inputs: str
    step: Step
    process: str
    asked_at: float
    sent_at: float | None = None
    served_at: float | None = None
    lost_at: float | None = None
    before: str = "[]"
    run_id: str | None = None
    adopted: int = 0
    state: str = ""
    ended: int = 0
    start_at: float | None = None
    end_at: float | None = None
    usual: float | None = None
    batch: str | None = None
    place: int | None = None

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Self:
        return cls(*row)

    def sent(self, at: float, served_at: float | None) -> Self:
        """The same once it leaves."""
        return replace(self, sent_at=at, served_at=served_at)

    @property
    def shown_inputs(self) -> Mapping[str, Any]:
        """The inputs as they may be shown."""
        shown: Mapping[str, Any] = readable(json.loads(self.inputs))
        return shown

    @property
    def secret_keys(self) -> frozenset[str]:
        """The keys of the inputs of which a fingerprint is kept."""
        return frozenset(
            name for name, value in json.loads(self.inputs).items() if is_masked(value)
        )

    @property
    def seen_before(self) -> frozenset[str]:
        return frozenset(json.loads(self.before))

    def under_way(self, now: float) -> bool:
        """Whether its process may still be about to send it, or waiting for the answer."""
        if self.step not in ("asked", "sending"):
            return False
        if self.process == process():
            return is_claimed(self)
        if now - self.asked_at > _LONGEST_START:
            return False
        machine, _, name = self.process.partition("/")
        # Of another machine on the same drive nobody here knows whether it lives.
        return machine != _machine() or not has_ended(name)

    def is_live(self, now: float) -> bool:
        """Whether it is a run that lives, as far as was seen, or is about to become one."""
        return bool(self.step == "run" and not self.ended) or self.under_way(now)

    def is_open(self, now: float) -> bool:
        """Whether nobody knows what became of it."""
        return self.step == "lost" or (self.step == "sending" and not self.under_way(now))

    def is_unknown(self, now: float) -> bool:
        """Whether it is open, and was sent so lately that somebody has to look."""
        return self.is_open(now) and now - (self.sent_at or self.asked_at) < _A_DAY

    def may_be_found(self, now: float) -> bool:
        """Whether it is open, and not so old that looking for it once more is in vain."""
        return self.is_open(now) and now - (self.sent_at or self.asked_at) < _A_WEEK

    def is_of_row(self, now: float) -> bool:
        """Whether the row of a batch that has it gets no other start."""
        return self.step == "run" or self.is_live(now) or self.is_unknown(now)

    def is_left(self, now: float) -> bool:
        """Whether its process ended, or was interrupted, before it sent it."""
        return self.step == "asked" and not self.under_way(now)

    def is_rival(self, other: Entry, now: float) -> bool:
        """Whether a run that could be *other*'s could be this one's as well, and is not the same.

        What is asked for only has sent nothing.
        """
        if self.step == "sending" and self.under_way(now):
            return True
        return self.is_open(now) and self.inputs != other.inputs


def holding(found: Sequence[Entry], now: float) -> list[Entry]:
    """Which of the starts of one chain, environment and inputs forbid another: live or unknown."""
    return [
        each
        for each in found
        if each.is_live(now) or (each.is_unknown(now) and not is_replaced(each, found))
    ]


def is_replaced(entry: Entry, others: Sequence[Entry]) -> bool:
    """Whether a later start of the same got a run: then somebody has looked, and gone on."""
    return any(
        each.id > entry.id and each.batch is None and each.step == "run" and _like(each, entry)
        for each in others
    )


def _like(one: Entry, other: Entry) -> bool:
    """Whether they are of the same chain, environment and inputs."""
    names = ("chain_id", "environment_id", "inputs")
    return all(getattr(one, name) == getattr(other, name) for name in names)


COLUMNS = tuple(each.name for each in fields(Entry))


def process() -> str:
    """The name of this process among all that may write to the ledger."""
    return f"{_machine()}/{owner()}"


def _machine() -> str:
    return platform.node().replace("/", "-") or "here"
