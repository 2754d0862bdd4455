"""What a frame says about itself."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from onecloud_magic.frames import Origin, Rows

ORIGIN = Origin(
    table="groups",
    fetched_at=datetime(2026, 11, 24, 16, 30, tzinfo=timezone(timedelta(hours=1))),
    source="cache",
    calls=3,
    age_seconds=1.5,
    complete=False,
)
TOLD = {
    "table": "groups",
    "fetched_at": "2026-11-24T15:30:00+00:00",
    "source": "cache",
    "calls": 3,
    "age_seconds": 1.5,
    "complete": False,
}


def marked() -> pd.DataFrame:
    rows = Rows("runs")
    rows.add([{"id": "1", "startAt": "2026-11-24 15:30:00", "endAt": "2026-11-24 15:31:00"}])
    return ORIGIN.mark(rows.frame())


def test_a_frame_tells_its_origin_in_flat_json() -> None:
    told = marked().attrs["onecloud"]

    assert told == TOLD
    assert list(told) == list(TOLD)
    assert json.loads(json.dumps(told)) == TOLD


def test_marking_two_frames_shares_nothing() -> None:
    first, second = marked(), marked()

    first.attrs["onecloud"]["calls"] = 99

    assert second.attrs["onecloud"]["calls"] == 3
    assert datetime.now(UTC) > ORIGIN.fetched_at


def test_the_origin_and_the_dtypes_survive_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = marked()

    frame.to_parquet(tmp_path / "runs.parquet")
    again = pd.read_parquet(tmp_path / "runs.parquet")

    assert again.attrs["onecloud"] == TOLD
    assert again["start_at"].tolist() == frame["start_at"].tolist()
    assert again["duration"].tolist() == frame["duration"].tolist()
    assert again["id"].tolist() == ["1"]
