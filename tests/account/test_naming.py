"""Naming things in reads: names, ids, paths, rows, and where is looked if none is given."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.sandbox import Sandbox

from .conftest import NewSandbox, SignIn

FINANCE, TREASURY = "Finance Close", "Treasury and Tax"
LIVE = "Production"


def places(frame: pd.DataFrame) -> set[str]:
    """The environments that the rows of a frame are in, as paths."""
    return {
        f"{workspace}/{environment}"
        for workspace, environment in zip(frame["workspace"], frame["environment"], strict=True)
    }


# ---- what is given


def test_a_name_that_several_environments_have_means_all_of_them(account: OneCloud) -> None:
    assert len(places(account.chains(environment=LIVE))) == 3
    assert len(places(account.commands("Monthly Close"))) == 4


def test_an_environment_goes_by_its_id_name_path_row_and_object_alike(
    host: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(host)
    environments = account.environments(workspace=FINANCE)
    row = environments[environments["name"] == LIVE].iloc[0]
    tuples = account.chains(FINANCE, LIVE).itertuples()
    ways: list[Any] = [
        *(row["id"], int(row["id"]), np.int64(row["id"]), row, row.to_dict() | {"id": None}),
        *(f"{FINANCE}/{LIVE}", f"{FINANCE}/{LIVE}".upper(), next(iter(tuples))),
    ]
    ways[4]["environment_id"] = row["id"]

    for way in ways:
        assert places(account.chains(environment=way)) == {f"{FINANCE}/{LIVE}"}, way


def test_a_workspace_and_a_chain_go_by_their_rows_too(account: OneCloud) -> None:
    workspace = account.workspaces().iloc[1]
    chain = account.chains(TREASURY, LIVE, name="Cash Forecast").iloc[0]

    assert set(account.chains(workspace=workspace)["workspace_id"]) == {workspace["id"]}
    assert set(account.environments(workspace)["workspace_id"]) == {workspace["id"]}
    assert set(account.commands(chain)["chain_id"]) == {chain["id"]}
    assert set(account.inputs(chain)["chain_id"]) <= {chain["id"]}
    assert set(account.schedules(chain)["chain_id"]) == {chain["id"]}
    assert set(account.runs(chain, since="20 days", limit=None)["chain_id"]) == {chain["id"]}


def test_rows_of_other_tables_name_their_chain_and_environment(account: OneCloud) -> None:
    run = account.runs(environment=LIVE, since="1 day", limit=None).iloc[0]
    schedule = account.schedules().iloc[5]

    assert set(account.commands(run)["chain_id"]) == {run["chain_id"]}
    assert set(account.commands(schedule)["chain_id"]) == {schedule["chain_id"]}
    assert set(account.chains(environment=run)["environment_id"]) == {run["environment_id"]}
    assert set(account.nodes(run)["run_id"]) == {run["id"]}


def test_users_and_groups_go_by_id_name_e_mail_and_row(account: OneCloud) -> None:
    user = account.users().iloc[2]
    whole = account.groups(user)
    full_name = f"{user['first_name']} {user['last_name']}"

    for way in (user["id"], int(user["id"]), user["email"].upper(), full_name):
        assert account.groups(way).equals(whole)
    group = whole.iloc[-1]
    for way in (group, group["id"], group["name"].lower()):
        assert set(account.permissions(way)["group_id"]) == {group["id"]}


def test_a_name_that_nothing_has_is_an_error_with_the_near_names(account: OneCloud) -> None:
    with pytest.raises(NotFound) as told:
        account.chains(environment="Producton")

    assert (told.value.kind, told.value.wanted, told.value.near) == (
        *("environment", "Producton"),
        ("Production",),
    )


def test_the_near_names_of_users_have_their_e_mails(account: OneCloud) -> None:
    with pytest.raises(NotFound) as told:
        account.groups("svc19@exmple.com")

    assert "svc19@example.com" in told.value.near


def test_a_run_that_there_is_not_is_not_found(account: OneCloud) -> None:
    with pytest.raises(NotFound, match="No run is called '17'"):
        account.nodes(17)


def renamed(account: OneCloud, chain: pd.Series[Any], name: str) -> None:
    """Put a copy of a chain beside it under that name, as an import does."""
    packed = json.loads(base64.b64decode(account.call("exportChain", chain_id=chain["id"])))
    file = base64.b64encode(json.dumps({**packed, "name": name}).encode())
    account.call("importChain", environment_id=chain["environment_id"], file=("a.chain", file))


def test_names_that_contain_slashes_are_compared_whole(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    account = sign_in(new_sandbox())
    chain = account.chains(FINANCE, LIVE).iloc[0]
    renamed(account, chain, "Accruals/EMEA/Q3")
    renamed(account, chain, "Accruals/EMEA")
    name = "Accruals/EMEA/Q3 -- Import"

    by_name = account.commands(name)
    by_path = account.commands(f"{FINANCE}/{LIVE}/{name}")

    assert set(by_name["chain"]) == {name}
    assert by_path.equals(by_name)
    with pytest.raises(NotFound):
        account.commands("EMEA/Q3 -- Import")


# ---- where none is given


def test_defaults_say_where_to_look(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, workspace=FINANCE, environment=LIVE)

    assert places(account.chains()) == {f"{FINANCE}/{LIVE}"}
    assert places(account.schedules()) == {f"{FINANCE}/{LIVE}"}
    assert places(account.runs(limit=None, since="1 day")) == {f"{FINANCE}/{LIVE}"}
    assert set(account.variables()["environment"]) == {LIVE}
    assert set(account.environments()["workspace"]) == {FINANCE}
    assert len(account.workspaces()) == 3


def test_a_default_environment_is_in_all_workspaces_where_no_workspace_is(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox, environment=LIVE)

    assert len(places(account.chains())) == 3


def test_a_star_beats_a_default(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, workspace=FINANCE, environment=LIVE)

    assert len(places(account.chains(environment="*"))) == 4
    assert len(places(account.chains(workspace="*"))) == 12
    assert len(places(account.chains("*", LIVE))) == 3
    assert len(account.environments("*")) == 12


def test_what_is_given_beats_a_default(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, workspace=FINANCE, environment=LIVE)

    assert places(account.chains(environment="Test")) == {f"{FINANCE}/Test"}


def test_a_workspace_that_is_given_sets_the_default_environment_aside(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox, workspace=FINANCE, environment=LIVE)

    assert len(places(account.chains(workspace=TREASURY))) == 4


def test_a_default_can_be_set_later(account: OneCloud) -> None:
    account.environment = "Test"

    assert {each.partition("/")[2] for each in places(account.chains())} == {"Test"}


def test_ids_and_whole_paths_are_found_beyond_the_defaults(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox, workspace=FINANCE, environment=LIVE)
    chain = account.chains(TREASURY, "Test", name="Cash Forecast").iloc[0]
    path = f"{TREASURY}/Test/Cash Forecast"

    for way in (chain["id"], int(chain["id"]), chain, path, path.lower()):
        assert set(account.commands(way)["chain_id"]) == {chain["id"]}
    assert places(account.chains(environment=f"{TREASURY}/Test")) == {f"{TREASURY}/Test"}
    assert places(account.chains(environment=chain)) == {f"{TREASURY}/Test"}


def test_a_name_is_not_looked_for_beyond_the_defaults(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, workspace=FINANCE)

    with pytest.raises(NotFound):
        account.commands("Cash Forecast")
    assert len(places(account.commands("Monthly Close"))) == 4


def test_a_default_that_nothing_is_called_is_an_error(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, environment="Live")

    with pytest.raises(NotFound, match="No environment is called 'Live'"):
        account.chains()
    assert len(account.chains(environment="*")) == 240


def test_what_was_forgotten_does_not_mean_all_there_is(account: OneCloud, sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="chain cannot be None"):
        account.commands(None)
    with pytest.raises(UsageError, match="environment cannot be None"):
        account.find_inputs("US01", None)

    assert not sandbox.requests


def test_a_star_asks_for_the_inputs_of_every_environment(account: OneCloud) -> None:
    frame = account.find_inputs("dry", "*", limit=None)

    assert frame.empty
    assert frame.attrs["onecloud"]["calls"] == 1 + 3 + 12 + 12
