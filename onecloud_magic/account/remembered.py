"""Run history that was read before: what has ended is not asked for again.

What is kept of a place is one span without holes. A read asks for what is younger than it and for
what is older, and looks again at those of its runs that had not ended.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..api import KeptRun, Record, Shelf, Span
from ..errors import NotFound, OneCloudError
from .connections import at_once
from .filters import Filter, Whereabouts
from .found import Found, oldest_of, remember, youngest_of
from .slices import AFTER, Slice, slices

if TYPE_CHECKING:
    from .listing import Keep, Page, Turning
    from .reading import Reading

_PAGE = 50
_ALL: Mapping[str, object] = MappingProxyType({})
_MISSING = "The service cannot be asked for older ones now."


class History:
    """The runs at *place* that *which* describes, some of which may be known."""

    def __init__(self, place: Whereabouts, which: Filter) -> None:
        self._place, self._which = place, which
        self._since = which.since.timestamp() if which.since else None
        self._until = which.until.timestamp() if which.until else None
        self._whole = False

    def turned(self, reading: Reading, limit: int | None) -> Turning:
        """The runs in pages, newest first, known ones among them; *limit* as they will be cut."""
        self._whole = limit is None
        span = self._known_span(reading)
        if span is None and self._which.states:
            # Those that are live now are not seen, so that nothing can be known for later.
            state = {"state": self._which.word}
            yield from self._asked(reading, self._until, state, in_slices=self._whole)
            return
        found = Found(reading, self._place.key, span, self._until)
        with closing(found):
            if span is None:
                yield from self._older(reading, found, self._until)
            else:
                yield from self._around(reading, found, span)

    def calls(self, reading: Reading, limit: int | None, keep: Keep) -> int:
        """The calls that reading it would make, as far as is known."""
        left = sys.maxsize if limit is None else limit
        span = self._known_span(reading) if left else None
        if span is None:
            return 1 if limit is None else -(-limit // _PAGE)
        calls = int(self._has_younger(span))
        for each in chain.from_iterable(self._kept(reading, span)):
            if keep(json.loads(each.text)):
                left -= 1
            calls += not each.ended
            if left <= 0:
                return calls
        older = 1 if limit is None else -(-left // _PAGE)
        return calls + (older if self._has_older(span) else 0)

    def _around(self, reading: Reading, found: Found, span: Span) -> Turning:
        """What is younger, what is known, what is older."""
        younger, older = self._has_younger(span), self._has_older(span)
        if younger:
            yield from self._younger(reading, found, span)
        known = self._kept(reading, span)
        page = next(known, None)
        while page is not None:
            records = [self._as_it_is(reading, run) for run in page if run.id not in found.seen]
            page = next(known, None)
            yield records, older or page is not None
        if older and span.since is not None:
            until = span.since + 1  # several may start in one second
            yield from self._older(reading, found, min(until, self._until or until))
        elif reading.down or not younger:
            reading.note_age("runs", span.fetched_at, lasting=not younger)
        yield [], False

    def _younger(self, reading: Reading, found: Found, span: Span) -> Turning:
        try:
            for page, more in self._asked(reading, self._until):
                touches = not more or (oldest_of(page) or span.until) <= span.until
                found.younger(page, touches)
                yield page, True
                if touches:
                    return
        except OneCloudError as error:
            if not reading.goes_on(error):
                raise

    def _older(self, reading: Reading, found: Found, until: float | None) -> Turning:
        try:
            for page, more in self._asked(reading, until, in_slices=self._whole):
                found.older(page, self._since, more)
                yield page, more
        except OneCloudError as error:
            if found.span is None or not reading.goes_on(error):
                raise
            reading.note_age("runs", found.span.fetched_at)
            reading.gap = _MISSING

    def _known_span(self, reading: Reading) -> Span | None:
        """What is known, where it touches what is asked for."""
        if reading.refresh:
            return None
        span = reading.answers.on_shelf(lambda shelf: shelf.span(self._place.key))
        if span is None:
            return None
        too_old = self._until and span.since and self._until <= span.since
        too_young = self._since is not None and self._since >= span.until
        return None if too_old or too_young else self._without_live(reading, span)

    def _without_live(self, reading: Reading, span: Span) -> Span:
        """The span without its youngest part, where that is cheaper than asking for live runs.

        A page of runs costs as much as a look at one that had not ended.
        """
        live = reading.answers.on_shelf(
            lambda shelf: shelf.live(*self._column, *self._bounds(span))
        )
        cheapest, until = len(live), span.until
        for asked, (started, younger) in enumerate(live, 1):
            if (calls := younger // _PAGE + len(live) - asked) < cheapest:
                cheapest, until = calls, started
        return replace(span, until=until)

    def _has_younger(self, span: Span) -> bool:
        return self._until is None or self._until > span.until

    def _has_older(self, span: Span) -> bool:
        return span.since is not None and (self._since is None or self._since < span.since)

    @property
    def _column(self) -> tuple[str, frozenset[str]]:
        return {"chainId": "chain", "envId": "environment", "": ""}[self._place.field], (
            self._place.ids
        )

    def _bounds(self, span: Span) -> tuple[float | None, float]:
        """The part of the span that is asked for, a second more at its old end."""
        lows = [bound for bound in (span.since, self._since) if bound is not None]
        return max(lows) - 1 if lows else None, min(span.until, self._until or span.until)

    def _kept(self, reading: Reading, span: Span) -> Iterator[list[KeptRun]]:
        """What is kept in the span, as far as it is asked for."""
        column, ids = self._column
        since, until = self._bounds(span)
        last: KeptRun | None = None
        if self._since is None and self._until is None:
            yield reading.answers.on_shelf(lambda shelf: shelf.not_started(column, ids))
        while page := reading.answers.on_shelf(
            partial(Shelf.runs, column=column, ids=ids, since=since, until=until, after=last)
        ):
            yield page
            last = page[-1]

    def _as_it_is(self, reading: Reading, kept: KeptRun) -> Record:
        """A run that was kept; one that had not ended is looked at again."""
        record: Record = json.loads(kept.text)
        if kept.ended or reading.down:
            return record
        with suppress(NotFound):
            record = reading.ask("getChainRun", chain_run_id=kept.id)
            remember(reading, [record])
        return record

    def _asked(
        self,
        reading: Reading,
        until: float | None,
        more: Mapping[str, object] = _ALL,
        *,
        in_slices: bool = False,
    ) -> Turning:
        """What the service says, page after page; a long history without a limit in slices."""
        first: Page = []
        turning = self._turned(reading, self._since, until, more)
        for turn, (page, follows) in enumerate(turning, 1):
            yield page, follows
            first = first or page
            if not (in_slices and follows and turn == AFTER):
                continue
            if parts := slices(youngest_of(first), oldest_of(page), self._since):
                turning.close()
                yield from self._in_slices(reading, parts, more)
                return

    def _in_slices(
        self, reading: Reading, parts: list[Slice], more: Mapping[str, object]
    ) -> Turning:
        """The slices one after another; where one fails, what was read without a hole before."""
        every: list[list[Page]] = [[] for _ in parts]
        whole = [False] * len(parts)

        def read_out(number: int) -> None:
            part = parts[number]
            for page, _ in self._turned(reading, part.since, part.until, more):
                every[number].append(page)
            whole[number] = True

        try:
            at_once(reading.line, [partial(read_out, number) for number in range(len(parts))])
        finally:
            holes = whole.index(False) + 1 if False in whole else len(parts)
            pages = [page for read in every[:holes] for page in read]
            for left, page in zip(range(len(pages) - 1, -1, -1), pages, strict=True):
                yield page, left > 0 or not all(whole)

    def _turned(
        self,
        reading: Reading,
        since: float | None,
        until: float | None,
        more: Mapping[str, object],
    ) -> Turning:
        bounds = {
            "start_date": None if since is None else int(since // 1),
            "end_date": None if until is None else int(-(-until // 1)),
        }
        asked = {"sort": "desc", **more, **bounds, **self._place.asked()}
        for page, follows in reading.turned("chainFilterSearch", None, asked):
            remember(reading, page)
            yield page, follows
