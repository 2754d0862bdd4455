"""Frames to start, plans for their runs, and what the server counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import RunInterrupted
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain

SHARED = "{} rows were started already, and are not started again; again=True"


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


def cut_short(account: OneCloud, chain: Chain, frame: pd.DataFrame, **options: Any) -> str:
    """Start them, and press Ctrl-C where a test has said so; gives what is said of that."""
    with pytest.raises(RunInterrupted) as stopped:
        account.start_many(chain.id, frame, **options)
    anew = ", without again (--again)," if options.get("again") else ""
    assert stopped.value.hint == f"The same call{anew} goes on from here: no row is started twice."
    return str(stopped.value)
