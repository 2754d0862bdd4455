"""`%onecloud doctor` on what is around a session: host, clock, quota, folder and front end."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import pytest

from onecloud_magic import OneCloud, __version__
from onecloud_magic.magics.doctor import examine
from onecloud_magic.sandbox import Sandbox, faults
from tests.account.conftest import PLENTY
from tests.conftest import Clock

from .examined import Says, examined, told
from .shell import Shell

PACKAGES = ("ipython", "ipykernel", "ipywidgets", "pandas", "requests", "traitlets")
SITE = Path(pytest.__file__).parents[1]


# ---- host, clock, quota


@pytest.mark.parametrize("apart", [0, 60, -60])
def test_a_clock_that_is_a_minute_apart_agrees_with_that_of_the_service(
    apart: int, shell: Shell, clock: Clock
) -> None:
    assert clock_told(apart, shell, clock) == [("ok", "agrees with the clock of the service", "")]


@pytest.mark.parametrize(
    ("apart", "words"),
    [(61, "61 s behind"), (-61, "61 s ahead of"), (-86_400, "86,400 s ahead of")],
)
def test_a_clock_that_is_further_apart_is_wrong(
    apart: int, words: str, shell: Shell, clock: Clock
) -> None:
    hint = "Set the clock: it decides when tokens are renewed."

    says = [("wrong", f"{words} the clock of the service", hint)]
    assert clock_told(apart, shell, clock) == says


def clock_told(apart: int, shell: Shell, clock: Clock) -> list[Says]:
    """What is told where the service's clock is ahead by these seconds."""
    with Sandbox(clock=lambda: clock() + apart, token_ttl=PLENTY) as sandbox:
        OneCloud(base_url=sandbox.url).login(**sandbox.credentials)
        return examined(shell, "clock")


def test_where_the_service_tells_no_time_it_is_not_compared(
    sandbox: Sandbox, shell: Shell, clock: Clock
) -> None:
    sandbox.faults.add(faults.header_missing("Date"))
    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)

    frame = shell.run("%onecloud doctor")

    words = "not compared: the service has told no time"
    assert told(frame, "clock") == [("look", words, "")]
    assert told(frame, "host")[0][0] == "ok"


def test_where_nothing_was_asked_neither_clock_nor_quota_is_known(shell: Shell) -> None:
    frame = shell.run("%onecloud doctor")

    assert told(frame, "clock")[0][:2] == ("look", "not compared: the service has told no time")
    assert told(frame, "quota") == [("look", "not told yet", "")]


def test_the_host_is_well_where_it_answers(signed_in: Shell) -> None:
    words = "answered at 2026-09-21 14:13:20 UTC: 3 workspaces"

    assert examined(signed_in, "host") == [("ok", words, "")]


@pytest.mark.parametrize(
    ("daily", "state", "hint"),
    [
        (5_000, "ok", ""),
        (4_999, "look", "Other tools use the same quota; it is counted over 24 hours."),
    ],
)
def test_a_quota_is_low_below_a_tenth(
    daily: int, state: str, hint: str, signed_in: Shell, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=7, daily=daily))

    words = f"7 left in 20 s, {daily:,} in 24 h"
    assert examined(signed_in, "quota") == [(state, words, hint)]


def test_a_service_that_tells_no_quota_is_to_be_looked_at(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.header_missing("oc-api-daily-remaining"))

    assert examined(signed_in, "quota") == [("look", "not told yet", "")]


# ---- settings, home


def test_settings_that_cannot_be_are_all_that_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_TIMEOUT", "soon")

    frame = shell.run("%onecloud doctor")

    [(state, words, hint)] = told(frame, "settings")
    assert state == "wrong"
    assert words == "UsageError: The setting ONECLOUD_TIMEOUT cannot be 'soon'."
    assert hint
    assert len(frame) == 1


def test_a_home_that_is_named_is_told_as_such(shell: Shell) -> None:
    assert examined(shell, "home") == [("ok", "~, named by ONECLOUD_HOME", "")]


@pytest.mark.skipif(os.name == "nt", reason="Windows asks no variables for it")
def test_a_home_that_is_not_named_is_the_usual_one(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONECLOUD_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "own" / "state"))

    frame = shell.run("%onecloud doctor")

    assert told(frame, "home") == [("ok", "~, the usual place", "")]
    assert str(tmp_path / "own") in frame.to_csv()
    assert not (tmp_path / "own").exists()


def test_a_home_that_is_a_file_is_named_with_what_to_set(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path / "file"))

    words = "~ is no folder that can be written to"
    hint = "Set ONECLOUD_HOME to a folder of yours."
    assert examined(shell, "home") == [("wrong", words, hint)]


@pytest.fixture
def loaded(shell: Shell) -> None:
    """Everything that it needs was imported: an ordinary user may not see where that lies."""
    shell.run("%onecloud doctor")


def test_a_home_that_an_ordinary_user_may_not_see_is_told(
    loaded: None, ordinary_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = ordinary_user / "closed"
    (closed / "home" / "profiles" / "default").mkdir(parents=True)
    monkeypatch.setenv("ONECLOUD_HOME", str(closed / "home"))
    closed.chmod(0)

    frame = examine()
    closed.chmod(0o700)

    for check in ("home", "store", "lock"):
        [(state, words, _)] = told(frame, check)
        assert state == "wrong"
        assert "Permission denied" in words or "no folder that can be written to" in words


# ---- front end, versions


def test_it_says_which_versions_are_at_work(shell: Shell) -> None:
    pytest.importorskip("ipykernel")
    words = f"onecloud-magic {__version__}, Python {platform.python_version()}, {sys.platform}"

    frame = shell.run("%onecloud doctor")

    assert told(frame, "versions") == [("ok", words, "")]
    found = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    assert told(frame, "packages") == [("ok", found, "")]


@pytest.fixture
def without_ipywidgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same packages but for one, as far as an installation can be told from its folders."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    for each in SITE.iterdir():
        if not each.name.startswith("ipywidgets"):
            (folder / each.name).symlink_to(each)
    paths = [str(folder) if Path(each) == SITE else each for each in sys.path]
    monkeypatch.setattr(sys, "path", paths)


@pytest.mark.skipif(os.name == "nt", reason="Windows makes no such links")
def test_a_package_that_is_not_installed_is_told(without_ipywidgets: None, shell: Shell) -> None:
    pytest.importorskip("ipykernel")
    [(state, words, _)] = examined(shell, "packages")

    assert state == "ok"
    assert ", ipywidgets not installed, pandas " in words
    assert words.count("not installed") == 1


def test_where_nobody_sits_there_the_variable_is_named(shell: Shell) -> None:
    words = "InteractiveShell, nobody can be asked"
    hint = "login takes the token from ONECLOUD_ACCESS_TOKEN here."

    assert examined(shell, "front end") == [("look", words, hint)]


def terminal_pair() -> tuple[int, int]:
    if sys.platform == "win32":
        raise NotImplementedError
    return os.openpty()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no terminals of this kind")
def test_at_a_terminal_somebody_can_be_asked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    above, below = terminal_pair()
    with os.fdopen(below) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        says = examined(shell, "front end")
    os.close(above)

    assert says == [("ok", "InteractiveShell, can be asked", "")]


def test_without_ipython_it_looks_all_the_same(home: Path) -> None:
    frame = examine()

    assert told(frame, "front end")[0][1] == "no IPython, nobody can be asked"
    assert told(frame, "session")
