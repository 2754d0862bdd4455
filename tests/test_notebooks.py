"""The notebooks run as they are stored, and `notebooks/demo.py` shows what comes of it."""

from __future__ import annotations

import html
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from onecloud_magic.sandbox import vocabulary

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
DEMO, NOTEBOOKS = FOLDER / "demo.py", sorted(FOLDER.glob("*.ipynb"))
CHAINS = {name for names in vocabulary.CHAINS.values() for name in names}

pytestmark = pytest.mark.process
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def execute(monkeypatch: pytest.MonkeyPatch) -> Callable[[NotebookNode], list[str]]:
    """Executes a notebook as the demo does, and gives what its last cell printed."""
    monkeypatch.delenv("CI", raising=False)
    demo = runpy.run_path(str(DEMO))

    def executed(notebook: NotebookNode) -> list[str]:
        demo["execute"](notebook)
        found: list[str] = demo["finding"](notebook)
        return found

    return executed


def read(path: Path) -> NotebookNode:
    import nbformat  # the narrow run has none

    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(notebook: NotebookNode) -> list[str]:
    """What the cells printed."""
    return [output.get("text", "") for cell in code(notebook) for output in cell.outputs]


# ---- as they are stored


@each_notebook
def test_a_notebook_is_stored_without_what_came_of_it(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))

    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert {cell["execution_count"] for cell in cells} == {None}
    assert not any(cell["outputs"] for cell in cells)
    assert not any(cell["metadata"] for cell in notebook["cells"])


@each_notebook
def test_a_notebook_is_for_any_python_3_and_its_cells_have_names(path: Path) -> None:
    notebook = read(path)

    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(re.fullmatch("[a-z]+", cell.id) for cell in notebook.cells)


@each_notebook
def test_no_finding_is_written_into_a_notebook(path: Path) -> None:
    sources = "\n".join(cell.source for cell in read(path).cells)
    # Who starts a chain names it.
    sources = re.sub(r'(%onecloud run|start_many\()\s*".*?"', "", sources)

    assert not [name for name in CHAINS if name in sources]


# ---- run


@each_notebook
def test_a_notebook_runs_from_top_to_bottom_and_finds_something(
    path: Path, execute: Callable[[NotebookNode], list[str]]
) -> None:
    notebook = read(path)

    found = execute(notebook)

    assert [name for name in CHAINS if name in found[0]]
    assert re.search(r"\d", found[0])
    assert all(cell.execution_count for cell in code(notebook))
    assert not [text for text in said(notebook) if "Warning" in text]


# Where chains are started something has happened.
@pytest.mark.parametrize("path", NOTEBOOKS[:2], ids=lambda path: path.stem)
def test_a_notebook_also_runs_where_nothing_has_happened(
    path: Path, execute: Callable[[NotebookNode], list[str]]
) -> None:
    notebook = read(path)
    for cell in code(notebook):
        cell.source = re.sub(r'--since ".*?"( --until ".*?")?', '--since "1 second"', cell.source)

    found = execute(notebook)

    assert found
    assert not [name for name in CHAINS if name in " ".join(found)]


# ---- the demo


def demo(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - every word of the command is ours
        [sys.executable, DEMO, *words],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


class Shown(NamedTuple):
    """What the demo printed and left, and the home of who called it."""

    done: subprocess.CompletedProcess[str]
    notebook: Path
    page: Path
    home: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo, called by somebody who has an account."""
    folder = tmp_path_factory.mktemp("demo")
    account = {
        "ONECLOUD_HOME": str(folder / "home"),
        "ONECLOUD_BASE_URL": "https://elsewhere.invalid",
        "ONECLOUD_ACCESS_TOKEN": "a-token-of-the-caller",
        "ONECLOUD_WORKSPACE": "No such workspace",
    }
    written = folder / "written" / "01_quickstart"
    return Shown(
        demo(written.parent, **account),
        written.with_suffix(".ipynb"),
        written.with_suffix(".html"),
        folder / "home",
    )


def test_the_demo_says_what_it_did_and_what_it_found(shown: Shown) -> None:
    assert (shown.done.returncode, shown.done.stderr) == (0, "")
    assert '%onecloud runs --state failed --since "7 days"' in shown.done.stdout
    [found] = re.findall(r"It found:\n  (.+)", shown.done.stdout)
    assert found in said(read(shown.notebook))[-1]


def test_the_demo_leaves_the_executed_notebook_and_its_page_and_says_where(shown: Shown) -> None:
    lines = [line.strip() for line in shown.done.stdout.splitlines()]

    assert lines[-2:] == [str(shown.notebook), str(shown.page)]
    page = html.unescape(shown.page.read_text(encoding="utf-8"))
    assert said(read(shown.notebook))[-1].strip() in page


def test_the_page_of_the_demo_asks_nobody_for_anything(shown: Shown) -> None:
    page = shown.page.read_text(encoding="utf-8")

    assert "<img" in page
    assert not re.findall(r"<(?:script|link|iframe)\b", page)
    assert not re.findall(r"""(?:src|@import|url)\s*[=(]?\s*["']?(?:https?:)?//""", page)


def test_the_demo_touches_no_account_of_the_caller(shown: Shown) -> None:
    assert not shown.home.exists()
    assert "elsewhere.invalid" not in shown.notebook.read_text(encoding="utf-8")


def test_a_cell_that_fails_fails_the_demo_with_the_words_of_the_error(tmp_path: Path) -> None:
    broken = json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))
    broken["cells"][-1]["source"] = ["%onecloud chanis"]
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(broken), encoding="utf-8")

    done = demo(tmp_path / "written", "--notebook", path)

    assert done.returncode == 1
    assert "%onecloud chanis\n" in done.stderr
    assert done.stderr.endswith(
        "UsageError: There is no command 'chanis'.\nDid you mean %onecloud chains?\n"
    )
    assert not (tmp_path / "written").exists()
