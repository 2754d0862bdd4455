"""How many calls the service gets: for an inventory, and for a history that grows longer.

    python benchmarks/calls.py

The sandbox counts what it is asked; nothing of ours is taken at its word. Times are those of
loopback without a quota, and of them the share of the sandbox.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.company import CHAINS, Company, company
from benchmarks.table import Case, Row, measurable, show

MOST, PAGE, RUNS, LONGER = 16, 50, 1_000, 1.1
READ = "`oc.chains()`, `oc.inputs()`, `oc.schedules()` of 600 chains"
EACH = "one call a chain: `session.get(…/chain/ID)`"
HISTORY = "`oc.runs(chain=…, since=…, limit=None)` of 1,000 ended runs"
SEARCH = "workiva-chains-client: `chain_filter_search(chain_id=[…], start_date=…, cursor=…)`"
CLIENT = "workiva_chains_client"
INVENTORY = Case(f"calls: {READ}", EACH, words=f"≤ {MOST} calls")
AGAIN = Case(f"calls: {READ}, again", EACH, words="0 calls")
FIRST = Case(f"calls: {HISTORY}", SEARCH, needs=CLIENT)
MORE = Case(f"calls: {HISTORY}, again with a window 10 % longer", SEARCH, words="≤ new pages + 1")
CASES = (INVENTORY, AGAIN, FIRST, MORE)


@dataclass(frozen=True)
class Counted:
    """What something cost: calls, seconds, the sandbox's share of these; and what came of it."""

    calls: int
    seconds: float
    share: str
    result: Any

    @classmethod
    def of(cls, made: Company, act: Callable[[], object]) -> Counted:
        before, start = made.asked, time.perf_counter()
        result = act()
        seconds, calls = time.perf_counter() - start, made.asked - before
        share = made.share(before, seconds) if calls else "none: not asked"
        return cls(calls, seconds, share, result)

    def __str__(self) -> str:
        return f"{self.calls} call{'s' * (self.calls != 1)}, {self.seconds * 1000:.0f} ms"

    def against(self, case: Case, other: Counted, most: int | None = None) -> Row:
        """A row that says whether this took *most* calls."""
        holds = most is None or self.calls <= most
        return Row(case, str(self), str(other), self._fewer(other), holds, self.share)

    def _fewer(self, other: Counted) -> str:
        if self.calls == other.calls:
            return "as many"
        return f"{other.calls / self.calls:.3g} x fewer" if self.calls else "none"


def rows() -> Iterator[Row]:
    """The inventory and the history, each asked for twice."""
    with company() as made:
        yield from _inventory(made)
        if measurable([FIRST]):
            yield from _history(made)


def _inventory(made: Company) -> Iterator[Row]:
    one_by_one = Counted.of(made, lambda: _one_by_one(made))
    yield Counted.of(made, lambda: _whole(made)).against(INVENTORY, one_by_one, MOST)
    yield Counted.of(made, lambda: _whole(made)).against(AGAIN, one_by_one, 0)


def _whole(made: Company) -> None:
    if len(made.account.chains()) != CHAINS:
        raise AssertionError("The inventory is not whole.")
    made.account.inputs()
    made.account.schedules()


def _one_by_one(made: Company) -> None:
    for workspace in made.get("/v1/metadata/workspace"):
        for home in made.get(f"/v1/metadata/workspace/{workspace['id']}/environment"):
            there = f"/v1/metadata/environment/{home['id']}/chain"
            for chain in made.get(there):
                made.get(f"{there}/{chain['id']}")


def _history(made: Company) -> Iterator[Row]:
    now = datetime.now(UTC)
    lately = made.account.runs(since=now - timedelta(days=3), limit=None)
    chain = str(lately["chain_id"].value_counts().idxmax())
    since = _starts(made, chain, datetime.fromtimestamp(0, UTC))[RUNS - 1]
    spans = {FIRST: since, MORE: now - (now - since) * LONGER}
    had = 0
    for case, start in spans.items():
        theirs = Counted.of(made, partial(_starts, made, chain, start))
        read = partial(made.account.runs, chain=chain, since=start, limit=None)
        ours = Counted.of(made, read)
        if list(ours.result["start_at"]) != [at for at in theirs.result if at >= start]:
            raise AssertionError("The two histories differ.")
        fresh, had = len(ours.result) - had, len(ours.result)
        # The newest page is asked for again: there may be newer runs.
        yield ours.against(case, theirs, None if case is FIRST else ceil(fresh / PAGE) + 1)


def _starts(made: Company, chain: str, since: datetime) -> list[datetime]:
    """When the runs of a chain began, newest first, as the PyPI client gives them."""
    from workiva_chains_client import ApiClient, Configuration, ExecutionApi

    token = made.sandbox.credentials["access_token"]
    starts, cursor = [], None
    with ApiClient(Configuration(host=made.sandbox.url, access_token=token)) as client:
        while cursor != "":
            page = ExecutionApi(client).chain_filter_search(
                chain_id=[chain], start_date=str(int(since.timestamp())), cursor=cursor
            )
            starts += [run.start_at for run in page.data.chain_executors]
            cursor = page.data.cursor or ""
    return [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in starts]


if __name__ == "__main__":
    sys.exit(show(rows()))
