"""Loading and unloading: once each of everything, and nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import onecloud_magic
from onecloud_magic import OneCloud
from onecloud_magic.account import profiles
from onecloud_magic.magics import accounts
from onecloud_magic.magics.complete import matcher
from onecloud_magic.sandbox import Sandbox

from .conftest import NewShell
from .shell import Shell


def there(shell: Shell) -> dict[str, Any]:
    """What of ours is in the shell."""
    ipython = shell.ipython
    configurables = Counter(each.__class__.__name__ for each in ipython.configurables)
    return {
        "magics": [
            kind for kind, known in ipython.magics_manager.magics.items() if "onecloud" in known
        ],
        "matchers": ipython.Completer.custom_matchers.count(matcher),
        "configurables": configurables["OneCloud"],
    }


ONCE = {"magics": ["line", "cell"], "matchers": 1, "configurables": 1}
NOTHING = {"magics": [], "matchers": 0, "configurables": 0}


def ours(shell: Shell) -> list[object]:
    """What is of a class of ours among the things that %config finds."""
    kept = [*shell.ipython.configurables, *shell.ipython.Completer.custom_matchers]
    return [each for each in kept if type(each).__module__.startswith("onecloud_magic")]


def test_loading_makes_one_of_each(shell: Shell) -> None:
    assert there(shell) == ONCE


@pytest.mark.parametrize(
    "lines",
    [
        ["load_ext"],
        ["reload_ext"],
        ["reload_ext", "reload_ext"],
        ["unload_ext", "load_ext"],
        ["unload_ext", "load_ext", "unload_ext", "load_ext"],
    ],
)
def test_however_often_it_is_loaded_there_is_one_of_each(shell: Shell, lines: list[str]) -> None:
    for line in lines:
        shell.run(f"%{line} onecloud_magic")

    assert there(shell) == ONCE
    assert shell.run("%onecloud help")


def test_loading_by_the_hook_twice_makes_one_of_each(shell: Shell) -> None:
    onecloud_magic.load_ipython_extension(shell.ipython)

    assert there(shell) == ONCE


def test_unloading_leaves_nothing_of_a_shell_that_was_not_used(shell: Shell) -> None:
    shell.run("%unload_ext onecloud_magic")

    assert there(shell) == NOTHING
    assert not ours(shell)


def test_unloading_leaves_what_the_user_made(signed_in: Shell) -> None:
    signed_in.run("from onecloud_magic import OneCloud\nmine = OneCloud()")

    signed_in.run("%unload_ext onecloud_magic")

    assert signed_in.names["mine"].session.state == "active"
    assert ours(signed_in) == [signed_in.names["mine"]]


def test_unloading_leaves_nothing_of_accounts_and_sandbox(
    signed_in: Shell, home: Path, account: OneCloud
) -> None:
    signed_in.run("%onecloud workspaces;")
    signed_in.run("%onecloud status -p other;")
    host = signed_in.run("%onecloud sandbox").session.host
    box = accounts._sandboxes[0]
    assert (home / "profiles" / "sandbox" / "record.json").exists()

    signed_in.run("%unload_ext onecloud_magic")

    assert there(signed_in) == NOTHING
    assert not ours(signed_in)
    assert not (home / "profiles" / "sandbox" / "record.json").exists()
    assert profiles.current() == "default"
    assert not box._thread.is_alive()
    assert OneCloud("sandbox").session.host != host
    assert account.session.state == "active"


def test_what_was_chosen_is_gone_with_it(signed_in: Shell) -> None:
    signed_in.run("%onecloud use elsewhere")
    signed_in.run("%onecloud use default -w 'Finance Close' -e Production")

    signed_in.run("%unload_ext onecloud_magic")

    account = OneCloud()
    assert (account.profile, account.workspace, account.environment) == ("default", "", "")


def test_what_was_loaded_again_works_as_at_first(signed_in: Shell, sandbox: Sandbox) -> None:
    signed_in.run("%onecloud sandbox")
    signed_in.run("%unload_ext onecloud_magic")
    signed_in.run("%load_ext onecloud_magic")

    assert signed_in.run("%onecloud").session.profile == "default"
    assert len(signed_in.run("%onecloud workspaces")) == 3
    assert signed_in.run("%onecloud sandbox").session.state == "active"


def test_other_magics_and_matchers_are_left_alone(new_shell: NewShell) -> None:
    shell = new_shell()
    magics = {kind: set(known) for kind, known in shell.ipython.magics_manager.magics.items()}
    matchers = list(shell.ipython.Completer.custom_matchers)
    configurables = list(shell.ipython.configurables)

    onecloud_magic.load_ipython_extension(shell.ipython)
    onecloud_magic.unload_ipython_extension(shell.ipython)

    assert magics == {
        kind: set(known) for kind, known in shell.ipython.magics_manager.magics.items()
    }
    assert matchers == shell.ipython.Completer.custom_matchers
    assert configurables == shell.ipython.configurables


def test_a_lazy_magic_loads_itself(new_shell: NewShell) -> None:
    shell = new_shell(MagicsManager={"lazy_magics": {"onecloud": "onecloud_magic"}})

    text = shell.run("%onecloud help")

    assert "chains" in text
    assert there(shell) == ONCE


LOADED = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(config=None)
before = set(sys.modules)
shell.run_line_magic("load_ext", "onecloud_magic")
assert "onecloud" in shell.magics_manager.magics["line"]
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.process
def test_loading_imports_nothing_heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))

    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    imported = {name.partition(".")[0] for name in done.stdout.split()}
    assert "onecloud_magic" in imported
    assert not imported & {
        "pandas",
        "numpy",
        "requests",
        "urllib3",
        "ipywidgets",
        "htpy",
        "sqlite3",
    }
