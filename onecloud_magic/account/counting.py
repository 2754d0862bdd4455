"""A read that asks nothing: it counts the calls that the read would make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..api import OPERATIONS
from .listing import Keep, Listing, Page, Parameters
from .reading import Reading
from .remembered import History


class Counting(Reading):
    """Asks nothing: counts the calls that a read would make, as far as that is known.

    What was answered before is taken at any age; what never was counts as one call, and all that
    hangs on it as none (`unknown`).
    """

    def ahead(self, name: str, every: Iterable[Parameters]) -> None:
        """Nothing is asked, so nothing is asked ahead."""

    def lists(self, listings: Sequence[Listing]) -> Iterator[Page]:
        return iter([page for each in listings for page in self._listed(each)])

    def runs(self, history: History, limit: int | None, keep: Keep) -> Iterator[Page]:
        self.calls += history.calls(self, limit, keep)
        return iter([])

    def _fetch(self, key: str, name: str, parameters: Parameters) -> Any:
        self.calls += 1
        if kept := self.answers.get(key, stale=True):
            return kept.data
        self.unknown = True
        return [] if OPERATIONS[name].answer == "rows" else {}

    def _listed(self, listing: Listing) -> list[Page]:
        if kept := self._fresh(listing.key):
            every: list[Page] = kept.data["pages"]
            return every
        kept = self.answers.get(listing.key, stale=True)
        self.unknown = self.unknown or kept is None
        last_time: list[Page] = kept.data["pages"] if kept else []
        size, limit = OPERATIONS[listing.name].page_size or 1, listing.limit
        self.calls += max(1, len(last_time)) if limit is None else -(-limit // size)
        return last_time
