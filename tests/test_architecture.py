"""The house: which room may import which. The table is the design's, held against the imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "onecloud_magic"
NAME = PACKAGE.name

BELOW_ACCOUNT = {"errors", "home", "api", "credentials", "frames", "show", "runs"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "onlookers": set(),
    "home": {"errors"},
    "api": {"errors", "home"},
    "credentials": {"errors", "home", "api"},
    "frames": {"errors"},
    "show": {"errors"},
    "runs": BELOW_ACCOUNT - {"runs"},
    "account": BELOW_ACCOUNT | {"onlookers"},
    "widgets": (BELOW_ACCOUNT | {"account"}) - {"api"},  # widgets watch the account, never call
    "magics": BELOW_ACCOUNT | {"onlookers", "account", "widgets", "sandbox"},
    "sandbox": set(),
    "__main__": {"magics"},
    "__init__": {"errors", "account", "magics"},
}
NEVER: dict[str, set[str]] = {
    "errors": {"IPython", "traitlets", "pandas", "requests", "ipywidgets"},
    "api": {"IPython", "traitlets", "pandas", "ipywidgets"},
    "frames": {"requests", "urllib3", "http", "IPython", "ipywidgets"},
    "credentials": {"IPython", "pandas", "ipywidgets"},
}


def imported(code: str, package: tuple[str, ...]) -> Iterator[str]:
    """Every module that *code* imports, by its full name, wherever in the code it does so."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(file: Path) -> list[str]:
    package = (NAME, *file.relative_to(PACKAGE).parent.parts)
    return list(imported(file.read_text(encoding="utf-8"), package))


def room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_among(names: Iterable[str]) -> set[str]:
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == NAME and len(part) > 1}


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_file_stands_in_a_room_of_the_table() -> None:
    strangers = {room(file) for file in FILES} - set(MAY_IMPORT)

    assert not strangers


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_between_rooms_run_one_way(file: Path) -> None:
    existing = {room(each) for each in FILES}

    crossed = (rooms_among(imports_of(file)) & existing) - {room(file)}

    assert crossed <= MAY_IMPORT[room(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_room_does_not_see_what_is_not_its_business(file: Path) -> None:
    seen = {name.split(".")[0] for name in imports_of(file)}

    assert not seen & NEVER.get(room(file), set())


@pytest.mark.parametrize("file", sorted((PACKAGE / "sandbox").rglob("*.py")), ids=lambda f: f.name)
def test_the_sandbox_needs_the_standard_library_alone(file: Path) -> None:
    seen = {name.split(".")[0] for name in imports_of(file)} - {NAME}

    assert seen <= sys.stdlib_module_names


def test_an_import_written_in_any_form_is_seen() -> None:
    code = "from ..api import wire\nfrom .. import frames\nimport onecloud_magic.runs as r\n"
    code += "def late():\n    from onecloud_magic.magics import parser\n"

    seen = rooms_among(imported(code, (NAME, "show")))

    assert seen == {"api", "frames", "runs", "magics"}
