"""How fast answers become frames, and in how much memory.

    python benchmarks/frames.py

Each case makes the same frame twice from the same JSON texts: with `Rows`, and with
`pandas.json_normalize` and what gives its result the same columns and dtypes. The two take turns,
and the table shows their medians. Exits with 1 when a bar is missed.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

sys.path.insert(0, str(Path(__file__).parents[1]))

from onecloud_magic.frames import TABLES, Rows

Texts = list[bytes]
Make = Callable[[str, Texts], pd.DataFrame]

DTYPES = {table: Rows(table).frame().dtypes for table in ("runs", "chains")}
MOST_KILOBYTES = 2.2


def runs(many: int) -> Texts:
    """A history of *many* runs, in the service's pages."""
    pick = random.Random(1)
    records = [run(pick, number) for number in range(many, 0, -1)]
    pages = [records[start : start + 50] for start in range(0, many, 50)]
    return [
        json.dumps({"data": {"cursor": "c", "chainExecutors": page}}).encode() for page in pages
    ]


def run(pick: random.Random, number: int) -> dict[str, Any]:
    """One run: one in twenty still lives, one in thirty was paused."""
    lives, paused, user = pick.random() < 0.05, pick.random() < 0.03, pick.randrange(40)
    return {
        "id": str(9_000_000 + number),
        "chainId": str(1_000 + pick.randrange(600)),
        "envId": str(100 + pick.randrange(6)),
        "userId": str(user),
        "userName": f"user{user}",
        "startAt": moment(pick, 9),
        "endAt": None if lives else moment(pick, 11),
        "pausedAt": moment(pick, 10) if paused else None,
        "resumedAt": moment(pick, 10) if paused else None,
        "state": "sleeping" if lives else pick.choice(["all_succeeded", "errored", "warned"]),
        "launchType": pick.choice(["manual", "api", "schedule"]),
        "resultText": "" if lives else "success",
    }


def chains(many: int) -> Texts:
    """The answer of one search: *many* chains in one text."""
    pick = random.Random(2)
    return [json.dumps({"data": [chain(pick, number) for number in range(many)]}).encode()]


def chain(pick: random.Random, number: int) -> dict[str, Any]:
    """One chain, with one input on average; one in three has a schedule."""
    vuid = {"vuid": "data.chain.45072337-72ee-4c52-9428-0b2ae21ac73c", "data_type": "string"}
    daily = {"recurring_type": "daily", "run_at_hours": 6, "days_of_week": [], "zone": "UTC"}
    schedule = {"enabled": True, "start_at": moment(pick, 1), "properties": daily}
    return {
        "id": str(1_000 + number),
        "internal_id": number,
        "name": f"Chain {number}",
        "description": "Loads what came in overnight." if number % 3 else None,
        "created_at": moment(pick, 1),
        "updated_at": moment(pick, 9),
        "disabled": number % 7 == 0,
        "concurrency_enabled": False,
        "runtime_inputs": [vuid] * pick.randrange(3),
        "schedules": [schedule] * (number % 3 == 0),
    }


def moment(pick: random.Random, month: int) -> str:
    """A time as the service writes it; one in five has no fraction."""
    clock = f"{pick.randrange(24):02}:{pick.randrange(60):02}:{pick.randrange(60):02}"
    fraction = f".{pick.randrange(1_000_000):06}" if pick.random() < 0.8 else ""
    return f"2026-{month:02}-{pick.randint(1, 28):02} {clock}{fraction}"


def records_of(text: bytes) -> list[dict[str, Any]]:
    """The records in an answer."""
    data = json.loads(text)["data"]
    records: list[dict[str, Any]] = data if isinstance(data, list) else data["chainExecutors"]
    return records


def ours(table: str, texts: Texts) -> pd.DataFrame:
    """Make a table with `Rows`."""
    rows = Rows(table)
    for text in texts:
        rows.add(records_of(text))
    return rows.frame()


def theirs(table: str, texts: Texts) -> pd.DataFrame:
    """Make the same table with `pandas.json_normalize`."""
    raw = pd.json_normalize([record for text in texts for record in records_of(text)])
    made: dict[str, Any] = {}
    for name, column in TABLES[table].columns.items():
        values: Any = raw.get(column.field)
        dtype = DTYPES[table][name]
        if name == "duration":
            made[name] = made["end_at"] - made["start_at"]
        elif dtype == "datetime64[us, UTC]":
            made[name] = pd.to_datetime(values, format="ISO8601", utc=True).dt.as_unit("us")
        elif name in ("inputs_count", "schedules_count"):
            made[name] = values.str.len().astype(dtype)
        else:
            made[name] = pd.Series(values, raw.index, dtype)
    return pd.DataFrame(made)


def seconds(make: Make, table: str, texts: Texts, repeat: int) -> float:
    """The time that one call takes, as the mean of *repeat* calls."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(repeat):
        make(table, texts)
    return (time.perf_counter() - start) / repeat


def is_faster(title: str, table: str, texts: Texts, bar: float, *, repeat: int = 1) -> bool:
    """Print one line: how many times faster we are, and whether that reaches the bar."""
    assert_frame_equal(ours(table, texts), theirs(table, texts))
    turns = [[seconds(make, table, texts, repeat) for make in (ours, theirs)] for _ in range(15)]
    mine, base = (statistics.median(times) * 1e3 for times in zip(*turns, strict=True))
    ratio = statistics.median(base / mine for mine, base in turns)
    print(
        f"{title:32}{mine:11.2f} ms{base:13.2f} ms{ratio:9.2f} x{bar:7.1f} x  {word(ratio >= bar)}"
    )
    return ratio >= bar


def is_small(title: str, texts: Texts, many: int) -> bool:
    """Print one line: the most memory that a run takes while the frame is made, and the bar.

    Counted are Python's and numpy's allocations; where pyarrow holds the texts, not those.
    """
    tracemalloc.start()
    ours("runs", texts)
    peak = tracemalloc.get_traced_memory()[1] / 1024 / many
    tracemalloc.stop()
    print(f"{title:32}{peak:11.2f} KB{MOST_KILOBYTES:34.1f} KB  {word(peak <= MOST_KILOBYTES)}")
    return peak <= MOST_KILOBYTES


def word(good: bool) -> str:
    """How a line ends."""
    return "reached" if good else "MISSED"


def main() -> int:
    """Print the table; 1 if a bar was missed."""
    many, page, inventory = runs(100_000), runs(50), chains(5_000)
    print(f"{'':32}{'Rows':>14}{'json_normalize':>16}{'faster':>11}{'bar':>9}")
    bars = [
        is_faster("100,000 runs in pages of 50", "runs", many, 2.0),
        is_faster("50 runs in one page", "runs", page, 3.5, repeat=20),
        is_faster("5,000 chains in one text", "chains", inventory, 1.5, repeat=5),
        is_small("100,000 runs, peak a run", many, 100_000),
    ]
    return 0 if all(bars) else 1


if __name__ == "__main__":
    sys.exit(main())
