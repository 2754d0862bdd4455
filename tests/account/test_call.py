"""`call`: any operation of the service, its data as it came; acts reach the service once."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.api import OPERATIONS
from onecloud_magic.errors import (
    ChainStartRefused,
    Forbidden,
    NotFound,
    OneCloudError,
    Unreachable,
    UsageError,
)
from onecloud_magic.sandbox import Sandbox, faults

from .conftest import NewSandbox
from .reads import A_RUN

ACTS = [name for name, operation in OPERATIONS.items() if operation.acts]


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    """One that may be changed."""
    return new_sandbox()


@pytest.fixture
def chain(account: OneCloud, sandbox: Sandbox) -> dict[str, str]:
    """A chain that can be started, as the parameters of a call."""
    chains = account.chains("Finance Close", "Production")
    row = chains[~chains["disabled"] & chains["concurrency_enabled"]].iloc[0]
    sandbox.requests.clear()
    return {"environment_id": row["environment_id"], "chain_id": row["id"]}


@pytest.fixture
def parameters(
    account: OneCloud, sandbox: Sandbox, chain: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """What each act needs."""
    run = account.call("startChain", **chain)["id"]
    file = account.call("exportChain", chain_id=chain["chain_id"])
    group = sandbox.mapping_groups[0]
    rules = ("rules.csv", b"type,source,target\nLIKE,5%,Cost\n")
    account.call("updateRules", mappingGroupGuid=group, file=rules)
    sandbox.requests.clear()
    return {
        "startChain": chain,
        "stopChain": {"chain_run_id": run},
        "exportChain": {"chain_id": chain["chain_id"]},
        "publishChain": {"chain_id": chain["chain_id"], "publish_comment": "made up"},
        "importChain": {"environment_id": chain["environment_id"], "file": ("a.chain", file)},
        "updateRules": {"mappingGroupGuid": group, "file": rules, "mode": "both"},
        "publish": {"mappingGroupGuid": group},
    }


# ---- what comes


def test_a_read_gives_the_data_as_plain_python(account: OneCloud) -> None:
    workspaces = account.call("getWorkspaces")

    assert [each["name"] for each in workspaces] == list(account.workspaces()["name"])
    assert json.loads(json.dumps(workspaces)) == workspaces
    assert isinstance(account.call("chainFilterSearch")["chainExecutors"], list)
    assert account.call("getChainRun", chain_run_id=int(A_RUN))["id"] == A_RUN


def test_nothing_of_a_call_is_kept(account: OneCloud, sandbox: Sandbox) -> None:
    for _ in range(2):
        account.call("getWorkspaces")

    assert len(sandbox.requests) == 2
    assert account.cache.info().empty


def test_a_chain_is_started_looked_at_and_stopped(
    account: OneCloud, sandbox: Sandbox, chain: dict[str, str]
) -> None:
    sandbox.plan_next(seconds=600)

    run = account.call("startChain", **chain, runtimeVariables={})
    stopped = account.call("stopChain", chain_run_id=run["id"])

    assert run["chainId"] == chain["chain_id"]
    assert stopped["state"] == "stopped"
    assert account.runs(state="stopped", since="1 hour")["id"][0] == run["id"]
    assert [each.body for each in sandbox.requests if each.path.endswith("/start")] == [
        b'{"runtimeVariables": {}}'
    ]


def test_a_chain_is_exported_and_imported(
    account: OneCloud, parameters: dict[str, dict[str, Any]]
) -> None:
    file = account.call("exportChain", **parameters["exportChain"])
    made = account.call("importChain", **parameters["importChain"])

    assert isinstance(file, bytes)
    assert json.loads(base64.b64decode(file))["chain"] == int(parameters["exportChain"]["chain_id"])
    assert made["name"].endswith(" -- Import")
    assert made["disabled"] is True


def test_rules_are_uploaded_and_published(
    account: OneCloud, parameters: dict[str, dict[str, Any]]
) -> None:
    told = account.call("updateRules", **parameters["updateRules"])

    assert [rule["target"] for rule in told["mappingRules"]] == ["Cost"]
    assert account.call("publish", **parameters["publish"]) == {}


def test_rules_that_are_wrong_are_told_line_by_line(account: OneCloud, sandbox: Sandbox) -> None:
    wrong = ("rules.csv", b"type,source,target\nLIKE,5%\n")

    with pytest.raises(UsageError, match="line 2: 3 columns are needed"):
        account.call("updateRules", mappingGroupGuid=sandbox.mapping_groups[0], file=wrong)


def test_an_operation_that_there_is_not_has_near_ones(account: OneCloud, sandbox: Sandbox) -> None:
    with pytest.raises(NotFound) as told:
        account.call("getChian")

    assert "getChain" in told.value.near
    assert not sandbox.requests


# ---- acts are sent once


def test_every_act_is_tried_here(parameters: dict[str, dict[str, Any]]) -> None:
    assert sorted(parameters) == sorted(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_whose_answer_is_lost_is_not_sent_again(
    account: OneCloud, sandbox: Sandbox, parameters: dict[str, dict[str, Any]], act: str
) -> None:
    for fault in (faults.drop_after_work(), faults.status(502), faults.truncated_body()):
        sandbox.faults.add(fault, method="POST")

        with pytest.raises(OneCloudError) as told:
            account.call(act, **parameters[act])

        assert len(sandbox.requests) == 1
        assert getattr(told.value, "sent", True)
        sandbox.faults.clear()
        sandbox.requests.clear()


def test_a_start_that_is_refused_is_told_in_the_words_of_the_service(account: OneCloud) -> None:
    chains = account.chains()
    disabled = chains[chains["disabled"]].iloc[0]

    with pytest.raises(ChainStartRefused, match="the chain is disabled") as told:
        account.call(
            "startChain", environment_id=disabled["environment_id"], chain_id=disabled["id"]
        )

    assert told.value.hint == "Nothing was started."


def test_an_act_of_somebody_who_lost_their_rights_is_forbidden(
    account: OneCloud, sandbox: Sandbox, chain: dict[str, str]
) -> None:
    sandbox.faults.add(faults.status(403))

    with pytest.raises(Forbidden):
        account.call("startChain", **chain)

    assert len(sandbox.requests) == 1


# ---- what an act changed


@pytest.mark.parametrize("act", ACTS)
def test_what_an_act_changed_is_dropped_from_the_cache_and_nothing_else(
    account: OneCloud, parameters: dict[str, dict[str, Any]], act: str
) -> None:
    account.chains()
    account.users()

    account.call(act, **parameters[act])

    kept = list(account.cache.info()["kind"])
    changes = act in ("importChain", "publishChain")
    assert kept == (["security"] if changes else ["metadata", "security"])


def test_a_chain_that_was_imported_is_seen_at_once(
    account: OneCloud, parameters: dict[str, dict[str, Any]]
) -> None:
    before = account.chains()

    made = account.call("importChain", **parameters["importChain"])

    assert set(account.chains()["id"]) == {*before["id"], made["id"]}


def test_what_an_act_may_have_changed_is_dropped_where_its_answer_was_lost(
    account: OneCloud, sandbox: Sandbox, parameters: dict[str, dict[str, Any]]
) -> None:
    before = len(account.chains())
    sandbox.faults.add(faults.drop_after_work(), method="POST")

    with pytest.raises(Unreachable):
        account.call("importChain", **parameters["importChain"])

    assert len(account.chains()) == before + 1
