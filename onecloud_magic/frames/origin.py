"""Where a frame comes from, as it stands in `df.attrs["onecloud"]`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pandas as pd

__all__ = ["Origin"]


@dataclass(frozen=True)
class Origin:
    """What a frame shows, how old it is, and what it cost.

    Attributes:
        table: the name of its table, as in `TABLES`.
        fetched_at: when its oldest answer came, with a zone.
        source: whether the answers came from the network or the cache, or are kept beyond their
            time because nothing newer could be had.
        calls: how many calls were made for it.
        age_seconds: the age of its oldest answer.
        complete: False where the read stopped at its limit.
    """

    table: str
    fetched_at: datetime
    source: Literal["network", "cache", "stale"]
    calls: int
    age_seconds: float
    complete: bool

    def mark(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write it to `frame.attrs["onecloud"]`, as flat JSON; gives *frame* back."""
        fetched_at = self.fetched_at.astimezone(UTC).isoformat()
        frame.attrs["onecloud"] = vars(self) | {"fetched_at": fetched_at}
        return frame
