"""The runs that schedules, people and other systems have left, and those that they will start.

The history is made in blocks of ten days when somebody looks there; each block depends on
the seed and its own number alone, so what stands in it does not depend on who looked when.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from random import Random

from .clocks import DAY, HOUR
from .company import Chain, Company
from .plans import Run, draw

BLOCK = 10 * DAY
BEFORE = 12  # blocks before the start of the sandbox: 120 days
_FIRST_ID, _IDS_A_BLOCK = 1_000_000, 10_000
_HANDS = ("manual", "manual", "api", "trigger", "trigger_event", "slack")


class History:
    """All runs that nobody started through the API of this sandbox."""

    def __init__(self, company: Company, seed: int, born: float) -> None:
        self._users, self._seed, self._born = company.users, seed, born
        # A chain that is imported later has no part in the history.
        self._chains = list(company.chains.values())
        self._blocks: dict[int, list[Run]] = {}
        self._runs: list[Run] = []

    def until(self, now: float) -> list[Run]:
        """Every run that has started by *now*, oldest first."""
        last = int((now - self._born) // BLOCK)
        for block in range(len(self._blocks) - BEFORE, last + 1):
            self._runs += self._block(block)
        return self._runs[: bisect_right(self._runs, now, key=lambda run: run.start_at)]

    def _block(self, number: int) -> list[Run]:
        if number not in self._blocks:
            random = Random(f"{self._seed}/{number}")
            since = self._born + number * BLOCK
            starts = sorted(self._starts(random, since), key=lambda start: (start[0], start[1].id))
            first = _FIRST_ID + (number + BEFORE) * _IDS_A_BLOCK
            self._blocks[number] = [
                Run(
                    first + index,
                    chain,
                    self._users[user],
                    how,
                    at,
                    draw(chain, at, random),
                )
                for index, (at, chain, how, user) in enumerate(starts)
            ]
        return self._blocks[number]

    def _starts(self, random: Random, since: float) -> Iterator[tuple[float, Chain, str, int]]:
        last = since + BLOCK - 1.0  # the delay of a schedule must not carry it into the next block
        for chain in self._chains:
            quiet = chain.habits.quiet_since or since + BLOCK
            for at in self._scheduled(chain, since):
                if at < quiet:
                    late = at + round(random.uniform(0, 4))
                    yield min(late, last), chain, "schedule", chain.owner
            for at in _by_hand(random, chain, since):
                if since <= at < min(quiet, last):
                    yield at, chain, random.choice(_HANDS), _anybody(random)

    def _scheduled(self, chain: Chain, since: float) -> Iterator[float]:
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
