"""Did you mean …: commands, flags and names that come near, and nothing that may be a token."""

from __future__ import annotations

import pytest

from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.magics.line import COMMANDS
from onecloud_magic.sandbox import Sandbox

from .shell import Shell

LONG = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"  # as a token that was pasted may begin


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chain", "%onecloud chains"),
        ("chans", "%onecloud chains"),
        ("enviroments", "%onecloud environments"),
        ("logn", "%onecloud login"),
        ("stats", "%onecloud status"),
        ("sandbx", "%onecloud sandbox"),
        ("quotas", "%onecloud quota"),
        ("hlep", "%onecloud help"),
        ("help chian", "%onecloud chains"),
    ],
)
def test_a_command_that_comes_near_is_named(shell: Shell, typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match="There is no command") as told:
        shell.run(f"%onecloud {typed}")

    assert meant in told.value.hint
    assert "Did you mean" in shell.out


def test_where_no_command_comes_near_the_help_is_named(shell: Shell) -> None:
    with pytest.raises(UsageError, match="There is no command 'zzzz'") as told:
        shell.run("%onecloud zzzz")

    assert told.value.hint == "%onecloud help lists the commands."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chains --enviroment x", "--environment"),
        pytest.param("chains --env Test", "--environment"),
        ("runs --states failed", "--state"),
        ("runs --sinse yesterday", "--since"),
        ("workspaces --refrsh", "--refresh"),
        ("workspaces --outptu x", "--output"),
        ("last --crul", "--curl"),
    ],
)
def test_a_flag_that_comes_near_is_named(shell: Shell, typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match="There is no flag") as told:
        shell.run(f"%onecloud {typed}")

    assert meant in told.value.hint


@pytest.mark.parametrize(
    "typed", ["workspaces --state failed", "users -e x", "nodes 1 -w x", "help -p x", "chains -x"]
)
def test_a_flag_of_other_commands_is_refused(
    signed_in: Shell, sandbox: Sandbox, typed: str
) -> None:
    with pytest.raises(UsageError, match="There is no flag"):
        signed_in.run(f"%onecloud {typed}")

    assert not sandbox.requests


@pytest.mark.parametrize(
    "typed",
    [
        *("-eProduction", "-env", "-we"),
        pytest.param("-env=Production"),
        pytest.param("-e1"),
    ],
)
def test_letters_that_are_glued_together_are_never_taken_for_a_flag_and_its_value(
    signed_in: Shell, sandbox: Sandbox, typed: str
) -> None:
    with pytest.raises(UsageError, match="There is no flag '-"):
        signed_in.run(f"%onecloud chains {typed}")

    assert not sandbox.requests


@pytest.mark.parametrize(
    ("typed", "kind", "meant"),
    [
        ("chains -e Prodction", "environment", "Production"),
        ("environments -w 'Finanz Close'", "workspace", "Finance Close"),
        ("commands 'Montly Close'", "chain", "Monthly Close"),
        ("runs 'Montly Close'", "chain", "Monthly Close"),
    ],
)
def test_a_name_that_comes_near_is_named(
    signed_in: Shell, typed: str, kind: str, meant: str
) -> None:
    with pytest.raises(NotFound) as told:
        signed_in.run(f"%onecloud {typed}")

    assert told.value.kind == kind
    assert any(meant in near for near in told.value.near)
    assert signed_in.out.splitlines()[0].startswith("NotFound: ")
    assert meant in signed_in.out.splitlines()[1]


@pytest.mark.parametrize(
    "line",
    [
        LONG,
        f"--{LONG}",
        f"workspaces {LONG}",
        f"workspaces --{LONG}",
        f"workspaces --{LONG}=x",
        f"workspaces -{LONG}",
        f"runs --limit {LONG}",
        f"help {LONG}",
        f"{LONG} workspaces",
    ],
)
def test_a_long_word_that_is_not_understood_is_not_repeated(shell: Shell, line: str) -> None:
    with pytest.raises(UsageError) as told:
        shell.run(f"%onecloud {line}")

    assert LONG[:10] not in str(told.value)
    assert LONG[:10] not in told.value.hint
    assert LONG[:10] not in shell.out + shell.err


def test_a_command_in_other_letters_comes_near(shell: Shell) -> None:
    with pytest.raises(UsageError, match="There is no command") as told:
        shell.run("%onecloud Chains")

    assert "%onecloud chains" in told.value.hint
    assert "chains" in COMMANDS
