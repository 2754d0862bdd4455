"""What a home does not trust: folders of others, links, files that cannot be understood."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from onecloud_magic.errors import OneCloudError
from onecloud_magic.home import Home

from .conftest import OLD

if sys.platform == "win32":
    pytest.skip("modes, owners and links are tried on POSIX", allow_module_level=True)

NEW = memoryview(b"new")
FOLDERS = ["", "profiles", "profiles/default"]


def writes(home: Home) -> list[Callable[[Path], object]]:
    return [lambda path: home.replace(path, NEW), lambda path: home.write_at(path, b"new", 0)]


# ---- folders


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_can_write_to_is_refused(
    home: Home, path: Path, folder: str, mode: int
) -> None:
    (home.root / folder).chmod(mode)

    for act in writes(home):
        with pytest.raises(OneCloudError, match="written to by others") as caught:
            act(path)
        assert "chmod 700" in str(caught.value)

    assert path.read_bytes() == OLD


def test_nothing_is_read_from_a_folder_that_others_can_write_to(home: Home, path: Path) -> None:
    path.parent.chmod(0o777)

    with pytest.raises(OneCloudError, match="written to by others"):
        home.read(path)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711])
def test_a_folder_that_others_can_only_look_into_will_do(home: Home, path: Path, mode: int) -> None:
    path.parent.chmod(mode)

    home.replace(path, NEW)

    assert home.read(path) == NEW


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_of_another_user_is_refused(
    home: Home, path: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(home.root / folder, 65534, 65534)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    for act in writes(home):
        with pytest.raises(OneCloudError, match="belongs to another user"):
            act(path)

    assert path.read_bytes() == OLD


def test_nothing_is_read_from_a_folder_of_another_user(
    home: Home, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(OneCloudError, match="belongs to another user"):
        home.read(path)


@pytest.mark.parametrize("step", ["record", "journal", "lock"])
def test_an_ordinary_user_cannot_read_what_is_anothers(ordinary_user: Path, step: str) -> None:
    if os.geteuid() == os.getuid():
        pytest.skip("there is one user only: run as root, this changes to another one")
    home = Home(ordinary_user / "home")
    path: Path = getattr(home, step)("default")
    home.write_at(path, b"old", 0)
    owner = os.geteuid()

    os.seteuid(0)
    os.seteuid(65533)
    try:
        with pytest.raises(PermissionError):
            path.read_bytes()
        with pytest.raises(OneCloudError, match="Permission denied"):
            home.read(path)
    finally:
        os.seteuid(0)
        os.seteuid(owner)


# ---- writing into a file


def test_what_was_written_on_is_read(home: Home) -> None:
    path = home.journal("default")

    home.write_at(path, b"one", 0, room=100)
    home.write_at(path, b"two", 3)

    data = home.read(path)
    assert data is not None
    assert bytes(data) == b"onetwo" + bytes(94)


@pytest.mark.parametrize("linked", ["profiles/default/journal", "profiles/default", "profiles"])
def test_a_link_is_not_written_through(home: Home, tmp_path: Path, linked: str) -> None:
    path = home.journal("default")
    home.write_at(path, b"old", 0)
    link, victim = home.root / linked, tmp_path / "victim"
    link.rename(victim)
    link.symlink_to(victim)

    with pytest.raises(OneCloudError, match="symlink"):
        home.write_at(path, b"new", 0)
    with pytest.raises(OneCloudError, match="symlink"):
        home.set_aside(path)

    assert path.read_bytes() == b"old"


def test_a_link_that_appears_at_the_last_moment_is_not_followed(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, path = tmp_path / "victim", home.journal("default")
    victim.write_bytes(b"precious")
    home.write_at(path, b"old", 0)
    path.unlink()
    path.symlink_to(victim)
    monkeypatch.setattr(Home, "_refuse_symlinks", lambda home, path: None)

    for act in (lambda path: home.write_at(path, b"new", 0), home.read):
        with pytest.raises(OneCloudError, match=os.strerror(errno.ELOOP)):
            act(path)

    assert victim.read_bytes() == b"precious"


# ---- setting aside


def test_what_is_set_aside_keeps_its_bytes_for_its_owner_alone(home: Home, path: Path) -> None:
    path.chmod(0o644)

    kept = home.set_aside(path)

    assert kept is not None
    assert kept.parent == path.parent
    assert kept.name.startswith("record.json.damaged-")
    assert kept.read_bytes() == OLD
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert home.read(path) is None


def test_each_has_a_name_of_its_own(home: Home, path: Path) -> None:
    first = home.set_aside(path)
    home.replace(path, NEW)
    second = home.set_aside(path)

    assert first != second
    assert first is not None
    assert first.read_bytes() == OLD


def test_what_another_has_set_aside_is_left_to_it(home: Home, path: Path) -> None:
    home.remove(path)

    assert home.set_aside(path) is None
    assert list(path.parent.iterdir()) == []


@pytest.mark.process
def test_of_processes_that_set_the_same_file_aside_at_once_one_does(home: Home, path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from onecloud_magic.home import Home\n"
        "home = Home(Path(sys.argv[1])); path = home.record('default')\n"
        "print('ready', flush=True); input()\n"
        "print(home.set_aside(path) is not None)\n"
    )
    each = [
        subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-c", code, str(home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [one.stdout.readline() for one in each if one.stdout] == ["ready\n"] * 4

    for one in each:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    told = sorted(one.communicate()[0].strip() for one in each)

    assert told == ["False", "False", "False", "True"]
    (kept,) = path.parent.iterdir()
    assert kept.read_bytes() == OLD


# ---- leftovers


def test_drafts_that_a_crash_has_left_are_swept_and_nothing_else(home: Home, path: Path) -> None:
    left, young = path.parent / ".record.json.abc", path.parent / ".record.json.def"
    others = [path, path.parent / ".pending.json.abc", path.parent / "record.json.damaged-abc"]
    for each in (left, young, *others):
        each.write_bytes(OLD)
    os.utime(left, (1000, 1000))
    os.utime(young, (2000, 2000))

    home.sweep(path, before=1500)
    assert not left.exists()
    assert young.exists()

    home.sweep(path)
    assert sorted(path.parent.iterdir()) == sorted(others)


def test_there_is_nothing_to_sweep_where_there_is_no_folder(home: Home) -> None:
    home.sweep(home.record("default"))

    assert not home.root.exists()
