"""The world of one sandbox: the company, its runs, who may call, and how often."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain as chained
from itertools import takewhile
from operator import attrgetter
from random import Random
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from . import audit
from .company import Chain, Company, User, build
from .history import BLOCK, History
from .limits import Limits
from .mapping import MappingGroup
from .messages import Refused
from .plans import Plan, Run, draw
from .tokens import Tokens

Ids = Literal["text", "integer"]
_STARTED = 9_000_001  # runs started through this sandbox are numbered from here


@dataclass(frozen=True, slots=True)
class Spelling:
    """How this host writes: ids as text or integers, inputs with their names or without."""

    ids: Ids = "text"
    input_names: bool = False

    def id(self, number: int) -> str | int:
        return str(number) if self.ids == "text" else number


class World:
    """Everything that a request can see or change. *born* is the moment of the start."""

    def __init__(
        self, seed: int, born: float, tokens: Tokens, limits: Limits, spelling: Spelling
    ) -> None:
        self.seed, self.born = seed, born
        self.tokens, self.limits, self.spelling = tokens, limits, spelling
        self.company: Company = build(seed, born)
        self.history = History(self.company, seed, born)
        self.started: list[Run] = []
        self.plans: list[Plan] = []
        guids = (str(uuid5(NAMESPACE_URL, f"mapping-group/{seed}/{n}")) for n in range(3))
        self.mapping_groups = {guid: MappingGroup(guid) for guid in guids}

    @property
    def permissions(self) -> list[audit.Permission]:
        return audit.permissions(self.company)

    @cached_property
    def logins(self) -> list[audit.Login]:
        return audit.logins(self.company, self.seed, self.born)

    @cached_property
    def changes(self) -> list[audit.Change]:
        return audit.changes(self.company, self.seed, self.born)

    def user(self, number: int) -> User:
        return self.company.users[number]

    def runs(self, now: float) -> list[Run]:
        """Every run that has started by *now*, oldest first."""
        runs = self.history.until(now)
        for run in self.started:  # a few among very many
            insort(runs, run, key=attrgetter("start_at", "id"))
        return runs

    def run(self, text: str, now: float) -> Run:
        """Find a run by its id, or refuse with 404."""
        number = as_number(text)
        runs = self.started if number >= _STARTED else self.history.until(now)
        # Who starts later has the higher number.
        place = bisect_left(runs, number, key=attrgetter("id"))
        if place == len(runs) or runs[place].id != number:
            raise unknown("chain run")
        return runs[place]

    def start(self, chain: Chain, user: User, inputs: Mapping[str, object], now: float) -> Run:
        """Start a chain; its plan is made here and now."""
        number = _STARTED + len(self.started)
        plan = (
            self.plans.pop(0) if self.plans else draw(chain, now, Random(number * 31 + self.seed))
        )
        run = Run(number, chain, user, "api", now, plan, inputs)
        self.started.append(run)
        return run

    def live(self, chain: Chain, now: float) -> Run | None:
        """Find a run of the chain that has not ended."""
        # No run of the history is as long as a block; one that was started here may be.
        past = takewhile(lambda run: run.start_at >= now - BLOCK, reversed(self.history.until(now)))
        live = (run for run in chained(self.started, past) if run.chain is chain and run.live(now))
        return next(live, None)

    def add_chain(self, chain: Chain) -> Chain:
        """Put a copy of *chain* into the company under ids of its own."""
        chains = self.company.chains
        fresh, internal = max(chains) + 1, max(each.internal_id for each in chains.values()) + 1
        chains[fresh] = replace(chain, id=fresh, internal_id=internal)
        return chains[fresh]


def as_number(text: str) -> int:
    """Read an id; a text that is none of ours becomes 0, which nothing has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def unknown(kind: str) -> Refused:
    """Make the refusal for an id that nothing has."""
    return Refused(404, "Not Found", f"No such {kind} was found.")
