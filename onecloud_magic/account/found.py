"""What a read of a history has found, and what is known of its place from then on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..api import KeptRun, Record, Span, kept_text
from ..errors import BadAnswer
from ..runs import has_ended
from .filters import start_of
from .names import id_of

if TYPE_CHECKING:
    from .listing import Page
    from .reading import Reading

_LATE = 120.0  # seconds until a run that has started is surely found by a search


class Found:
    """What is known of a place once a read of it ends, wherever it ends."""

    def __init__(
        self, reading: Reading, place: str, span: Span | None, until: float | None
    ) -> None:
        self.span = span
        self.seen: set[str] = set()
        self._reading, self._answers, self._place = reading, reading.answers, place
        self._drops = reading.answers.version("runs")[0]
        self._until = until
        self._surely: float | None = None
        self._before = span

    def younger(self, page: Page, touches: bool) -> None:
        """A page of what is younger than the span was read; whether it reaches down to it."""
        self.seen.update(id_of(run) for run in page)
        surely = self._known_until()
        if touches and self.span and surely is not None:
            now = self._reading.line.clock()
            self.span = Span(self.span.since, max(surely, self.span.until), now)

    def older(self, page: Page, since: float | None, more: bool) -> None:
        """A page of what is older was read, down to *since* where nothing follows."""
        low = oldest_of(page) if more else since
        until = self.span.until if self.span else self._known_until()
        if until is None or (more and low is None):
            return
        fetched_at = self.span.fetched_at if self.span else self._reading.line.clock()
        self.span = Span(low, until, fetched_at)

    def close(self) -> None:
        """Write down what is known now."""
        span, same = self.span, self._reading.line.answered is self._answers
        if span is None or span == self._before or not same:
            return
        if span.since is None or span.since < span.until:
            self._answers.on_shelf(lambda shelf: shelf.put_span(self._place, span, self._drops))

    def _known_until(self) -> float | None:
        """Until when all runs are surely found, by the service's clock at the first page."""
        if self._surely is None:
            last = self._reading.line.last
            if last is None or last.served_at is None:
                return None
            self._surely = last.served_at - _LATE
        return self._surely if self._until is None else min(self._surely, self._until)


def oldest_of(page: Page) -> float | None:
    """When the oldest run of a page started; None where none tells it."""
    starts = [start.timestamp() for run in page if (start := start_of(run))]
    return min(starts, default=None)


def youngest_of(page: Page) -> float | None:
    """When the youngest run of a page started; None where none tells it."""
    starts = [start.timestamp() for run in page if (start := start_of(run))]
    return max(starts, default=None)


def remember(reading: Reading, runs: Page) -> None:
    """Keep runs as they were answered."""
    now = reading.line.clock()
    kept = [each for run in runs if (each := _kept_run(run, now))]
    reading.line.answered.on_shelf(lambda shelf: shelf.put_runs(kept))


def _kept_run(run: Record, now: float) -> KeptRun | None:
    number, start = id_of(run), None
    with suppress(BadAnswer):  # whoever reads it will say so
        start = start_of(run)
    environment, chain_id = (id_of({"id": run.get(field)}) for field in ("envId", "chainId"))
    started = start.timestamp() if start else None
    if not number:
        return None
    return KeptRun(number, environment, chain_id, started, has_ended(run), now, kept_text(run))
