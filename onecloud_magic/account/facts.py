"""What a frame says of itself: where it comes from, how old it is, whether something lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from ..api import Kind
from ..frames import Origin


def origin(
    table: str,
    oldest: Mapping[Kind, float],
    now: float,
    *,
    gap: str,
    calls: int = 0,
    stale: bool = False,
) -> Origin:
    """Where a frame comes from whose *oldest* answers came then; *gap*: why there may be more."""
    fetched = min([*oldest.values(), now])
    source: Literal["network", "cache"] = "network" if calls or not oldest else "cache"
    return Origin(
        table=table,
        fetched_at=datetime.fromtimestamp(int(fetched), UTC),
        source="stale" if stale else source,
        calls=calls,
        age_seconds=round(now - fetched, 3),
        complete=not gap,
    )


def what_lacks(table: str, rows: int, gap: str) -> list[str]:
    """A line about what there may be besides these rows, where there may be something."""
    return [f"{table}: {rows:,} read, and there may be more. {gap}"] if gap else []
