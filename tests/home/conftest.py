"""A home, and a file in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from onecloud_magic.home import Home

OLD = memoryview(b"old")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def path(home: Home) -> Path:
    """A file of ours that holds OLD."""
    path = home.record("default")
    home.replace(path, OLD)
    return path
