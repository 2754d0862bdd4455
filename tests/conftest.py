"""What tests of every room share: a clock that can be moved, and programs that must be there."""

import os
import shutil

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

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def need(program: str) -> str:
    """Find a program, else skip the test and say why; with `REQUIRE_ALL=1` fail instead."""
    found = shutil.which(program)
    if found is None:
        missing = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        missing(f"{program} is not installed")
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()
