"""What is broken fails a test: the harness looks at more than it is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from .desk import Desk, Kind, Opens
from .lab import Lab, Notebook7
from .voila import Voila

pytestmark = pytest.mark.browser

IDLE_BUTTON = """
import ipywidgets
ipywidgets.VBox([ipywidgets.Button(description="Count"), ipywidgets.Label("clicked 0 times")])
"""
NO_SUCH_VIEW = """
import ipywidgets, traitlets
class Broken(ipywidgets.DOMWidget):
    _view_module = traitlets.Unicode("@jupyter-widgets/controls").tag(sync=True)
    _view_module_version = traitlets.Unicode("2.0.0").tag(sync=True)
    _view_name = traitlets.Unicode("NoSuchView").tag(sync=True)
Broken()
"""
NO_SUCH_MODEL = """
from IPython.display import display
view = {"model_id": "0", "version_major": 2, "version_minor": 0}
display({"application/vnd.jupyter.widget-view+json": view}, raw=True)
"""
SCRIPT = "from IPython.display import Javascript; Javascript('{}')"
THROWS = SCRIPT.format('setTimeout(() => { throw Error("not caught"); })')
LOGS = SCRIPT.format('console.error("not well")')


def test_a_button_that_does_nothing_is_found_out(lab: Opens) -> None:
    notebook = lab(IDLE_BUTTON)
    notebook.run()

    notebook.press("Count")

    with pytest.raises(AssertionError, match="clicked 1 times"):
        notebook.shows("clicked 1 times", patience=0.5)


@pytest.mark.parametrize(
    ("kind", "cell", "why"),
    [
        (Lab, NO_SUCH_VIEW, "NoSuchView"),
        (Notebook7, NO_SUCH_VIEW, "NoSuchView"),
        (Voila, NO_SUCH_VIEW, "NoSuchView"),
        (Voila, NO_SUCH_MODEL, "Loading widget"),
        (Voila, THROWS, "thrown: not caught"),
        (Voila, LOGS, "logged: not well"),
    ],
    ids=["view-lab", "view-notebook7", "view-voila", "model", "thrown", "logged"],
)
def test_a_page_in_trouble_fails_the_test_that_opened_it(
    desk: Desk, tmp_path: Path, kind: Kind, cell: str, why: str
) -> None:
    opened = desk.opened(kind, cell, pictures=tmp_path, patience=1)

    with pytest.raises(AssertionError, match=why) as found, opened as notebook:
        notebook.run()

    assert str(tmp_path / "trouble.png") in str(found.value)
    assert (tmp_path / "trouble.png").exists()
    assert not desk.in_use
    assert not desk.server.ask("kernels")


def test_a_failed_test_tells_where_its_screenshot_is(
    voila: Opens, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    notebook, item = voila("'hello'"), request.node
    notebook.run()
    failed = pytest.CallInfo.from_call(lambda: notebook.shows("goodbye", patience=0.2), "call")

    report = item.ihook.pytest_runtest_makereport(item=item, call=failed)

    [picture] = tmp_path.glob("*.png")
    assert report.failed
    assert str(picture) in str(report.sections)
