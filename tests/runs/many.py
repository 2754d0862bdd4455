"""Frames to start, plans for their runs, and what the server counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from onecloud_magic.sandbox import Sandbox


def periods(count: int) -> pd.DataFrame:
    return pd.DataFrame({"period": [f"{2000 + number}-01" for number in range(count)]})


def plan(sandbox: Sandbox, *outcomes: Any, seconds: float = 30.0) -> None:
    for outcome in outcomes:
        sandbox.plan_next(outcome, seconds)


def given(sandbox: Sandbox) -> list[Mapping[str, object]]:
    """What each run was started with, in the order of the starts."""
    return [dict(run.given or {}) for run in sandbox._world.started]


def most_at_once(sandbox: Sandbox) -> int:
    """How many of the runs that were started lived at one moment, at most."""
    runs = sandbox._world.started
    return max(sum(a.start_at <= b.start_at < a.end() for a in runs) for b in runs)
