"""Notebooks as files: written before a front end opens them, read after it saved them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import v4

from ..magics.kernel.running import NAME


@dataclass(frozen=True)
class Notebook:
    """A notebook in a folder of its own; what its kernel writes lies beside it.

    Attributes:
        file: where it is.
        path: what a front end calls it.
        size: how many cells it has.
    """

    file: Path
    path: str
    size: int

    @classmethod
    def written(cls, root: Path, *cells: str) -> Notebook:
        """Write code cells into a new folder below *root*."""
        folder = root / secrets.token_hex(4)
        folder.mkdir()
        file = folder / "notebook.ipynb"
        spec = {"name": NAME, "display_name": NAME, "language": "python"}
        made = v4.new_notebook(
            cells=[v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": spec}
        )
        file.write_text(json.dumps(made), encoding="utf-8")
        return cls(file, file.relative_to(root).as_posix(), len(cells))

    @property
    def text(self) -> str:
        """The file as it stands on the disk."""
        return self.file.read_text(encoding="utf-8")

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.text)
        return content
