"""What reads cost, and what `estimate` says that they would."""

from __future__ import annotations

from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.account import READS as NAMES
from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

from .reads import A_RUN, READS, Read

INVENTORY = 1 + 3 + 12  # all workspaces, the environments of each, the chains of each of these
DAY = 86_400.0

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")

every_read = pytest.mark.parametrize("read", READS, ids=repr)


def test_every_read_of_the_public_face_is_tried_here() -> None:
    assert sorted(read.name for read in READS) == sorted(NAMES)


def test_an_inventory_of_all_chains_costs_a_call_for_each_list(
    account: OneCloud, sandbox: Sandbox
) -> None:
    account.chains()
    assert len(sandbox.requests) == INVENTORY

    account.chains()
    account.inputs()
    account.schedules()
    account.variables()
    assert len(sandbox.requests) == INVENTORY

    account.chains(refresh=True)
    assert len(sandbox.requests) == 2 * INVENTORY


def test_a_part_of_the_inventory_costs_its_part(account: OneCloud, sandbox: Sandbox) -> None:
    account.chains(workspace="Finance Close")
    assert len(sandbox.requests) == 1 + 1 + 4

    account.chains(environment="Planning and Reporting/Production")
    assert len(sandbox.requests) == 1 + 3 + 5


@every_read
def test_an_estimate_costs_no_call_and_changes_nothing(
    account: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    before = account.cache.info()

    first = account.estimate(read.name, **read.arguments)

    assert account.estimate(read.name, **read.arguments) == first > 0
    assert account.cache.info().equals(before)
    assert not sandbox.requests


@every_read
@pytest.mark.parametrize("refresh", [False, True])
def test_once_all_is_known_an_estimate_is_what_the_read_then_costs(
    account: OneCloud, sandbox: Sandbox, read: Read, refresh: bool
) -> None:
    read(account)
    sandbox.requests.clear()

    expected = account.estimate(read.name, **read.arguments, refresh=refresh)
    read(account, refresh=refresh)

    assert len(sandbox.requests) == expected


@every_read
def test_what_was_known_counts_for_an_estimate_at_any_age(
    account: OneCloud, sandbox: Sandbox, clock: Clock, read: Read
) -> None:
    read(account)
    sandbox.requests.clear()
    clock.advance(DAY)

    expected = account.estimate(read.name, **read.arguments)
    read(account)

    ended = read.table in ("nodes", "outputs")  # the run that is asked about has: kept for good
    assert len(sandbox.requests) == expected
    assert (expected == 0) == ended


def test_where_nothing_is_known_the_next_step_counts(account: OneCloud) -> None:
    assert account.estimate("workspaces") == 1
    assert account.estimate("environments") == 1
    assert account.estimate("chains") == 1
    assert account.estimate("commands", chain="Monthly Close") == 1
    assert account.estimate("users") == 1

    account.workspaces()
    assert account.estimate("chains") == 3

    account.environments()
    assert account.estimate("chains") == 12
    assert account.estimate("chains", environment="Production") == 3


@pytest.mark.parametrize(
    ("read", "arguments", "pages"),
    [
        ("logins", {"limit": 1000}, 10),
        ("logins", {"limit": 101}, 2),
        ("logins", {"limit": 0}, 0),
        ("authorizations", {"limit": 100}, 1),
        ("nodes", {"run": A_RUN}, 1),
    ],
)
def test_lists_are_counted_by_their_limit(
    account: OneCloud, read: str, arguments: dict[str, Any], pages: int
) -> None:
    assert account.estimate(read, **arguments) == pages


def test_runs_are_counted_by_their_limit_and_the_names_that_they_need(account: OneCloud) -> None:
    account.chains()

    assert account.estimate("runs") == 4
    assert account.estimate("runs", limit=51) == 2
    assert account.estimate("runs", limit=None) == 1
    assert account.estimate("runs", refresh=True) == INVENTORY + 4
    assert account.estimate("find_inputs", text="US01", environment="Production") == 3 * 4


def test_the_groups_of_a_user_cost_the_users_too(account: OneCloud, sandbox: Sandbox) -> None:
    assert account.estimate("groups", user="svc19@example.com") == 2

    account.groups("svc19@example.com")

    assert len(sandbox.requests) == 2
    assert account.estimate("groups", user="svc19@example.com") == 0
    assert account.estimate("permissions", group="Tax") == 2


def test_lists_without_an_end_are_counted_by_their_last_length(account: OneCloud) -> None:
    account.logins(limit=None)

    assert account.estimate("logins", limit=None) == 0
    assert account.estimate("logins", limit=None, refresh=True) == 21


def test_an_estimate_fails_where_the_read_would(account: OneCloud, sandbox: Sandbox) -> None:
    account.chains()
    sandbox.requests.clear()

    with pytest.raises(NotFound, match="No environment is called 'Prodction'"):
        account.estimate("chains", environment="Prodction")
    with pytest.raises(UsageError, match="limit cannot be -1"):
        account.estimate("runs", limit=-1)
    with pytest.raises(TypeError):
        account.estimate("nodes")
    with pytest.raises(TypeError):
        account.estimate("chains", colour="red")

    assert not sandbox.requests


def test_the_estimate_of_a_read_that_there_is_not_names_those_that_there_are(
    account: OneCloud,
) -> None:
    with pytest.raises(UsageError) as near:
        account.estimate("chain")
    with pytest.raises(UsageError) as far:
        account.estimate("login")
    with pytest.raises(UsageError) as strange:
        account.estimate("xyzzy")

    assert near.value.hint == "Did you mean chains?"
    assert far.value.hint == "Did you mean logins?"
    assert strange.value.hint.startswith("Reads: workspaces, environments, chains")


def test_a_read_after_an_estimate_is_a_read_again(account: OneCloud, sandbox: Sandbox) -> None:
    with pytest.raises(UsageError):
        account.estimate("runs", limit="many")

    frame = account.workspaces()

    assert len(frame) == 3
    assert len(sandbox.requests) == 1
