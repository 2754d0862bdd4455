"""Lists that are read page by page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from ..api import Record, make_request

Page = list[Record]
Keep = Callable[[Record], bool]
Parameters = Mapping[str, object]
Turning = Generator[tuple[Page, bool]]  # pages, and whether more may follow

STOPPED = "limit=None (on a line: --limit all) reads all."


@dataclass(frozen=True)
class Listing:
    """A list that is read page by page, up to *limit* of the records that *keep* takes."""

    name: str
    limit: int | None
    keep: Keep | None
    parameters: Parameters

    @property
    def key(self) -> str:
        return f"{make_request(self.name, **self.parameters).key} up to {self.limit}"


def up_to(
    limit: int | None, keep: Keep | None, turning: Turning, stopped: Callable[[], object]
) -> Iterator[Page]:
    """Give pages until there are enough records that are kept.

    *stopped* is called where there may be more of them.
    """
    left, follows = sys.maxsize if limit is None else limit, True
    with closing(turning):
        for page, more in turning if left else ():
            kept, follows = list(filter(keep, page)) if keep else page, more
            yield kept[:left]
            left -= len(kept)
            if left <= 0:
                break
    if left < 0 or follows:
        stopped()
