"""Run history that was read before: what has ended is not asked for again.

What is kept of a place are spans without holes. A read asks for what is younger than they are,
older, or between them, and looks again at those of their runs that had not ended.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from ..api import KeptRun, Place, Record, Shelf, Span, Stamp
from ..errors import NotFound, OneCloudError
from .filters import Filter, Whereabouts
from .found import Found, oldest_of, remember
from .searching import Search

if TYPE_CHECKING:
    from .listing import Keep, Turning
    from .reading import Reading

_PAGE = 50
_EVERYWHERE = ""
_MISSING = "The service cannot be asked for all of them now."


Hole = tuple[float | None, float | None]  # from, before; None is the beginning, or now


def _end(time: Span | Hole) -> float:
    until = time.until if isinstance(time, Span) else time[1]
    return math.inf if until is None else until


class History:
    """The runs at *place* that *which* describes, some of which may be known.

    Times are seconds since 1970; a range has its *since*, and ends before its *until*.
    """

    def __init__(self, place: Whereabouts, which: Filter) -> None:
        self._place, self._which = place, which
        self._since = which.since.timestamp() if which.since else None
        self._until = which.until.timestamp() if which.until else None

    def turned(self, reading: Reading, limit: int | None) -> Turning:
        """The runs in pages, newest first, known ones among them; *limit* as they will be cut."""
        known, stamp = self._known(reading)
        if not known and self._which.states:
            # Those that are live now are not seen, so that nothing can be known for later.
            search = Search(reading, self._place, self._which.word, whole=limit is None)
            yield from search.pages(self._since, self._until, down_to=self._since)
            return
        found = Found(reading, self._place.key, stamp)
        with closing(found):
            search = Search(reading, self._place, whole=limit is None)
            yield from self._walked(search, found, known, stamp)

    def calls(self, reading: Reading, limit: int | None, keep: Keep) -> int:
        """The most calls that reading it would cost, as far as is known."""
        pages = None if limit is None else -(-limit // _PAGE)
        known, stamp = self._known(reading) if pages != 0 else ([], (0, 0))
        if not known:
            return 1 if pages is None else pages
        live, left = 0, sys.maxsize if limit is None else limit
        with suppress(LookupError):  # forgotten meanwhile
            for run in chain.from_iterable(
                page for span in known for page in self._pages(reading, span, stamp)
            ):
                live += not run.ended
                left -= keep(json.loads(run.text))
                if left <= 0:
                    break
        holes = list(self._holes(known))
        if not holes or (left <= 0 and not self._has_younger(known)):
            return live
        if pages is not None:
            return live + (pages if self._has_younger(known) else -(-left // _PAGE))
        return live + sum(self._pages_in(reading, known, *hole) for hole in holes)

    # ---- what is known

    def _known(self, reading: Reading) -> tuple[list[Span], Stamp]:
        """The spans that touch what is asked for, newest first, as far as they go there."""
        names = {self._place.key, _EVERYWHERE}
        spans, stamp = reading.answers.on_shelf(lambda shelf: shelf.spans(names))
        if reading.refresh:
            return [], stamp
        known = [self._within(span) for span in spans]
        touching = [span for span in known if span.low < span.until]
        return [self._without_live(reading, span) for span in touching], stamp

    def _within(self, span: Span) -> Span:
        since = span.since
        if self._since is not None:
            since = self._since if since is None else max(since, self._since)
        return replace(span, since=since, until=min(span.until, self._until or span.until))

    def _without_live(self, reading: Reading, span: Span) -> Span:
        """The span without its youngest part, where that is cheaper than asking for live runs.

        A page of runs costs as much as a look at one that had not ended.
        """
        live = reading.answers.on_shelf(
            lambda shelf: shelf.live(self._where, span.since, span.until)
        )
        cheapest, until = len(live), span.until
        more = self._until is not None  # then nothing is asked there otherwise
        for asked, (started, younger) in enumerate(live, 1):
            if (calls := younger // _PAGE + more + len(live) - asked) < cheapest:
                cheapest, until = calls, started
        return replace(span, until=until)

    def _has_younger(self, known: list[Span]) -> bool:
        return self._until is None or self._until > known[0].until

    def _holes(self, known: list[Span]) -> Iterator[Hole]:
        """The times of which not all is known, newest first."""
        top = self._until
        for span in known:
            if top is None or top > span.until:
                yield span.until, top
            if span.since is None:
                return
            top = span.since
        if self._since is None or top is None or self._since < top:
            yield self._since, top

    def _pages_in(
        self, reading: Reading, known: list[Span], low: float | None, top: float | None
    ) -> int:
        """About how many pages there are in a hole, by what is known of other times."""
        end = reading.line.clock() if top is None else top
        span = known[0]
        runs = reading.answers.on_shelf(
            lambda shelf: shelf.count(self._where, span.since, span.until)
        )
        if low is None or span.since is None or span.since >= span.until:
            return 1
        return 1 + int(runs * (end - low) / (span.until - span.since) / _PAGE)

    @property
    def _where(self) -> Place:
        names = {"chainId": "chain", "envId": "environment", "": ""}
        return names[self._place.field], self._place.ids

    def _pages(self, reading: Reading, span: Span, stamp: Stamp) -> Iterator[list[KeptRun]]:
        """What is kept in a span, page by page.

        Raises:
            LookupError: it was forgotten since.
        """
        last: KeptRun | None = None
        page: list[KeptRun] | None = [*self._not_started(reading)]
        while page or last is None:
            if page:
                yield page
            asked = partial(
                Shelf.runs, place=self._where, since=span.since, until=span.until, stamp=stamp
            )
            page = reading.answers.on_shelf(partial(asked, after=last))
            if page is None:
                raise LookupError
            if not page:
                return
            last = page[-1]

    def _not_started(self, reading: Reading) -> list[KeptRun]:
        if self._since is not None or self._until is not None:
            return []
        return reading.answers.on_shelf(lambda shelf: shelf.not_started(self._where))

    # ---- the read

    def _walked(self, search: Search, found: Found, known: list[Span], stamp: Stamp) -> Turning:
        """What is known, and what is asked for in its holes, newest first."""
        looked_at = max((span.fetched_at for span in known), default=None)
        times: list[Span | Hole] = [*known, *self._holes(known)]
        times.sort(key=_end, reverse=True)
        for time in times:
            follows = time is not times[-1]
            if isinstance(time, Span):
                try:
                    yield from self._again(search.reading, found, time, stamp, follows)
                    continue
                except LookupError:  # forgotten meanwhile, here or by another kernel
                    time = time.since, time.until
            yield from self._hole(search, found, looked_at, time, follows)
        yield [], False

    def _hole(
        self,
        search: Search,
        found: Found,
        looked_at: float | None,
        hole: Hole,
        follows: bool,
    ) -> Turning:
        """What the service says of a time; *follows*: there is more to read when it is over.

        Where it cannot be asked, nothing, and what was known when it was *looked at* has to do.
        """
        (low, top), read = hole, False
        # What does not tell its start comes only where no beginning and no end is asked for.
        since = self._since if top is None else low
        try:
            for page, more in search.pages(since, top, down_to=low):
                oldest = oldest_of(page)
                reached = not more or (low is not None and oldest is not None and oldest < low)
                found.page(page, low, top, more=not reached)
                read = True
                yield page, not reached or follows
                if reached:
                    return
        except OneCloudError as error:
            if looked_at is None or not search.reading.goes_on(error):
                raise
            search.reading.note_age("runs", looked_at)
            if read or top is not None:
                search.reading.gap = _MISSING  # else it is the state of the last look, whole

    def _again(
        self, reading: Reading, found: Found, span: Span, stamp: Stamp, follows: bool
    ) -> Turning:
        """What is kept of a span; runs that had not ended are looked at again."""
        pages = self._pages(reading, span, stamp)
        page = next(pages, None)
        while page is not None:
            runs = [run for run in page if run.id not in found.seen]
            page = next(pages, None)
            self._look_ahead(reading, [run for run in runs if not run.ended])
            records = [seen for run in runs if (seen := self._as_it_is(reading, run))]
            yield records, follows or page is not None

    def _look_ahead(self, reading: Reading, live: list[KeptRun]) -> None:
        with suppress(OneCloudError):  # one by one it is seen which cannot be had
            reading.ahead("getChainRun", [{"chain_run_id": run.id} for run in live])

    def _as_it_is(self, reading: Reading, run: KeptRun) -> Record | None:
        """A run that was kept; one that had not ended is looked at again. None: it is gone."""
        record: Record = json.loads(run.text)
        if run.ended:
            reading.note_age("runs", run.fetched_at, lasting=True)
            return record
        try:
            record = reading.ask("getChainRun", chain_run_id=run.id)
            remember(reading, [record])
        except NotFound:
            reading.answers.on_shelf(lambda shelf: shelf.forget_run(run.id))
            return None
        except OneCloudError as error:
            if not reading.goes_on(error):
                raise
            reading.note_age("runs", run.fetched_at)
        return record
