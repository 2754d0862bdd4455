"""Kernels that tests share where they do not change them, and a service that these may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from onecloud_magic.sandbox import Sandbox

from .commands import PLENTY
from .running import Kernel, Place, running

NewPlace = Callable[..., Place]
NewKernel = Callable[..., Kernel]


@pytest.fixture(scope="session")
def service() -> Iterator[Sandbox]:
    """A sandbox in the process of the tests: kernels know it by its address only."""
    with Sandbox(token_ttl=PLENTY, burst_limit=PLENTY, daily_limit=PLENTY) as sandbox:
        yield sandbox


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A sandbox of the test's own."""
    with Sandbox() as box:
        yield box


@pytest.fixture
def new_place(tmp_path: Path) -> NewPlace:
    """Make folders of the test's own; keywords are environment variables."""

    def made(**variables: str) -> Place:
        return Place.made(tmp_path, **variables)

    return made


@pytest.fixture
def new_kernel(new_place: NewPlace) -> Iterator[NewKernel]:
    """Start a kernel that is the test's own; keywords are environment variables."""
    with ExitStack() as running_ones:

        def started(**variables: str) -> Kernel:
            return running_ones.enter_context(running(new_place(**variables)))

        yield started


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel with `%onecloud` and its embedded service, shared by tests that only look."""
    with running(Place.made(tmp_path_factory.mktemp("kernel"))) as kernel:
        for line in ("%load_ext onecloud_magic", "%onecloud sandbox"):
            kernel.run(line).succeeded()
        yield kernel
