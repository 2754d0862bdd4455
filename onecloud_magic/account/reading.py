"""One read: what it asks the service, what that costs, and how old the answers are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..api import OPERATIONS, Answers, Kept, Record, make_request
from ..frames import Origin
from .line import Line
from .names import Named

Page = list[Record]
Keep = Callable[[Record], bool]

STOPPED = "limit=None (on a line: --limit all) reads all."
NO_ID = "Something came without an id."


@dataclass(frozen=True)
class Listing:
    """A list that is read page by page, up to *limit* of the records that *keep* takes."""

    name: str
    limit: int | None
    keep: Keep | None
    parameters: dict[str, object]

    @property
    def key(self) -> str:
        return f"{make_request(self.name, **self.parameters).key} up to {self.limit}"


class Reading:
    """Asks on behalf of one read, in one thread; the same question is asked once.

    With *refresh* nothing is answered from the cache, but for what this read asked itself.

    Attributes:
        gap: why there may be more rows, and what to do about it; empty where there are none.
        unknown: whether something has to be answered before the rest can be counted.
    """

    def __init__(self, line: Line, refresh: bool = False) -> None:
        self.line, self.refresh = line, refresh
        self.gap, self.unknown = "", False
        self._before = line.sent
        self._oldest = float("inf")
        self._asked: dict[str, Any] = {}
        self._announced = ExitStack()
        self._foresee: Callable[[], int] | None = None

    @contextmanager
    def foreseeing(self, count: Callable[[], int]) -> Iterator[None]:
        """Inside, the first call that is made announces as many as *count* then gives."""
        self._foresee = count
        with self._announced:
            yield

    @property
    def answers(self) -> Answers:
        return self.line.answers

    @property
    def calls(self) -> int:
        """The calls that it has made, repeats included: so many were taken off the quota."""
        return self.line.sent - self._before

    def ask(self, name: str, **parameters: object) -> Any:
        """Give the data of one operation, from the cache where that is fresh."""
        key = make_request(name, **parameters).key
        if key not in self._asked:
            kept = self._fresh(key)
            self._asked[key] = self._note(kept) if kept else self._fetch(key, name, parameters)
        return self._asked[key]

    def pages(
        self, name: str, limit: int | None, keep: Keep | None = None, /, **parameters: object
    ) -> Iterator[Page]:
        """Give the pages of a list, up to *limit* of the records that *keep* takes.

        Lists of the security operations are answered from the cache where that is fresh.
        """
        listing = Listing(name, limit, keep, parameters)
        if kept := self._fresh(listing.key):
            data = self._note(kept)
            self.gap = self.gap or data["gap"]
            return iter(data["pages"])
        return self._fetch_pages(listing)

    def askable(self, every: Iterable[Named]) -> Iterator[Named]:
        """What can be asked about. What came without an id cannot: then something lacks."""
        for each in every:
            if each.id:
                yield each
            else:
                self.gap = NO_ID

    def origin(self, table: str) -> Origin:
        """Where the frame that was made of this comes from, for its `attrs["onecloud"]`."""
        now = self.line.clock()
        fetched = min(self._oldest, now)
        return Origin(
            table=table,
            fetched_at=datetime.fromtimestamp(int(fetched), UTC),
            source="network" if self.calls or self._oldest > now else "cache",
            calls=self.calls,
            age_seconds=round(now - fetched, 3),
            complete=not self.gap,
        )

    def _fresh(self, key: str) -> Kept | None:
        return None if self.refresh else self.answers.get(key)

    def _note(self, kept: Kept) -> Any:
        self._oldest = min(self._oldest, kept.fetched_at)
        return kept.data

    def _announce(self) -> None:
        count, self._foresee = self._foresee, None
        if count is not None and (calls := count()):
            self._announced.enter_context(self.line.expects(calls))

    def _fetch(self, key: str, name: str, parameters: dict[str, object]) -> Any:
        self._announce()
        data = self.line.transport.call(name, **parameters)
        kind = OPERATIONS[name].kind
        if kind in ("metadata", "security"):
            self.line.answered.put(key, kind, data)
        return data

    def _fetch_pages(self, listing: Listing) -> Iterator[Page]:
        pages = self._turn(listing)
        if OPERATIONS[listing.name].kind != "security":
            return pages
        every = list(pages)
        self.line.answered.put(listing.key, "security", {"pages": every, "gap": self.gap})
        return iter(every)

    def _turn(self, listing: Listing) -> Iterator[Page]:
        """Turn the pages of the service, until there are enough records that are kept."""
        self._announce()
        keep, limit = listing.keep, listing.limit
        pages = self.line.transport.pages(
            listing.name, None if keep else limit, **listing.parameters
        )
        left = sys.maxsize if limit is None else limit
        for page in pages if left else ():
            kept = list(filter(keep, page)) if keep else page
            yield kept[:left]
            left -= len(kept)
            if left <= 0:
                break
        if left < 0 or not pages.complete:
            self.gap = STOPPED


class Counting(Reading):
    """Asks nothing: counts the calls that a read would make, as far as that is known.

    What was answered before is taken at any age; what never was counts as one call, and all that
    hangs on it as none (`unknown`).
    """

    calls = 0

    def _fetch(self, key: str, name: str, parameters: dict[str, object]) -> Any:
        self.calls += 1
        if kept := self.answers.get(key, stale=True):
            return kept.data
        self.unknown = True
        return [] if OPERATIONS[name].answer == "rows" else {}

    def _fetch_pages(self, listing: Listing) -> Iterator[Page]:
        kept = self.answers.get(listing.key, stale=True)
        self.unknown = self.unknown or kept is None
        last_time: list[Page] = kept.data["pages"] if kept else []
        size, limit = OPERATIONS[listing.name].page_size or 1, listing.limit
        self.calls += max(1, len(last_time)) if limit is None else -(-limit // size)
        return iter(last_time)
