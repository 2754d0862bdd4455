"""Execute a notebook against the embedded service, and say what it did and what it found.

    python notebooks/demo.py

No account is touched: the kernel gets a home of its own, and none of the caller's settings.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
SECONDS_A_CELL = 120
HEADING = re.compile(r"^#+ (.+)", re.MULTILINE)
MAGIC = re.compile(r"^(?:\w+ = )?%\w.*", re.MULTILINE)

# The page of nbconvert less the scripts that it would fetch: it can be read offline, too.
PAGE = """{% extends "lab/index.html.j2" %}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
"""


def main(words: Sequence[str] | None = None) -> int:
    """Execute the notebook and write what comes of it; gives the exit code."""
    asked = _parser().parse_args(words)
    notebook = nbformat.read(asked.notebook, as_version=4)
    print(f"Executing {_shown(asked.notebook)} against the embedded service:")
    try:
        execute(notebook)
    except (CellControlSignal, DeadKernelError) as error:
        print(f"\n{strip_ansi(str(error)).strip()}", file=sys.stderr)
        return 1
    print("\nIt found:", *finding(notebook), sep="\n  ")
    print("\nThe executed notebook, and its page:")
    for path in write(notebook, asked.folder / asked.notebook.name):
        print(f"  {_shown(path)}")
    return 0


def execute(notebook: NotebookNode) -> None:
    """Execute all cells in place, in a kernel of this Python."""
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(
            kernel_name="python3",
            # The kernels that are installed for the user may be of another Python.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        ),
        timeout=SECONDS_A_CELL,
        on_cell_start=_say,
        # It would warn that what it says is not encrypted; it does not leave this machine.
        extra_arguments=["--log-level=ERROR"],
    )
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        client.execute(cleanup_kc=True, env=_environment(home), cwd=home)


def finding(notebook: NotebookNode) -> list[str]:
    """What the last cell of code printed, line by line."""
    *_, last = (cell for cell in notebook.cells if cell.cell_type == "code")
    return "".join(each.get("text", "") for each in last.outputs).splitlines()


def write(notebook: NotebookNode, path: Path) -> tuple[Path, Path]:
    """Write the notebook to *path*, and its page beside it; gives both paths."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    page = path.with_suffix(".html")
    exporter = HTMLExporter(raw_template=PAGE)
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    page.write_text(html, encoding="utf-8")
    return path, page


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=HERE.parent / "build",
        help="where the executed notebook and its page go (default: build)",
    )
    parser.add_argument(
        "--notebook",
        type=Path,
        default=HERE / "01_quickstart.ipynb",
        help="what is executed (default: the quickstart)",
    )
    return parser


def _environment(home: str) -> dict[str, str]:
    """The caller's environment less the settings of ours, with *home* to write to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONECLOUD_")}
    return {**kept, "ONECLOUD_HOME": home, "IPYTHONDIR": home}


def _say(cell: NotebookNode, cell_index: int) -> None:
    """Print what a cell is about, or the magics that it types."""
    pattern, indent = (MAGIC, "    ") if cell.cell_type == "code" else (HEADING, "\n  ")
    for line in pattern.findall(cell.source):
        print(f"{indent}{line}", flush=True)


def _shown(path: Path) -> str:
    """The path as seen from here, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


if __name__ == "__main__":
    sys.exit(main())
