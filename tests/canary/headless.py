"""Where nobody sits before a front end: the ways to carry out lines there, and what is seen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbclient import NotebookClient

from tests.magics.kernel.running import NAME, PATIENCE, Place

__all__ = ["WAYS", "Seen", "nbclient", "papermill"]

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_LOAD = "%load_ext onecloud_magic"


class Seen(NamedTuple):
    """What came of lines.

    Attributes:
        shown: all words that somebody gets to see.
        failed: whether the program, or the notebook, has failed.
    """

    shown: str
    failed: bool

    def lines(self, error: str) -> list[str]:
        """The line that names the *error*, and the one behind it."""
        [*_, found] = re.finditer(rf"^{error}: .+\n.+", self.shown, re.MULTILINE)
        return found[0].splitlines()


def _notebook(place: Place, *cells: str) -> Path:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(each) for each in cells]
    made.metadata.kernelspec = {"name": NAME, "display_name": NAME, "language": "python"}
    before = place.root / "before.ipynb"
    nbformat.write(made, before)
    return before


def _seen(notebook: Any) -> Seen:
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", ())]
    errors = [each for each in outputs if each.output_type == "error"]
    told = ["\n".join(each.traceback) for each in errors]
    told += [each.text for each in outputs if each.output_type == "stream"]
    told += [each.data.get("text/plain", "") for each in outputs if "data" in each]
    return Seen(_ESCAPES.sub("", "\n".join(told)) + "\n", bool(errors))


def nbclient(place: Place, *cells: str) -> Seen:
    """Execute a notebook with nbclient, whatever fails, and keep it with its widgets."""
    notebook = nbformat.read(_notebook(place, *cells), 4)
    client = NotebookClient(
        notebook,
        km=place.async_manager(),
        kernel_name=NAME,
        timeout=int(PATIENCE),
        allow_errors=True,
        resources={"metadata": {"path": str(place.root)}},
    )
    client.execute(env=place.env)
    nbformat.write(notebook, place.root / "nbclient.ipynb")
    return _seen(notebook)


def papermill(place: Place, *cells: str) -> Seen:
    """Execute a notebook with papermill, as a scheduler does."""
    before, after = _notebook(place, *cells), place.root / "papermill.ipynb"
    words = ["-m", "papermill", "-k", NAME, "--log-output", "--log-level", "DEBUG"]
    ended = _program(place, *words, str(before), str(after))
    (place.root / "papermill.log").write_text(ended.shown, encoding="utf-8")
    seen = _seen(nbformat.read(after, 4))
    assert seen.failed == ended.failed, ended.shown
    return seen


def _ipython(place: Place, *lines: str) -> Seen:
    code = "\n".join(lines)
    return _program(place, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", code)


def _python(place: Place, *lines: str) -> Seen:
    program = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance(colors='NoColor')\n"
        f"sys.exit(not all([shell.run_cell(each).success for each in {list(lines)!r}]))"
    )
    return _program(place, "-c", program)


def _module(place: Place, *lines: str) -> Seen:
    """The lines as commands in a shell, of which the last one counts."""
    for line in lines:
        if line != _LOAD:
            seen = _program(place, "-m", "onecloud_magic", *line.split()[1:])
    # The one word that differs is what is typed there.
    return seen._replace(shown=seen.shown.replace("python -m onecloud_magic", "%onecloud"))


def _program(place: Place, *words: str) -> Seen:
    ended = subprocess.run(  # noqa: S603  # our own Python, with words of ours
        [sys.executable, *words],
        env={**place.env, "PYTHONUTF8": "1"},
        cwd=place.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    return Seen(_ESCAPES.sub("", ended.stdout), ended.returncode != 0)


WAYS: dict[str, Callable[..., Seen]] = {
    "nbclient": nbclient,
    "papermill": papermill,
    "ipython": _ipython,
    "python -c": _python,
    "python -m": _module,
}
