from collections.abc import Iterator

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import Placed, one_chain

NO_LIMIT = 10**9


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def company() -> Iterator[Sandbox]:
    """A sandbox whose clock stands still, to look at; nobody changes anything in it."""
    with Sandbox(clock=Clock(), burst_limit=NO_LIMIT, daily_limit=NO_LIMIT) as sandbox:
        yield sandbox


@pytest.fixture
def chain(sandbox: Sandbox) -> Placed:
    """A chain that may run several times at once."""
    return one_chain(sandbox, lambda it: it["concurrency_enabled"] and not it["disabled"])
