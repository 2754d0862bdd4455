"""The search of the service for runs: page after page, or in slices of time at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .connections import at_once
from .filters import Whereabouts
from .found import oldest_of, remember, youngest_of
from .slices import AFTER, Slice, slices

if TYPE_CHECKING:
    from .listing import Page, Turning
    from .reading import Reading


class Search:
    """Searches the runs of a *place* (`chainFilterSearch`), and keeps what it finds.

    *state* is a search word, None for all. Where the *whole* of it is wanted, a long time is cut
    into slices that are read at once.
    """

    def __init__(
        self,
        reading: Reading,
        place: Whereabouts,
        state: str | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self.reading = reading
        self._place, self._state, self._whole = place, state, whole

    def pages(
        self, since: float | None, until: float | None, *, down_to: float | None = None
    ) -> Turning:
        """The runs of a time, newest first; nobody goes on below *down_to*."""
        first: Page = []
        turning = self._turned(since, until)
        for turn, (page, follows) in enumerate(turning, 1):
            yield page, follows
            first = first or page
            if not (self._whole and follows and turn == AFTER):
                continue
            if parts := slices(youngest_of(first), oldest_of(page), down_to):
                turning.close()
                yield from self._in_slices(parts)
                return

    def _in_slices(self, parts: list[Slice]) -> Turning:
        """The slices one after another; where one fails, what was read without a hole before."""
        every: list[list[Page]] = [[] for _ in parts]
        whole = [False] * len(parts)

        def read_out(number: int) -> None:
            for page, _ in self._turned(parts[number].since, parts[number].until):
                every[number].append(page)
            whole[number] = True

        try:
            at_once(self.reading.line, [partial(read_out, number) for number in range(len(parts))])
        finally:
            holes = whole.index(False) + 1 if False in whole else len(parts)
            pages = [page for read in every[:holes] for page in read]
            for left, page in zip(range(len(pages) - 1, -1, -1), pages, strict=True):
                yield page, left > 0 or not all(whole)

    def _turned(self, since: float | None, until: float | None) -> Turning:
        asked = {
            "sort": "desc",
            "state": self._state,
            "start_date": None if since is None else int(since // 1),
            "end_date": None if until is None else int(-(-until // 1)),
            **self._place.asked(),
        }
        for page, follows in self.reading.turned("chainFilterSearch", None, asked):
            remember(self.reading, page)
            yield page, follows
