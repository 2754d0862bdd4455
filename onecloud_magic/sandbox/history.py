"""The runs that schedules, people and other systems have left, and those that they will start.

The history is made in blocks of ten days when somebody looks there; each block depends on
the seed and its own number alone, so what stands in it does not depend on who looked when.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from random import Random

from .clocks import DAY, HOUR
from .company import Chain, Company, build
from .plans import Plan, Run, draw

BLOCK = 10 * DAY
BEFORE = 12  # blocks before the start of the sandbox: 120 days
_FIRST_ID, _IDS_A_BLOCK = 1_000_000, 10_000
_HANDS = ("manual", "manual", "api", "trigger", "trigger_event", "slack")

Start = tuple[float, int, str, int, Plan]  # when, chain, how, by whom, and what comes of it


class History:
    """All runs that nobody started through the API of this sandbox."""

    def __init__(self, company: Company, seed: int, born: float) -> None:
        self._company, self._seed, self._born = company, seed, born
        self._runs: list[Run] = []
        self._next = -BEFORE  # the first block that is not made yet

    def until(self, now: float) -> list[Run]:
        """Every run that has started by *now*, oldest first."""
        while self._born + self._next * BLOCK <= now:
            self._runs += self._block(self._next)
            self._next += 1
        return self._runs[: bisect_right(self._runs, now, key=lambda run: run.start_at)]

    def _block(self, number: int) -> Iterator[Run]:
        chains, users = self._company.chains, self._company.users
        first = _FIRST_ID + (number + BEFORE) * _IDS_A_BLOCK
        starts = _block_of(self._seed, self._born, number)
        for id, (at, chain, how, user, plan) in enumerate(starts, first):
            yield Run(id, chains[chain], users[user], how, at, plan)


@lru_cache(maxsize=2)
def _untouched(seed: int, born: float) -> Company:
    """The company as it was at the start: a chain imported later has no part in the history."""
    return build(seed, born)


@lru_cache(maxsize=2 * (BEFORE + 1))  # a second sandbox, as tests start many, finds it made
def _block_of(seed: int, born: float, number: int) -> tuple[Start, ...]:
    random, since = Random(f"{seed}/{number}"), born + number * BLOCK
    starts = sorted(
        _starts(_untouched(seed, born), random, since), key=lambda start: (start[0], start[1].id)
    )
    return tuple(
        (at, chain.id, how, user, draw(chain, at, random)) for at, chain, how, user in starts
    )


def _starts(
    company: Company, random: Random, since: float
) -> Iterator[tuple[float, Chain, str, int]]:
    last = since + BLOCK - 1.0  # the delay of a schedule must not carry it into the next block
    for chain in company.chains.values():
        quiet = chain.habits.quiet_since or since + BLOCK
        for at in _scheduled(chain, since):
            if at < quiet:
                late = at + round(random.uniform(0, 4))
                yield min(late, last), chain, "schedule", chain.owner
        for at in _by_hand(random, chain, since):
            if since <= at < min(quiet, last):
                yield at, chain, random.choice(_HANDS), _anybody(random)


def _scheduled(chain: Chain, since: float) -> Iterator[float]:
    for schedule in chain.schedules:
        yield from schedule.due(since, since + BLOCK)


def _by_hand(random: Random, chain: Chain, since: float) -> Iterator[float]:
    """Times at which somebody started the chain: mostly in the hours of a working day."""
    expected = chain.habits.by_hand * 11
    for _ in range(int(expected) + (random.random() < expected % 1)):
        day = (since + random.randrange(11) * DAY) // DAY
        busy = (day + 3) % 7 < 5 and random.random() < 0.9  # 1970 began on a Thursday
        hour = random.triangular(7, 19, 10) if busy else random.uniform(0, 24)
        yield round(day * DAY + hour * HOUR)


def _anybody(random: Random) -> int:
    return random.randrange(5, 55)
