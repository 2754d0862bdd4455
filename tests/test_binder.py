"""Binder: what `binder/` pins is what the package needs, and the quickstart runs on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
BINDER, ENVIRONMENT = ROOT / "binder", ROOT / ".venv-binder"
PINS = [Requirement(line) for line in (BINDER / "requirements.txt").read_text().splitlines()]


def needed() -> list[str]:
    """What the package needs to show its notebooks: its dependencies, and those of the demo."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["demo"]]


def pinned(name: str) -> str:
    """The version that is pinned for a project."""
    [pin] = [each for each in PINS if canonicalize_name(each.name) == canonicalize_name(name)]
    [specifier] = pin.specifier
    return specifier.version


# ---- what is written


@pytest.mark.parametrize("pin", PINS, ids=str)
def test_a_requirement_is_pinned_exactly(pin: Requirement) -> None:
    operators = [specifier.operator for specifier in pin.specifier]

    assert operators == ["=="]
    assert "*" not in str(pin.specifier)
    assert (pin.url, pin.extras, pin.marker) == (None, set(), None)


@pytest.mark.parametrize("line", needed())
def test_a_dependency_is_pinned_to_a_version_that_it_allows(line: str) -> None:
    dependency = Requirement(line)

    assert dependency.specifier.contains(pinned(dependency.name))


def test_the_notebooks_open_in_jupyterlab() -> None:
    assert pinned("jupyterlab")


def test_the_python_is_the_one_that_the_tests_run_on() -> None:
    named = (BINDER / "runtime.txt").read_text().strip()

    assert named == "python-{}.{}".format(*sys.version_info)


def test_what_is_run_after_installing_can_be_run() -> None:
    assert os.access(BINDER / "postBuild", os.X_OK)


# ---- what is installed


@pytest.fixture
def python() -> Path:
    """The Python of the environment that is built from these files."""
    if not (ENVIRONMENT / "ready").exists():
        missing = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        missing("make binder builds its environment")
    return ENVIRONMENT / "bin" / "python"


def ran(python: Path, folder: Path, *words: str) -> str:
    """What a program printed that ran in *folder*, for a user who has nothing else."""
    home = folder / "home"
    home.mkdir()
    done = subprocess.run(  # noqa: S603 - every word of the command is ours
        [python, *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "ONECLOUD_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.process
def test_the_package_is_installed_there_and_not_only_lying_beside(
    python: Path, tmp_path: Path
) -> None:
    place = ran(python, tmp_path, "-c", "import onecloud_magic as m; print(m.__file__)")

    assert Path(place.strip()).is_relative_to(ENVIRONMENT)


@pytest.mark.process
def test_the_quickstart_runs_there(python: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "notebooks" / "01_quickstart.ipynb", tmp_path)

    ran(
        *(python, tmp_path, "-m", "nbconvert", "--to", "notebook", "--execute"),
        *("--output", "executed", "01_quickstart.ipynb"),
    )

    executed = json.loads((tmp_path / "executed.ipynb").read_text(encoding="utf-8"))
    assert "failed most" in executed["cells"][-1]["outputs"][0]["text"][0]
