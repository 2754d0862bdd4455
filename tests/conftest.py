"""What tests of every room share: a clock that can be moved, and programs that must be there."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No test fails for being slow, and none by a chance that the next run would not have.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

NOW = 1_790_000_000.0  # 2026-09-21, a Monday, 14:13:20 UTC


class Clock:
    """A clock for tests: it stands still until somebody moves it."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        with self._lock:  # threads that sleep together wake together, and nobody turns it back
            self.now = max(self.now, until)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have each worker begin with its part of what takes long, so that none is left with all of it.

    Each is given an equal stretch of this list, and takes more from the ends of the others'.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    kinds: dict[str, list[pytest.Item]] = {"browser": [], "process": [], "": []}
    for item in items:
        marked = (mark for mark in ("browser", "process") if item.get_closest_marker(mark))
        kinds[next(marked, "")].append(item)
    items[:] = [
        item
        for part in range(workers)
        for kind in kinds.values()
        for item in kind[len(kind) * part // workers : len(kind) * (part + 1) // workers]
    ]


def need(*programs: str) -> str:
    """Find one of these, else skip the test and say why; with `REQUIRE_ALL=1` fail instead."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        missing = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        missing(f"{' or '.join(programs)} is not installed")
    return found


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """No test leaves connections open: with a thousand of them `select` fails for the others."""
    yield
    line = sys.modules.get("onecloud_magic.account.line")
    for each in list(line._lines.values()) if line is not None else []:
        each.transport.close()
    files = sys.modules.get("onecloud_magic.account.files")
    if files is not None:
        files.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of an ordinary user, as whom the test goes on: root may write everywhere."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such users")
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)
