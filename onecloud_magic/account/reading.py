"""One read: what it asks the service, what that costs, and how old the answers are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

from ..api import OPERATIONS, Answers, Kept, Kind, make_request
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

if TYPE_CHECKING:
    import pandas as pd

    from .remembered import History

NO_ID = "Something came without an id."


class Reading:
    """Asks on behalf of one read; the same question is asked once.

    With *refresh* nothing is answered from the cache, but for what this read asked itself.

    Attributes:
        whole: whether answers are needed with the variables in them.
        calls: those that it has made, repeats included: so many were taken off the quota.
        gap: why there may be more rows, and what to do about it; empty where there are none.
        down: why the service is not asked any more, but only what it answered before.
        stale: whether answers are among it that are older than they may be.
        unknown: whether something has to be answered before the rest can be counted.
    """

    def __init__(self, line: Line, refresh: bool = False) -> None:
        self.line, self.refresh = line, refresh
        self.whole, self.unknown = False, False
        self.calls, self.gap = 0, ""
        self.down: OneCloudError | None = None
        self.stale = False
        self._began_with = line.answers
        self._drops = {kind: line.answers.version(kind)[0] for kind in get_args(Kind)}
        self._lasts = True
        self._oldest: dict[Kind, float] = {}
        self._asked: dict[str, Any] = {}
        self._announced = ExitStack()
        self._foresee: Callable[[], int] | None = None
        self._lock = threading.Lock()
        self._table, self._began = "", 0.0

    @contextmanager
    def foreseeing(self, table: str, count: Callable[[], int]) -> Iterator[None]:
        """Inside, the first call announces the read of *table*, and the calls of *count*."""
        self._table, self._began, self._foresee = table, self.line.clock(), count
        with self._announced:
            yield

    @property
    def answers(self) -> Answers:
        return self.line.answers

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
        return self._listed(Listing(name, limit, keep, parameters))

    def lists(self, listings: Sequence[Listing]) -> Iterator[Page]:
        """Give the pages of several lists, which are read at once."""
        asks = [partial(self._read_out, each) for each in listings]
        every = [*(ask() for ask in asks[:1]), *at_once(self.line, asks[1:])]
        return iter([page for pages in every for page in pages])

    def runs(self, history: History, limit: int | None, keep: Keep) -> Iterator[Page]:
        """Give the runs of a history, newest first, up to *limit* of those that *keep* takes."""
        self._lasts = False
        return self._up_to(limit, keep, history.turned(self, limit))

    def turned(self, name: str, size: int | None, parameters: Parameters) -> Turning:
        """Turn the pages of the service."""
        self._announce()
        if self.down:
            raise self.down
        pages = self.line.transport.pages(name, size, **parameters)
        turning = iter(pages)
        while True:
            with self._counted():
                page = next(turning, None)
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
            if not self.answers.is_fresh(kind, fetched_at, lasting):
                self._lasts = False
                self.stale = self.stale or self.down is not None

    def goes_on(self, error: OneCloudError) -> bool:
        """Whether the read may go on with what was answered before, after that failure."""
        if not self.down and not self.refresh and self.line.may_be_stale(error):
            self.down = error
        return self.down is not None

    def said(self, table: str, rows: int) -> list[str]:
        """What people have to be told of it, a line each."""
        said = self.answers.troubles()
        if self.stale and self.down:
            age = in_words(self.line.clock() - min(self._oldest.values()))
            said.append(f"{table}: {self.down} Shown is what was answered {age} ago.")
        return said + what_lacks(table, rows, self.gap)

    def origin(self, table: str) -> Origin:
        """Where the frame that was made of this comes from, for its `attrs["onecloud"]`."""
        now, stale = self.line.clock(), self.stale
        return origin(table, self._oldest, now, gap=self.gap, calls=self.calls, stale=stale)

    def made(self, frame: pd.DataFrame) -> Made | None:
        """The frame as it can be given again, None where it cannot."""
        same = self._began_with is self.answers
        if not (self._lasts and self._oldest and same) or self.stale:
            return None
        versions = {
            kind: (self._drops[kind], self.answers.version(kind)[1]) for kind in self._oldest
        }
        return Made(frame, dict(self._oldest), versions, self.gap)

    def _fresh(self, key: str) -> Kept | None:
        return None if self.refresh else self.answers.get(key, whole=self.whole)

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

    def _fetch(self, key: str, name: str, parameters: Parameters) -> Any:
        """Ask the service; where it cannot be asked, give what it answered before."""
        self._announce()
        given: list[Any] = []

        def ask() -> tuple[Kept, bool]:
            if kept := self._fresh(key):  # it came since it was looked for
                return kept, True
            with self._counted():
                given.append(self.line.transport.call(name, **parameters))
            kind = OPERATIONS[name].kind or "runs"
            lasting = kind == "runs" and has_ended(given[0])
            answered = self.line.answered
            return answered.put(key, kind, given[0], lasting=lasting), answered is self.answers

        if not self.down:
            try:
                kept = ask()[0] if self.refresh else self.answers.together(key, ask)
            except OneCloudError as error:
                if not self.goes_on(error):
                    raise
            else:
                data = self.note(kept) if not given else given[0]
                self.note_age(kept.kind, kept.fetched_at, lasting=kept.lasting)
                return data
        return self.note(self._before(key))

    def _before(self, key: str) -> Kept:
        """What was answered before, whatever its age; the failure where there is nothing."""
        kept = self.answers.get(key, stale=True, whole=self.whole)
        if kept is None and self.down:
            raise self.down
        return cast("Kept", kept)  # one looks here only when it is down

    def _listed(self, listing: Listing) -> Iterator[Page]:
        if kept := self._fresh(listing.key):
            return self._from_kept(kept)
        pages = self._up_to(
            listing.limit,
            listing.keep,
            self.turned(listing.name, None if listing.keep else listing.limit, listing.parameters),
        )
        if OPERATIONS[listing.name].kind != "security":
            self._lasts = False
            return pages
        try:
            every = list(pages)
        except OneCloudError as error:
            if not self.goes_on(error):
                raise
            return self._from_kept(self._before(listing.key))
        data = {"pages": every, "gap": self.gap}
        return iter(self.note(self.line.answered.put(listing.key, "security", data))["pages"])

    def _read_out(self, listing: Listing) -> list[Page]:
        return list(self._listed(listing))

    def _from_kept(self, kept: Kept) -> Iterator[Page]:
        data = self.note(kept)
        self.gap = self.gap or data["gap"]
        return iter(data["pages"])

    def _up_to(self, limit: int | None, keep: Keep | None, turning: Turning) -> Iterator[Page]:
        def stopped() -> None:
            self.gap = self.gap or STOPPED

        return up_to(limit, keep, turning, stopped)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count the calls that this thread makes inside."""
        before = self.line.sent
        try:
            yield
        finally:
            with self._lock:
                self.calls += self.line.sent - before
