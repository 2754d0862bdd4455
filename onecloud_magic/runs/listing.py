"""Starts as a frame: what was started from here, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .entries import Entry
from .secrecy import canonical

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["listed"]

_STEPS = {
    "asked": "not sent",
    "unsent": "not sent",
    "refused": "refused",
    "lost": "not known",
    "sending": "not known",
}
_TEXTS = ("run_id", "state", "chain_id", "chain", "environment_id", "environment")


def listed(entries: Sequence[Entry], now: float) -> pd.DataFrame:
    """The starts, a row each.

    Columns: `run_id state chain_id chain environment_id environment inputs outcome batch` string,
    `adopted` boolean, `asked_at start_at end_at` datetime64[us, UTC].
    """
    import pandas as pd

    texts = {name: [getattr(each, name) or None for each in entries] for name in _TEXTS}
    texts["inputs"] = [canonical(each.shown_inputs) for each in entries]
    texts["outcome"] = [_outcome(each, now) for each in entries]
    texts["batch"] = [each.batch for each in entries]
    times = {
        name: pd.to_datetime([getattr(each, name) for each in entries], unit="s", utc=True)
        for name in ("asked_at", "start_at", "end_at")
    }
    return pd.DataFrame(
        {
            **{name: pd.array(values, dtype="string") for name, values in texts.items()},
            "adopted": pd.array([bool(each.adopted) for each in entries], dtype="boolean"),
            **{name: values.as_unit("us") for name, values in times.items()},
        }
    )


def _outcome(entry: Entry, now: float) -> str:
    if entry.under_way(now):
        return "being sent"
    if entry.step == "run":
        return "ended" if entry.ended else "live"
    return _STEPS[entry.step]
