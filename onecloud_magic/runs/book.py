"""The file that the ledger of starts is kept in: opened, changed as one step, synced."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudError
from ..home import Home
from .entries import COLUMNS, Entry
from .notices import say
from .target import Target

if TYPE_CHECKING:
    import sqlite3

__all__ = ["GONE", "Book", "Page"]

GONE = "The start is not in the ledger any more."

_TABLES = (
    "create table if not exists starts (id integer primary key, account text not null, "
    "chain_id text not null, chain text, environment_id text not null, environment text, "
    "inputs text not null, step text not null, process text not null, asked_at real not null, "
    "sent_at real, served_at real, lost_at real, before text, run_id text, "
    "adopted integer, state text, ended integer, start_at real, end_at real, usual real, "
    "batch text, place integer)",
    "create unique index if not exists runs on starts (account, run_id)",
    "create index if not exists batches on starts (account, batch)",
    "create index if not exists chains on starts (account, chain_id)",
    "create table if not exists users (account text primary key, id text, name text)",
    "create table if not exists salts (salt blob)",
    "create table if not exists many (account text not null, rows text not null, "
    "number integer not null, begun_at real not null, ended_at real, "
    "primary key (account, rows, number))",
    "create table if not exists shared (account text not null, batch text not null, "
    "place integer not null, start integer not null, primary key (account, batch, place))",
)
_SELECT = f"select {', '.join(COLUMNS)} from starts where account = ?"  # noqa: S608  # our names
_HINT = "See that the folder is yours and has room, or name another one in ONECLOUD_HOME."


@dataclass(frozen=True)
class Page:
    """The open file, as one step sees it: the starts of one account."""

    file: sqlite3.Connection
    account: str

    def entries(self, where: str = "", *values: Any) -> list[Entry]:
        """The starts that fit *where*."""
        rows = self.file.execute(f"{_SELECT} {where}", (self.account, *values))
        return [Entry.from_row(row) for row in rows]

    def add(self, **values: Any) -> Entry:
        """Write a new start."""
        known = {"account": self.account, **values}
        names, marks = ", ".join(known), ", ".join("?" * len(known))
        made = self.file.execute(
            f"insert into starts ({names}) values ({marks})",  # noqa: S608  # names of ours
            tuple(known.values()),
        )
        return self.entries("and id = ?", made.lastrowid)[0]

    def change(self, number: int, **values: Any) -> None:
        """Write what is new of a start; raises where it is not there any more."""
        setting = ", ".join(f"{name} = ?" for name in values)
        asked = f"update starts set {setting} where id = ?"  # noqa: S608  # names of ours
        if self.file.execute(asked, (*values.values(), number)).rowcount != 1:
            raise OneCloudError(GONE)

    def like(self, target: Target, inputs: str | None = None) -> list[Entry]:
        """The starts of that chain and environment, of these *inputs* or of any; newest first."""
        place = (target.chain_id, target.environment_id)
        where, values = "and chain_id = ? and environment_id = ?", [*place, *filter(None, [inputs])]
        where += "" if inputs is None else " and inputs = ?"
        return self.entries(f"{where} order by id desc", *values)

    def of_batch(self, batch: str, place: int | None = None) -> list[Entry]:
        """The starts that the rows of a batch have, or that one *place* has; their own last."""
        row, values = "batch = ?", [batch, *([] if place is None else [place])]
        row += "" if place is None else " and place = ?"
        asked = f"select start, place from shared where account = ? and {row}"  # noqa: S608  # ours
        places = dict(self.file.execute(asked, (self.account, *values)).fetchall())
        known = f"and id in ({', '.join('?' * len(places))})"
        shared = [
            replace(each, batch=batch, place=places[each.id])
            for each in self.entries(known, *places)
        ]
        return [*shared, *self.entries(f"and {row} order by place, id", *values)]

    def share(self, batch: str, place: int, entry: Entry) -> None:
        """Let a row of a batch have a start that was made outside of it."""
        asked = "insert or replace into shared values (?, ?, ?, ?)"
        self.file.execute(asked, (self.account, batch, place, entry.id))

    def batch(self, rows: str) -> tuple[int, float, float | None] | None:
        """The last batch of those *rows*: its number, when it was begun, and when it ended."""
        asked = (
            "select number, begun_at, ended_at from many where account = ? and rows = ? "
            "order by number desc"
        )
        found = self.file.execute(asked, (self.account, rows)).fetchone()
        return None if found is None else (found[0], found[1], found[2])

    def salt(self) -> bytes:
        """What the fingerprints of this file are made with."""
        found = self.file.execute("select salt from salts").fetchone()
        if found is None:
            found = (secrets.token_bytes(16),)
            self.file.execute("insert into salts values (?)", found)
        return bytes(found[0])


class Book:
    """The ledger's file, as far as one account goes.

    It is opened anew for each step: a fork, or a file that was moved away, is no matter.
    """

    def __init__(self, home: Home, account: str) -> None:
        self.path = home.starts
        self._home, self._account = home, account

    @contextmanager
    def writing(self, failed: str) -> Iterator[Page]:
        """Change it alone; at the end all of it is on the disk, or nothing.

        Raises:
            OneCloudError: it cannot be written; the message begins with *failed*.
        """
        with self._opened(failed) as page:
            page.file.execute("begin immediate")
            try:
                yield page
                page.file.execute("commit")
            except BaseException:
                with suppress(Exception):
                    if page.file.in_transaction:
                        page.file.execute("rollback")
                raise

    @contextmanager
    def reading(self) -> Iterator[Page | None]:
        """Look into it; None where nothing was ever written."""
        if not self.path.exists():
            yield None
            return
        with self._opened("The ledger of starts cannot be read") as page:
            yield page

    @contextmanager
    def _opened(self, failed: str) -> Iterator[Page]:
        import sqlite3

        said: list[str] = []
        why = ""
        try:
            with closing(self._home.database(self.path, said.append, whole=True)) as file:
                file.execute("pragma synchronous=full")
                for table in _TABLES:
                    file.execute(table)
                for words in said:
                    say(f"{words} Earlier starts are not known.")
                yield Page(file, self._account)
        except sqlite3.Error as error:
            why = f"{failed}: {error} ({os.fspath(self.path)})."
        except OneCloudError as error:
            why = f"{failed}: {error}"
        if why:
            raise OneCloudError(why, _HINT)
