"""The states of a run, and the words that the service searches them by."""

from __future__ import annotations

from typing import Any

__all__ = ["ENDED", "LIVE", "WORDS", "has_ended"]

LIVE = ("enqueueing", "sleeping", "paused")
ENDED = ("all_succeeded", "warned", "errored", "stopped")
# The service's search words, and the run states that each finds; the narrowest first.
WORDS = {
    "succeeded": ("all_succeeded",),
    "failed": ("errored",),
    "warned": ("warned",),
    "paused": ("paused",),
    "running": ("enqueueing", "sleeping"),
    "completed": ENDED,
}


def has_ended(run: Any) -> bool:
    """Whether a run will not change any more; a state that we do not know lives until its end."""
    if not isinstance(run, dict):
        return False
    state = run.get("state")
    return state in ENDED or (state not in LIVE and bool(run.get("endAt")))
