"""What surrounds the tests does not reach a notebook, and a notebook reaches nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Error

from .browsing import new_page
from .desk import Desk, Kind, Opens
from .lab import Lab
from .serving import environment
from .voila import Voila

pytestmark = pytest.mark.browser

FOREIGN = ("CI", "HTTPS_PROXY", "no_proxy", "ONECLOUD_ACCESS_TOKEN", "JUPYTER_PREFER_ENV_PATH")
TELL = """
import json, os
print(json.dumps({name: os.environ.get(name) for name in ("HOME", "ONECLOUD_HOME", "IPYTHONDIR")}))
"""


def test_the_server_is_started_without_what_surrounds_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FOREIGN:
        monkeypatch.setenv(name, "foreign")

    env = environment(tmp_path, "0123")

    assert not set(env) & set(FOREIGN)
    assert "0123" in env["JUPYTER_TOKEN"]


@pytest.mark.parametrize("kind", [Lab, Voila])
def test_each_notebook_has_a_home_of_its_own(open_in: Opens, desk: Desk, kind: Kind) -> None:
    notebook = open_in(kind, TELL)

    notebook.run()

    notebook.shows("ONECLOUD_HOME")
    told = json.loads(notebook.text(0))
    assert Path(told.pop("ONECLOUD_HOME")) == notebook.notebook.file.parent / "onecloud"
    assert all(Path(each).is_relative_to(desk.server.root.parent) for each in told.values())


@pytest.mark.parametrize("address", ["http://example.com/", "http://192.0.2.1/"])
def test_the_browser_finds_nothing_but_loopback(desk: Desk, address: str) -> None:
    page = new_page(desk.browser).page

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(address)

    page.close()
