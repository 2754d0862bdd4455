"""What a read costs that was made before: a copy of a frame, and little more.

    python benchmarks/warm.py

Against a plain copy of the same frame, which nothing can beat, and against a cache of answers,
requests-cache, whose hit is turned into the same frame. It gets the quickest way to one: our own
`Rows`, one answer with all the chains, and the columns of their parents ready made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.company import Company, company, data
from benchmarks.table import Case, Row, measurable, show, timed
from benchmarks.turns import in_turns
from onecloud_magic.frames import Rows

Read = Callable[[], pd.DataFrame]

TURNS, REPEAT, MOST, LEAST = 15, 20, 4.0, 10.0
PARENTS = ["environment_id", "environment", "workspace_id", "workspace"]
WHATS = {
    "workspaces": "warm read: `oc.workspaces()`",
    "chains": "warm read: `oc.chains()`, 600 rows",
}
PATHS = {"workspaces": "/v1/metadata/workspace", "chains": "/v1/metadata/chains/search"}
HIT = "`Rows` of `CachedSession({}).get(…).json()`"
CACHES: dict[str, tuple[str, dict[str, Any]]] = {
    "SQLite": (HIT.format("path, wal=True"), {"backend": "sqlite", "wal": True}),
    "memory": (HIT.format('backend="memory"'), {"backend": "memory"}),
}
WAYS = {
    table: {
        "copy": Case(what, "floor: `DataFrame.copy()`", MOST, floor=True),
        **{
            kind: Case(
                what,
                f"requests-cache: {call}",
                LEAST if kind == "SQLite" else None,
                needs="requests_cache",
            )
            for kind, (call, _) in CACHES.items()
        },
    }
    for table, what in WHATS.items()
}
CASES = tuple(case for ways in WAYS.values() for case in ways.values())


def rows() -> Iterator[Row]:
    """Each table, its three other ways in turns with ours."""
    with company() as made:
        for table, cases in WAYS.items():
            yield from _rows(made, table, cases)


def _rows(made: Company, table: str, cases: dict[str, Case]) -> Iterator[Row]:
    read: Read = getattr(made.account, table)
    read()
    ours = read()
    wanted = set(measurable(cases.values()))
    ways: dict[str, Read] = {}
    for kind, case in cases.items():
        if case in wanted:
            ways[kind] = ours.copy if kind == "copy" else _cached(made, table, kind, ours)
    before = made.asked
    mine, *others = in_turns([read, *ways.values()], TURNS, REPEAT)
    share = "none: not asked" if made.asked == before else f"asked {made.asked - before} times"
    for kind, theirs in zip(ways, others, strict=True):
        yield timed(cases[kind], mine, theirs, share)


def _cached(made: Company, table: str, kind: str, ours: pd.DataFrame) -> Read:
    """Give a read from requests-cache that gives the same frame as *ours*."""
    from requests_cache import CachedSession

    _, settings = CACHES[kind]
    session = CachedSession(made.folder / f"{table}-{kind}", **settings)
    session.headers.update(made.bearer)
    url = made.sandbox.url + PATHS[table]
    order = [each["id"] for each in data(session, url)]
    same = ours.set_index("id").loc[order].reset_index()[ours.columns]
    parents = same[PARENTS] if table == "chains" else None
    read = partial(_hit, session, url, table, parents)
    assert_frame_equal(read(), same)
    return read


def _hit(session: Any, url: str, table: str, parents: pd.DataFrame | None) -> pd.DataFrame:
    rows = Rows(table)
    rows.add(data(session, url))
    frame = rows.frame()
    if parents is not None:
        frame[PARENTS] = parents
    return frame


if __name__ == "__main__":
    sys.exit(show(rows()))
