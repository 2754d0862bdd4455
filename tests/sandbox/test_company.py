"""The seeded company looks real: its size, its schedules, its people."""

from collections import Counter
from itertools import chain

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW
from .asking import Wire, ask, chains, get, seconds

DAY = 86_400
KINDS = {"minutely", "hourly", "daily", "weekly", "monthly"}


def every_row(sandbox: Sandbox, name: str) -> list[Wire]:
    """All rows of a list with numbered pages."""
    found, number = list[Wire](), 0
    while page := get(sandbox, f"/v1/security/{name}", page=number):
        found, number = found + page, number + 1
    return found


def environments(sandbox: Sandbox) -> list[Wire]:
    return [
        environment
        for workspace in get(sandbox, "/v1/metadata/workspace")
        for environment in get(sandbox, f"/v1/metadata/workspace/{workspace['id']}/environment")
    ]


# ---- what there is


def test_there_are_three_workspaces_with_four_environments_each(company: Sandbox) -> None:
    workspaces = get(company, "/v1/metadata/workspace")

    names = [
        [each["name"] for each in get(company, f"/v1/metadata/workspace/{it['id']}/environment")]
        for it in workspaces
    ]

    assert len({it["name"] for it in workspaces}) == 3
    assert names == [["Development", "Test", "Staging", "Production"]] * 3


def test_there_are_240_chains_and_every_way_of_asking_tells_the_same(company: Sandbox) -> None:
    homes = environments(company)

    short = [get(company, f"/v1/metadata/environment/{it['id']}/chain") for it in homes]
    whole = get(company, "/v1/metadata/chains/search")

    assert len(whole) == 240 == len({it["id"] for it in whole})
    assert [it["chains_count"] for it in homes] == [len(each) for each in short] == [20] * 12
    assert [each | it for each, it in zip(chain.from_iterable(short), whole, strict=True)] == whole
    first = f"/v1/metadata/environment/{homes[0]['id']}/chain/{whole[0]['id']}"
    assert get(company, first) == whole[0]


def test_every_environment_has_the_same_chains_by_name(company: Sandbox) -> None:
    names = {
        home: [each.wire["name"] for each in chains(company, home)]
        for home in ("Development", "Test", "Staging", "Production")
    }

    assert names["Development"] == names["Test"] == names["Staging"] == names["Production"]
    assert len(set(names["Production"])) == 60
    assert {"Monthly Close", "FX Revaluation", "Tax Provision"} <= set(names["Production"])


def test_chains_are_found_by_a_part_of_their_name(company: Sandbox) -> None:
    found = get(company, "/v1/metadata/chains/search", name="vat RETURN")

    assert {it["name"].split()[-1] for it in found} == {"Germany", "UK"}
    assert len(found) == 8


def test_chains_are_found_by_workspace_whichever_of_its_ids_is_given(company: Sandbox) -> None:
    workspace = get(company, "/v1/metadata/workspace")[1]

    by_own = get(company, "/v1/metadata/chains/search", workspace_id=workspace["id"])
    by_other = get(
        company, "/v1/metadata/chains/search", external_workspace_id=workspace["external_id"]
    )

    assert by_own == by_other
    assert len(by_own) == 80


def test_chains_are_found_by_whether_they_may_run_at_once(company: Sandbox) -> None:
    parallel, single = (
        get(company, "/v1/metadata/chains/search", parallel_execution_enabled=word)
        for word in ("true", "false")
    )

    assert {it["concurrency_enabled"] for it in parallel} == {True}
    assert {it["concurrency_enabled"] for it in single} == {False}
    assert len(parallel) + len(single) == 240


def test_there_are_chains_of_every_make(company: Sandbox) -> None:
    makes = {
        (bool(it["runtime_inputs"]), it["concurrency_enabled"], bool(it["schedules"]))
        for it in get(company, "/v1/metadata/chains/search")
        if not it["disabled"]
    }

    assert len(makes) == 8


def test_inputs_come_in_the_forms_of_the_contract_without_a_name(company: Sandbox) -> None:
    inputs = [
        it for each in get(company, "/v1/metadata/chains/search") for it in each["runtime_inputs"]
    ]

    assert {frozenset(it) for it in inputs} == {frozenset({"vuid", "data_type"})}
    assert {it["data_type"] for it in inputs} == {"string", "file", "number", "boolean"}
    assert len({it["vuid"] for it in inputs}) == len(inputs) > 100
    assert {it["vuid"].startswith("data.chain.") for it in inputs} == {True, False}


def test_commands_belong_to_their_chain(company: Sandbox) -> None:
    found = [
        get(company, f"/v1/metadata/environment/{it.environment_id}/chain/{it.id}/command")
        for it in chains(company)
    ]

    assert all(3 <= len(each) <= 8 for each in found)
    links = [command["link_id"] for each in found for command in each]
    assert len(set(links)) == len(links)


def test_an_environment_is_found_in_its_own_workspace_alone(company: Sandbox) -> None:
    first, *_, last = environments(company)
    workspace = get(company, "/v1/metadata/workspace")[0]["id"]

    path = f"/v1/metadata/workspace/{workspace}/environment"

    assert get(company, f"{path}/{first['id']}") == first
    assert ask(company, "GET", f"{path}/{last['id']}").status == 404


# ---- variables


def variables(company: Sandbox) -> list[Wire]:
    owners = [*get(company, "/v1/metadata/workspace"), *environments(company)]
    return [variable for owner in owners for variable in owner["variables"]]


def test_an_encrypted_variable_never_shows_its_value(company: Sandbox) -> None:
    encrypted = [it for it in variables(company) if it["encrypted"]]

    assert encrypted
    assert {it["value"] for it in encrypted} == {None}
    assert {it["defaultValue"] for it in encrypted} == {""}


def test_other_variables_have_a_value(company: Sandbox) -> None:
    plain = [it for it in variables(company) if not it["encrypted"]]

    assert all(it["key"] and it["label"] and it["value"] for it in plain)
    assert len({it["key"] for it in plain}) == 4


# ---- schedules


def test_schedules_are_of_all_kinds_and_in_several_zones(company: Sandbox) -> None:
    plans = [
        schedule["properties"]
        for each in get(company, "/v1/metadata/chains/search")
        for schedule in each["schedules"]
    ]

    assert {it["recurring_type"] for it in plans} == KINDS
    assert len({it["zone"] for it in plans}) == 5
    assert {it["recurring_interval"] for it in plans} >= {1, 2, 30}
    assert {bool(it["days_of_week"]) for it in plans} == {True, False}
    assert {it["stop_at_hours"] is None for it in plans} == {True, False}


def test_some_schedules_are_switched_off(company: Sandbox) -> None:
    enabled = [
        schedule["enabled"]
        for each in get(company, "/v1/metadata/chains/search")
        for schedule in each["schedules"]
    ]

    assert Counter(enabled)[True] > Counter(enabled)[False] > 0


# ---- people


def test_there_are_60_users_and_a_few_of_them_are_administrators(company: Sandbox) -> None:
    users = get(company, "/v1/security/users")

    assert len(users) == 60 == len({it["email"] for it in users})
    assert company.users.keys() == {it["email"] for it in users}
    assert 1 < sum(company.users.values()) < 10
    assert {it["sso_enabled"] for it in users} == {True, False}
    assert any(it["first_name"] is it["last_name"] is None for it in users)
    assert any(it["last_sign_in_at"] is None for it in users)
    assert get(company, f"/v1/security/users/{users[7]['id']}") == users[7]


def test_users_are_in_groups_and_groups_have_permissions(company: Sandbox) -> None:
    groups = get(company, "/v1/security/user_groups")
    permissions = every_row(company, "permissions")

    of_user = get(company, "/v1/security/users/5/groups")
    of_group = get(company, f"/v1/security/user_groups/{groups[0]['id']}/permissions")

    assert len(groups) >= 10
    assert {it["default"] for it in groups} == {True, False}
    assert of_user
    assert all(it in groups for it in of_user)
    assert get(company, f"/v1/security/user_groups/{groups[2]['id']}") == groups[2]
    assert all(groups[0] in it["user_groups"] for it in of_group)
    assert {it["name"] for it in permissions} == {"read", "write", "execute", "create", "admin"}
    assert {it["object_type"] for it in permissions} == {"Workspace", "Environment", "Chain"}
    assert any(not it["user_groups"] for it in permissions)


def test_a_permission_names_the_object_that_it_is_for(company: Sandbox) -> None:
    names = {it["id"]: it["name"] for it in get(company, "/v1/metadata/chains/search")}

    for_chains = [it for it in every_row(company, "permissions") if it["object_type"] == "Chain"]

    assert for_chains
    assert all(names[it["object_id"]] == it["object_name"] for it in for_chains)


def test_of_2000_logins_some_have_failed(company: Sandbox) -> None:
    logins = every_row(company, "login_activity")

    failed = [it for it in logins if not it["success"]]

    assert len(logins) == 2000 == len({it["id"] for it in logins})
    assert 20 < len(failed) < 400
    assert all(it["failure_reason"] for it in failed)
    assert not any("failure_reason" in it for it in logins if it["success"])
    assert {"user_id" in it for it in failed} == {True, False}
    assert len({it["country"] for it in logins}) > 2


def test_logins_come_newest_first_and_end_now(company: Sandbox) -> None:
    moments = [seconds(it["created_at"]) for it in every_row(company, "login_activity")]

    assert moments == sorted(moments, reverse=True)
    assert NOW - DAY < moments[0] <= NOW


def test_changes_of_authorization_are_told(company: Sandbox) -> None:
    changes = every_row(company, "authorizations_activity")

    moments = [seconds(it["created_at"]) for it in changes]

    assert len(changes) > 200
    assert moments == sorted(moments, reverse=True)
    assert moments[0] <= NOW
    assert {it["key"].partition(".")[2] for it in changes} == {"create", "destroy"}
    owners = {it["owner_id"] for it in changes}
    assert owners <= {it["id"] for it in get(company, "/v1/security/users")}


def test_nothing_was_made_in_the_future(company: Sandbox) -> None:
    everything = [
        *environments(company),
        *get(company, "/v1/metadata/chains/search"),
        *get(company, "/v1/security/users"),
        *get(company, "/v1/security/user_groups"),
    ]

    assert all(seconds(it["created_at"]) <= NOW for it in everything)
    assert all(seconds(it.get("updated_at", it["created_at"])) <= NOW for it in everything)
