"""A sandbox that the test may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.account.conftest import PLENTY
from tests.conftest import Clock


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    """One that starts what it is told."""
    with Sandbox(clock=clock, token_ttl=PLENTY, burst_limit=PLENTY) as sandbox:
        yield sandbox
