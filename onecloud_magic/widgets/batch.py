"""Many runs as a live table: shown when a batch begins, and a table of facts once it has ended.

    tables(many)  # on each change; the extension has every account do so

In a notebook it is drawn anew in its place, in Voilà it is a widget, else each change of a row is a
line of stderr.
"""

from __future__ import annotations

import sys
from contextvars import copy_context
from typing import Protocol

from ..runs import Many, Row, many_card, row_words
from ..show import in_voila, kernel, printable

__all__ = ["Tables", "tables"]


class Stage(Protocol):
    """Where a batch is shown."""

    def show(self) -> None: ...
    def changed(self) -> None: ...
    def end(self) -> None: ...


class Tables:
    """Shows each batch that it is told of, from its begin to its end."""

    def __init__(self) -> None:
        self._shown: dict[Many, Stage] = {}

    def __call__(self, many: Many) -> None:
        """Look at what has changed."""
        stage = self._shown.get(many)
        if stage is None:
            stage = self._shown[many] = _stage(many)
            stage.show()
        else:
            stage.changed()
        if many.ended_at is not None:
            self._shown.pop(many).end()


class _Lines:
    """Writes a line for each row whose state has changed."""

    def __init__(self, many: Many) -> None:
        self._many = many
        self._said: dict[int, tuple[str, str]] = {}

    def show(self) -> None:
        # Before the first start all rows wait, which is nothing to tell.
        self._said = {row.place: _state(row) for row in self._many.rows}

    def changed(self) -> None:
        for row in self._many.rows:
            state = _state(row)
            if self._said.get(row.place) != state:
                self._said[row.place] = state
                self._write(f"row {row.label}: {row_words(self._many, row)}")

    def end(self) -> None:
        facts = dict(many_card(self._many).facts)
        self._write(f"rows: {facts['rows']}; took {facts['took']}")

    def _write(self, line: str) -> None:
        if sys.stderr is not None:
            sys.stderr.write(f"{printable(line)}\n")
            sys.stderr.flush()


def _state(row: Row) -> tuple[str, str]:
    return (row.run.state if row.run is not None else "", row.error)


def _stage(many: Many) -> Stage:
    if kernel() is None and not in_voila():
        return _Lines(many)
    from .live import LiveCard

    return LiveCard(lambda: many_card(many), within=copy_context())


tables = Tables()
"""The one that notebooks and terminals share."""
