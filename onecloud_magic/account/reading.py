"""One read: what it asks the service, what that costs, and how old the answers are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from ..api import OPERATIONS, Kept, Kind, Stamp, make_request
from ..errors import OneCloudError, QuotaExceeded
from ..frames import Origin
from ..runs import has_ended
from ..show import in_words
from .connections import at_once
from .facts import origin, what_lacks
from .finished import Made
from .line import Line
from .listing import STOPPED, Keep, Listing, Page, Parameters, Turning, up_to
from .names import Named
from .rules import Rules

if TYPE_CHECKING:
    import pandas as pd

    from .remembered import History

T = TypeVar("T")

NO_ID = "Something came without an id."


class Reading:
    """Asks on behalf of one read; the same question is asked once.

    With *refresh* nothing is answered from the cache, but for what this read asked itself. All
    answers are those to one account.

    Attributes:
        whole: whether answers are needed with the variables in them.
        calls: those that it has made, repeats included: so many were taken off the quota.
        gap: why there may be more rows, and what to do about it; empty where there are none.
        down: why the service is not asked any more, but only what it answered before.
        stale: whether answers are among it that are older than they may be.
        unknown: whether something has to be answered before the rest can be counted.
    """

    def __init__(self, line: Line, rules: Rules, refresh: bool = False) -> None:
        self.line, self.rules, self.refresh = line, rules, refresh
        self.answers = line.answers
        self.whole, self.stale, self.unknown = False, False, False
        self.calls, self.gap = 0, ""
        self.down: OneCloudError | None = None
        self.stamps = {kind: self.answers.stamp(kind) for kind in get_args(Kind)}
        self._versions = {kind: self.answers.replaced(kind) for kind in get_args(Kind)}
        self._lasts = True
        self._oldest: dict[Kind, float] = {}
        self._asked: dict[str, Any] = {}
        self._announced = ExitStack()
        self._foresee: Callable[[], int] | None = None
        self._table, self._began = "", 0.0
        self._lock = threading.Lock()

    @contextmanager
    def foreseeing(self, table: str, count: Callable[[], int]) -> Iterator[None]:
        """Inside, the first call announces the read of *table*, and the calls of *count*."""
        self._table, self._began, self._foresee = table, self.line.clock(), count
        with self._announced:
            yield

    def ask(self, name: str, **parameters: object) -> Any:
        """Give the data of one operation, from the cache where that is fresh."""
        key = make_request(name, **parameters).key
        if key not in self._asked:
            kept = self._fresh(key)
            self._asked[key] = self.note(kept) if kept else self._fetch(key, name, parameters)
        return self._asked[key]

    def ahead(self, name: str, every: Iterable[Parameters]) -> None:
        """Ask an operation about several things at once, which `ask` then knows."""
        missing: dict[str, Parameters] = {}
        for parameters in every:
            key = make_request(name, **parameters).key
            if key in self._asked:
                continue
            if kept := self._fresh(key):
                self._asked[key] = self.note(kept)
            else:
                missing[key] = parameters
        if len(missing) > 2:
            # The first goes alone: a service that is down, or a token that has ended, is met once.
            first = next(iter(missing))
            self._asked[first] = self._fetch(first, name, missing.pop(first))
            asks = [partial(self._fetch, key, name, each) for key, each in missing.items()]
            self._asked.update(zip(missing, at_once(self.line, asks), strict=True))

    def pages(
        self, name: str, limit: int | None, keep: Keep | None = None, /, **parameters: object
    ) -> Iterator[Page]:
        """Give the pages of a list, up to *limit* of the records that *keep* takes.

        Lists of the security operations are answered from the cache where that is fresh.
        """
        return iter(self._listed(Listing(name, limit, keep, parameters)))

    def lists(self, listings: Sequence[Listing]) -> Iterator[Page]:
        """Give the pages of several lists, which are read at once."""
        asks = [partial(self._listed, each) for each in listings]
        every = [*(ask() for ask in asks[:1]), *at_once(self.line, asks[1:])]
        return iter([page for pages in every for page in pages])

    def runs(self, history: History, limit: int | None, keep: Keep) -> Iterator[Page]:
        """Give the runs of a history, newest first, up to *limit* of those that *keep* takes."""
        self._lasts = False

        def stopped() -> None:
            self.gap = self.gap or STOPPED

        return up_to(limit, keep, history.turned(self, limit), stopped)

    def turned(self, name: str, size: int | None, parameters: Parameters) -> Turning:
        """Turn the pages of the service."""
        self._announce()
        pages = self.line.transport.pages(name, size, **parameters)
        turning = iter(pages)
        while True:
            page = self._call(partial(next, turning, None))
            if page is None:
                return
            yield page, not pages.complete

    def askable(self, every: Iterable[Named]) -> Iterator[Named]:
        """What can be asked about. What came without an id cannot: then something lacks."""
        for each in every:
            if each.id:
                yield each
            else:
                self.gap = NO_ID

    def note(self, kept: Kept) -> Any:
        """Take over an answer that was kept, with its age."""
        self.note_age(kept.kind, kept.fetched_at, lasting=kept.lasting)
        return kept.data

    def note_age(self, kind: Kind, fetched_at: float, *, lasting: bool = False) -> None:
        """Something that was answered then is a part of this."""
        with self._lock:
            self._oldest[kind] = min(self._oldest.get(kind, fetched_at), fetched_at)
            if not self.answers.is_fresh(kind, fetched_at, self.rules.ttl, lasting):
                self._lasts = False
                self.stale = self.stale or self.down is not None

    def goes_on(self, error: OneCloudError) -> bool:
        """Whether the read may go on with what was answered before, after that failure."""
        if not self.down and not self.refresh and self.rules.may_be_stale(error):
            self.down = error
        return self.down is not None

    def said(self, table: str, rows: int) -> list[str]:
        """What people have to be told of it, a line each."""
        said = self.answers.troubles()
        if self.stale and self.down:
            age = in_words(timedelta(seconds=self.line.clock() - min(self._oldest.values())))
            said.append(f"{table}: {self.down} Shown is what was answered {age} ago.")
        return said + what_lacks(table, rows, self.gap)

    def origin(self, table: str) -> Origin:
        """Where the frame that was made of this comes from, for its `attrs["onecloud"]`."""
        now, stale = self.line.clock(), self.stale
        return origin(table, self._oldest, now, gap=self.gap, calls=self.calls, stale=stale)

    def made(self, frame: pd.DataFrame) -> Made:
        """The frame, and what there is to say about it, as others may be given it."""
        versions = {kind: (self.stamps[kind], self._versions[kind]) for kind in self._oldest}
        lasts = self._lasts and bool(self._oldest) and not self.stale
        return Made(frame, dict(self._oldest), versions, self.gap, lasts)

    def _fresh(self, key: str) -> Kept | None:
        if self.refresh:
            return None
        return self.answers.get(key, ttl=self.rules.ttl, whole=self.whole)

    def _announce(self) -> None:
        count, self._foresee = self._foresee, None
        if count is None:
            return
        self._announced.enter_context(self.line.activity.reading(self._table, self._began))
        if not (calls := count()):
            return
        try:
            self._announced.enter_context(self.line.expects(calls))
        except QuotaExceeded as error:
            if not self.goes_on(error):
                raise

    def _call(self, ask: Callable[[], T]) -> T:
        """Make the calls of *ask*, count them, and see that they were made as the same account."""
        self.rules.check()
        if self.down:
            raise self.down
        before = self.line.sent
        try:
            answer = ask()
        finally:
            with self._lock:
                self.calls += self.line.sent - before
        if self.line.sent > before and self.line.answered is not self.answers:
            raise OneCloudError("Another account signed in while this was read.", "Read it again.")
        return answer

    def _fetch(self, key: str, name: str, parameters: Parameters) -> Any:
        """Ask the service; where it cannot be asked, give what it answered before."""
        self._announce()
        kind: Kind = OPERATIONS[name].kind or "runs"

        def ask() -> tuple[Kept, bool]:
            if kept := self._fresh(key):  # it came since it was looked for
                return kept, True
            stamp = self.answers.stamp(kind)
            data = self._call(partial(self.line.transport.call, name, **parameters))
            return self._put(key, kind, data, stamp, lasting=kind == "runs" and has_ended(data))

        return self.note(self._asked_for(key, kind, ask))

    def _asked_for(self, key: str, kind: Kind, ask: Callable[[], tuple[Kept, bool]]) -> Kept:
        try:
            if self.refresh:
                return ask()[0]
            return self.answers.flights.together(key, self.answers.stamp(kind), ask)
        except OneCloudError as error:
            if not self.goes_on(error):
                raise
            kept = self.answers.get(key, stale=True, whole=self.whole)
            if kept is None:
                raise
            return kept

    def _put(
        self, key: str, kind: Kind, data: Any, stamp: Stamp, *, lasting: bool = False
    ) -> tuple[Kept, bool]:
        asked_at = self.line.mine.sent_at
        kept, followed = self.answers.put(
            key, kind, data, lasting=lasting, asked_at=asked_at, stamp=stamp
        )
        with self._lock:
            self._versions[kind] += followed
        return kept, True

    def _listed(self, listing: Listing) -> list[Page]:
        """The pages of a list; those of a security operation are kept."""
        gap: list[str] = []
        turning = self.turned(
            listing.name, None if listing.keep else listing.limit, listing.parameters
        )
        pages = up_to(listing.limit, listing.keep, turning, lambda: gap.append(STOPPED))
        if OPERATIONS[listing.name].kind != "security":
            self._lasts = False
            data: Any = {"pages": list(pages), "gap": "".join(gap)}
        elif kept := self._fresh(listing.key):
            data = self.note(kept)
        else:

            def ask() -> tuple[Kept, bool]:
                stamp = self.answers.stamp("security")
                read = {"pages": list(pages), "gap": "".join(gap)}
                return self._put(listing.key, "security", read, stamp)

            data = self.note(self._asked_for(listing.key, "security", ask))
        self.gap = self.gap or data["gap"]
        every: list[Page] = data["pages"]
        return every
