"""What a crawl of 260 calls takes under each way of counting, against what is usual.

    python benchmarks/crawl.py

The scenarios of `pacing.py`, virtual time and fixed seeds, with two others in the place of our
pace: plain back-off, and pyrate-limiter, whose own bucket says when a call may go and whose own
loop waits, with the clock replaced (its README: "Custom & distributed clocks") and its sleep
turned into virtual time. Two kernels share one bucket, as its `SQLiteBucket` is shared. What is
refused to it all the same it repeats with the plain back-off.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import pacing
from benchmarks.pacing import LIMIT, MOST_OURS, MOST_RIVALS, WINDOW, WORKERS, Plain, World
from benchmarks.table import Case, Row, faster, measurable, show
from onecloud_magic.api import Tally
from onecloud_magic.sandbox.limits import Kind


class Limited(Plain):
    """Every call asks a limiter first, one for all kernels, in its default algorithm."""

    algorithm = ""
    limiters: ClassVar[WeakKeyDictionary[World, tuple[Any, Any]]] = WeakKeyDictionary()

    def __init__(
        self, world: World, calls: int, tally: Tally | None = None, workers: int = WORKERS
    ) -> None:
        super().__init__(world, calls, tally, workers)
        if world not in self.limiters:
            self.limiters[world] = _limiter(world, self.algorithm)
        self._limiter, self._bucket = self.limiters[world]

    def send(self, call: str, tries: int) -> Generator[float, None, bool]:
        item = self._limiter.bucket_factory.wrap_item("onecloud")
        while not self._bucket.put(item):
            wait = self._bucket.waiting(item) + self._limiter.buffer_ms
            yield wait / 1000
            item.timestamp += wait
        return (yield from super().send(call, tries))


class LimitedByWindow(Limited):
    """The same, with the algorithm for a service that counts in fixed windows."""

    algorithm = "FixedWindow"


def _limiter(world: World, algorithm: str) -> tuple[Any, Any]:
    """A limiter of pyrate-limiter in the time of that world, and its bucket."""
    import pyrate_limiter as pyrate

    # Its clock is monotonic: it began anywhere, as seen from the windows of the service.
    began = random.Random(f"{world.began}").uniform(0.0, WINDOW)

    class VirtualTime(pyrate.InMemoryBucket):
        def now(self) -> int:
            return int((world.now - began) * 1000)

    chosen = getattr(pyrate, algorithm)() if algorithm else None
    bucket = VirtualTime([pyrate.Rate(LIMIT, int(WINDOW * 1000))], algorithm=chosen)
    # Its leaks run on a thread and in real time; they only free memory.
    return pyrate.Limiter(pyrate.SingleBucketFactory(bucket, schedule_leak=False)), bucket


BACK_OFF = "back-off: again after 1, 2, 4, 8, 16 s"
PYRATE = "pyrate-limiter: `Limiter(Rate(100, 20_000)).try_acquire(…)`, then back-off"
BY_WINDOW = "pyrate-limiter: the same with `algorithm=FixedWindow()`"
SHARED = "pyrate-limiter: the same on one `SQLiteBucket` (its own time left out)"
ALONE, BESIDE = (
    "none refused, ≤ 1.05 x optimum + 1 s",
    f"≤ {MOST_OURS:.0%} refused, ≤ {MOST_RIVALS:.0%} of the rival's",
)
WAYS: dict[str, type[Plain]] = {
    BACK_OFF: Plain,
    PYRATE: Limited,
    BY_WINDOW: LimitedByWindow,
    SHARED: Limited,
}


def _case(what: str, instead: str, words: str) -> Case:
    return Case(what, instead, words=words, needs="" if instead == BACK_OFF else "pyrate_limiter")


def _cases(kind: Kind, kernels: int) -> Iterator[Case]:
    who = "1 kernel" if kernels == 1 else f"{kernels} kernels on one machine"
    what = f"260 calls, window {pacing.KINDS[kind]}: {who}"
    fixed = [] if kind == "sliding" else [BY_WINDOW]
    ways = [BACK_OFF, PYRATE, *fixed] if kernels == 1 else [BACK_OFF, SHARED]
    yield from (_case(what, way, ALONE) for way in ways)


TOGETHER = {(kind, many): list(_cases(kind, many)) for kind in pacing.KINDS for many in (1, 2)}
RIVAL = {
    kind: _case(
        f"260 calls, window {words}: an unseen rival takes 80 % (steady, random, in bursts; worst)",
        BACK_OFF,
        BESIDE,
    )
    for kind, words in pacing.KINDS.items()
}
CASES = (*(case for cases in TOGETHER.values() for case in cases), *RIVAL.values())


def rows() -> Iterator[Row]:
    """Each kind of window: alone, from two kernels, and beside rivals."""
    for (kind, many), cases in TOGETHER.items():
        ours = pacing.together(kind, many, shared=True)
        for case in measurable(cases):
            theirs = pacing.together(kind, many, shared=True, make=WAYS[case.instead])
            ratio = statistics.median(theirs.walls) / statistics.median(ours.walls)
            yield Row(case, _said(ours), _said(theirs), faster(ratio), ours.holds)
    for kind, case in RIVAL.items():
        yield _beside(kind, case)


def _said(row: pacing.Row) -> str:
    wall, least = statistics.median(row.walls), statistics.median(row.optima)
    return f"{wall:.1f} s, {wall / least:.2f} x optimum, {row.ours:.1%} refused"


def _beside(kind: Kind, case: Case) -> Row:
    rivals = (pacing.steady, pacing.at_random, pacing.in_bursts)
    ours, theirs = (
        [pacing.beside(kind, gaps, make=make) for gaps in rivals] for make in (pacing.Kernel, Plain)
    )
    return Row(case, _worst(ours), _worst(theirs), "-", all(row.holds for row in ours))


def _worst(every: list[pacing.Row]) -> str:
    refused, rival = max(row.ours for row in every), max(row.theirs for row in every)
    return f"{refused:.1%} refused, {rival:.1%} of the rival's"


if __name__ == "__main__":
    sys.exit(show(rows()))
