"""What is shown of an account that works: how far its calls are, and its batches of runs."""

from __future__ import annotations

from ..account import Activity
from ..runs import Many

__all__ = ["show"]


def show(seen: Activity | Many) -> None:
    """Show what an onlooker was told of."""
    if isinstance(seen, Activity):
        from .progress import progress

        progress(seen)
    else:
        from .batch import tables

        tables(seen)
