"""Services with a clock of their own, and the secrets that they know and do not know."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock
from tests.magics.kernel.running import Place

from .canaries import Canaries
from .eye import Sight

if sys.platform == "win32":
    collect_ignore_glob = ["test_[!e]*.py"]  # terminals and /proc are looked at

LIFE = 3600.0  # seconds that an access token lives
PLENTY = 10**6


@pytest.fixture
def clock() -> Clock:
    """The clock of the service; its clients go by the real one."""
    return Clock(time.time())


@pytest.fixture
def service(clock: Clock) -> Iterator[Sandbox]:
    """A service that takes a token used twice for theft."""
    with Sandbox(
        clock=clock, token_ttl=LIFE, reuse="revoke", burst_limit=PLENTY, daily_limit=PLENTY
    ) as service:
        yield service


@pytest.fixture
def canaries(service: Sandbox) -> Canaries:
    return Canaries(service)


@pytest.fixture
def place(tmp_path: Path, service: Sandbox) -> Place:
    """Folders in which everything is searched in the end."""
    made = Place.made(
        tmp_path,
        ONECLOUD_BASE_URL=service.url,
        ONECLOUD_BURST_LIMIT=str(PLENTY),
        TMPDIR=str(tmp_path),
    )
    kept = {name: value for name, value in made.env.items() if not name.lower().endswith("_proxy")}
    return made._replace(env=kept)


def stores(profile: str = "default") -> set[str]:
    """Where the session of that profile may be seen."""
    return {f"onecloud/profiles/{profile}/record.json"}


def places(sights: list[Sight]) -> set[str]:
    return {each.where for each in sights}
