"""What a read of a history has found, and what is known of its place from then on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..api import KeptRun, Record, Span, Stamp, kept_text
from ..errors import BadAnswer
from ..runs import has_ended
from .filters import start_of
from .names import id_of

if TYPE_CHECKING:
    from .listing import Page
    from .reading import Reading

_LATE = 120.0  # seconds until a run that has started is surely found by a search
_NEXT = 1e-6  # seconds; times of the service have microseconds


class Found:
    """Collects the runs that the service told of, and the times of which it told all."""

    def __init__(self, reading: Reading, place: str, stamp: Stamp) -> None:
        self.seen: set[str] = set()
        self._reading, self._place, self._stamp = reading, place, stamp
        self._pieces: list[Span] = []
        self._surely: float | None = None

    def page(self, page: Page, since: float | None, until: float | None, *, more: bool) -> None:
        """A page was read, all that was asked for before it down from *until*.

        *since* is where what was asked for begins, which is reached where no more follows. None
        as *until* is now.
        """
        self.seen.update(id_of(run) for run in page)
        # Those of the same second may stand on the next page.
        oldest = oldest_of(page)
        low = since if not more else None if oldest is None else oldest + _NEXT
        high = self._known_until(until)
        if high is None or (more and low is None) or (low is not None and low >= high):
            return
        self._pieces.append(Span(low, high, self._reading.line.clock()))

    def close(self) -> None:
        """Write down what is known now."""
        if self._pieces:
            place, pieces, stamp = self._place, self._pieces, self._stamp
            self._reading.answers.on_shelf(lambda shelf: shelf.put_spans(place, pieces, stamp))

    def _known_until(self, until: float | None) -> float | None:
        """Until when all runs are surely found, by the service's clock at the first page."""
        if self._surely is None:
            last = self._reading.line.last
            if last is None or last.served_at is None:
                return None
            # A clock that is ahead, theirs or ours, would promise what nobody has seen.
            self._surely = min(last.served_at, self._reading.line.clock()) - _LATE
        return self._surely if until is None else min(self._surely, until)


def oldest_of(page: Page) -> float | None:
    """When the oldest run of a page started; None where none tells it."""
    return min(_starts(page), default=None)


def youngest_of(page: Page) -> float | None:
    """When the youngest run of a page started; None where none tells it."""
    return max(_starts(page), default=None)


def remember(reading: Reading, runs: Page) -> None:
    """Keep runs as they were answered."""
    now = reading.line.clock()
    kept = [each for run in runs if (each := _kept_run(run, now))]
    reading.answers.put_runs(kept, reading.stamps["runs"])


def _starts(page: Page) -> list[float]:
    return [start.timestamp() for run in page if (start := start_of(run))]


def _kept_run(run: Record, now: float) -> KeptRun | None:
    number, start = id_of(run), None
    with suppress(BadAnswer):  # whoever reads it will say so
        start = start_of(run)
    environment, chain_id = (id_of({"id": run.get(field)}) for field in ("envId", "chainId"))
    started = start.timestamp() if start else None
    if not number:
        return None
    return KeptRun(number, environment, chain_id, started, has_ended(run), now, kept_text(run))
