"""`python -m onecloud_magic COMMAND …`, as cron and people at a prompt run it."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import profiles
from onecloud_magic.sandbox import Sandbox

from .commands import PLENTY, Shell, token_of

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(token_ttl=PLENTY, burst_limit=PLENTY, daily_limit=PLENTY) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shell(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell in which the profile `reports` was signed in; the token is not there any more."""
    usual = Shell.at(tmp_path_factory.mktemp("home"), ONECLOUD_PROFILE="reports")
    told = {"ONECLOUD_BASE_URL": sandbox.url, "ONECLOUD_ACCESS_TOKEN": token_of(sandbox)}
    assert "active" in usual.with_(**told).well("login")
    return usual


@pytest.fixture
def signed_out(tmp_path: Path) -> Shell:
    return Shell.at(tmp_path)


# ---- signing in


def test_who_signed_in_once_stays_signed_in(shell: Shell, sandbox: Sandbox) -> None:
    for words in ((), ("status",)):
        card = shell.well(*words)

        assert card.startswith("OneCloud\n")
        assert sandbox.url in card
        assert "reports" in card
        assert "active" in card


def test_the_environment_alone_signs_in_its_own_profile(
    signed_out: Shell, sandbox: Sandbox
) -> None:
    told = signed_out.with_(
        ONECLOUD_BASE_URL=sandbox.url, ONECLOUD_ACCESS_TOKEN=token_of(sandbox), CI="true"
    )

    assert "Finance Close" in told.well("workspaces")
    assert "profile" in told.well()
    assert "environment" in told.well("status")


def test_without_a_session_it_says_what_to_type_here(signed_out: Shell) -> None:
    ended = signed_out.run("chains")

    assert (ended.code, ended.out) == (1, "")
    said, hint = ended.err.splitlines()
    assert said == "NotSignedIn: Not signed in at https://api.onecloud.io."
    assert "python -m onecloud_magic login" in hint
    assert "%onecloud" not in ended.err


def test_login_where_nobody_answers_names_the_variables(signed_out: Shell) -> None:
    ended = signed_out.run("login")

    assert (ended.code, ended.out) == (2, "")
    assert "ONECLOUD_ACCESS_TOKEN" in ended.err
    assert len(ended.err.splitlines()) == 2


def test_a_token_that_the_service_does_not_take_is_an_error(
    signed_out: Shell, sandbox: Sandbox
) -> None:
    told = signed_out.with_(ONECLOUD_BASE_URL=sandbox.url, ONECLOUD_ACCESS_TOKEN="not-a-token")  # noqa: S106 - no token indeed

    for words in (("login",), ("chains",)):
        ended = told.run(*words)

        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("SessionRejected: ")
        assert 2 <= len(ended.err.splitlines()) <= 3
        assert "not-a-token" not in ended.err


# ---- reading


def test_a_table_is_text_or_the_csv_of_the_frame(
    shell: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [each for each in os.environ if each.startswith("ONECLOUD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ONECLOUD_HOME", str(tmp_path))
    profiles.forget()
    account = OneCloud(base_url=sandbox.url, burst_limit=PLENTY)
    account.login(**sandbox.credentials)
    frame = account.chains()

    text = shell.well("chains")
    read = pd.read_csv(io.StringIO(shell.well("chains", "--csv")), dtype="string")

    assert list(read) == list(frame)
    assert list(read["id"]) == list(frame["id"])
    assert list(read["name"]) == list(frame["name"])
    assert list(read["inputs_count"]) == [str(each) for each in frame["inputs_count"]]
    assert len(text.splitlines()) == len(frame) + 1
    assert frame["name"].iloc[-1] in text.splitlines()[-1]


def test_a_notice_goes_to_stderr(shell: Shell) -> None:
    ended = shell.run("runs", "--limit", "3", "--csv")

    assert ended.code == 0
    assert len(pd.read_csv(io.StringIO(ended.out))) == 3
    assert len(ended.err.splitlines()) == 1
    assert "--limit all" in ended.err


@pytest.mark.parametrize(
    ("command", "says"),
    [("quota", "calls left in 24 h"), ("doctor", "certificates"), ("cache", "size_bytes")],
)
def test_what_is_about_the_session_is_there(shell: Shell, command: str, says: str) -> None:
    assert says in shell.well(command)


@pytest.mark.parametrize("words", [("help",), ("--help",), ("help", "runs"), ("runs", "-h")])
def test_help_says_what_is_typed_here(signed_out: Shell, words: tuple[str, ...]) -> None:
    page = signed_out.well(*words)

    assert "python -m onecloud_magic" in page
    assert "%onecloud" not in page
    assert ("--since" in page) == ("runs" in words)


def test_help_does_not_speak_of_variables_and_semicolons_in_a_shell(signed_out: Shell) -> None:
    page = signed_out.well("help")

    assert "df = " not in page
    assert ";" not in page.splitlines()[-2]


def test_help_of_a_read_tells_of_csv(signed_out: Shell) -> None:
    assert "--csv" in signed_out.well("help", "chains")


@pytest.mark.parametrize("words", [("last",), ("use", "sandbox")])
def test_what_has_no_effect_in_a_shell_says_so(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell.run(*words)

    assert ended.code == 2
    assert "ONECLOUD_PROFILE" in ended.err or "In a shell" in ended.err


# ---- failing


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("chians",), "Did you mean python -m onecloud_magic chains?"),
        (("chains", "--enviroment", "Production"), "Did you mean --environment?"),
        (("runs", "--limit", "many"), "Give a number of rows, or all."),
        (("chains", "-e", "Prodution"), "Did you mean 'Production'?"),
        (("chains", "-o", "name"), ""),
    ],
)
def test_what_makes_no_sense_is_two_lines_and_exit_2(
    shell: Shell, words: tuple[str, ...], hint: str
) -> None:
    ended = shell.run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 2
    assert hint in ended.err.splitlines()[1]


def test_a_flag_before_the_command_is_taken_or_told_where_it_stands(shell: Shell) -> None:
    ended = shell.run("-p", "reports", "workspaces")

    assert "Finance Close" in ended.out or "comes first" in ended.err


@pytest.mark.parametrize("words", [("login", "--token"), ("login",), ("chains", "--secret")])
def test_a_secret_is_refused_and_not_repeated(shell: Shell, words: tuple[str, ...]) -> None:
    secret = secrets.token_hex(20)

    ended = shell.run(*words, secret)

    assert (ended.code, ended.out) == (2, "")
    assert "history of the shell" in ended.err
    assert secret not in ended.err
