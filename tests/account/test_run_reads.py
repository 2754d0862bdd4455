"""The reads of run history: what they say is what the service says, newest first."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.sandbox import Sandbox

from .conftest import NewSandbox, SignIn
from .reads import A_RUN, as_promised, rows

Wire = dict[str, Any]
LIVE = {"enqueueing", "sleeping", "paused"}


@pytest.fixture
def account(host: Sandbox, sign_in: SignIn) -> OneCloud:
    """On text ids and on integer ids, below a prefix."""
    return sign_in(host)


def moment(text: str | None) -> pd.Timestamp | None:
    return None if text is None else pd.Timestamp(text, tz="UTC")


def pages(account: OneCloud, operation: str, count: int, **asked: Any) -> list[Wire]:
    """The runs of the first *count* pages, read by hand."""
    found: list[Wire] = []
    for _ in range(count):
        page = account.call(operation, **asked)
        found += page["chainExecutors"]
        asked["cursor"] = page["cursor"]
    return found


def homes(account: OneCloud) -> dict[str, Wire]:
    """The names that a run does not tell, by the id of its chain."""
    chains = rows(account.chains())
    names = ("environment_id", "environment", "workspace_id", "workspace")
    return {each["id"]: {"chain": each["name"], **{n: each[n] for n in names}} for each in chains}


def run(record: Wire, known: dict[str, Wire]) -> Wire:
    start, end = moment(record["startAt"]), moment(record.get("endAt"))
    return {
        "id": str(record["id"]),
        "state": record["state"],
        "chain_id": str(record["chainId"]),
        **known[str(record["chainId"])],
        "start_at": start,
        "end_at": end,
        "paused_at": moment(record.get("pausedAt")),
        "resumed_at": moment(record.get("resumedAt")),
        "duration": end - start if start and end else None,
        "launch_type": record["launchType"],
        "user_id": str(record["userId"]),
        "user_name": record["userName"],
        "result_text": record["resultText"],
    }


def test_runs_are_those_of_the_service_over_several_pages(account: OneCloud) -> None:
    with pytest.warns(
        OneCloudWarning,
        match=r"^runs: 120 read, and there may be more\. limit=None .* reads all\.$",
    ):
        frame = account.runs(limit=120)

    known = homes(account)
    expected = pages(account, "chainFilterSearch", 3, sort="desc")[:120]
    assert as_promised(frame, "runs")
    assert rows(frame) == [run(each, known) for each in expected]
    assert frame["start_at"].is_monotonic_decreasing


def test_a_run_that_lives_has_no_duration_yet(new_sandbox: NewSandbox, sign_in: SignIn) -> None:
    sandbox = new_sandbox()
    account = sign_in(sandbox)
    sandbox.plan_next(seconds=600)
    chain = account.chains(environment="Finance Close/Production", name="Trial Balance Load")
    asked = {"environment_id": chain["environment_id"][0], "chain_id": chain["id"][0]}
    account.call("startChain", **asked)

    frame = account.runs(chain=chain.iloc[0], state="running")

    assert frame["duration"].isna().all()
    assert frame["end_at"].isna().all()
    assert frame["start_at"].notna().all()


def test_without_a_limit_every_run_is_read_and_nothing_is_said(
    account: OneCloud, host: Sandbox
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = account.runs(chain="Monthly Close", limit=None)

    assert len(frame) > 200
    assert frame["id"].is_unique
    assert set(frame["chain"]) == {"Monthly Close"}
    assert frame.attrs["onecloud"]["complete"] is True
    assert host.requests[-1].reply is not None
    assert json.loads(host.requests[-1].reply.body)["data"]["cursor"] == ""


def test_a_limit_that_is_just_met_says_that_there_may_be_more(account: OneCloud) -> None:
    whole = account.runs(chain="Monthly Close", since="30 days", limit=None)

    exact = account.runs(chain="Monthly Close", since="30 days", limit=len(whole))
    with pytest.warns(OneCloudWarning):
        short = account.runs(chain="Monthly Close", since="30 days", limit=len(whole) - 1)

    assert exact.attrs["onecloud"]["complete"] is True
    assert short.attrs["onecloud"]["complete"] is False
    assert list(short["id"]) == list(whole["id"][:-1])


def test_nodes_are_those_of_the_run(account: OneCloud) -> None:
    frame = account.nodes(A_RUN)

    expected = []
    for each in account.call("getChainRunNodes", chain_run_id=A_RUN)["nodes"]:
        start, end = moment(each.get("startAt")), moment(each.get("endAt"))
        expected.append(
            {
                "id": str(each["id"]),
                "name": each["name"],
                "state": each["state"],
                "run_id": A_RUN,
                "node_id": each["nodeId"],
                "node_type": each["nodeType"],
                "iterable": each["iterable"],
                "results_count": len(each["results"]),
                "start_at": start,
                "end_at": end,
                "duration": end - start if start and end else None,
            }
        )
    assert as_promised(frame, "nodes")
    assert rows(frame) == expected


def outputs(record: Wire) -> list[Wire]:
    listed = []
    for node in record["nodes"]:
        for result in node["results"]:
            for name, value in (result["outputVariables"] or {None: None}).items():
                listed.append(
                    {
                        "run_id": str(record["id"]),
                        "node_id": node["nodeId"],
                        "node": node["name"],
                        "state": result["state"],
                        "iterator_value": result["iteratorValue"],
                        "name": name,
                        "value": value,
                        "output_log_url": result["outputLogUrl"],
                    }
                )
    return listed


def test_outputs_have_a_row_for_each_value_and_one_where_there_is_none(account: OneCloud) -> None:
    frame = account.outputs(A_RUN)

    assert as_promised(frame, "outputs")
    assert rows(frame) == outputs(account.call("getChainRunNodes", chain_run_id=A_RUN))
    assert frame["name"].isna().any()
    assert frame["name"].notna().any()


def test_a_row_of_runs_leads_to_its_nodes(account: OneCloud) -> None:
    runs = account.runs(chain="Daily Cash Position", since="4 days", limit=None)

    frame = account.nodes(runs.iloc[0])

    assert set(frame["run_id"]) == {runs["id"][0]}
    assert len(frame) > 0


def test_inputs_are_searched_in_every_environment_that_is_meant(account: OneCloud) -> None:
    frame = account.find_inputs("US01", "Production", limit=None)

    environments = account.environments()
    expected: list[Wire] = []
    for home in environments.loc[environments["name"] == "Production", "id"]:
        asked: Wire = {"environment_id": home, "search_text": "US01", "limit": 50}
        cursor = "first"
        while cursor:
            page = account.call("chainInputsSearch", **asked)
            expected += page["chainExecutors"]
            asked["cursor"] = cursor = page["cursor"]
    assert as_promised(frame, "runs")
    assert sorted(frame["id"]) == sorted(str(each["id"]) for each in expected)
    assert frame["start_at"].is_monotonic_decreasing
    assert set(frame["environment"]) == {"Production"}
    assert frame["workspace"].nunique() == 3


def test_of_several_environments_the_newest_up_to_the_limit_are_given(account: OneCloud) -> None:
    whole = account.find_inputs("US01", "Production", limit=None)

    with pytest.warns(OneCloudWarning):
        frame = account.find_inputs("US01", "Production", limit=60)

    assert list(frame["start_at"]) == list(whole["start_at"][:60])


def test_live_runs_are_known_by_their_states(account: OneCloud) -> None:
    frame = account.runs(since="1 day", limit=None)

    alive = frame["end_at"].isna()
    assert set(frame.loc[alive, "state"]) <= LIVE
    assert not set(frame.loc[~alive, "state"]) & LIVE
