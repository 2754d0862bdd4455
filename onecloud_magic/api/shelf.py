"""Where answers lie: rows of SQLite, in the file of an account or in memory.

Ended runs lie one by one, with what they are found by; all other answers under the question that
they answer. A span says of a place that all its ended runs between two moments lie here.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ..home.sharing import Database, Tables
from .kept import Kept, KeptRun, KindInfo, Span, joined
from .operations import Kind

__all__ = ["TABLES", "Place", "Shelf", "Stamp"]

TABLES = Tables(
    "drops",
    """
    create table if not exists answers (
        key text primary key, kind text not null, fetched real not null,
        lasting integer not null, whole integer not null, size integer not null,
        body text not null);
    create table if not exists runs (
        id text primary key, environment text not null, chain text not null, started real,
        ended integer not null, fetched real not null, size integer not null,
        body text not null);
    create index if not exists runs_by_start on runs (started);
    create table if not exists spans (place text primary key, body text not null) without rowid;
    create view if not exists everything as
        select kind, size, fetched from answers union all select 'runs', size, fetched from runs;
    create table if not exists drops (kind text primary key, number integer not null) without rowid;
    insert or ignore into drops values ('file', abs(random()));
    pragma user_version = 1
    """,
)
Place = tuple[str, Iterable[str]]  # a column, environment or chain, and ids; none is everywhere
Stamp = tuple[int, int]  # the file, and how often answers of a kind were forgotten in it


class Shelf:
    """The rows; every step may raise `Unusable`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, key: str) -> Kept | None:
        row = self.database.take(lambda database: database.execute(_GET, (key,)).fetchone())
        return Kept(row[0], row[1], row[2], bool(row[3]), bool(row[4])) if row else None

    def put(self, key: str, kept: Kept, stamp: Stamp) -> bool | None:
        """Keep an answer; gives whether it follows another, None where it was not kept.

        That is so where answers were forgotten since *stamp*, or a later one is there already.
        """
        row = (key, kept.kind, kept.fetched_at, kept.lasting, kept.whole, len(kept.text), kept.text)

        def step(database: sqlite3.Connection) -> bool | None:
            database.execute("begin immediate")
            before = database.execute("select fetched from answers where key = ?", (key,))
            there = before.fetchone()
            fits = _stamp(database, kept.kind) == stamp
            late = there is not None and kept.fetched_at < there[0] < kept.fetched_at + _AHEAD
            if fits and not late:
                database.execute(_PUT, row)
            database.execute("commit")
            return there is not None if fits and not late else None

        return self.database.take(step)

    def put_runs(self, runs: Iterable[KeptRun], stamp: Stamp) -> None:
        """Keep runs, unless runs were forgotten since *stamp*.

        One that has ended is never followed by an older picture of it.
        """
        rows = [
            (
                *(run.id, run.environment, run.chain, run.started, run.ended, run.fetched_at),
                *(len(run.text), run.text),
            )
            for run in runs
        ]

        def step(database: sqlite3.Connection) -> None:
            database.execute("begin immediate")
            if _stamp(database, "runs") == stamp:
                database.executemany(_PUT_RUN, rows)
            database.execute("commit")

        self.database.take(step)

    def runs(
        self,
        place: Place,
        since: float | None,
        until: float,
        stamp: Stamp,
        after: KeptRun | None = None,
    ) -> list[KeptRun] | None:
        """A page of runs of a place, newest first, that started from *since* on, before *until*.

        They come after the run *after*, the last of the page before. None where runs were
        forgotten since *stamp*.
        """
        where, listed = _where(place)
        last = (after.started, after.id) if after else (until, "")
        low = -math.inf if since is None else since

        def step(database: sqlite3.Connection) -> list[KeptRun] | None:
            database.execute("begin")  # one picture of both
            same = _stamp(database, "runs") == stamp
            rows = database.execute(_PAGE_OF + where + _NEWEST, (low, *last, *listed)).fetchall()
            database.execute("commit")
            return [_run(row) for row in rows] if same else None

        return self.database.take(step)

    def not_started(self, place: Place) -> list[KeptRun]:
        """The runs of a place that do not tell when they started."""
        where, listed = _where(place)
        return [_run(row) for row in self._all(f"{_RUNS} where started is null{where}", *listed)]

    def live(self, place: Place, since: float | None, until: float) -> list[tuple[float, int]]:
        """When each run that had not ended started, newest first, and how many are younger."""
        where, listed = _where(place)
        low = -math.inf if since is None else since
        rows = self._all(_LIVE + where + " order by started desc", low, until, *listed)
        return [(start, self.count(place, start, until)) for (start,) in rows]

    def count(self, place: Place, since: float | None, until: float) -> int:
        """How many runs of a place started from *since* on, before *until*."""
        where, listed = _where(place)
        low = -math.inf if since is None else since
        return int(self._all(_COUNT + where, low, until, *listed)[0][0])

    def forget_run(self, number: str) -> None:
        """Forget a run that the service no longer knows."""
        self._all("delete from runs where id = ?", number)

    def spans(self, places: Iterable[str]) -> tuple[list[Span], Stamp]:
        """What is known of a place, newest first, by all the names in *places*; and the stamp."""
        names = list(places)

        def step(database: sqlite3.Connection) -> tuple[list[Span], Stamp]:
            database.execute("begin")
            found = [each for name in names for each in _spans(database, name)]
            stamp = _stamp(database, "runs")
            database.execute("commit")
            return joined(found), stamp

        return self.database.take(step)

    def put_spans(self, place: str, spans: Iterable[Span], stamp: Stamp) -> None:
        """Keep what else is known, unless runs were forgotten since *stamp*."""
        new = list(spans)

        def step(database: sqlite3.Connection) -> None:
            database.execute("begin immediate")
            if _stamp(database, "runs") == stamp:
                every = joined([*_spans(database, place), *new])[:_MOST_SPANS]
                body = json.dumps([asdict(each) for each in every])
                database.execute("insert or replace into spans values (?, ?)", (place, body))
            database.execute("commit")

        self.database.take(step)

    def stamp(self, kind: Kind) -> Stamp:
        """Another one once answers of that kind were forgotten, by whichever process."""
        return self.database.take(lambda database: _stamp(database, kind))

    def drop(self, kind: Kind) -> int:
        """Forget all answers of that kind; gives their number."""

        def step(database: sqlite3.Connection) -> int:
            database.execute("begin immediate")
            gone = database.execute("delete from answers where kind = ?", (kind,)).rowcount
            if kind == "runs":
                gone += database.execute("delete from runs").rowcount
                database.execute("delete from spans")
            database.execute(_DROPPED, (kind,))
            database.execute("commit")
            return gone

        return self.database.take(step)

    def info(self) -> list[KindInfo]:
        """What is kept, a line for each kind of which there is something."""
        return [KindInfo(*row) for row in self._all(_INFO)]

    def trim(self, most_bytes: int) -> int:
        """Forget the oldest, an eighth at a time, while more is kept; gives their number."""

        def step(database: sqlite3.Connection) -> int:
            gone = 0
            while _used(database) > most_bytes:
                database.execute("begin immediate")
                eighth = database.execute(_EIGHTH).fetchone()
                answers = database.execute("delete from answers where fetched <= ?", eighth or (0,))
                runs = database.execute("delete from runs where fetched <= ?", eighth or (0,))
                if runs.rowcount > 0:
                    database.execute("delete from spans")
                    database.execute(_DROPPED, ("runs",))
                database.execute("commit")
                gone += answers.rowcount + runs.rowcount
                if not eighth:
                    break  # what is left is the pace of calls
            return gone

        return self.database.take(step)

    def _all(self, sql: str, *asked: Any) -> list[Any]:
        return self.database.take(lambda database: database.execute(sql, asked).fetchall())


_RUNS = "select id, environment, chain, started, ended, fetched, body from runs"
_PAGE_OF = f"{_RUNS} where started >= ? and (started, id) < (?, ?)"
_NEWEST = " order by started desc, id desc limit 500"
_LIVE = "select started from runs where not ended and started >= ? and started < ?"
_COUNT = "select count(*) from runs where started >= ? and started < ?"
_MOST_SPANS = 32  # of a place; each is a hole more
_AHEAD = 60.0  # seconds; what came later than that is of a clock that was set back
_GET = "select kind, body, fetched, lasting, whole from answers where key = ?"
_PUT = "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)"
_PUT_RUN = """
insert into runs values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
    environment = excluded.environment, chain = excluded.chain, started = excluded.started,
    ended = excluded.ended, fetched = excluded.fetched, size = excluded.size, body = excluded.body
    where excluded.ended >= runs.ended
"""
_STAMP = "select number from drops where kind in ('file', ?) order by kind = 'file' desc"
_DROPPED = """
insert into drops values (?, 1) on conflict (kind) do update set number = number + 1
"""
_INFO = """
select kind, count(*), sum(size), min(fetched), max(fetched) from everything group by kind
"""
_EIGHTH = """
select fetched from everything order by fetched
    limit 1 offset (select count(*) / 8 from everything)
"""


def _stamp(database: sqlite3.Connection, kind: Kind) -> Stamp:
    rows = database.execute(_STAMP, (kind,)).fetchall()
    return rows[0][0], rows[1][0] if len(rows) > 1 else 0


def _spans(database: sqlite3.Connection, place: str) -> list[Span]:
    row = database.execute("select body from spans where place = ?", (place,)).fetchone()
    return [Span(**each) for each in json.loads(row[0])] if row else []


def _where(place: Place) -> tuple[str, list[str]]:
    column, ids = place
    listed = sorted(ids) if column else []
    return f" and {column} in ({', '.join('?' * len(listed))})" if column else "", listed


def _run(row: Any) -> KeptRun:
    return KeptRun(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6])


def _used(database: sqlite3.Connection) -> int:
    """The bytes of the pages that hold something."""
    (size,), (pages,), (free,) = (
        database.execute(f"pragma {name}").fetchone()
        for name in ("page_size", "page_count", "freelist_count")
    )
    return int(size * (pages - free))
