"""Answers that are kept in a file, as several kernels have it open."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from onecloud_magic.api import TABLES, Answers, Shelf
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InFile

ROWS = [{"id": "1", "name": "é", "schedules": [{"key": "k"}]}]


def on_disk(folder: Path, clock: Callable[[], float] = time.time) -> Answers:
    """The answers of an account, as a kernel of its own sees them."""
    home = Home(folder / "home")
    answers = Answers(clock=clock)
    return answers.keep_in(Shelf(InFile(home, home.answers("me"), TABLES, answers.heard)))
