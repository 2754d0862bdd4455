"""Taking turns: what is compared runs one after the other, again and again.

Measured is the time of the processor. Nothing that is compared here waits for anything, so on a
machine of its own that is the time by the clock; on one that others use it is what stays the same.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence

Act = Callable[[], object]


def in_turns(acts: Sequence[Act], turns: int, repeat: int = 1) -> list[list[float]]:
    """The seconds that each of *acts* took in each turn, as the mean of *repeat* times."""
    for act in acts:
        act()  # the first time makes what is made lazily
    taken = [[seconds(act, repeat) for act in acts] for _ in range(turns)]
    return [list(times) for times in zip(*taken, strict=True)]


def seconds(act: Act, repeat: int = 1) -> float:
    """The seconds that *act* takes, as the mean of *repeat* times."""
    gc.collect()
    start = time.process_time()
    for _ in range(repeat):
        act()
    return (time.process_time() - start) / repeat
