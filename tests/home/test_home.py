"""Paths, modes, and replacing a file as one step."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from pathlib import Path
from unittest import mock

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.errors import OneCloudError, UsageError
from onecloud_magic.home import Home

from .conftest import OLD

if sys.platform == "win32":
    pytest.skip("modes, owners and links are tried on POSIX", allow_module_level=True)

NEW = memoryview(b"new" * 10_000)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(home: Home) -> list[Path]:
    return [path for path in home.root.rglob("*") if not path.is_dir()]


def test_the_home_is_where_the_variable_says(tmp_path: Path) -> None:
    assert Home.find({"ONECLOUD_HOME": str(tmp_path)}.get) == Home(tmp_path)


def test_a_relative_home_stays_where_it_is_when_the_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Home.find({"ONECLOUD_HOME": "here"}.get) == Home(tmp_path / "here")


@pytest.mark.parametrize("environ", [{}, {"ONECLOUD_HOME": ""}])
def test_without_the_variable_it_is_the_platforms_folder(environ: dict[str, str]) -> None:
    assert Home.find(environ.get).root == platformdirs.user_state_path("onecloud-magic", False)


@pytest.mark.parametrize("name", ["default", "sandbox", "A.b-c_9", ".x", "x" * 64])
def test_a_profile_has_a_folder_of_its_own(home: Home, name: str) -> None:
    assert home.record(name) == home.root / "profiles" / name / "record.json"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a.", "a/b", "../b", "/etc", "a\\b", "C:b", "a b", "a\n", "\0", "é"]
)
def test_a_name_that_is_no_name_is_refused(home: Home, name: str) -> None:
    with pytest.raises(UsageError):
        home.record(name)


@given(st.text(max_size=80))
def test_no_name_leads_out_of_the_profiles(name: str) -> None:
    profiles = Path("/home/someone/profiles")
    try:
        path = Home(profiles.parent).record(name)
    except UsageError:
        return

    assert os.path.normpath(path) == str(profiles / name / "record.json")
    assert len(name) <= 64


def test_what_was_written_is_read_back(home: Home, path: Path) -> None:
    assert home.read(path) == OLD

    home.replace(path, NEW)

    assert home.read(path) == NEW
    assert files(home) == [path]


def test_what_is_not_there_is_none(home: Home) -> None:
    assert home.read(home.record("default")) is None


def test_what_was_removed_is_gone(home: Home, path: Path) -> None:
    home.remove(path)
    home.remove(path)

    assert home.read(path) is None


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_files_and_folders_are_the_owners_alone_whatever_the_umask(home: Home, umask: int) -> None:
    before = os.umask(umask)
    try:
        home.replace(home.record("default"), NEW)
    finally:
        os.umask(before)

    assert {mode(path) for path in files(home)} == {0o600}
    assert {mode(path) for path in [home.root, *home.root.rglob("*")] if path.is_dir()} == {0o700}


def test_a_file_that_others_could_read_is_theirs_no_more_once_it_is_replaced(
    home: Home, path: Path
) -> None:
    path.chmod(0o644)

    home.replace(path, NEW)

    assert mode(path) == 0o600


@pytest.mark.parametrize("linked", ["profiles/default/record.json", "profiles/default", "profiles"])
def test_symlinks_are_not_followed(home: Home, path: Path, tmp_path: Path, linked: str) -> None:
    link, victim = home.root / linked, tmp_path / "victim"
    link.rename(victim)
    link.symlink_to(victim)

    for act in (home.read, home.remove, lambda path: home.replace(path, NEW)):
        with pytest.raises(OneCloudError, match="symlink"):
            act(path)

    assert path.read_bytes() == OLD


def test_a_link_that_leads_nowhere_is_not_followed_either(home: Home, tmp_path: Path) -> None:
    home.root.mkdir()
    (home.root / "profiles").symlink_to(tmp_path / "victim")

    with pytest.raises(OneCloudError, match="symlink"):
        home.replace(home.record("default"), NEW)

    assert not (tmp_path / "victim").exists()


def test_the_home_itself_may_be_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "real")
    home = Home(tmp_path / "home")

    home.replace(home.record("default"), NEW)

    assert home.read(home.record("default")) == NEW


def test_the_bytes_are_on_disk_before_the_name_and_the_name_before_it_returns(
    home: Home, path: Path
) -> None:
    calls = []

    def fsync(descriptor: int) -> None:
        calls.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        if len(calls) == 1:
            (draft,) = set(files(home)) - {path}
            assert draft.read_bytes() == NEW

    def replace(*_: object) -> None:
        calls.append("replace")

    with mock.patch("os.fsync", fsync), mock.patch("os.replace", replace):
        home.replace(path, NEW)

    assert calls == ["sync file", "replace", "sync folder"]


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_draft(home: Home, path: Path, step: str) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch(f"os.{step}", side_effect=full), pytest.raises(OneCloudError) as caught:
        home.replace(path, NEW)

    assert str(caught.value) == f"Could not write {path}: No space left on device."
    assert "ONECLOUD_HOME" in caught.value.hint
    assert home.read(path) == OLD
    assert files(home) == [path]


def test_a_write_that_the_system_cuts_off_leaves_the_old_file(home: Home, path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OneCloudError, match="too large"):
            home.replace(path, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert home.read(path) == OLD
    assert files(home) == [path]


def test_an_interrupt_leaves_the_old_file_and_no_draft(home: Home, path: Path) -> None:
    with mock.patch("os.fsync", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        home.replace(path, NEW)

    assert home.read(path) == OLD
    assert files(home) == [path]


def test_a_folder_that_is_read_only_is_named(ordinary_user: Path) -> None:
    home = Home(ordinary_user / "home")
    path = home.record("default")
    home.replace(path, OLD)
    path.parent.chmod(0o500)

    for act in (home.remove, lambda path: home.replace(path, NEW)):
        with pytest.raises(OneCloudError, match="Permission denied") as caught:
            act(path)
        assert str(path) in str(caught.value)

    assert home.read(path) == OLD
    path.parent.chmod(0o700)


def test_a_file_that_may_not_be_read_is_an_error_and_not_none(ordinary_user: Path) -> None:
    home = Home(ordinary_user)
    path = home.record("default")
    home.replace(path, OLD)
    path.chmod(0)

    with pytest.raises(OneCloudError, match="Could not read"):
        home.read(path)


def test_a_home_that_is_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    home = Home(tmp_path / "home")

    with pytest.raises(OneCloudError, match="Could not write"):
        home.replace(home.record("default"), NEW)


def test_a_drive_that_cannot_sync_folders_will_do(home: Home, path: Path) -> None:
    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    with mock.patch("os.fsync", files_only):
        home.replace(path, NEW)

    assert home.read(path) == NEW


def test_a_reader_sees_one_content_or_the_other_whole(home: Home, path: Path) -> None:
    contents = [memoryview(bytes([letter]) * 20_000) for letter in b"abcd"]

    def write(content: memoryview) -> None:
        for _ in range(20):
            home.replace(path, content)

    writers = [threading.Thread(target=write, args=[it]) for it in contents]
    for writer in writers:
        writer.start()
    seen = [home.read(path)]
    while any(writer.is_alive() for writer in writers):
        seen.append(home.read(path))

    assert all(content in [OLD, *contents] for content in seen)
    assert files(home) == [path]
