"""Flags that are given twice, to the wrong command, without a value, or with nonsense."""

from __future__ import annotations

import pytest

from onecloud_magic.errors import UsageError
from onecloud_magic.magics.line import COMMANDS, FLAGS
from onecloud_magic.sandbox import Sandbox

from .shell import Shell


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("runs 'Monthly Close' -c 'Monthly Close'", "The chain is given twice."),
        ("runs -c A B", "The chain is given twice."),
        ("runs A B", "runs does not know what to do with 'B'."),
        ("workspaces x", "workspaces does not know what to do with 'x'."),
        ("commands", "commands needs a chain."),
        ("nodes", "nodes needs a run."),
        ("chains -e", "--environment needs a value."),
        ("chains -e -w x", "--environment needs a value."),
        ("chains --refresh=1", "--refresh takes no value."),
        ("runs --limit", "--limit needs a value."),
        ("use a -p b", "The profile is given twice."),
        ("cache it", "The cache knows no 'it'."),
        ("cache clear everything", "The cache has no kind 'everything'."),
    ],
)
def test_a_line_that_makes_no_sense_says_why_and_asks_nobody(
    signed_in: Shell, sandbox: Sandbox, line: str, says: str
) -> None:
    with pytest.raises(UsageError) as told:
        signed_in.run(f"%onecloud {line}")

    assert str(told.value) == says
    assert told.value.hint
    assert not sandbox.requests


@pytest.mark.parametrize(
    "line",
    [
        "chains -e Production -e Test",
        "chains -e Production --environment=Test",
        "runs -c A --chain B",
        "runs --limit 5 --limit 7",
        "runs --since 2026-01-01 --since yesterday",
        "workspaces -p a -p b",
        "workspaces -o a -o b",
    ],
)
def test_a_flag_that_is_given_twice_is_an_error(
    signed_in: Shell, sandbox: Sandbox, line: str
) -> None:
    with pytest.raises(UsageError):
        signed_in.run(f"%onecloud {line}")

    assert not sandbox.requests


@pytest.mark.parametrize(
    "number", ["ten", "-3", "1.5", "1e3", "", " ", "0x10", "None", "²", "9" * 19]
)
@pytest.mark.parametrize("command", ["runs", "logins", "authorizations"])
def test_a_limit_is_a_number_or_all(
    signed_in: Shell, sandbox: Sandbox, command: str, number: str
) -> None:
    with pytest.raises(UsageError, match="--limit cannot be") as told:
        signed_in.run(f"%onecloud {command} --limit '{number}'")

    assert told.value.hint == "Give a number of rows, or all."
    assert not sandbox.requests


@pytest.mark.parametrize("state", ["nonsense", "Failed!", ""])
def test_a_state_that_there_is_not_names_those_that_there_are(
    signed_in: Shell, sandbox: Sandbox, state: str
) -> None:
    with pytest.raises(UsageError) as told:
        signed_in.run(f"%onecloud runs --state failed --state '{state}'")

    assert "all_succeeded" in told.value.hint
    assert not sandbox.requests


@pytest.mark.parametrize("choice", FLAGS["state"].choices)
def test_every_state_that_tab_offers_is_taken(signed_in: Shell, choice: str) -> None:
    frame = signed_in.run(f"%onecloud runs --state {choice} --limit 3")

    assert len(frame) <= 3


@pytest.mark.parametrize("flag", ["--since", "--until"])
def test_a_time_that_cannot_be_read_says_what_is_understood(
    signed_in: Shell, sandbox: Sandbox, flag: str
) -> None:
    with pytest.raises(UsageError) as told:
        signed_in.run(f"%onecloud runs {flag} 'the other day'")

    assert "2026-11-03" in told.value.hint
    assert not sandbox.requests


@pytest.mark.parametrize("name", [name for name, each in COMMANDS.items() if each.uses_account])
def test_every_command_with_an_account_takes_a_profile(signed_in: Shell, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a profile"):
        signed_in.run(f"%onecloud {name} {'x' if name in NEEDS else ''} -p ../elsewhere")


NEEDS = ("commands", "nodes", "outputs", "run", "stop")
