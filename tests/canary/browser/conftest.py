"""Front ends as in `tests.browser`; each service is one that the tests hold by its handles."""

from __future__ import annotations

from tests.browser.conftest import (
    desk,
    lab,
    notebook7,
    open_in,
    pytest_runtest_makereport,
    voila,
)

__all__ = ["desk", "lab", "notebook7", "open_in", "pytest_runtest_makereport", "voila"]
