"""Bad input to the reads: told in a line or two, before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudError
from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.sandbox import Sandbox

from .nonsense import NO_TEXT, NONSENSE, TEXT, lines

Ask = Callable[[OneCloud, Any], object]

# Wherever something can be named. None is all of them where it may be left out.
NAMED: dict[str, Ask] = {
    "environments of a workspace": lambda account, value: account.environments(value),
    "chains of a workspace": lambda account, value: account.chains(workspace=value),
    "chains of an environment": lambda account, value: account.chains(environment=value),
    "commands of a chain": lambda account, value: account.commands(value),
    "commands in an environment": lambda account, value: account.commands("*", value),
    "variables of a workspace": lambda account, value: account.variables(value),
    "variables of an environment": lambda account, value: account.variables("*", value),
    "schedules of a chain": lambda account, value: account.schedules(value),
    "inputs of a chain": lambda account, value: account.inputs(value),
    "runs of a chain": lambda account, value: account.runs(value),
    "runs of an environment": lambda account, value: account.runs(environment=value),
    "runs of a workspace": lambda account, value: account.runs(workspace=value),
    "nodes of a run": lambda account, value: account.nodes(value),
    "outputs of a run": lambda account, value: account.outputs(value),
    "inputs in an environment": lambda account, value: account.find_inputs("US01", value),
    "groups of a user": lambda account, value: account.groups(value),
    "permissions of a group": lambda account, value: account.permissions(value),
}
OTHER: dict[str, Ask] = {
    "a limit of runs": lambda account, value: account.runs(limit=value),
    "a limit of logins": lambda account, value: account.logins(limit=value),
    "a limit of changes": lambda account, value: account.authorizations(limit=value),
    "a limit of inputs": lambda account, value: account.find_inputs("US01", "*", limit=value),
    "a state": lambda account, value: account.runs(state=value),
    "since": lambda account, value: account.runs(since=value),
    "until": lambda account, value: account.runs(until=value),
    "a kind of the cache": lambda account, value: account.cache.clear(value),
    "a read to estimate": lambda account, value: account.estimate(value),
    "an operation": lambda account, value: account.call(value),
}
SENTENCES = 3  # lines, the most that an error may take


@pytest.mark.parametrize("ask", NAMED | OTHER)
def test_nonsense_is_told_before_any_call(account: OneCloud, sandbox: Sandbox, ask: str) -> None:
    for what, value in NONSENSE.items():
        with pytest.raises(UsageError) as told:
            (NAMED | OTHER)[ask](account, value)

        assert len(lines(told.value)) <= SENTENCES, what
        assert max(map(len, lines(told.value))) < 320, what
    assert not sandbox.requests


def test_a_part_of_a_name_is_text(account: OneCloud, sandbox: Sandbox) -> None:
    for value in NO_TEXT.values():
        with pytest.raises(UsageError, match="name cannot be"):
            account.chains(name=value)  # type: ignore[arg-type]  # that is the test

    assert not sandbox.requests


def test_what_is_searched_for_is_a_text_of_some_length(account: OneCloud, sandbox: Sandbox) -> None:
    for value in NONSENSE.values():
        with pytest.raises(UsageError, match="text cannot be") as told:
            account.find_inputs(value, "Production")  # type: ignore[arg-type]  # that is the test

        assert len(lines(told.value)) == 2
    assert not sandbox.requests


@pytest.mark.parametrize("limit", [-1, -(2**70), 2**70, "200", 20.0, [20]])
def test_a_limit_is_a_number_of_rows(account: OneCloud, limit: Any) -> None:
    with pytest.raises(UsageError, match="limit cannot be"):
        account.runs(limit=limit)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        *(("soon", None), (None, "32 nov"), ("01/11/2026", None), ("2026-13", None), (5, None)),
        *(("yesterday", "2 days"), ("2026-11", "2026-10"), ("9999999 years", None)),
    ],
)
def test_times_that_mean_nothing_are_told_before_any_call(
    account: OneCloud, sandbox: Sandbox, since: Any, until: Any
) -> None:
    with pytest.raises(UsageError) as told:
        account.runs(since=since, until=until)

    assert len(lines(told.value)) <= SENTENCES
    assert not sandbox.requests


# ---- what could lead a call astray


ASTRAY = [
    "../../oauth/token",
    "..",
    ".",
    "a?x=1",
    "a#b",
    "%2e%2e",
    "%2e%2e%2f",
    "a/b",
    "a\\b",
    "a b",
]


@pytest.mark.parametrize("text", ASTRAY)
def test_no_id_of_a_run_leads_elsewhere(account: OneCloud, sandbox: Sandbox, text: str) -> None:
    for read in (account.nodes, account.outputs):
        with pytest.raises(UsageError) as told:
            read(text)
        assert len(lines(told.value)) <= SENTENCES

    assert not sandbox.requests


@pytest.mark.parametrize("ask", [ask for ask in NAMED if "of a run" not in ask])
def test_a_name_that_nothing_has_costs_the_inventory_and_goes_nowhere(
    account: OneCloud, sandbox: Sandbox, ask: str
) -> None:
    for text in ASTRAY:
        with pytest.raises(NotFound) as told:
            NAMED[ask](account, text)
        assert len(lines(told.value)) <= SENTENCES

    asked = {each.path for each in sandbox.requests}
    assert not [path for path in asked if ".." in path or "%" in path or "oauth" in path]
    assert {each.status for each in sandbox.requests} == {200}
    assert len(sandbox.requests) <= 16


@pytest.mark.parametrize("text", ASTRAY)
def test_an_id_in_a_call_stays_one_part_of_its_path(
    account: OneCloud, sandbox: Sandbox, text: str
) -> None:
    with pytest.raises(OneCloudError):
        account.call("getChainRun", chain_run_id=text)

    for each in sandbox.requests:
        assert each.path.count("/") == "/v1/execute/chain_run/x".count("/")
        assert each.status == 404


@pytest.mark.parametrize("what", TEXT)
def test_text_that_no_address_can_carry_is_no_parameter_of_a_call(
    account: OneCloud, sandbox: Sandbox, what: str
) -> None:
    with pytest.raises(UsageError) as told:
        account.call("getChainRun", chain_run_id=TEXT[what])

    assert len(lines(told.value)) <= SENTENCES
    assert not sandbox.requests


# ---- rows of the wrong kind


def test_a_row_of_another_kind_is_told_with_what_is_needed(
    account: OneCloud, sandbox: Sandbox
) -> None:
    user, chain = account.users().iloc[0], account.chains().iloc[0]
    sandbox.requests.clear()

    for read, row in ((account.nodes, chain), (account.commands, user), (account.groups, chain)):
        with pytest.raises(UsageError, match="does not tell the id of a") as told:
            read(row)
        assert "frame.iloc[0]" in told.value.hint

    assert not sandbox.requests


def test_a_whole_frame_and_a_column_are_no_row(account: OneCloud) -> None:
    chains = account.chains()

    with pytest.raises(UsageError, match="chain cannot be this DataFrame"):
        account.commands(chains)
    with pytest.raises(UsageError, match="does not tell the id of a chain"):
        account.commands(chains["id"])


def test_an_argument_that_there_is_not_is_a_type_error(account: OneCloud) -> None:
    with pytest.raises(TypeError):
        account.chains(colour="red")  # type: ignore[call-arg]  # that is the test
    with pytest.raises(TypeError):
        account.call("getChainRun", colour="red")
    with pytest.raises(TypeError):
        account.call("getChainRun")
