"""Records of the wire to one DataFrame, built once.

Pages become packs of cells, column by column, and their records are let go: a frame per page is ten
times slower, and the records of all pages together need twice the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from ..errors import BadAnswer
from . import parts
from .kinds import DURATION, JSON, Cells, Kind, Unreadable
from .parts import Field, Record
from .tables import TABLES

__all__ = ["Rows"]

# So many records fit into the processor's cache; fewer are not worth numpy's calls.
SLICE = 1_000

WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\W+")


class Rows:
    """The rows of one table, added page by page, and their frame.

    *table* is a name of `TABLES`. For example:

        rows = Rows("chains")
        rows.add(page, environment_id="5", environment="Production", workspace_id="2")
        chains = rows.frame()
    """

    def __init__(self, table: str) -> None:
        self._name, self._table = table, TABLES[table]
        columns = self._table.columns
        self._fields = [column.field for column in columns.values() if column.field]
        self._known = self._table.dropped.union(self._fields)
        self._pick = itemgetter(*self._fields)
        self._packs: dict[str, list[Cells]] = {n: [] for n, c in columns.items() if c.field}
        self._unknown: dict[Field, list[Any]] = {}
        self._parents = {name for name, column in columns.items() if column.is_told}
        self._named = {name for name, column in columns.items() if column.named_by}
        self._told: list[Mapping[str, Any]] = []
        self._sizes: list[int] = []
        self._waiting: list[Record] = []
        self._taken = 0

    def __len__(self) -> int:
        return self._taken + len(self._waiting)

    def add(self, records: list[Record] | None, *, of: str = "", **parents: Any) -> None:
        """Add a page of *records* as they came, with what they do not tell of their *parents*.

        A parent is a column that is not on the wire, as `environment_id` of chains; one that is
        not given is missing. Variables, schedules, inputs, nodes and outputs lie inside records:
        give those, that is workspaces or environments (say which: `of="environment"`), chains, or
        runs with nodes. They become parents too.

        Raises `BadAnswer`, which names table, column and what came, if that cannot be read (null
        can: it is no records), and `TypeError` for parents that the table does not have.
        """
        self._check(parents, self._parents)
        owner, take_out = self._owner(of), self._table.parts
        page = parts.records(self._name, records)
        if take_out is None:
            self._grow(page, parents)
            return
        for record in page:
            told = {f"{owner}_id": record.get("id"), owner: record.get("name")}
            known = {name: told[name] for name in told.keys() & self._parents}
            self._grow(list(take_out(record)), parents | known)

    def frame(self, **names: Mapping[str, str]) -> pd.DataFrame:
        """Make the frame of all rows so far, one row each, with a RangeIndex.

        Its columns and dtypes are those of `TABLES`, also without rows; unknown fields follow as
        `string` columns. *names* are for runs, which tell ids only: `chain` by chain id, and
        `environment`, `workspace_id` and `workspace` by environment id; unknown ones are missing.

        Raises `BadAnswer`, which names table, column and what came, if that cannot be read, and
        `TypeError` for names that the table does not have.
        """
        self._check(names, self._named)
        self._take()
        columns: dict[str, ExtensionArray] = {}
        for name in self._table.columns:
            columns[name] = self._column(name, columns, names)
        for field, values in self._unknown.items():
            name = _snake(field)
            while name in columns:
                name += "_wire"
            values.extend(repeat(None, len(self) - len(values)))
            columns[name] = JSON.build([self._read(name, JSON, values)])
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self)), copy=False)

    def _check(self, told: Mapping[str, Any], known: set[str]) -> None:
        if strange := told.keys() - known:
            raise TypeError(f"{self._name} are not told their {', '.join(sorted(strange))}")

    def _owner(self, of: str) -> str:
        owners = self._table.owners
        if not of and len(owners) < 2:
            return "".join(owners)
        if of not in owners:
            raise TypeError(f"{self._name} take of={' or '.join(owners) or None}, not {of!r}")
        return of

    def _grow(self, rows: list[Record], parents: Mapping[str, Any]) -> None:
        self._waiting += rows
        self._told.append(parents)
        self._sizes.append(len(rows))
        if len(self._waiting) >= SLICE:
            self._take()

    def _take(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), SLICE):
            self._take_slice(waiting[start : start + SLICE])

    def _take_slice(self, rows: list[Record]) -> None:
        columns: Iterable[Sequence[Any]]
        try:
            columns = zip(*map(self._pick, rows), strict=True)
            # With all of our fields in it, a record of as many fields has no other.
            all_known = set(map(len, rows)) == {len(self._fields)}
        except KeyError:
            columns = ([row.get(field) for row in rows] for field in self._fields)
            all_known = False
        for (name, packs), values in zip(self._packs.items(), columns, strict=True):
            packs.append(self._read(name, self._table.columns[name].kind, values))
        if not (all_known or self._known.issuperset(set().union(*rows))):
            self._take_unknown(rows)
        self._taken += len(rows)

    def _take_unknown(self, rows: list[Record]) -> None:
        for place, row in enumerate(rows, self._taken):
            for field in row:
                if field not in self._known:
                    values = self._unknown.setdefault(field, [])
                    values.extend(repeat(None, place - len(values)))
                    values.append(row[field])

    def _column(
        self, name: str, done: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
    ) -> ExtensionArray:
        column = self._table.columns[name]
        if column.kind is DURATION:
            span: ExtensionArray = done["end_at"] - done["start_at"]
            return span
        if column.field:
            return column.kind.build(self._packs[name] or [column.kind.pack([])])
        if not column.named_by:
            values = [parents.get(name) for parents in self._told]
            places = np.repeat(np.arange(len(values)), np.array(self._sizes, np.intp))
        elif known := names.get(name):
            places, ids = done[column.named_by].factorize()
            values = [*map(known.get, ids), None]  # a missing id has the place -1
        else:
            values, places = [None], np.zeros(len(self), np.intp)
        return column.kind.build([self._read(name, column.kind, values)]).take(places)

    def _read(self, name: str, kind: Kind, values: Sequence[Any]) -> Cells:
        try:
            return kind.read(values)
        except Unreadable as error:
            raise BadAnswer(
                f"Column {name} of {self._name}: {error} came where {kind.noun} belongs."
            ) from None


def _snake(field: Field) -> str:
    """`rootCause` as `root_cause`, and ("properties", "timeZone") as `time_zone`."""
    name = field if isinstance(field, str) else field[1]
    return WORD_ENDS.sub("_", name).lower() or "field"
