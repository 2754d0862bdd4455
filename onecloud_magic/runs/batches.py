"""The batches in the ledger: when each was begun and ended, and which start each row has.

A row has a start of its own, or shares one from outside of its batch that lives already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from .book import Book, Page
from .entries import Entry, holding
from .target import Target

__all__ = ["Batches", "of_row"]

_FAILED = "Nothing was started: the batch cannot be written down"


class Batches:
    """The batches of one account, whichever kernel of this user began them."""

    def __init__(self, book: Book, account: str, clock: Callable[[], float]) -> None:
        self._book, self._account, self._clock = book, account, clock

    def begin(self, rows: str, *, again: bool = False) -> tuple[str, float | None]:
        """The batch of those *rows*: its name, and when it was begun if it goes on, else None.

        It is the one that has not ended, unless *again*, else a new one. Of two kernels that ask
        at once, one begins it and the other goes on with it.
        """
        with self._book.writing(_FAILED) as page:
            number, begun_at, ended_at = page.batch(rows) or (0, 0.0, 0.0)
            if ended_at is None and not again:
                return f"{rows}-{number}", begun_at
            new = (self._account, rows, number + 1, self._clock())
            page.file.execute("insert into many values (?, ?, ?, ?, null)", new)
            return f"{rows}-{number + 1}", None

    def share(self, name: str, target: Target, rows: Sequence[str]) -> int:
        """Let rows that have no start share what lives outside of the batch; tells how many do now.

        *rows* are their inputs as they are written down, in the order of their places. What lives
        is what the ledger knows of it: see `seen`. What nobody knows is shared as well: it may.
        """
        with self._book.writing(_FAILED) as page:
            now, known = self._clock(), page.of_batch(name)
            had = {each.place for each in known if each.is_of_row(now)}
            free = _outside(page, target, known, now)
            sharing = [
                (place, free[inputs].pop(0))
                for place, inputs in enumerate(rows)
                if place not in had and free[inputs]
            ]
            for place, entry in sharing:
                page.share(name, place, entry)
        return len(sharing)

    def starts(self, name: str) -> list[Entry]:
        """The starts that the rows of a batch have; of each row the one that counts last."""
        with self._book.reading() as page:
            return page.of_batch(name) if page else []

    def end(self, name: str) -> None:
        """Note that all rows of a batch have their runs, and that these have been told."""
        rows, _, number = name.rpartition("-")
        asked = "update many set ended_at = ? where account = ? and rows = ? and number = ?"
        with self._book.writing("The end of the batch cannot be written down") as page:
            page.file.execute(asked, (self._clock(), self._account, rows, int(number)))


def of_row(page: Page, name: str, place: int, now: float) -> Entry | None:
    """The start that a row of a batch has, and that forbids another; None where it has none."""
    found = reversed(page.of_batch(name, place))
    return next((each for each in found if each.is_of_row(now)), None)


def _outside(
    page: Page, target: Target, known: Sequence[Entry], now: float
) -> dict[str, list[Entry]]:
    """The starts that no row of the batch has and that forbid another, by their inputs."""
    ours, every = {each.id for each in known}, defaultdict(list)
    for each in page.like(target):
        every[each.inputs].append(each)
    free = {
        inputs: [each for each in holding(found, now) if each.id not in ours]
        for inputs, found in every.items()
    }
    return defaultdict(list, free)
