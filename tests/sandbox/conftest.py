import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import Placed, one_chain
from .serving import COMMAND, Serving

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


@pytest.fixture
def serve() -> Iterator[Callable[..., Serving]]:
    """Start the command with these options, and wait until it has told how to reach it."""
    with ExitStack() as stack:

        def started(*options: str) -> Serving:
            process = stack.enter_context(
                subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)  # noqa: S603 - every word is ours
            )
            stack.callback(process.kill)
            assert process.stdout
            return Serving(process, "".join(islice(process.stdout, 7)))

        yield started
