"""A secret on the line is refused before anything is done with it, and is not repeated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.magics.line import COMMANDS
from onecloud_magic.sandbox import Sandbox

from .shell import Shell

# What nobody knows to be a token; the same in every process of a run.
TYPED = "zkJ8mY-3vQ7tR1nW5xB9cF2hL6pS0dG4uA_eT8iK"
Hidden = Callable[[str], bool]
LINES = [
    "login --token {}",
    "login --token={}",
    "login --access-token {}",
    "login --access-token={}",
    "login --access_token={}",
    "login --refresh-token {}",
    "login --client-secret={}",
    "login --secret {}",
    "login --password {}",
    "login --pasword {}",
    "login --tokn {}",
    "login --acess-token {}",
    "login --TOKEN {}",
    "login --token '{}'",
    'login --token="{}"',
    "login -token {}",
    "login {}",
    "login '{}'",
    "login -p work {}",
    "login {} -p work",
    "login token={}",
    "chains --token {}",
    "chains --tokn {}",
    "chains --acess-tokn={}",
    "chains --secrt {}",
    pytest.param("chains --pasword {}"),
    "runs 'Monthly Close' --access-token={} --limit 5",
    "--token {} chains",
    "--token={}",
    "help --token {}",
    "no-such-command --token {}",
    "login --token {};",
    "login -o x --token {}",
]


def refused(shell: Shell, cell: str) -> UsageError:
    with pytest.raises(UsageError) as told:
        shell.run(cell)
    return told.value


def silent(shell: Shell, error: UsageError, text: str) -> bool:
    """Whether neither the error nor what was printed repeats *text*."""
    said = [str(error), error.hint, *error.lines, shell.out, shell.err]
    return not any(text in each for each in said)


@pytest.mark.parametrize("line", LINES)
def test_what_is_given_as_a_secret_is_refused(
    signed_in: Shell, sandbox: Sandbox, line: str
) -> None:
    error = refused(signed_in, f"%onecloud {line.format(TYPED)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert "Revoke API Access" in error.hint
    assert "%onecloud login" in error.hint
    assert silent(signed_in, error, TYPED)
    assert not sandbox.requests
    assert signed_in.run("%onecloud").session.state == "active"


@pytest.mark.parametrize("line", LINES)
def test_it_is_refused_in_a_shell_that_was_not_used_yet(shell: Shell, line: str) -> None:
    error = refused(shell, f"%onecloud {line.format(TYPED)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert silent(shell, error, TYPED)


ANYWHERE = [
    "{}",
    "{} x",
    "chains {}",
    "chains -e {}",
    "chains -e={}",
    "chains --environment={}",
    "chains -w x -e {}",
    "runs --since {}",
    "runs -i token={}",
    "runs -i key={}",
    "nodes {}",
    "workspaces -o {}",
    "workspaces -p {}",
    "help {}",
    "last --curl {}",
    "chains '{}'",
    'chains "a" {};',
]


@pytest.mark.parametrize("line", ANYWHERE)
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_known_token_is_refused_wherever_it_stands(
    signed_in: Shell, sandbox: Sandbox, line: str, name: str
) -> None:
    token = sandbox.credentials[name]

    error = refused(signed_in, f"%onecloud {line.format(token)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert silent(signed_in, error, token)
    assert not sandbox.requests


@pytest.mark.parametrize("line", ["chains {}", "runs -i x={}"])
def test_a_token_of_another_profile_of_the_process_is_known(
    signed_in: Shell, sandbox: Sandbox, line: str
) -> None:
    with Sandbox() as other:
        OneCloud("other", base_url=other.url).login(**other.credentials)
        token = other.credentials["access_token"]

        error = refused(signed_in, f"%onecloud {line.format(token)}")

        assert silent(signed_in, error, token)
        assert not sandbox.requests


@pytest.mark.parametrize(
    "variable", ["ONECLOUD_ACCESS_TOKEN", "ONECLOUD_REFRESH_TOKEN", "ONECLOUD_CLIENT_SECRET"]
)
@pytest.mark.parametrize("line", ANYWHERE)
def test_a_secret_of_the_environment_is_known(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str, line: str
) -> None:
    monkeypatch.setenv(variable, TYPED)

    error = refused(shell, f"%onecloud {line.format(TYPED)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert silent(shell, error, TYPED)


@pytest.mark.parametrize("line", ["nodes {}", "chains {}", "workspaces -o {}"])
def test_the_token_of_a_session_that_was_kept_is_known_on_the_first_line(
    shell: Shell,
    sandbox: Sandbox,
    account: OneCloud,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
) -> None:
    monkeypatch.setattr("onecloud_magic.account.line._lines", {})  # as in a new process
    token = sandbox.credentials["access_token"]

    error = refused(shell, f"%onecloud {line.format(token)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert silent(shell, error, token)
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("token", "line"),
    [
        (f"{TYPED}==", "chains {}"),
        (f"{TYPED}==", "chains -e {}"),
        (f"{TYPED}==", "chains -e={}"),
        (f"a={TYPED}", "chains {}"),
        pytest.param(f"a={TYPED}", "chains -e={}"),
        pytest.param(f"a={TYPED}", "runs -i key={}"),
    ],
)
def test_a_token_may_have_an_equals_sign_in_it(
    signed_in: Shell, monkeypatch: pytest.MonkeyPatch, token: str, line: str
) -> None:
    monkeypatch.setenv("ONECLOUD_PROFILE", "default")
    monkeypatch.setenv("ONECLOUD_CLIENT_SECRET", token)

    error = refused(signed_in, f"%onecloud {line.format(token)}")

    assert str(error).startswith(("A secret does not belong on the line", "login takes nothing"))
    assert silent(signed_in, error, TYPED)


@pytest.mark.parametrize(
    "line", ["chains 'periods='", "chains --environment=", "chains 'a b c d='"]
)
def test_what_ends_in_an_equals_sign_is_no_secret(signed_in: Shell, line: str) -> None:
    try:
        signed_in.run(f"%onecloud {line}")
    except UsageError as error:
        assert "secret" not in str(error)  # noqa: PT017  # no error is well, too


@pytest.mark.parametrize("cell", ["df = %onecloud chains {}", "x = 1\n%onecloud login {}"])
def test_it_is_refused_in_whatever_cell_the_line_stands(
    signed_in: Shell, sandbox: Sandbox, cell: str
) -> None:
    token = sandbox.credentials["access_token"]

    error = refused(signed_in, cell.format(token))

    assert silent(signed_in, error, token)


@pytest.mark.parametrize("name", ["--csv", "--refresh", "--limit", "--state", "--profile"])
def test_a_flag_of_ours_is_not_taken_for_one_for_secrets(signed_in: Shell, name: str) -> None:
    with pytest.raises(UsageError) as told:
        signed_in.run(f"%onecloud chains {name}x")

    assert "secret" not in str(told.value)


@pytest.mark.parametrize("line", ["chains token", "chains 'secret santa'", "chains passwords"])
def test_a_word_is_not_guessed_to_be_a_secret_from_its_looks(signed_in: Shell, line: str) -> None:
    assert signed_in.run(f"%onecloud {line}").empty


def test_no_verbose_traceback_shows_it(signed_in: Shell) -> None:
    signed_in.run("%xmode Verbose")

    error = refused(signed_in, f"%onecloud login --token {TYPED}")

    assert silent(signed_in, error, TYPED)


def test_nothing_that_the_shell_keeps_of_the_error_shows_it(signed_in: Shell) -> None:
    refused(signed_in, f"%onecloud login --token {TYPED}")

    kept = vars(signed_in.ipython.history_manager)
    assert TYPED not in str(kept)
    assert TYPED not in str(signed_in.ipython.user_ns)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_takes_one(shell: Shell, name: str) -> None:
    error = refused(shell, f"%onecloud {name} --token {TYPED}")

    assert silent(shell, error, TYPED)
