"""Where answers lie: rows of SQLite, in the file of an account or in memory.

Ended runs lie one by one, with what they are found by; all other answers under the question that
they answer. A span says of a place that all its ended runs between two moments lie here.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ..home.sharing import Database
from .operations import Kind

__all__ = ["TABLES", "Kept", "KeptRun", "KindInfo", "Shelf", "Span"]

TABLES = """
create table if not exists answers (
    key text primary key, kind text not null, fetched real not null, lasting integer not null,
    whole integer not null, size integer not null, body text not null);
create table if not exists runs (
    id text primary key, environment text not null, chain text not null, started real,
    ended integer not null, fetched real not null, size integer not null, body text not null);
create index if not exists runs_by_start on runs (started);
create table if not exists spans (place text primary key, body text not null) without rowid;
create view if not exists everything as
    select kind, size, fetched from answers union all select 'runs', size, fetched from runs;
create table if not exists drops (kind text primary key, number integer not null) without rowid;
"""


@dataclass(frozen=True)
class Kept:
    """An answer that was kept.

    Attributes:
        fetched_at: when it came, in seconds since 1970.
        lasting: whether it will never change.
        whole: False where something was left out of it.
    """

    kind: Kind
    text: str
    fetched_at: float
    lasting: bool = False
    whole: bool = True

    @property
    def data(self) -> Any:
        """The answer, read anew each time."""
        return json.loads(self.text)


@dataclass(frozen=True)
class KeptRun:
    """A run as it was answered, and what it is found by; *started* is None where it is not told."""

    id: str
    environment: str
    chain: str
    started: float | None
    ended: bool
    fetched_at: float
    text: str


@dataclass(frozen=True)
class Span:
    """What is known of the runs of a place: all that started after *since* and before *until*.

    Attributes:
        since: None where nothing is older.
        until: what is as young, or younger, has to be asked for.
        fetched_at: when it was last looked.
    """

    since: float | None
    until: float
    fetched_at: float


@dataclass(frozen=True)
class KindInfo:
    """What is kept of one kind."""

    kind: Kind
    entries: int
    size_bytes: int
    oldest_at: float
    newest_at: float


class Shelf:
    """The rows; every step may raise `Unusable`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, key: str) -> Kept | None:
        row = self._one(_GET, key)
        return Kept(row[0], row[1], row[2], bool(row[3]), bool(row[4])) if row else None

    def put(self, key: str, kept: Kept) -> None:
        row = (key, kept.kind, kept.fetched_at, kept.lasting, kept.whole, len(kept.text), kept.text)
        self.database.take(lambda database: database.execute(_PUT, row))

    def put_runs(self, runs: Iterable[KeptRun]) -> None:
        """Keep runs; one that has ended is never followed by an older picture of it."""
        rows = [
            (
                *(run.id, run.environment, run.chain, run.started, run.ended, run.fetched_at),
                *(len(run.text), run.text),
            )
            for run in runs
        ]

        def step(database: sqlite3.Connection) -> None:
            database.execute("begin immediate")
            database.executemany(_PUT_RUN, rows)
            database.execute("commit")

        self.database.take(step)

    def runs(
        self,
        column: str,
        ids: Iterable[str],
        since: float | None,
        until: float,
        after: KeptRun | None = None,
    ) -> list[KeptRun]:
        """A page of runs, newest first, that started between two moments, neither included.

        They are those of the places *ids*, or all without a *column* (`environment` or `chain`),
        and come after the run *after*, the last of the page before.
        """
        place, listed = _place(column, ids)
        last = (after.started, after.id) if after else (until, "")
        low = -math.inf if since is None else since
        return [_run(row) for row in self._all(_PAGE_OF + place + _NEWEST, low, *last, *listed)]

    def not_started(self, column: str, ids: Iterable[str]) -> list[KeptRun]:
        """The runs that do not tell when they started."""
        place, listed = _place(column, ids)
        return [_run(row) for row in self._all(f"{_RUNS} where started is null{place}", *listed)]

    def live(
        self, column: str, ids: Iterable[str], since: float | None, until: float
    ) -> list[tuple[float, int]]:
        """When each run that had not ended started, newest first, and how many are younger."""
        place, listed = _place(column, ids)
        low = -math.inf if since is None else since
        rows = self._all(_LIVE + place + " order by started desc", low, until, *listed)
        return [(start, self._one(_YOUNGER + place, start, until, *listed)[0]) for (start,) in rows]

    def span(self, place: str) -> Span | None:
        row = self._one("select body from spans where place = ?", place)
        return Span(**json.loads(row[0])) if row else None

    def put_span(self, place: str, span: Span, drops: int) -> None:
        """Keep a span, unless runs were forgotten since *drops* was their number."""
        body = json.dumps(asdict(span))

        def step(database: sqlite3.Connection) -> None:
            database.execute("begin immediate")
            now = database.execute(_DROPS, ("runs",)).fetchone()
            if (now[0] if now else 0) == drops:
                database.execute("insert or replace into spans values (?, ?)", (place, body))
            database.execute("commit")

        self.database.take(step)

    def drops(self, kind: Kind) -> int:
        """How often answers of that kind were forgotten, by whichever process."""
        row = self._one(_DROPS, kind)
        return int(row[0]) if row else 0

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

    def _one(self, sql: str, *asked: Any) -> Any:
        return self.database.take(lambda database: database.execute(sql, asked).fetchone())

    def _all(self, sql: str, *asked: Any) -> list[Any]:
        return self.database.take(lambda database: database.execute(sql, asked).fetchall())


_RUNS = "select id, environment, chain, started, ended, fetched, body from runs"
_PAGE_OF = f"{_RUNS} where started > ? and (started, id) < (?, ?)"
_NEWEST = " order by started desc, id desc limit 500"
_LIVE = "select started from runs where not ended and started > ? and started < ?"
_YOUNGER = "select count(*) from runs where started > ? and started < ?"
_GET = "select kind, body, fetched, lasting, whole from answers where key = ?"
_PUT = "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)"
_PUT_RUN = """
insert into runs values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
    environment = excluded.environment, chain = excluded.chain, started = excluded.started,
    ended = excluded.ended, fetched = excluded.fetched, size = excluded.size, body = excluded.body
    where excluded.ended >= runs.ended
"""
_DROPS = "select number from drops where kind = ?"
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


def _place(column: str, ids: Iterable[str]) -> tuple[str, list[str]]:
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
