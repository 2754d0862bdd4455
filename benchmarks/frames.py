"""How fast answers become frames, and in how much memory.

    python benchmarks/frames.py

Each case makes the same frame from the same JSON texts: with `Rows`, and with what people would
use instead, brought to the same columns and dtypes. All take turns. Exits with 1 when a bar is
missed.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.answers import Texts, chains, records_of, runs
from benchmarks.table import Case, Row, measurable, show, timed
from benchmarks.turns import in_turns
from onecloud_magic.frames import TABLES, Rows

Make = Callable[[str, Texts], pd.DataFrame | None]

DTYPES = {table: Rows(table).frame().dtypes for table in ("runs", "chains")}
MOST_KILOBYTES = 2.2
TURNS = 7


def ours(table: str, texts: Texts) -> pd.DataFrame:
    """Make a table with `Rows`."""
    rows = Rows(table)
    for text in texts:
        rows.add(records_of(text))
    return rows.frame()


def normalized(table: str, texts: Texts) -> pd.DataFrame:
    """Make the same table with `pandas.json_normalize`."""
    return typed(table, pd.json_normalize([each for text in texts for each in records_of(text)]))


def modelled(table: str, texts: Texts) -> pd.DataFrame:
    """Make the same table with the models of the PyPI client, as its `ApiClient` makes them."""
    from workiva_chains_client import ApiClient

    kind = {"runs": "ChainRunPageResponse", "chains": "ChainsResponse"}[table]
    client = ApiClient()
    models: list[Any] = []
    for text in texts:
        data = client.deserialize(text.decode(), kind, "application/json").data
        models += data if isinstance(data, list) else data.chain_executors
    aliases = {name: field.alias for name, field in type(models[0]).model_fields.items()}
    # dict(model) is pydantic's quick way; the client's own to_dict() takes several times as long.
    raw = pd.DataFrame(map(dict, models))
    return typed(
        table, raw.rename(columns={name: alias for name, alias in aliases.items() if alias})
    )


def decoded(_table: str, texts: Texts) -> None:
    """Decode the texts, and nothing more."""
    for text in texts:
        records_of(text)


def typed(table: str, raw: pd.DataFrame) -> pd.DataFrame:
    """Bring a frame of records to the columns and dtypes of a table."""
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


NORMALIZE = "pandas: `json_normalize(records)`, `astype`, `to_datetime`"
MODELS = "workiva-chains-client: `ApiClient.deserialize`, `DataFrame(map(dict, …))`, same dtypes"
DECODE = "floor: `json.loads` alone"
MEMORY = Case(
    "JSON to frame: 100,000 runs, peak memory a run",
    "-",
    words=f"≤ {MOST_KILOBYTES} KB",
)
SIZES: dict[str, tuple[str, Callable[[], Texts], int, tuple[float | None, float | None]]] = {
    "50 runs in one page": ("runs", partial(runs, 50), 20, (3.5, None)),
    "5,000 runs in pages of 50": ("runs", partial(runs, 5_000), 2, (None, None)),
    "100,000 runs in pages of 50": ("runs", partial(runs, 100_000), 1, (2.0, 2.5)),
    "5,000 chains in one text": ("chains", partial(chains, 5_000), 1, (1.5, None)),
}
WAYS: dict[str, dict[Make, Case]] = {
    name: {
        normalized: Case(f"JSON to frame: {name}", NORMALIZE, normalize),
        modelled: Case(f"JSON to frame: {name}", MODELS, models, needs="workiva_chains_client"),
        decoded: Case(f"JSON to frame: {name}", DECODE, floor=True),
    }
    for name, (_, _, _, (normalize, models)) in SIZES.items()
}
CASES = (*(case for ways in WAYS.values() for case in ways.values()), MEMORY)


def rows() -> Iterator[Row]:
    """Every way at every size; the last row is the memory of the largest."""
    for name, (table, make, repeat, _) in SIZES.items():
        texts = make()
        wanted = set(measurable(WAYS[name].values()))
        ways = {way: case for way, case in WAYS[name].items() if case in wanted}
        for way in ways:
            if (made := way(table, texts)) is not None:
                assert_frame_equal(ours(table, texts), made)
        acts = [partial(way, table, texts) for way in (ours, *ways)]
        mine, *others = in_turns(acts, TURNS, repeat)
        for case, theirs in zip(ways.values(), others, strict=True):
            yield timed(case, mine, theirs)
        if len(texts) == 2_000:
            yield memory(texts)


def memory(texts: Texts) -> Row:
    """The most memory that a run takes while the frame is made.

    Counted are Python's and numpy's at their peak, and pyarrow's, where it holds the texts, in
    the end.
    """
    before = _in_arrow()
    tracemalloc.start()
    frame = ours("runs", texts)
    peak = tracemalloc.get_traced_memory()[1] + _in_arrow() - before
    tracemalloc.stop()
    kilobytes = peak / 1024 / len(frame)
    return Row(MEMORY, f"{kilobytes:.2f} KB", "-", "-", kilobytes <= MOST_KILOBYTES)


def _in_arrow() -> int:
    arrow = sys.modules.get("pyarrow")
    return 0 if arrow is None else int(arrow.total_allocated_bytes())


if __name__ == "__main__":
    sys.exit(show(rows()))
