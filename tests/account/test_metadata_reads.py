"""The reads of metadata: what they say is what the service says, on both generations of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox

from .conftest import SignIn
from .reads import as_promised, rows

Wire = dict[str, Any]


@pytest.fixture
def account(host: Sandbox, sign_in: SignIn) -> OneCloud:
    """On text ids and on integer ids, below a prefix."""
    return sign_in(host)


def moment(text: str | None) -> pd.Timestamp | None:
    return None if text is None else pd.Timestamp(text, tz="UTC")


def own(record: Wire, names: str) -> Wire:
    """Fields that are called like their columns; ids as text, times as times."""
    told: Wire = {}
    for name in names.split():
        value = record.get(name)
        if name.endswith("_at"):
            value = moment(value)
        elif name.endswith("id") and value is not None:
            value = str(value)
        told[name] = value
    return told


def workspaces(account: OneCloud) -> list[Wire]:
    found: list[Wire] = account.call("getWorkspaces")
    return found


def environments(account: OneCloud) -> Iterator[tuple[Wire, Wire]]:
    """Each environment, with the columns that say where it is."""
    for home in workspaces(account):
        for record in account.call("getEnvironments", workspace_id=home["id"]):
            yield record, {"workspace_id": str(home["id"]), "workspace": home["name"]}


def chains(account: OneCloud) -> Iterator[tuple[Wire, Wire]]:
    for home, above in environments(account):
        where = {"environment_id": str(home["id"]), "environment": home["name"], **above}
        for record in account.call("searchChains", environment_id=home["id"]):
            yield record, where


def within(record: Wire, where: Wire) -> Wire:
    return {"chain_id": str(record["id"]), "chain": record["name"], **where}


def test_workspaces_are_those_of_the_service(account: OneCloud) -> None:
    frame = account.workspaces()

    names = "id name description company_id external_id"
    assert as_promised(frame, "workspaces")
    assert rows(frame) == [own(each, names) for each in workspaces(account)]
    assert len(frame) == 3


def test_environments_are_stamped_with_their_workspace(account: OneCloud) -> None:
    frame = account.environments()

    names = "id name description position color chains_count created_at updated_at"
    assert as_promised(frame, "environments")
    assert rows(frame) == [own(each, names) | where for each, where in environments(account)]
    assert len(frame) == 12


def test_chains_are_stamped_with_environment_and_workspace(account: OneCloud) -> None:
    frame = account.chains()

    names = "id name description disabled concurrency_enabled internal_id created_at updated_at"
    expected = [
        own(each, names)
        | where
        | {
            "inputs_count": len(each["runtime_inputs"]),
            "schedules_count": len(each["schedules"]),
        }
        for each, where in chains(account)
    ]
    assert as_promised(frame, "chains")
    assert rows(frame) == expected
    assert len(frame) == 240


def test_commands_of_a_chain_are_those_of_all_chains_of_that_name(account: OneCloud) -> None:
    frame = account.commands("Monthly Close")

    expected = [
        own(command, "id name link_id description") | within(chain, where)
        for chain, where in chains(account)
        if chain["name"] == "Monthly Close"
        for command in account.call(
            "getCommands", environment_id=where["environment_id"], chain_id=chain["id"]
        )
    ]
    assert as_promised(frame, "commands")
    assert rows(frame) == expected
    assert frame["environment"].nunique() == 4


def variable(record: Wire, **where: str | None) -> Wire:
    home = dict.fromkeys(("environment_id", "environment", "workspace_id", "workspace"))
    return {
        **own(record, "key label value encrypted"),
        "default_value": record["defaultValue"],
        **home,
        **where,
    }


def test_variables_of_a_workspace_include_those_of_its_environments(account: OneCloud) -> None:
    frame = account.variables()

    of_workspaces = [
        variable(each, workspace_id=str(home["id"]), workspace=home["name"])
        for home in workspaces(account)
        for each in home["variables"]
    ]
    of_environments = [
        variable(each, environment_id=str(home["id"]), environment=home["name"], **above)
        for home, above in environments(account)
        for each in home["variables"]
    ]
    assert as_promised(frame, "variables")
    assert rows(frame) == of_workspaces + of_environments
    assert frame.loc[frame["encrypted"], "value"].isna().all()
    assert frame["encrypted"].any()


def test_variables_of_an_environment_are_its_own_alone(account: OneCloud) -> None:
    frame = account.variables(environment="Finance Close/Production")

    assert as_promised(frame, "variables")
    assert set(frame["environment"]) == {"Production"}
    assert set(frame["workspace"]) == {"Finance Close"}


def clock(properties: Wire, name: str) -> str | None:
    parts = [properties.get(f"{name}_{unit}") for unit in ("hours", "minutes", "seconds")]
    return None if parts[0] is None else ":".join(f"{part or 0:02}" for part in parts)


def days(properties: Wire, name: str) -> str | None:
    listed = properties.get(name)
    return None if listed is None else ", ".join(map(str, listed))


def test_schedules_come_with_the_chains_a_row_each(account: OneCloud) -> None:
    frame = account.schedules()

    expected = []
    for chain, where in chains(account):
        for each in chain["schedules"]:
            how = each["properties"]
            told = own(each, "enabled start_at end_at")
            told |= own(how, "recurring_type recurring_interval zone")
            told |= {name: days(how, name) for name in ("days_of_month", "days_of_week")}
            told |= {name: clock(how, name) for name in ("run_at", "stop_at")}
            expected.append(told | within(chain, where))
    assert as_promised(frame, "schedules")
    assert rows(frame) == expected
    assert frame["run_at"].str.fullmatch(r"\d\d:\d\d:\d\d").all()


def test_inputs_come_with_the_chains_a_row_each(account: OneCloud) -> None:
    frame = account.inputs()

    expected = [
        own(each, "vuid data_type name") | within(chain, where)
        for chain, where in chains(account)
        for each in chain["runtime_inputs"]
    ]
    assert as_promised(frame, "inputs")
    assert rows(frame) == expected
    assert frame["name"].isna().all()


def test_a_part_of_a_name_finds_chains_in_any_letter_case(account: OneCloud) -> None:
    frame = account.chains(workspace="Treasury and Tax", environment="Test", name="vat return")

    assert sorted(frame["name"]) == ["VAT Return – Germany", "VAT Return – UK"]  # noqa: RUF001  # as the company writes them


def test_a_part_of_a_name_that_no_chain_has_is_an_empty_frame(account: OneCloud) -> None:
    frame = account.chains(name="no chain is called so")

    assert as_promised(frame, "chains")
    assert frame.empty
