"""`%onecloud doctor`: what may be wrong, in words that can go into a report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox, faults

from .examined import kept
from .shell import Shell

CHECKS = [
    *("versions", "packages", "front end", "home", "store", "journal", "lock"),
    *("session", "proxy", "certificates", "host", "clock", "quota"),
]


def finding(frame: pd.DataFrame, check: str) -> dict[str, Any]:
    rows = frame[frame["check"] == check].to_dict("records")
    assert len(rows) == 1, f"{check}: {rows}"
    return {str(name): value for name, value in rows[0].items()}


def examined(shell: Shell, check: str) -> dict[str, Any]:
    return finding(shell.run("%onecloud doctor"), check)


def test_it_gives_a_table_of_texts(signed_in: Shell) -> None:
    frame = signed_in.run("%onecloud doctor")

    assert list(frame.columns) == ["check", "state", "detail", "next"]
    assert set(map(str, frame.dtypes)) <= {"string", "str"}
    assert list(frame["check"]) == CHECKS
    assert set(frame["state"]) <= {"ok", "look", "wrong"}
    assert not frame.isna().any().any()


def test_where_all_is_well_it_says_so(signed_in: Shell, account: OneCloud) -> None:
    frame = signed_in.run("%onecloud doctor")

    well = frame[frame["state"] == "ok"]
    assert set(CHECKS) - set(well["check"]) == {"front end"}
    assert account.session.host in finding(frame, "session")["detail"]
    assert "3 workspaces" in finding(frame, "host")["detail"]
    assert "2026-09-21 14:13:20 UTC" in finding(frame, "host")["detail"]


def test_it_makes_one_call_and_changes_nothing(
    signed_in: Shell, sandbox: Sandbox, home: Path
) -> None:
    before = kept(home)

    signed_in.run("%onecloud doctor;")

    assert [each.path for each in sandbox.requests] == ["/v1/metadata/workspace"]
    assert before == kept(home)
    assert signed_in.run("%onecloud").session.state == "active"


def test_signed_out_it_makes_none_and_says_what_to_type(shell: Shell, home: Path) -> None:
    frame = shell.run("%onecloud doctor")

    session, host = finding(frame, "session"), finding(frame, "host")
    assert (session["state"], host["state"]) == ("look", "look")
    assert "signed_out" in session["detail"]
    assert "%onecloud login" in session["next"]
    assert "%onecloud sandbox" in session["next"]
    assert finding(frame, "quota")["detail"] == "not told yet"
    assert not home.exists()


def test_where_nobody_can_be_asked_it_names_the_variable(shell: Shell) -> None:
    told = examined(shell, "front end")

    assert "nobody can be asked" in told["detail"]
    assert "ONECLOUD_ACCESS_TOKEN" in told["next"]


def test_a_host_that_is_gone_is_wrong(shell: Shell) -> None:
    with Sandbox() as gone:
        OneCloud(base_url=gone.url).login(**gone.credentials)

    told = examined(shell, "host")

    assert told["state"] == "wrong"
    assert told["detail"].startswith("Unreachable: ")


@pytest.mark.parametrize(
    ("status", "name"), [(401, "SessionRejected"), (403, "Forbidden"), (503, "Unreachable")]
)
def test_a_host_that_refuses_is_wrong(
    signed_in: Shell, sandbox: Sandbox, status: int, name: str
) -> None:
    sandbox.faults.add(faults.status(status))

    told = examined(signed_in, "host")

    assert told["state"] == "wrong"
    assert told["detail"].startswith(f"{name}: ")
    assert told["next"]


def test_a_session_that_is_refused_is_told_and_nothing_is_renewed(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.status(401), path="/v1/*")

    told = examined(signed_in, "host")

    assert told["state"] == "wrong"
    assert "SessionRejected" in told["detail"]
    assert [each.path for each in sandbox.requests] == ["/v1/metadata/workspace"]


def test_a_low_daily_quota_is_to_be_looked_at(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=99, daily=4_999))

    told = examined(signed_in, "quota")

    assert told["state"] == "look"
    assert "99 left in 20 s, 4,999 in 24 h" in told["detail"]
    assert "24 hours" in told["next"]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_a_home_that_cannot_be_written_is_wrong(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    monkeypatch.setenv("ONECLOUD_HOME", str(closed / "home"))
    access = os.access
    monkeypatch.setattr(  # root may write everywhere
        os, "access", lambda path, mode: Path(path) != closed and access(path, mode)
    )

    told = examined(shell, "home")

    assert told["state"] == "wrong"
    assert str(closed) in told["detail"]
    assert "ONECLOUD_HOME" in told["next"]


def test_a_home_that_is_a_file_is_wrong(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path / "file"))

    told = examined(shell, "home")

    assert told["state"] == "wrong"


def test_a_missing_bundle_of_authorities_is_wrong(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_CA_BUNDLE", str(tmp_path / "no.pem"))

    frame = shell.run("%onecloud doctor")

    wrong = frame[frame["state"] == "wrong"]
    assert len(wrong)
    assert wrong["detail"].str.contains("no.pem", regex=False).any()


def test_a_bundle_that_is_there_is_named(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.pem").write_text("")
    monkeypatch.setenv("ONECLOUD_CA_BUNDLE", str(tmp_path / "own.pem"))

    assert str(tmp_path / "own.pem") in examined(shell, "certificates")["detail"]


def test_a_proxy_is_named_without_its_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter22@proxy.example:3128")

    told = examined(shell, "proxy")

    assert "proxy.example:3128" in told["detail"]
    assert "hunter22" not in str(told)


def test_no_secret_is_in_it(
    signed_in: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_CLIENT_ID", "1")
    monkeypatch.setenv("ONECLOUD_CLIENT_SECRET", "of-the-environment")
    monkeypatch.setenv("ONECLOUD_PROFILE", "default")

    frame = signed_in.run("%onecloud doctor")

    for shown in (frame.to_csv(), repr(frame), signed_in.shown(frame)["text/html"]):
        assert "of-the-environment" not in shown
        assert not any(each in shown for each in sandbox.credentials.values())


def test_its_texts_are_shown_whole(signed_in: Shell) -> None:
    frame = signed_in.run("%onecloud doctor")

    for form in signed_in.shown(frame).values():
        assert all(detail in form for detail in frame["detail"])


def test_a_record_that_is_damaged_is_said_and_left_as_it_is(
    shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = home / "profiles" / "default" / "record.json"
    record.parent.mkdir(parents=True)
    record.write_text("{ damaged")

    frame = shell.run("%onecloud doctor")

    wrong = frame[frame["state"] == "wrong"]
    assert wrong["detail"].str.contains("damaged").any()
    assert record.read_text() == "{ damaged"
