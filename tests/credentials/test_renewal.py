"""How the one refresh is started and waited for, and what is said where that fails."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.credentials.environment import SECRETS
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import Outcome
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.errors import OneCloudError, RefreshBusy, SessionRejected
from tests.conftest import Clock

from .kernels import User


@pytest.fixture
def stored(user: User) -> Record:
    record = user.record()
    user.store.save(record)
    return record


@pytest.fixture
def renewal(user: User) -> FileRenewal:
    return FileRenewal(user.home, "default", user.clock)


FOR_EVER = b"it does not end"


class Started:
    """Stands in for a process: what it was started with, and what it prints."""

    def __init__(self, printed: bytes, *_: Any, **__: Any) -> None:
        self.printed = printed

    def communicate(self, timeout: float) -> tuple[bytes, None]:
        if self.printed == FOR_EVER:
            raise subprocess.TimeoutExpired("the helper", timeout)
        return self.printed, None


def says(outcome: Outcome, user: User, record: Record) -> OneCloudError:
    """What is raised where the helper ends so."""
    renewal = FileRenewal(user.home, "default", user.clock, start=lambda **_: outcome)
    with pytest.raises(OneCloudError) as caught:
        renewal.renew(record)
    return caught.value


@pytest.mark.process
def test_a_process_of_its_own_renews_and_shows_no_secret(
    user: User, stored: Record, renewal: FileRenewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}
    real = subprocess.Popen

    def start(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
        seen.update(how, command=command)
        return real(command, **how)

    for name in SECRETS:
        monkeypatch.setenv(name, "a-secret-of-the-environment")
    monkeypatch.setattr(subprocess, "Popen", start)

    newer = renewal.renew(stored)

    assert newer.generation == 1
    assert newer == user.store.load()
    assert seen["start_new_session"]
    assert seen["command"][1:4] == ["-P", "-m", "onecloud_magic.credentials.refresh"]
    assert seen["env"]["ONECLOUD_HOME"] == str(user.home.root)
    assert "a-secret-of-the-environment" not in str(seen)
    assert stored.access_token
    assert stored.access_token.reveal() not in str(seen)


@pytest.mark.process
def test_modules_of_the_folder_it_is_started_in_are_not_imported(
    user: User,
    stored: Record,
    renewal: FileRenewal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "requests.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)

    assert renewal.renew(stored).generation == 1


@pytest.mark.parametrize("why", ["no process", "frozen", "no python"])
def test_where_no_process_can_be_started_a_thread_does_it(
    user: User,
    stored: Record,
    renewal: FileRenewal,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no processes here")

    if why == "frozen":
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    if why == "no python":
        monkeypatch.setattr(sys, "executable", "")
    monkeypatch.setattr(subprocess, "Popen", refused)

    assert renewal.renew(stored).generation == 1
    assert len(user.asked) == 1


@pytest.mark.parametrize(
    "printed", [b"", b"null", b"[]", b"Traceback", b"{}", b'{"kind": "renewed", "more": 1}']
)
def test_a_process_that_ends_without_a_word_of_sense_is_told(
    stored: Record, renewal: FileRenewal, monkeypatch: pytest.MonkeyPatch, printed: bytes
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Started(printed))

    with pytest.raises(OneCloudError, match="ended without a word"):
        renewal.renew(stored)


def test_a_process_that_does_not_end_is_left_alone_and_that_is_told(
    stored: Record, renewal: FileRenewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Started(FOR_EVER))

    with pytest.raises(RefreshBusy, match="under way for 120 s"):
        renewal.renew(stored)


def test_what_the_process_says_is_told(
    stored: Record, renewal: FileRenewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = json.dumps({"kind": "busy", "says": "Another one is at it.", "hint": ""}).encode()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Started(printed))

    with pytest.raises(RefreshBusy, match="Another one"):
        renewal.renew(stored)


def test_threads_of_a_process_start_one_refresh(user: User, stored: Record, clock: Clock) -> None:
    started = []

    def start(*, seen: str, pending: str) -> Outcome:
        started.append(seen)
        return user.start(seen=seen, pending=pending)

    got: list[str] = []

    def renew() -> None:
        got.append(FileRenewal(user.home, "default", clock, start=start).renew(stored).mark)

    threads = [threading.Thread(target=renew) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert started == [stored.mark]
    assert len(got) == 16
    assert len(set(got)) == 1
    assert len(user.asked) == 1


def test_a_failure_names_its_reason_and_its_hint(user: User, stored: Record) -> None:
    error = says(Outcome("failed", "Could not write there.", "Make room."), user, stored)

    assert str(error) == "The access token could not be renewed. Could not write there."
    assert error.hint == "Make room."


def test_whoever_is_gone_is_told_to_sign_in(user: User, stored: Record) -> None:
    for outcome in (Outcome("gone", "Somebody has signed out."), Outcome("renewed")):
        error = says(outcome, user, stored)

        assert isinstance(error, SessionRejected)
        assert "%onecloud login" in error.hint


def test_a_bundle_of_certificates_is_handed_on(
    user: User, stored: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def start(command: list[str], **_: object) -> Started:
        seen.extend(command)
        return Started(b"")

    monkeypatch.setattr(subprocess, "Popen", start)
    renewal = FileRenewal(user.home, "default", user.clock, ca_bundle=lambda: "/etc/ca.pem")

    with pytest.raises(OneCloudError):
        renewal.renew(stored)

    assert seen[-3:] == ["--ca-bundle=/etc/ca.pem", "--", "default"]
