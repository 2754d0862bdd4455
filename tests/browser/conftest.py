"""Front ends in a browser, as tests use them. What is done and seen there is in `front_end`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect

from onecloud_magic.sandbox import Sandbox

from ..conftest import need
from ..magics.kernel.running import PATIENCE
from .axe import Axe, fetched
from .browsing import browsing
from .desk import Desk, Kind, Opens
from .front_end import FrontEnd
from .lab import Lab, Notebook7
from .serving import serving
from .voila import Voila


# For this folder only: while Playwright runs, asyncio cannot be used in the same thread.
@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A service that a notebook may ask."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server and a browser that the tests of this folder share."""
    # The same without a window of its own, which nobody would see and every page would pay for.
    chromium = need("chromium-headless-shell", "chromium")
    root = tmp_path_factory.mktemp("desk")
    expect.set_options(timeout=PATIENCE * 1000)
    with serving(root) as server, browsing(chromium, root) as browser:
        yield Desk(server, browser)


@pytest.fixture
def open_in(desk: Desk, tmp_path: Path) -> Iterator[Opens]:
    """Open a notebook with these cells in a front end of this kind."""
    with ExitStack() as open_ones:

        def opened(kind: Kind, *cells: str) -> FrontEnd:
            return open_ones.enter_context(desk.opened(kind, *cells, pictures=tmp_path))

        yield opened


@pytest.fixture
def lab(open_in: Opens) -> Opens:
    """Open a notebook with these cells in JupyterLab."""
    return partial(open_in, Lab)


@pytest.fixture
def notebook7(open_in: Opens) -> Opens:
    """Open a notebook with these cells in Notebook 7."""
    return partial(open_in, Notebook7)


@pytest.fixture
def voila(open_in: Opens) -> Opens:
    """Open a notebook with these cells in Voilà."""
    return partial(open_in, Voila)


@pytest.fixture(params=[Lab, Notebook7, Voila])
def front_end(request: pytest.FixtureRequest, open_in: Opens) -> Opens:
    """Open a notebook with these cells; the test is run in each of the three."""
    return partial(open_in, request.param)


@pytest.fixture(params=[Lab, Notebook7])
def saving_front_end(request: pytest.FixtureRequest, open_in: Opens) -> Opens:
    """The same for what has to do with code and files, which Voilà does not show."""
    return partial(open_in, request.param)


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> Axe:
    """Kept from one run to the next, as it comes from a network."""
    return Axe(fetched(Path(pytestconfig.cache.mkdir("axe"))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say in the report of a failed test where the pictures of its pages are."""
    report = yield
    desk = item.funcargs.get("desk")
    if report.failed and call.when == "call" and isinstance(desk, Desk):
        pictures = [f"screenshot: {each}" for each in desk.photograph()]
        report.sections.append(("browser", "\n".join(pictures)))
    return report
