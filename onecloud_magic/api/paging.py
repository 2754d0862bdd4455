"""Page after page of one read, up to a limit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from ..errors import BadAnswer, UsageError
from .operations import named

__all__ = ["Pages", "Record", "next_cursor"]

Record = dict[str, Any]
_Page = tuple[list[Record], bool]


def next_cursor(page: Mapping[str, Any]) -> str | None:
    """Give the cursor of the page after this one; None where it is empty, null or missing."""
    cursor = page.get("cursor")
    if cursor is None or cursor == "":
        return None
    if isinstance(cursor, bool) or not isinstance(cursor, str | int):
        raise BadAnswer("A page of runs has a cursor that is no text.")
    return str(cursor)


class Pages:
    """The pages of one read: iterating makes a call for each, and gives its list of records.

    *call* is `Transport.call`, or what stands before it.

    Attributes:
        complete: whether the last page was read; False where there may be more.
    """

    def __init__(
        self,
        call: Callable[..., Any],
        name: str,
        limit: int | None,
        parameters: Mapping[str, object],
    ) -> None:
        if limit is not None and limit < 0:
            raise UsageError(f"limit is {limit}: it is a number of rows, or None for all.")
        operation = named(name)
        self.complete = False
        self._call, self._parameters = call, dict(parameters)
        self._operation, self._limit = operation, sys.maxsize if limit is None else limit
        self._size = min(operation.page_size or 1, self._limit)
        if operation.size_name:
            self._parameters[operation.size_name] = self._size

    def __iter__(self) -> Iterator[list[Record]]:
        """Ask for one page after another until the limit or the end is reached."""
        self.complete, left = False, self._limit
        if left == 0:
            return
        for rows, last in self._pages():
            self.complete = last and len(rows) <= left
            yield rows[:left]
            left -= len(rows)
            if last or left <= 0:
                return

    def _pages(self) -> Iterator[_Page]:
        """Each page's records, and whether it is the last."""
        match self._operation.paging:
            case "cursor":
                return self._by_cursor()
            case "number":
                return self._by_number()
        return iter([(self._ask(), True)])

    def _by_cursor(self) -> Iterator[_Page]:
        page = self._ask()
        seen = set()
        while cursor := next_cursor(page):
            if cursor in seen:
                raise self._endless()
            seen.add(cursor)
            yield page["chainExecutors"], False
            page = self._ask(cursor=cursor)
        yield page["chainExecutors"], True

    def _by_number(self) -> Iterator[_Page]:
        before: list[Record] = []
        for number in count():
            rows = self._ask(page=number)
            if rows and rows == before:
                raise self._endless()
            before = rows
            yield rows, len(rows) < self._size

    def _ask(self, **place: object) -> Any:
        return self._call(self._operation.id, **self._parameters, **place)

    def _endless(self) -> BadAnswer:
        name = self._operation.id
        return BadAnswer(f"{name} gives the same page again and again.", operation=name)
