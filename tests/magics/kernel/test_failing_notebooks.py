"""A command that fails, fails its notebook: in nbclient and papermill, in our own words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill  # type: ignore[import-untyped]  # papermill's
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter, MarkdownExporter

from onecloud_magic.sandbox import Sandbox

from .conftest import NewPlace
from .expected import FAILURES, PREPARE, Failure
from .running import NAME, PATIENCE, Place

pytestmark = pytest.mark.process

RunCell = Callable[[str], Any]
REJECTED = "The service does not take the access token"


def notebook(*cells: str) -> Any:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(each) for each in cells]
    made.metadata.kernelspec = {"name": NAME, "display_name": NAME, "language": "python"}
    return made


def executor(place: Place, *cells: str) -> NotebookClient:
    return NotebookClient(
        notebook(*cells), km=place.async_manager(), kernel_name=NAME, timeout=int(PATIENCE)
    )


def errors_in(cell: Any) -> list[Any]:
    return [each for each in cell.get("outputs", ()) if each.output_type == "error"]


@pytest.fixture(scope="module")
def run_cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunCell]:
    """Execute one more cell of a notebook that nbclient runs; gives the cell with its outputs."""
    place = Place.made(tmp_path_factory.mktemp("nbclient"))
    client = executor(place)

    def executed(source: str) -> Any:
        cell = nbformat.v4.new_code_cell(source)
        client.nb.cells[:] = [cell]
        return client.execute_cell(cell, 0)

    with client.setup_kernel(env=place.env):
        yield executed


@pytest.fixture(scope="module")
def port(run_cell: RunCell) -> str:
    """The port of a service that has ended; a session at it is there."""
    cells = [run_cell(each) for each in PREPARE]
    return str(cells[-1].outputs[0].data["text/plain"])


# ---- nbclient


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: each.name + each.line[-5:])
def test_a_failing_command_fails_its_cell_in_two_lines(
    run_cell: RunCell, port: str, failure: Failure
) -> None:
    with pytest.raises(CellExecutionError) as told:
        run_cell(failure.line)

    assert (told.value.ename, told.value.evalue) == (failure.name, failure.message(port))
    assert "\n".join(["", *failure.lines(port), ""]) in told.value.traceback
    assert "Traceback" not in told.value.traceback


def test_the_notebook_ends_at_the_cell_that_failed(new_place: NewPlace) -> None:
    place = new_place()
    client = executor(place, "%load_ext onecloud_magic", "df = %onecloud chains", "print(df)")

    with pytest.raises(CellExecutionError):
        client.execute(env=place.env)

    loaded, failed, after = client.nb.cells
    assert (loaded.outputs, after.outputs, after.execution_count) == ([], [], None)
    [error] = errors_in(failed)
    assert error.ename == "NotSignedIn"
    assert error.evalue == "Not signed in at https://api.onecloud.io."
    assert len(error.traceback) == 2


def test_a_token_that_the_service_does_not_take_fails_the_cell(
    new_place: NewPlace, service: Sandbox
) -> None:
    place = new_place(ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN="not-a-token")  # noqa: S106 - no token indeed
    client = executor(place, "%load_ext onecloud_magic", "%onecloud login", "%onecloud chains")
    client.allow_errors = True

    client.execute(env=place.env)

    for cell in client.nb.cells[1:]:
        [error] = errors_in(cell)
        assert error.ename == "SessionRejected"
        assert 2 <= len("\n".join(error.traceback).splitlines()) <= 3
        assert "not-a-token" not in str(cell.outputs)


def test_verbose_shows_the_way_to_the_error_with_the_hint_at_its_end(
    run_cell: RunCell, port: str
) -> None:
    run_cell("%xmode Verbose")
    try:
        with pytest.raises(CellExecutionError) as told:
            run_cell(FAILURES[0].line)
    finally:
        run_cell("%xmode Context")

    assert (told.value.ename, told.value.evalue) == (FAILURES[0].name, FAILURES[0].says)
    assert "onecloud_magic/magics/line.py" in told.value.traceback.replace("\\", "/")
    assert f"\n{FAILURES[0].hint}\n" in told.value.traceback


def test_an_error_can_be_caught_by_its_name(run_cell: RunCell, port: str) -> None:
    cell = run_cell(
        "from onecloud_magic.errors import NotSignedIn\n"
        "try:\n"
        "    df = %onecloud chains -p nobody\n"
        "except NotSignedIn as error:\n"
        "    print(error.hint)"
    )

    assert cell.outputs[0].text == f"{FAILURES[3].hint}\n"


def test_a_notebook_that_failed_can_be_made_a_page(new_place: NewPlace) -> None:
    place = new_place()
    client = executor(place, *PREPARE[:2], FAILURES[0].line)
    client.allow_errors = True
    client.execute(env=place.env)

    for exporter in (HTMLExporter, MarkdownExporter):
        page, _ = exporter().from_notebook_node(client.nb)

        text = page.replace("&#39;", "'")
        assert "SANDBOX" in text
        assert all(line in text for line in FAILURES[0].lines(""))


# ---- papermill


@contextmanager
def stored(place: Place, *cells: str) -> Iterator[tuple[Path, Path]]:
    before, after = place.root / "before.ipynb", place.root / "after.ipynb"
    nbformat.write(notebook(*cells), before)
    yield before, after


def test_papermill_raises_our_error_and_keeps_it_in_the_notebook(
    new_place: NewPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_place()
    for name in set(os.environ) - set(place.env):
        monkeypatch.delenv(name)
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)

    with (
        stored(place, PREPARE[0], FAILURES[3].line, "1 + 1") as (before, after),
        pytest.raises(papermill.PapermillExecutionError) as told,
    ):
        papermill.execute_notebook(before, after, kernel_name=NAME, progress_bar=False)

    assert (told.value.ename, told.value.evalue) == (FAILURES[3].name, FAILURES[3].says)
    cells = nbformat.read(after, 4).cells
    [error] = [each for cell in cells for each in errors_in(cell)]
    assert list(error.traceback) == FAILURES[3].lines("")
    assert "1 + 1" in cells[-1].source
    assert cells[-1].execution_count is None


def test_papermill_in_a_shell_ends_with_an_exit_code_and_our_words(
    new_place: NewPlace, service: Sandbox
) -> None:
    place = new_place(ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN="not-a-token")  # noqa: S106 - no token indeed

    with stored(place, PREPARE[0], "df = %onecloud chains") as (before, after):
        ended = subprocess.run(  # noqa: S603 - every word of the command is ours
            [sys.executable, "-m", "papermill", "-k", NAME, str(before), str(after)],
            env=place.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    assert ended.returncode != 0
    assert re.search(r"^SessionRejected: .+", ended.stderr, re.MULTILINE)
    assert "not-a-token" not in ended.stderr + after.read_text("utf-8")
