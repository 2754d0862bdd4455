"""Answers that are kept in a file, as several kernels have it open."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.api import TABLES, Answers, Shelf
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InFile


class Disk:
    """Where SQLite writes; once it is *full*, it says so in those words."""

    full = False

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
        disk, plain = self, sqlite3.connect

        class Filling(sqlite3.Connection):
            def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
                if disk.full and sql.startswith("insert"):
                    raise sqlite3.OperationalError(words)
                return super().execute(sql, *more)

        def connect(path: Any, **settings: Any) -> sqlite3.Connection:
            kind = sqlite3.Connection if path == ":memory:" else Filling
            return plain(path, factory=kind, **settings)

        monkeypatch.setattr(sqlite3, "connect", connect)


ROWS = [{"id": "1", "name": "é", "schedules": [{"key": "k"}]}]


def on_disk(folder: Path, clock: Callable[[], float] = time.time) -> Answers:
    """The answers of an account, as a kernel of its own sees them."""
    home = Home(folder / "home")
    answers = Answers(clock=clock)
    return answers.keep_in(Shelf(InFile(home, home.answers("me"), TABLES, answers.heard)))
